"""Facts of entrustments and agreements: everything that deciding on them and on lots needs, loaded set-wise.

The number of queries is constant, whatever the number of entrustments.
"""

from .agreement import (
    AgreementState,
    Authorisation,
    ConcludedFacts,
    RevisionFacts,
    agreement_states,
    authorisations_given,
    cover_days,
    latest_concluded,
    load_authorisation,
    load_concluded_facts,
    load_revision_facts,
)
from .draft import (
    ClauseFacts,
    CoveredFacts,
    DraftFacts,
    DutyFacts,
    ObligationFacts,
    load_draft_facts,
    template_of,
    variants_of,
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
from .supervision import (
    PolicyFact,
    PostingFact,
    PresenceSpan,
    SupervisionFacts,
    SupplierFact,
    load_supervision,
)

__all__ = [
    "AgreementState",
    "Authorisation",
    "CertificateFact",
    "ClauseFacts",
    "ConcludedFacts",
    "CoverageFact",
    "CoveredFacts",
    "DraftFacts",
    "DutyFacts",
    "EntrustmentFacts",
    "HoldFact",
    "LicenceFact",
    "ObligationFacts",
    "OpeningFacts",
    "PolicyFact",
    "PostingFact",
    "PreparationFact",
    "PresenceSpan",
    "RevisionFacts",
    "ScreeningFact",
    "SupervisionFacts",
    "SupplierFact",
    "agreement_states",
    "authorisations_given",
    "cover_days",
    "latest_concluded",
    "load_authorisation",
    "load_concluded_facts",
    "load_draft_facts",
    "load_entrustment_facts",
    "load_opening_facts",
    "load_revision_facts",
    "load_screening",
    "load_supervision",
    "open_entrustment_at",
    "template_of",
    "variants_of",
]
