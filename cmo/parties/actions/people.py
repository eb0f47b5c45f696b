"""Accounts and posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import password_validation
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cmo.clock import day_of
from cmo.errors import Finding, Refused, refuse_if_any
from cmo.trail.actions import record
from cmo.trail.actor import SYSTEM, Actor

from .. import rules
from ..access import Can, still_administrator, still_allowed_for
from ..facts import DecisionFacts, open_accounts, other_posts, post_facts
from ..models import ADDRESS_TAKEN, JoinRequest, Organisation, Post, PostDecision, PostEnd, Role, User
from ..rights import ADMINISTRATOR, ROLES_OF_SIDE
from ..sign_in import end_sessions
from ..versions import Outcome


@transaction.atomic
def create_account(
    *, username: str, printed_name: str, email: str, password: str, by: Actor, at: datetime, language: str = "zh-hans"
) -> User:
    """Create one person's account; the administrator's act. Names are never re-used.

    :raises ValidationError: for a weak password, a name or an address in use. :raises PermissionDenied: for others.
    """
    still_administrator(by)
    return insert_account(
        User(username=username, printed_name=printed_name, language=language), email, password, by, at
    )


@transaction.atomic
def create_administrator(
    *,
    username: str,
    printed_name: str,
    email: str,
    password: str,
    at: datetime,
    by: Actor = SYSTEM,
    language: str = "zh-hans",
) -> User:
    """Create an administrator: organisations and accounts, no posts, no signatures. Only the product itself may, from a
    command on its own machine.

    :raises ValidationError: for a weak password or a name in use. :raises PermissionDenied: for any person.
    """
    if by != SYSTEM:
        raise PermissionDenied(_("An administrator is installed from the command line only."))
    user = User(username=username, printed_name=printed_name, language=language, is_staff=True)
    return insert_account(user, email, password, by, at)


def insert_account(user: User, email: str, password: str, by: Actor, at: datetime) -> User:
    """One new account; whoever calls has permitted it.

    :raises AddressTaken: for the address of another open account.
    :raises ValidationError: for a weak password or a name in use.
    """
    user.email, user.date_joined = email, at
    _refuse_unless_new(user)
    password_validation.validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        # Somebody else's account was made in the same instant; by now it can be read.
        _refuse_unless_new(user)
        user.full_clean()
        raise
    record("account.created", by=by, at=at, subject=user, stream=f"user:{user.pk}")
    return user


class AddressTaken(ValidationError):
    """Another open account has this e-mail; stands at the field ``email``."""

    def __init__(self) -> None:
        super().__init__({"email": ValidationError(ADDRESS_TAKEN, code="email_taken")})


def _refuse_unless_new(user: User) -> None:
    if open_accounts(user.email).exists():
        raise AddressTaken


@transaction.atomic
def change_email(*, user: User, email: str, reason: str, by: Actor, at: datetime) -> User:
    """Give an account another e-mail address. Only an administrator may: people sign in by their address and invitations find
    them by it, so that nobody sets their own.

    :raises Refused: closed, unchanged, or the address of another open account. :raises PermissionDenied:
    """
    still_administrator(by)
    row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    taken = open_accounts(email).exclude(pk=row.pk).exists()
    refuse_if_any(rules.blockers_to_change_email(row.is_active, row.email == email, taken))
    data = {"before": row.email, "after": email}
    row.email = email
    row.full_clean()
    _save_unless_taken(row, "email")
    EmailAddress.objects.filter(user=row).delete()
    record("account.email_changed", by=by, at=at, subject=row, stream=f"user:{row.pk}", reason=reason, data=data)
    return row


@transaction.atomic
def dismiss_account(*, user: User, reason: str, by: Actor, at: datetime) -> User:
    """Close an account at once: no sign-in, no posts, no sessions.

    :raises Refused: the own account, or closed already. :raises PermissionDenied: for anybody but an administrator.
    """
    still_administrator(by)
    row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    refuse_if_any(rules.blockers_to_dismiss(row.pk == by.user_id, row.is_active))
    row.is_active = False
    row.save(update_fields=["is_active"])
    ended = end_sessions(row)
    data = {"sessions_ended": ended}
    record("account.dismissed", by=by, at=at, subject=row, stream=f"user:{row.pk}", reason=reason, data=data)
    return row


@transaction.atomic
def reinstate_account(*, user: User, reason: str, by: Actor, at: datetime) -> User:
    """Open a closed account again; its posts count again as far as their days go.

    :raises Refused: when it is open, or its e-mail is by now that of another open account.
    :raises PermissionDenied: for anybody but an administrator.
    """
    still_administrator(by)
    row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    taken = open_accounts(row.email).exclude(pk=row.pk).exists()
    refuse_if_any(rules.blockers_to_reinstate(row.is_active, taken))
    row.is_active = True
    _save_unless_taken(row, "is_active")
    record("account.reinstated", by=by, at=at, subject=row, stream=f"user:{row.pk}", reason=reason)
    return row


def _save_unless_taken(row: User, field: str) -> None:
    """:raises Refused: where another account was given the same address in the same instant."""
    try:
        with transaction.atomic():
            row.save(update_fields=[field])
    except IntegrityError as error:
        raise Refused([rules.EMAIL_TAKEN]) from error


@transaction.atomic
def change_language(*, user: User, language: str, by: Actor, at: datetime) -> User:
    """Keep the language in which a person is addressed; their own choice only.

    :raises ValidationError: for a language this product does not speak. :raises PermissionDenied: for somebody else.
    """
    if by.user_id != user.pk:
        raise PermissionDenied(_("Only the person concerned may do this."))
    row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    row.language = language
    row.full_clean(exclude={"password"})
    row.save(update_fields=["language"])
    record("account.language_changed", by=by, at=at, subject=row, stream=f"user:{row.pk}", data={"language": language})
    return row


@transaction.atomic
def propose_post(
    *, user: User, organisation: Organisation, appointment: dict[str, Any], by: Actor, at: datetime
) -> Post:
    """Appoint a person to a post at the own organisation; another quality person confirms.

    ``appointment``: side, role, starts_on, ends_on, authorised_on, authorisation_reference, trained_on,
    training_reference, full_time. Founding posts, while the organisation has no quality manager, are the
    administrator's and stand confirmed.

    :raises Refused: with every reason. :raises PermissionDenied:
    """
    founding = by.post == ADMINISTRATOR
    if founding:
        still_administrator(by)
        refuse_if_any(rules.blockers_to_found_posts(appointment["role"], _managers_of(organisation, day_of(at))))
    else:
        still_allowed_for(by, Can.APPOINT, organisation, day_of(at))
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    post = Post(user=user, organisation=organisation, **appointment)
    post.proposed_by_id, post.proposed_by_name, post.proposed_at = by.user_id, by.name, at
    post.full_clean()
    refuse_if_any(
        rules.blockers_to_hold_post(post_facts(post), other_posts(post, day_of(at)), ROLES_OF_SIDE[post.side])
    )
    post.save(force_insert=True)
    _record_post("post.proposed", post, by, at)
    if founding:
        _insert_decision(post, Outcome.CONFIRMED, by, at, "")
        _record_post("post.confirmed", post, by, at)
    return post


def _managers_of(organisation: Organisation, on: date) -> int:
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    managers = Post.objects.effective(on).filter(organisation=organisation, role=Role.QUALITY_MANAGER)
    return managers.values("user").distinct().count()


def _record_post(
    verb: str, post: Post, by: Actor, at: datetime, *, reason: str = "", data: dict[str, Any] | None = None
) -> None:
    content = {**post.canonical_record(), **(data or {})}
    stream = f"organisation:{post.organisation_id}"
    record(verb, by=by, at=at, subject=post, stream=stream, reason=reason, data=content, label=str(post.user))


@transaction.atomic
def confirm_post(*, post: Post, by: Actor, at: datetime) -> Post:
    """Confirm an appointment proposed by somebody else. :raises Refused: :raises PermissionDenied:"""
    fresh = _lock_and_judge(post, by, at)
    others = other_posts(fresh, day_of(at))
    refuse_if_any(rules.blockers_to_hold_post(post_facts(fresh), others, ROLES_OF_SIDE[fresh.side]))
    _insert_decision(fresh, Outcome.CONFIRMED, by, at, "")
    _record_post("post.confirmed", fresh, by, at)
    return fresh


@transaction.atomic
def turn_down_post(*, post: Post, reason: str, by: Actor, at: datetime) -> Post:
    """Turn an appointment down with a reason. :raises Refused: :raises PermissionDenied:"""
    fresh = _lock_and_judge(post, by, at, extra=rules.blockers_to_turn_down(reason))
    _insert_decision(fresh, Outcome.TURNED_DOWN, by, at, reason)
    _record_post("post.turned_down", fresh, by, at, reason=reason)
    return fresh


def _lock_and_judge(post: Post, by: Actor, at: datetime, extra: Sequence[Finding] = ()) -> Post:
    still_allowed_for(by, Can.CONFIRM_BASE_DATA, post.organisation_id, day_of(at))
    User.objects.select_for_update(no_key=True).get(pk=post.user_id)
    fresh = Post.objects.select_related("decision", "user").get(pk=post.pk)
    facts = DecisionFacts(fresh.proposed_by_id, hasattr(fresh, "decision"), 1, 0, concerns_user_id=fresh.user_id)
    refuse_if_any([*rules.blockers_to_decide(facts, by.user_id), *extra])
    return fresh


def _insert_decision(post: Post, outcome: Outcome, by: Actor, at: datetime, reason: str) -> None:
    decision = PostDecision(
        post=post, outcome=outcome, decided_by_id=by.user_id, decided_by_name=by.name, decided_at=at, reason=reason
    )
    decision.save(force_insert=True)


@transaction.atomic
def end_post(*, post: Post, ended_on: date, reason: str, by: Actor, at: datetime) -> PostEnd:
    """End a post from a day on (today = at once); never back-dated, needs no second person.

    :raises Refused: when it ended already or the day lies in the past. :raises PermissionDenied:
    """
    if by.post == ADMINISTRATOR:
        still_administrator(by)
    else:
        still_allowed_for(by, Can.APPOINT, post.organisation_id, day_of(at))
    User.objects.select_for_update(no_key=True).get(pk=post.user_id)
    if PostEnd.objects.filter(post=post).exists():
        raise Refused([_ENDED])
    if ended_on < day_of(at):
        raise Refused([_BACKDATED])
    end = PostEnd(
        post=post, ended_on=ended_on, reason=reason, ended_by_id=by.user_id, ended_by_name=by.name, recorded_at=at
    )
    end.clean_fields()
    end.save(force_insert=True)
    _record_post("post.ended", post, by, at, reason=reason, data={"ended_on": ended_on.isoformat()})
    return end


@transaction.atomic
def record_join_request(*, content: dict[str, Any], at: datetime) -> JoinRequest:
    """Keep a request to bring an organisation in. The caller answers everybody alike."""
    request = JoinRequest(received_at=at, **content)
    request.full_clean()
    request.save(force_insert=True)
    who = Actor(user_id=None, name=request.contact_name, side="outside")
    record("join.requested", by=who, at=at, subject=request, stream="join-requests")
    return request


_ENDED = Finding("post_ended_already", "blocks", "policy", "该岗位已经终止。", "This post has ended already.")
_BACKDATED = Finding(
    "backdated", "blocks", "law", "终止日期不能早于今天。", "A post cannot be ended in the past.", "GMP25-45"
)
