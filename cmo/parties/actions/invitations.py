"""Inviting an outsider to a pair, accepting, withdrawing and ending.

The address that an invitation is accepted at holds a token which nobody can read again: kept are its SHA-256 and, for the mail
that is still to be sent, a number from which only the product's own key makes it.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.trail.actions import record
from cmo.trail.actor import SYSTEM, Actor

from .. import rules
from ..access import Can, project_grant, still_allowed
from ..facts import open_accounts
from ..facts_invitations import holds_post_at_party, invitation_facts
from ..models import Grant, GrantRevocation, Invitation, InvitationAnswer, Pair, PairEnd, User
from ..rules_invitations import blockers_to_invite, said
from ..tasks import send_invitation
from ..tokens import token_hash, token_of
from .people import AddressTaken, insert_account
from .relations import revoke_grant


@transaction.atomic
def invite(*, pair: Pair, content: dict[str, Any], by: Actor, at: datetime) -> tuple[Invitation, str]:
    """Invite an outsider by name; gives the invitation and the token of its address. Nothing is open before the person accepts.

    ``content``: purpose, printed_name, employer, email, language, reads, scope_kind, scope_key, takes, starts_on, ends_on, reason.

    :raises Refused: with every reason. :raises PermissionDenied: for anybody but quality of the two parties.
    """
    still_allowed(by, Can.GRANT, pair, day_of(at))
    locked = _locked(pair)
    number = secrets.token_urlsafe(32)
    row = Invitation(pair=locked, token_sha256=token_hash(token_of(number)), invited_at=at, **content)
    row.invited_by_id, row.invited_by_name = by.user_id or 0, by.name
    refuse_if_any(blockers_to_invite(invitation_facts(row, day_of(at))))
    row.full_clean()
    row.save(force_insert=True)
    stream = locked.stream
    record("invitation.sent", by=by, at=at, subject=row, stream=stream, reason=row.reason, data=_told(row))
    send_invitation.enqueue(row.pk, number)
    return row, token_of(number)


@transaction.atomic
def accept_invitation(
    *, token: str, username: str = "", password: str = "", account: User | None = None, at: datetime
) -> User:
    """Accept at the address of the mail: the account is made, and the pair is open for the invitation's days. Where an account has
    this e-mail already, the person accepts signed in with it (``account``), and no second one is made.

    :raises Refused: ``invitation_not_open``, whatever the reason; ``invitation_sign_in``: with the account that there is;
        ``invitation_administrator``: an administrator's account has this e-mail.
    :raises ValidationError: for a name in use or a weak password.
    """
    found = Invitation.objects.filter(token_sha256=token_hash(token)).first()
    if found is None:
        raise Refused([said("invitation_not_open")])
    pair = _locked(found.pair)
    _lock_address(found.email)
    if not _stands_open(found, pair, at):
        raise Refused([said("invitation_not_open")])
    user = _known_account(found, account) or _new_account(found, username, password, at)
    _open(found, user, at)
    return user


def _known_account(row: Invitation, account: User | None) -> User | None:
    """The open account with the address of an invitation; None where there is none yet.

    :raises Refused: when it is not the one that accepts, or an administrator's.
    """
    known = open_accounts(row.email).first()
    if known is None:
        return None
    if known.is_staff:
        raise Refused([said("invitation_administrator")])
    if account is None or account.pk != known.pk:
        raise Refused([said("invitation_sign_in")])
    return known


def _new_account(row: Invitation, username: str, password: str, at: datetime) -> User:
    """:raises Refused: ``invitation_sign_in`` when the address was given to another account in the same instant."""
    made = User(username=username, printed_name=row.printed_name, language=row.language)
    try:
        return insert_account(made, row.email, password, SYSTEM, at)
    except AddressTaken as error:
        raise Refused([said("invitation_sign_in")]) from error


def _stands_open(row: Invitation, pair: Pair, at: datetime) -> bool:
    """Whether an invitation can still be accepted: unanswered, not past, the pair not ended, the person outside it still."""
    answered = InvitationAnswer.objects.filter(invitation=row).exists()
    over = row.ends_on < day_of(at) or PairEnd.objects.filter(pair=pair).exists()
    return not (answered or over or holds_post_at_party(pair, row.email, day_of(at)))


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, reason: str, by: Actor, at: datetime) -> InvitationAnswer:
    """Take an unanswered invitation back; its address answers like an unknown one from now on.

    :raises Refused: answered or withdrawn already. :raises PermissionDenied:
    """
    still_allowed(by, Can.GRANT, invitation.pair, day_of(at))
    pair = _locked(invitation.pair)
    if InvitationAnswer.objects.filter(invitation=invitation).exists():
        raise Refused([said("invitation_answered")])
    refuse_if_any(rules.blockers_to_turn_down(reason))
    answer = InvitationAnswer(invitation=invitation, answered_by_name=by.name, answered_at=at, reason=reason)
    answer.clean_fields(exclude={"user"})
    answer.save(force_insert=True)
    record("invitation.withdrawn", by=by, at=at, subject=invitation, stream=pair.stream, reason=reason)
    return answer


@transaction.atomic
def end_invitation(*, invitation: Invitation, reason: str, by: Actor, at: datetime) -> list[GrantRevocation]:
    """End everything that an invitation opened, at once.

    :raises Refused: when nothing is open any more. :raises PermissionDenied:
    """
    still_allowed(by, Can.GRANT, invitation.pair, day_of(at))
    _locked(invitation.pair)
    held = Grant.objects.filter(invitation=invitation, revocation__isnull=True, ends_on__gte=day_of(at))
    rows = list(held.select_related("pair", "user").order_by("id"))
    if not rows:
        raise Refused([said("invitation_nothing_open")])
    return [revoke_grant(grant=row, reason=reason, by=by, at=at) for row in rows]


def _locked(pair: Pair) -> Pair:
    """The pair, locked: answers, withdrawals and grants of one pair come one after the other."""
    return Pair.objects.select_for_update(no_key=True).get(pk=pair.pk)


def _lock_address(email: str) -> None:
    """Invitations of several pairs to one address are accepted one after the other, so that one account is made. Behind the
    pair's lock and in one order, so that nobody waits for each other."""
    rows = Invitation.objects.select_for_update(no_key=True).filter(email__iexact=email).order_by("pk")
    list(rows.values_list("pk"))


def _open(row: Invitation, user: User, at: datetime) -> None:
    """Note the answer and make the grants of an invitation."""
    by = Actor(user_id=user.pk, name=user.printed_name, side="outside", organisation=row.employer)
    answer = InvitationAnswer(invitation=row, user=user, answered_by_name=user.printed_name, answered_at=at)
    answer.save(force_insert=True)
    record("invitation.accepted", by=by, at=at, subject=row, stream=row.pair.stream, data={"user": user.pk})
    for permission in _permissions(row):
        _insert_grant(row, user, permission, at)


def _permissions(row: Invitation) -> list[str]:
    """Reading every page includes reading the dossier; taking it away is asked for besides."""
    dossier = [Grant.Permission.TAKE_DOSSIER] if row.takes else [Grant.Permission.READ_DOSSIER]
    if row.reads == Invitation.Reads.DOSSIER:
        return [str(permission) for permission in dossier]
    return [Grant.Permission.READ_PAIR.value, *([Grant.Permission.TAKE_DOSSIER.value] if row.takes else [])]


def _insert_grant(row: Invitation, user: User, permission: str, at: datetime) -> None:
    grant = Grant(pair=row.pair, user=user, permission=permission, invitation=row, granted_at=at)
    grant.starts_on, grant.ends_on, grant.reason = row.starts_on, row.ends_on, row.reason
    grant.granted_by_id, grant.granted_by_name = row.invited_by_id, row.invited_by_name
    if permission != Grant.Permission.READ_PAIR:
        grant.scope_kind, grant.scope_key = row.scope_kind, row.scope_key
    grant.full_clean()
    grant.save(force_insert=True)
    project_grant(grant)
    data = {"grant": grant.pk, "user": user.pk, "permission": permission, "invitation": row.pk}
    days = {"starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat()}
    told, stream = {**data, **days}, row.pair.stream
    record("grant.given", by=SYSTEM, at=at, subject=grant, stream=stream, reason=row.reason, data=told, label=str(user))


def _told(row: Invitation) -> dict[str, Any]:
    """What the trail keeps of an invitation; nothing of its token, and nothing by which a reader could write to the person."""
    plain = ("purpose", "printed_name", "employer", "language", "reads", "scope_kind", "scope_key", "takes")
    days = {"starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat()}
    return {**{name: getattr(row, name) for name in plain}, **days}
