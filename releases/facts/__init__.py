"""Facts of lots: everything that a release, a list or a page needs to judge, loaded set-wise into frozen values."""

from .loading import load_lot_facts, load_releaser, registration_facts
from .values import (
    MARKET,
    PRODUCTION,
    DecisionFact,
    DocumentFact,
    LabelFact,
    LotFacts,
    LotHoldFact,
    MaterialFact,
    RegistrationFacts,
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
    "RegistrationFacts",
    "ReleaserFact",
    "RequiredDocument",
    "ReturnFact",
    "ReviewFact",
    "load_lot_facts",
    "load_releaser",
    "plain",
    "registration_facts",
]
