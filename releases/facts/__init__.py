"""Facts of lots: everything that a release, a list or a page needs to judge, loaded set-wise into frozen values."""

from .loading import catalogue_outcome, load_lot_facts, load_releaser
from .values import (
    MARKET,
    PRODUCTION,
    DecisionFact,
    DocumentFact,
    LabelFact,
    LotFacts,
    LotHoldFact,
    MaterialFact,
    ReleaserFact,
    RequiredDocument,
    ReturnFact,
    ReviewFact,
    plain,
)

__all__ = [
    "MARKET",
    "PRODUCTION",
    "DecisionFact",
    "DocumentFact",
    "LabelFact",
    "LotFacts",
    "LotHoldFact",
    "MaterialFact",
    "ReleaserFact",
    "RequiredDocument",
    "ReturnFact",
    "ReviewFact",
    "catalogue_outcome",
    "load_lot_facts",
    "load_releaser",
    "plain",
]
