"""Shape of what people type about lots and releases; business rules are the actions'."""

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
    "LotFilter",
    "LotForm",
    "MaterialForm",
    "QuestionForm",
    "TakeOverForm",
]
