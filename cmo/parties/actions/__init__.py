"""The verbs of the parties app: its only writers, one function each, grouped by concern."""

from .base_data import (
    confirm_version,
    found_organisation,
    open_licence,
    open_site,
    propose_licence_version,
    propose_organisation_version,
    propose_site_version,
    turn_down_version,
)
from .people import (
    change_language,
    confirm_post,
    create_account,
    dismiss_account,
    end_post,
    propose_post,
    record_join_request,
    reinstate_account,
    turn_down_post,
)
from .relations import (
    accept_licence,
    accept_proposal,
    decline_proposal,
    end_pair,
    grant,
    propose_pair,
    revoke_grant,
)

__all__ = [
    "accept_licence",
    "accept_proposal",
    "change_language",
    "confirm_post",
    "confirm_version",
    "create_account",
    "decline_proposal",
    "dismiss_account",
    "end_pair",
    "end_post",
    "found_organisation",
    "grant",
    "open_licence",
    "open_site",
    "propose_licence_version",
    "propose_organisation_version",
    "propose_pair",
    "propose_post",
    "propose_site_version",
    "record_join_request",
    "reinstate_account",
    "revoke_grant",
    "turn_down_post",
    "turn_down_version",
]
