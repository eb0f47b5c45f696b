"""The verbs of the parties app: its only writers, one function each, grouped by concern."""

from . import outside
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
from .invitations import accept_invitation, end_invitation, invite, withdraw_invitation
from .people import (
    change_email,
    change_language,
    confirm_post,
    create_account,
    create_administrator,
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
from .working_days import set_working_day

__all__ = [
    "accept_invitation",
    "accept_licence",
    "accept_proposal",
    "change_email",
    "change_language",
    "confirm_post",
    "confirm_version",
    "create_account",
    "create_administrator",
    "decline_proposal",
    "dismiss_account",
    "end_invitation",
    "end_pair",
    "end_post",
    "found_organisation",
    "grant",
    "invite",
    "open_licence",
    "open_site",
    "outside",
    "propose_licence_version",
    "propose_organisation_version",
    "propose_pair",
    "propose_post",
    "propose_site_version",
    "record_join_request",
    "reinstate_account",
    "revoke_grant",
    "set_working_day",
    "turn_down_post",
    "turn_down_version",
    "withdraw_invitation",
]
