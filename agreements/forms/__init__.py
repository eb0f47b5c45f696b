"""Shape of what people type about entrustments, agreements and holds; business rules are the actions'."""

from cmo.parties.forms import ReasonForm

from .drafting import AgreementFilter, ClauseForm, DraftTermsForm, DutyForm, PaperForm, TermsForm
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
    "NoticeForm",
    "OpenForm",
    "PairDutyForm",
    "PaperForm",
    "PreparationForm",
    "ReasonForm",
    "ReportForm",
    "RestoreForm",
    "StateForm",
    "TemplateForm",
    "TerminationForm",
    "TermsForm",
    "device_choices",
    "pair_choices",
    "site_choices",
]
