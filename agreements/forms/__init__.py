"""Shape of what people type about entrustments, agreements and holds; business rules are the actions'."""

from cmo.parties.forms import ReasonForm

from .draft_rows import (
    AddClauseForm,
    ClauseForm,
    DutyForm,
    MoveForm,
    ObligationForm,
    OrderForm,
    SeenForm,
    WholeClauseForm,
)
from .drafting import AgreementFilter, DraftTermsForm, PaperForm, TermsForm
from .entrusting import (
    EditionForm,
    EntrustmentFilter,
    OpenForm,
    PreparationForm,
    ReportForm,
    StateForm,
    device_choices,
    pair_choices,
    site_choices,
)
from .holds import HoldFilter, HoldForm, PairDutyForm
from .revisions import CompareForm, NoticeForm, RestoreForm, TerminationForm
from .templates import BeginForm, TemplateForm

__all__ = [
    "AddClauseForm",
    "AgreementFilter",
    "BeginForm",
    "ClauseForm",
    "CompareForm",
    "DraftTermsForm",
    "DutyForm",
    "EditionForm",
    "EntrustmentFilter",
    "HoldFilter",
    "HoldForm",
    "MoveForm",
    "NoticeForm",
    "ObligationForm",
    "OpenForm",
    "OrderForm",
    "PairDutyForm",
    "PaperForm",
    "PreparationForm",
    "ReasonForm",
    "ReportForm",
    "RestoreForm",
    "SeenForm",
    "StateForm",
    "TemplateForm",
    "TerminationForm",
    "TermsForm",
    "WholeClauseForm",
    "device_choices",
    "pair_choices",
    "site_choices",
]
