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
    Grant,
    GrantRevocation,
    LicenceAcceptance,
    Pair,
    PairEnd,
    PairProposal,
    PairUserObjectPermission,
    ProposalAnswer,
)

__all__ = [
    "Grant",
    "GrantRevocation",
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
]
