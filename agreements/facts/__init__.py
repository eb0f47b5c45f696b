"""Facts of entrustments and agreements: everything that deciding on them and on lots needs, loaded set-wise.

The number of queries is constant, whatever the number of entrustments.
"""

from .agreement import (
    AgreementState,
    ClauseFacts,
    CoveredFacts,
    DraftFacts,
    DutyFacts,
    RevisionFacts,
    agreement_states,
    cover_days,
    load_draft_facts,
    load_revision_facts,
)
from .entrustment import CertificateFact, CoverageFact, EntrustmentFacts, HoldFact, LicenceFact
from .entrustment_loading import load_entrustment_facts
from .opening import (
    OpeningFacts,
    PreparationFact,
    ScreeningFact,
    load_opening_facts,
    load_screening,
    open_entrustment_at,
)

__all__ = [
    "AgreementState",
    "CertificateFact",
    "ClauseFacts",
    "CoverageFact",
    "CoveredFacts",
    "DraftFacts",
    "DutyFacts",
    "EntrustmentFacts",
    "HoldFact",
    "LicenceFact",
    "OpeningFacts",
    "PreparationFact",
    "RevisionFacts",
    "ScreeningFact",
    "agreement_states",
    "cover_days",
    "load_draft_facts",
    "load_entrustment_facts",
    "load_opening_facts",
    "load_revision_facts",
    "load_screening",
    "open_entrustment_at",
]
