"""Tables of the releases app, by concern."""

from .lot import DocumentReview, FileAnswer, FileReturn, Lot, LotDocument, LotHold, LotHoldLift, LotMaterial
from .release import (
    MarketRelease,
    MarketWithdrawal,
    Outcome,
    ProductionRelease,
    ProductionWithdrawal,
)

__all__ = [
    "DocumentReview",
    "FileAnswer",
    "FileReturn",
    "Lot",
    "LotDocument",
    "LotHold",
    "LotHoldLift",
    "LotMaterial",
    "MarketRelease",
    "MarketWithdrawal",
    "Outcome",
    "ProductionRelease",
    "ProductionWithdrawal",
]
