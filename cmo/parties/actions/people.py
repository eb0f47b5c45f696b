"""Accounts and posts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cmo.clock import day_of
from cmo.errors import Finding, Refused, refuse_if_any
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..access import ROLES_OF_SIDE, Can, still_allowed_for
from ..facts import DecisionFacts, other_posts, post_facts
from ..models import JoinRequest, Organisation, Post, PostDecision, PostEnd, User
from ..versions import Outcome


@transaction.atomic
def create_account(
    *, username: str, printed_name: str, email: str, password: str, by: Actor, at: datetime, language: str = "zh-hans"
) -> User:
    """Create one person's account; the administrator's act. Names are never re-used.

    :raises PermissionDenied: for anybody but an administrator.
    """
    _only_administrator(by)
    user = User(username=username, printed_name=printed_name, email=email, language=language, date_joined=at)
    user.set_password(password)
    user.full_clean()
    user.save(force_insert=True)
    record("account.created", by=by, at=at, subject=user, stream=f"user:{user.pk}")
    return user


@transaction.atomic
def dismiss_account(*, user: User, reason: str, by: Actor, at: datetime) -> User:
    """Close an account at once: no sign-in, no posts, no sessions. :raises PermissionDenied:"""
    _only_administrator(by)
    return _set_active(user, False, "account.dismissed", reason, by, at)


@transaction.atomic
def reinstate_account(*, user: User, reason: str, by: Actor, at: datetime) -> User:
    """Open a dismissed account again. :raises PermissionDenied:"""
    _only_administrator(by)
    return _set_active(user, True, "account.reinstated", reason, by, at)


def _set_active(user: User, active: bool, verb: str, reason: str, by: Actor, at: datetime) -> User:
    row = User.objects.select_for_update().get(pk=user.pk)
    row.is_active = active
    row.save(update_fields=["is_active"])
    record(verb, by=by, at=at, subject=row, stream=f"user:{row.pk}", reason=reason)
    return row


def _only_administrator(by: Actor) -> None:
    if by.post != "administrator":
        raise PermissionDenied("only an administrator may do this")


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
    founding = by.post == "administrator"
    if founding:
        _refuse_founding_if_run_by_quality(organisation, appointment, day_of(at))
    else:
        still_allowed_for(by, Can.APPOINT, organisation, day_of(at))
    User.objects.select_for_update().get(pk=user.pk)
    post = Post(user=user, organisation=organisation, **appointment)
    post.proposed_by_id, post.proposed_by_name, post.proposed_at = by.user_id, by.name, at
    post.full_clean()
    refuse_if_any(
        rules.blockers_to_hold_post(post_facts(post), other_posts(post, day_of(at)), ROLES_OF_SIDE[post.side])
    )
    post.save(force_insert=True)
    record("post.proposed", by=by, at=at, subject=post, stream=_stream(post), data=post.canonical_record())
    if founding:
        _insert_decision(post, Outcome.CONFIRMED, by, at, "founding")
        record("post.confirmed", by=by, at=at, subject=post, stream=_stream(post), reason="founding")
    return post


def _refuse_founding_if_run_by_quality(organisation: Organisation, appointment: dict[str, Any], on: date) -> None:
    posts = Post.objects.effective(on).filter(organisation=organisation)
    managers = posts.filter(role="quality_manager").values("user").distinct().count()
    if managers >= 2 or appointment["role"] != "quality_manager":
        raise Refused([_FOUNDED_ALREADY])


@transaction.atomic
def confirm_post(*, post: Post, by: Actor, at: datetime) -> Post:
    """Confirm an appointment proposed by somebody else. :raises Refused: :raises PermissionDenied:"""
    others = _lock_and_judge(post, by, at)
    refuse_if_any(rules.blockers_to_hold_post(post_facts(post), others, ROLES_OF_SIDE[post.side]))
    _insert_decision(post, Outcome.CONFIRMED, by, at, "")
    record("post.confirmed", by=by, at=at, subject=post, stream=_stream(post))
    return post


@transaction.atomic
def turn_down_post(*, post: Post, reason: str, by: Actor, at: datetime) -> Post:
    """Turn an appointment down with a reason. :raises Refused: :raises PermissionDenied:"""
    _lock_and_judge(post, by, at)
    _insert_decision(post, Outcome.TURNED_DOWN, by, at, reason)
    record("post.turned_down", by=by, at=at, subject=post, stream=_stream(post), reason=reason)
    return post


def _lock_and_judge(post: Post, by: Actor, at: datetime) -> list[Any]:
    still_allowed_for(by, Can.CONFIRM_BASE_DATA, post.organisation_id, day_of(at))
    User.objects.select_for_update().get(pk=post.user_id)
    fresh = Post.objects.select_related("decision").get(pk=post.pk)
    facts = DecisionFacts(fresh.proposed_by_id, hasattr(fresh, "decision"), 1, 0, concerns_user_id=fresh.user_id)
    refuse_if_any(rules.blockers_to_decide(facts, by.user_id))
    return other_posts(fresh, day_of(at))


def _insert_decision(post: Post, outcome: Outcome, by: Actor, at: datetime, reason: str) -> None:
    decision = PostDecision(
        post=post, outcome=outcome, decided_by_id=by.user_id, decided_by_name=by.name, decided_at=at, reason=reason
    )
    try:
        with transaction.atomic():
            decision.save(force_insert=True)
    except IntegrityError as error:
        raise Refused([_DECIDED]) from error


@transaction.atomic
def end_post(*, post: Post, ended_on: date, reason: str, by: Actor, at: datetime) -> PostEnd:
    """End a post from a day on (today = at once); never back-dated, needs no second person.

    :raises Refused: when it ended already or the day lies in the past. :raises PermissionDenied:
    """
    if by.post != "administrator":
        still_allowed_for(by, Can.APPOINT, post.organisation_id, day_of(at))
    User.objects.select_for_update().get(pk=post.user_id)
    if PostEnd.objects.filter(post=post).exists():
        raise Refused([_ENDED])
    if ended_on < day_of(at):
        raise Refused([_BACKDATED])
    end = PostEnd(
        post=post, ended_on=ended_on, reason=reason, ended_by_id=by.user_id, ended_by_name=by.name, recorded_at=at
    )
    end.save(force_insert=True)
    data = {"ended_on": ended_on.isoformat()}
    record("post.ended", by=by, at=at, subject=post, stream=_stream(post), reason=reason, data=data)
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


def _stream(post: Post) -> str:
    return f"organisation:{post.organisation_id}"


_FOUNDED_ALREADY = Finding(
    "founded_already",
    "blocks",
    "policy",
    "系统管理员只任命单位的前两名质量负责人,其他岗位由该单位质量人员任命。",
    "The administrator appoints the first two quality managers only; the organisation's quality appoints everybody else.",
)
_DECIDED = Finding(
    "already_decided", "blocks", "law", "该任命已由他人处理。", "Somebody else has decided on this appointment.", "GMP25-45"
)
_ENDED = Finding("post_ended_already", "blocks", "policy", "该岗位已经终止。", "This post has ended already.")
_BACKDATED = Finding(
    "backdated", "blocks", "law", "终止日期不能早于今天。", "A post cannot be ended in the past.", "GMP25-45"
)
