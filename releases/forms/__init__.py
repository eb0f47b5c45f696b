"""Shape of what people type about lots and releases; business rules are the actions'."""

from .importing import ImportForm
from .lots import (
    AnswerForm,
    DecisionForm,
    DocumentForm,
    EntrustmentForm,
    LotFilter,
    LotForm,
    MaterialForm,
    QuestionForm,
    TakeOverForm,
)

__all__ = [
    "AnswerForm",
    "DecisionForm",
    "DocumentForm",
    "EntrustmentForm",
    "ImportForm",
    "LotFilter",
    "LotForm",
    "MaterialForm",
    "QuestionForm",
    "TakeOverForm",
]
