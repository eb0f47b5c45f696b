"""Shape of what people type about lots and releases; business rules are the actions'."""

from .affected import AffectedFilter
from .deciding import DecisionForm
from .exceptions import ExceptionDecisionForm, ExceptionForm
from .importing import ImportForm
from .listing import DeviationFilter, PairLotFilter
from .lots import (
    AnswerForm,
    CorrectLotForm,
    CorrectMaterialForm,
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
    "CorrectLotForm",
    "CorrectMaterialForm",
    "CorrectStepForm",
    "DecisionForm",
    "DeviationFilter",
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
    "PairLotFilter",
    "PlanForm",
    "PlannedFilter",
    "QuestionForm",
    "StepForm",
    "TakeOverForm",
]
