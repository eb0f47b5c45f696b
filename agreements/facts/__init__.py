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
from .negotiation import NegotiationFacts, PlaceFacts, ProposalFacts, RoundFacts, Step, load_negotiation
from .opening import (
    OpeningFacts,
    PreparationFact,
    ScreeningFact,
    load_opening_facts,
    load_screening,
    open_entrustment_at,
)
from .rounds import Standing, load_standing, load_standings, negotiation_open, round_body
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
    "NegotiationFacts",
    "ObligationFacts",
    "OpeningFacts",
    "PlaceFacts",
    "PolicyFact",
    "PostingFact",
    "PreparationFact",
    "PresenceSpan",
    "ProposalFacts",
    "RevisionFacts",
    "RoundFacts",
    "ScreeningFact",
    "Standing",
    "Step",
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
    "load_negotiation",
    "load_opening_facts",
    "load_revision_facts",
    "load_screening",
    "load_standing",
    "load_standings",
    "load_supervision",
    "negotiation_open",
    "open_entrustment_at",
    "round_body",
    "template_of",
    "variants_of",
]
