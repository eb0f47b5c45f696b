"""Tables of the releases app, by concern."""

from .deviation import Deviation, DeviationAnswer, DeviationClosure, ExceptionDecision, LotException
from .importing import ImportRun
from .label import LabelCheck
from .lot import DocumentReview, FileAnswer, FileReturn, Lot, LotDocument, LotHold, LotHoldLift, LotMaterial
from .making import LotStep, Observation, PlannedProduction, PlannedProductionEnd
from .release import (
    MarketRelease,
    MarketWithdrawal,
    Outcome,
    ProductionRelease,
    ProductionWithdrawal,
)

__all__ = [
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
