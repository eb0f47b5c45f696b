"""Tables of the parties app, by concern."""

from .base_data import (
    Licence,
    LicenceDecision,
    LicenceVersion,
    Organisation,
    OrganisationDecision,
    OrganisationVersion,
    Site,
    SiteDecision,
    SiteVersion,
)
from .people import JoinRequest, Post, PostDecision, PostEnd, Role, Side, User
from .relations import (
    DossierScope,
    Grant,
    GrantRevocation,
    Invitation,
    InvitationAnswer,
    LicenceAcceptance,
    Pair,
    PairEnd,
    PairProposal,
    PairUserObjectPermission,
    ProposalAnswer,
)
from .working_day import WorkingDay

__all__ = [
    "DossierScope",
    "Grant",
    "GrantRevocation",
    "Invitation",
    "InvitationAnswer",
    "JoinRequest",
    "Licence",
    "LicenceAcceptance",
    "LicenceDecision",
    "LicenceVersion",
    "Organisation",
    "OrganisationDecision",
    "OrganisationVersion",
    "Pair",
    "PairEnd",
    "PairProposal",
    "PairUserObjectPermission",
    "Post",
    "PostDecision",
    "PostEnd",
    "ProposalAnswer",
    "Role",
    "Side",
    "Site",
    "SiteDecision",
    "SiteVersion",
    "User",
    "WorkingDay",
]
