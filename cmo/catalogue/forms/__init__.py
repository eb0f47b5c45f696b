"""Shape of what people type about devices, screenings and device identifiers; business rules are the actions'."""

from .devices import (
    AskForm,
    DetermineForm,
    DeviceFilter,
    DeviceForm,
    DocumentForm,
    LabelForm,
    ScreenForm,
    ShareForm,
    WithdrawLabelForm,
    choice_of_pairs,
)
from .identifiers import IdentifierFilter, IdentifierForm, RetireIdentifierForm, StepForm

__all__ = [
    "AskForm",
    "DetermineForm",
    "DeviceFilter",
    "DeviceForm",
    "DocumentForm",
    "IdentifierFilter",
    "IdentifierForm",
    "LabelForm",
    "RetireIdentifierForm",
    "ScreenForm",
    "ShareForm",
    "StepForm",
    "WithdrawLabelForm",
    "choice_of_pairs",
]
