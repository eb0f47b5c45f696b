"""Shape of what people type about entrustments, agreements and holds; business rules are the actions'."""

from cmo.parties.forms import ReasonForm

from .drafting import AgreementFilter, ClauseForm, DraftTermsForm, DutyForm, PaperForm, TerminateForm, TermsForm
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
from .templates import BeginForm, TemplateForm

__all__ = [
    "AgreementFilter",
    "BeginForm",
    "ClauseForm",
    "DraftTermsForm",
    "DutyForm",
    "EditionForm",
    "EntrustmentFilter",
    "HoldFilter",
    "HoldForm",
    "OpenForm",
    "PairDutyForm",
    "PaperForm",
    "PreparationForm",
    "ReasonForm",
    "ReportForm",
    "StateForm",
    "TemplateForm",
    "TerminateForm",
    "TermsForm",
    "device_choices",
    "pair_choices",
    "site_choices",
]
