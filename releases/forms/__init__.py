"""Shape of what people type about lots and releases; business rules are the actions'."""

from .affected import AffectedFilter
from .exceptions import ExceptionDecisionForm, ExceptionForm
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
from .making import (
    ClosureAnswerForm,
    ClosureForm,
    CorrectStepForm,
    DeviationForm,
    ObservationForm,
    PlanForm,
    PlannedFilter,
    StepForm,
)

__all__ = [
    "AffectedFilter",
    "AnswerForm",
    "ClosureAnswerForm",
    "ClosureForm",
    "CorrectStepForm",
    "DecisionForm",
    "DeviationForm",
    "DocumentForm",
    "EntrustmentForm",
    "ExceptionDecisionForm",
    "ExceptionForm",
    "ImportForm",
    "LotFilter",
    "LotForm",
    "MaterialForm",
    "ObservationForm",
    "PlanForm",
    "PlannedFilter",
    "QuestionForm",
    "StepForm",
    "TakeOverForm",
]
