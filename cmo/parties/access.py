"""Who sees what and who may do what: the only module that knows relationship, grants and guardian.

Relationship first: a *post* (role and side at an organisation) opens every pair in which that organisation stands on
that side. Dated grants add named exceptions. ``Can`` lists what can be done; ``HOLDERS`` says which post may do it.
A superuser flag or staff status satisfies nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.shortcuts import assign_perm, get_objects_for_user, remove_perm

from cmo.trail.actor import Actor

from .models import Grant, Organisation, OrganisationVersion, Pair, Post, Role, Side, User

if TYPE_CHECKING:
    from collections.abc import Mapping


class Can(StrEnum):
    """Everything that somebody may be allowed to do, named as a verb."""

    READ = "read"
    # base data of the own organisation
    PROPOSE_BASE_DATA = "propose_base_data"
    CONFIRM_BASE_DATA = "confirm_base_data"
    APPOINT = "appoint"
    # relationship
    PROPOSE_PAIR = "propose_pair"
    ANSWER_PROPOSAL = "answer_proposal"
    END_PAIR = "end_pair"
    ACCEPT_LICENCE = "accept_licence"
    GRANT = "grant"
    SHARE_DEVICE = "share_device"
    # devices and screening
    DETERMINE = "determine"
    LOAD_EDITION = "load_edition"
    # entrustment and agreement
    RECORD_PREPARATION = "record_preparation"
    ACCEPT_PREPARATION = "accept_preparation"
    OPEN_ENTRUSTMENT = "open_entrustment"
    CHANGE_ENTRUSTMENT = "change_entrustment"
    REPORT_ENTRUSTMENT = "report_entrustment"
    DRAFT_AGREEMENT = "draft_agreement"
    SIGN_AGREEMENT = "sign_agreement"
    REGISTER_PAPER = "register_paper"
    CONFIRM_PAPER = "confirm_paper"
    KEEP_TEMPLATE = "keep_template"
    RECORD_OBLIGATION = "record_obligation"
    # supervision
    SET_POLICY = "set_policy"
    POST_SUPERVISOR = "post_supervisor"
    LOG_PRESENCE = "log_presence"
    APPROVE_SUPPLIER = "approve_supplier"
    # holds
    PLACE_HOLD = "place_hold"
    LIFT_HOLD = "lift_hold"
    VETO = "veto"
    # lots
    REGISTER_LOT = "register_lot"
    ATTACH_TO_LOT = "attach_to_lot"
    REVIEW_RELEASE_FILE = "review_release_file"
    RETURN_RELEASE_FILE = "return_release_file"
    RELEASE_PRODUCTION = "release_production"
    RELEASE_TO_MARKET = "release_to_market"
    PLAN_PRODUCTION = "plan_production"
    RECORD_STEP = "record_step"
    OBSERVE = "observe"
    RECORD_DEVIATION = "record_deviation"
    CLOSE_DEVIATION = "close_deviation"
    ANSWER_CLOSURE = "answer_closure"
    REQUEST_EXCEPTION = "request_exception"
    DECIDE_EXCEPTION = "decide_exception"
    # identification
    REGISTER_IDENTIFIER = "register_identifier"
    CHECK_LABEL = "check_label"
    ATTACH_EVIDENCE = "attach_evidence"


R, C = Side.REGISTRANT, Side.CONTRACTOR
#: The ``post`` of an administrator's actor; no row of the post table has it.
ADMINISTRATOR = "administrator"
_QM_BOTH = frozenset({(R, Role.QUALITY_MANAGER), (C, Role.QUALITY_MANAGER)})
_REP_BOTH = frozenset({(R, Role.MANAGEMENT_REPRESENTATIVE), (C, Role.MANAGEMENT_REPRESENTATIVE)})
_QM_R = frozenset({(R, Role.QUALITY_MANAGER)})
_QM_C = frozenset({(C, Role.QUALITY_MANAGER)})
_MAKERS = frozenset({(C, Role.PRODUCTION_PLANNER), (C, Role.QUALITY_MANAGER)})

#: Which posts exist on which side.
ROLES_OF_SIDE: dict[str, frozenset[str]] = {
    R: frozenset(
        {
            Role.QUALITY_MANAGER,
            Role.MANAGEMENT_REPRESENTATIVE,
            Role.SIGNATORY,
            Role.MARKET_RELEASER,
            Role.RESIDENT_SUPERVISOR,
            Role.AUDITOR,
            Role.VIEWER,
        }
    ),
    C: frozenset(
        {
            Role.QUALITY_MANAGER,
            Role.MANAGEMENT_REPRESENTATIVE,
            Role.SIGNATORY,
            Role.PRODUCTION_RELEASER,
            Role.PRODUCTION_PLANNER,
            Role.VIEWER,
        }
    ),
}
EVERY_POST: frozenset[tuple[str, str]] = frozenset((s, r) for s, roles in ROLES_OF_SIDE.items() for r in roles)

#: The one table: what can be done → the (side, role) posts that may do it.
HOLDERS: Mapping[Can, frozenset[tuple[str, str]]] = {
    Can.READ: EVERY_POST,
    Can.PROPOSE_BASE_DATA: _QM_BOTH | _REP_BOTH,
    Can.CONFIRM_BASE_DATA: _QM_BOTH,
    Can.APPOINT: _QM_BOTH | _REP_BOTH,
    Can.PROPOSE_PAIR: _QM_BOTH,
    Can.ANSWER_PROPOSAL: _QM_BOTH,
    Can.END_PAIR: _QM_BOTH,
    Can.ACCEPT_LICENCE: _QM_R,
    Can.GRANT: _QM_BOTH,
    Can.SHARE_DEVICE: _QM_R,
    Can.DETERMINE: _QM_R,
    Can.LOAD_EDITION: _QM_BOTH,
    Can.RECORD_PREPARATION: _QM_BOTH | frozenset({(R, Role.MANAGEMENT_REPRESENTATIVE), (R, Role.AUDITOR)}),
    Can.ACCEPT_PREPARATION: _QM_R,
    Can.OPEN_ENTRUSTMENT: _QM_R,
    Can.CHANGE_ENTRUSTMENT: _QM_R,
    Can.REPORT_ENTRUSTMENT: _QM_BOTH,
    Can.DRAFT_AGREEMENT: _QM_BOTH,
    Can.SIGN_AGREEMENT: frozenset({(R, Role.SIGNATORY), (C, Role.SIGNATORY)}),
    Can.REGISTER_PAPER: _QM_BOTH,
    Can.CONFIRM_PAPER: _QM_BOTH,
    Can.KEEP_TEMPLATE: _QM_BOTH,
    Can.RECORD_OBLIGATION: _QM_BOTH | _REP_BOTH,
    Can.SET_POLICY: _QM_R,
    Can.POST_SUPERVISOR: _QM_R | frozenset({(R, Role.MANAGEMENT_REPRESENTATIVE)}),
    Can.LOG_PRESENCE: frozenset({(R, Role.RESIDENT_SUPERVISOR)}),
    Can.APPROVE_SUPPLIER: _QM_R,
    Can.PLACE_HOLD: EVERY_POST,
    Can.LIFT_HOLD: _QM_BOTH,
    Can.VETO: frozenset({(R, Role.MANAGEMENT_REPRESENTATIVE)}),
    Can.REGISTER_LOT: _MAKERS,
    Can.ATTACH_TO_LOT: frozenset(
        {(C, Role.PRODUCTION_PLANNER), (C, Role.QUALITY_MANAGER), (C, Role.PRODUCTION_RELEASER)}
    ),
    Can.REVIEW_RELEASE_FILE: frozenset(
        {
            (C, Role.QUALITY_MANAGER),
            (C, Role.PRODUCTION_RELEASER),
            (R, Role.QUALITY_MANAGER),
            (R, Role.MARKET_RELEASER),
        }
    ),
    Can.RETURN_RELEASE_FILE: frozenset({(R, Role.QUALITY_MANAGER), (R, Role.MARKET_RELEASER)}),
    Can.RELEASE_PRODUCTION: frozenset({(C, Role.PRODUCTION_RELEASER)}),
    Can.RELEASE_TO_MARKET: frozenset({(R, Role.MARKET_RELEASER)}),
    Can.PLAN_PRODUCTION: _MAKERS,
    Can.RECORD_STEP: _MAKERS,
    Can.OBSERVE: frozenset({(R, Role.RESIDENT_SUPERVISOR)}),
    Can.RECORD_DEVIATION: _MAKERS | frozenset({(C, Role.PRODUCTION_RELEASER)}) | _QM_R,
    Can.CLOSE_DEVIATION: _QM_C,
    Can.ANSWER_CLOSURE: _QM_R,
    Can.REQUEST_EXCEPTION: _QM_BOTH
    | _MAKERS
    | frozenset({(C, Role.PRODUCTION_RELEASER), (R, Role.MARKET_RELEASER), (R, Role.RESIDENT_SUPERVISOR)}),
    Can.DECIDE_EXCEPTION: _QM_R,
    Can.REGISTER_IDENTIFIER: _QM_R,
    Can.CHECK_LABEL: _QM_BOTH,
    Can.ATTACH_EVIDENCE: EVERY_POST - frozenset({(R, Role.VIEWER), (C, Role.VIEWER)}),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What one person can see on one day, loaded with a constant number of queries.

    ``registrant_ids`` / ``contractor_ids``: organisations where the person holds a post on that side;
    ``granted_pair_ids``: pairs opened to them by name; ``limited_to``: when not None, the only pairs a colleague sees.
    """

    user_id: int | None
    on: date
    posts: tuple[Post, ...] = ()
    granted_pair_ids: frozenset[int] = frozenset()
    limited_to: frozenset[int] | None = None
    registrant_ids: frozenset[int] = field(default_factory=frozenset)
    contractor_ids: frozenset[int] = field(default_factory=frozenset)

    @property
    def organisation_ids(self) -> frozenset[int]:
        return self.registrant_ids | self.contractor_ids

    def tenant_filter(self, pair_field: str = "pair_id") -> models.Q:
        """Condition for rows with ``registrant_id``, ``contractor_id`` and a pair column."""
        if self.limited_to is not None:
            return models.Q(**{f"{pair_field}__in": sorted(self.limited_to | self.granted_pair_ids)})
        condition = models.Q(pk__in=())
        if self.registrant_ids:
            condition |= models.Q(registrant_id__in=sorted(self.registrant_ids))
        if self.contractor_ids:
            condition |= models.Q(contractor_id__in=sorted(self.contractor_ids))
        if self.granted_pair_ids:
            condition |= models.Q(**{f"{pair_field}__in": sorted(self.granted_pair_ids)})
        return condition

    def sees_pair(self, pair: Pair) -> bool:
        if pair.pk in self.granted_pair_ids:
            return True
        if self.limited_to is not None:
            return pair.pk in self.limited_to
        return pair.registrant_id in self.registrant_ids or pair.contractor_id in self.contractor_ids


def scope_of(user: Any, on: date) -> Scope:
    """The person's scope on ``on``; kept on the user object, which lives for one request."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Scope(user_id=None, on=on)
    cached = user.__dict__.get("_scope")
    if cached is None or cached.on != on:
        cached = user.__dict__["_scope"] = _load_scope(user, on)
    return cached


def _load_scope(user: User, on: date) -> Scope:
    posts = tuple(Post.objects.effective(on).filter(user=user).select_related("organisation").order_by("id"))
    begun = Grant.objects.begun(on).filter(user=user).values_list("pair_id", "permission", "ends_on")
    projected = {permission: _projected_pairs(user, permission) for permission in {p for _pair, p, _end in begun}}
    held = [(pair, p) for pair, p, ends_on in begun if ends_on >= on and pair in projected[p]]
    # A limit that ran out still limits, to nothing: only revoking it opens everything again.
    is_limited = any(p == Grant.Permission.LIMITED_TO_PAIR for _pair, p, _end in begun)
    limited = frozenset(pair for pair, p in held if p == Grant.Permission.LIMITED_TO_PAIR)
    return Scope(
        user_id=user.pk,
        on=on,
        posts=posts,
        granted_pair_ids=frozenset(pair for pair, p in held if p == Grant.Permission.READ_PAIR),
        limited_to=limited if is_limited else None,
        registrant_ids=frozenset(p.organisation_id for p in posts if p.side == R),
        contractor_ids=frozenset(p.organisation_id for p in posts if p.side == C),
    )


def _projected_pairs(user: User, permission: str) -> frozenset[int]:
    """Guardian's view of one permission; a grant counts only where both agree."""
    found = get_objects_for_user(
        user, permission, klass=Pair, accept_global_perms=False, with_superuser=False, use_groups=False
    )
    return frozenset(found.values_list("pk", flat=True))


def project_grant(grant: Grant) -> None:
    """Write the guardian object permission of a grant. Called by ``actions.grant`` only."""
    assign_perm(grant.permission, grant.user, grant.pair)


def withdraw_projection(grant: Grant) -> None:
    """Remove the guardian object permission of a revoked grant. Called by ``actions.revoke_grant`` only."""
    remove_perm(grant.permission, grant.user, grant.pair)


class TenantQuerySet(models.QuerySet):
    """QuerySet of tables with ``registrant_id``, ``contractor_id`` and ``pair_id``."""

    def visible_to(self, scope: Scope) -> Self:
        return self.filter(scope.tenant_filter())


def visible_pairs(scope: Scope) -> models.QuerySet[Pair]:
    """The pairs this scope opens."""
    return Pair.objects.filter(scope.tenant_filter("pk"))


def visible_organisations(scope: Scope) -> models.QuerySet[Organisation]:
    """The own organisations and the counterparts of visible pairs."""
    pairs = visible_pairs(scope)
    return Organisation.objects.filter(
        models.Q(pk__in=sorted(scope.organisation_ids))
        | models.Q(pk__in=pairs.values("registrant_id"))
        | models.Q(pk__in=pairs.values("contractor_id"))
    )


def has_read(scope: Scope, pair: Pair) -> bool:
    return scope.sees_pair(pair)


def may(scope: Scope, can: Can, pair: Pair) -> Post | None:
    """The first post that allows ``can`` on this pair, or None."""
    if not scope.sees_pair(pair):
        return None
    wanted = {R: pair.registrant_id, C: pair.contractor_id}
    return _first_post(scope, can, lambda post: post.organisation_id == wanted[post.side])


def may_for(scope: Scope, can: Can, organisation: Organisation | int, side: str | None = None) -> Post | None:
    """The first post at this organisation (on ``side``, by default on either) that allows ``can``, or None."""
    organisation_id = getattr(organisation, "pk", organisation)
    return _first_post(scope, can, lambda p: p.organisation_id == organisation_id and side in {None, p.side})


def _first_post(scope: Scope, can: Can, fits: Any) -> Post | None:
    return next((p for p in scope.posts if (p.side, p.role) in HOLDERS[can] and fits(p)), None)


def require(user: User, can: Can, pair: Pair, on: date) -> Actor:
    """The actor under which ``user`` may do this on the pair.

    :raises PermissionDenied: when no effective post of theirs allows it.
    """
    return _actor(user, can, may(scope_of(user, on), can, pair))


def require_for(user: User, can: Can, organisation: Organisation | int, on: date, side: str | None = None) -> Actor:
    """The actor under which ``user`` may do this for their own organisation (with a post on ``side``, where given).

    :raises PermissionDenied: when no effective post of theirs allows it.
    """
    return _actor(user, can, may_for(scope_of(user, on), can, organisation, side))


def require_administrator(user: User) -> Actor:
    """The administrator's actor: organisations and accounts, nothing regulated.

    :raises PermissionDenied: for anybody else.
    """
    if not (user.is_active and user.is_staff):
        raise PermissionDenied(_("Only an administrator may do this."))
    return Actor(user_id=user.pk, name=user.printed_name, post=ADMINISTRATOR, side="system")


def still_allowed(by: Actor, can: Can, pair: Pair, on: date) -> None:
    """Judge again, inside an action and from the database, that the actor may do this: posts end between page and click.

    :raises PermissionDenied: when not.
    """
    user = User.objects.filter(pk=by.user_id or 0).first()
    if user is None or _may_as(user, by, may(_load_scope(user, on), can, pair)) is None:
        raise PermissionDenied(_refusal(can))


def still_allowed_for(by: Actor, can: Can, organisation: Organisation | int, on: date, side: str | None = None) -> None:
    """As :func:`still_allowed`, for acts on the own organisation's data.

    :raises PermissionDenied: when not.
    """
    user = User.objects.filter(pk=by.user_id or 0).first()
    if user is None or _may_as(user, by, may_for(_load_scope(user, on), can, organisation, side)) is None:
        raise PermissionDenied(_refusal(can))


def still_administrator(by: Actor) -> None:
    """Judge again, inside an action and from the database, that the actor is an administrator.

    :raises PermissionDenied: when not.
    """
    if by.post != ADMINISTRATOR or not User.objects.filter(pk=by.user_id or 0, is_active=True, is_staff=True).exists():
        raise PermissionDenied(_("Only an administrator may do this."))


def _may_as(user: User, by: Actor, post: Post | None) -> Post | None:
    return post if user.is_active and post is not None and post.organisation_id == by.organisation_id else None


def _refusal(can: Can) -> str:
    return str(_("None of your posts allows this. It is done by: %(posts)s.") % {"posts": holder_words(can)})


def _actor(user: User, can: Can, post: Post | None) -> Actor:
    if post is None:
        raise PermissionDenied(_refusal(can))
    return actor_of(user, post)


def actor_of(user: User, post: Post) -> Actor:
    """The actor of one post, with the organisation's name as confirmed now."""
    version = OrganisationVersion.objects.current().filter(organisation_id=post.organisation_id).first()
    return Actor(
        user_id=user.pk,
        name=user.printed_name,
        post=post.role,
        side=post.side,
        organisation_id=post.organisation_id,
        organisation=version.name_zh if version else "",
    )


def plain_actor(user: User) -> Actor:
    """An actor without a post: for a person's own account and for refusals."""
    return Actor(user_id=user.pk, name=user.printed_name or user.username)


def holders_of(can: Can) -> Iterable[tuple[str, str]]:
    """The (side, role) posts that may do this, for "who can resolve it"."""
    return sorted(HOLDERS[can])


def holder_words(can: Can) -> str:
    """The posts that may do this, in words and in the active language; a post of both sides is named once."""
    sides: dict[str, list[str]] = {}
    for side, role in holders_of(can):
        sides.setdefault(role, []).append(side)
    words = [
        str(Role(role).label) if len(held) == len(Side) else post_with_side(held[0], role)
        for role, held in sides.items()
    ]
    return str(_(", ")).join(words)


def post_with_side(side: str, role: str) -> str:
    """A post and its side in words and in the active language."""
    return str(_("%(label)s (%(more)s)") % {"label": Role(role).label, "more": Side(side).label})
