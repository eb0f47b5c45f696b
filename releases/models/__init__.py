"""Tables of the releases app, by concern."""

from .deviation import Deviation, DeviationAnswer, DeviationClosure, ExceptionDecision, LotException
from .importing import ImportRun
from .label import LabelCheck
from .lot import (
    CONTENT,
    DocumentReview,
    FileAnswer,
    FileReturn,
    Lot,
    LotContent,
    LotCorrection,
    LotDocument,
    LotHold,
    LotHoldLift,
    LotMaterial,
)
from .making import LotStep, Observation, PlannedProduction, PlannedProductionEnd
from .release import (
    MarketRelease,
    MarketWithdrawal,
    Outcome,
    ProductionRelease,
    ProductionWithdrawal,
)

__all__ = [
    "CONTENT",
    "Deviation",
    "DeviationAnswer",
    "DeviationClosure",
    "DocumentReview",
    "ExceptionDecision",
    "FileAnswer",
    "FileReturn",
    "ImportRun",
    "LabelCheck",
    "Lot",
    "LotContent",
    "LotCorrection",
    "LotDocument",
    "LotException",
    "LotHold",
    "LotHoldLift",
    "LotMaterial",
    "LotStep",
    "MarketRelease",
    "MarketWithdrawal",
    "Observation",
    "Outcome",
    "PlannedProduction",
    "PlannedProductionEnd",
    "ProductionRelease",
    "ProductionWithdrawal",
]
