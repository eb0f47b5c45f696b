"""Who sees what and who may do what: the only module that knows relationship, grants and guardian.

Relationship first: a *post* (role and side at an organisation) opens every pair in which that organisation stands on
that side. Dated grants add named exceptions. :mod:`cmo.parties.rights` says which post may do what.
A superuser flag or staff status satisfies nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.shortcuts import assign_perm, get_objects_for_user, remove_perm

from cmo.trail.actor import Actor

from .models import Grant, Organisation, OrganisationVersion, Pair, Post, Role, Side, User
from .rights import ADMINISTRATOR, HOLDERS, C, Can, R


@dataclass(frozen=True, slots=True)
class DossierGrant:
    """Leave by name to read a pair's dossier on screen, or (``takes``) to carry it away; ``kind`` and ``key``: its scope."""

    pair_id: int
    takes: bool
    kind: str = "whole"
    key: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one person can see on one day, loaded with a constant number of queries.

    ``registrant_ids`` / ``contractor_ids``: organisations where the person holds a post on that side;
    ``granted_pair_ids``: pairs opened to them by name; ``limited_to``: when not None, the only pairs a colleague sees;
    ``dossiers``: pairs whose dossier alone is opened to them by name.
    """

    user_id: int | None
    on: date
    posts: tuple[Post, ...] = ()
    granted_pair_ids: frozenset[int] = frozenset()
    limited_to: frozenset[int] | None = None
    registrant_ids: frozenset[int] = field(default_factory=frozenset)
    contractor_ids: frozenset[int] = field(default_factory=frozenset)
    dossiers: tuple[DossierGrant, ...] = ()

    @property
    def outside(self) -> bool:
        """Whether this person holds no post and sees something only because it was opened to them by name."""
        return not self.posts and self.by_name

    @property
    def by_name(self) -> bool:
        """Whether some pair is open to this person by name, whatever posts they hold."""
        return bool(self.granted_pair_ids or self.dossiers)

    def stands_in(self, pair: Pair) -> bool:
        """Whether this person belongs to one of the two parties by a post."""
        return pair.registrant_id in self.registrant_ids or pair.contractor_id in self.contractor_ids

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
        return self.stands_in(pair)


def scope_of(user: Any, on: date) -> Scope:
    """The person's scope on ``on``; kept on the user object, which lives for one request."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Scope(user_id=None, on=on)
    cached = user.__dict__.get("_scope")
    if cached is None or cached.on != on:
        cached = user.__dict__["_scope"] = _load_scope(user.pk, on)
    return cached


def _load_scope(user_id: int, on: date) -> Scope:
    posts = tuple(_posts_of(user_id, on))
    # Most people have posts and no grant: the query for posts tells, and a second one is made for the others alone.
    granted = not posts or posts[0].person_has_grants
    begun = list(_grants_of(user_id, on)) if granted else []
    projected = {permission: _projected_pairs(user_id, permission) for permission in {g.permission for g in begun}}
    held = [g for g in begun if g.ends_on >= on and g.pair_id in projected[g.permission]]
    # A limit that ran out still limits, to nothing: only revoking it opens everything again.
    is_limited = any(g.permission == Grant.Permission.LIMITED_TO_PAIR for g in begun)
    return Scope(
        user_id=user_id,
        on=on,
        posts=posts,
        granted_pair_ids=_pairs_with(held, Grant.Permission.READ_PAIR),
        limited_to=_pairs_with(held, Grant.Permission.LIMITED_TO_PAIR) if is_limited else None,
        registrant_ids=frozenset(p.organisation_id for p in posts if p.side == R),
        contractor_ids=frozenset(p.organisation_id for p in posts if p.side == C),
        dossiers=tuple(_dossier_grants(held)),
    )


def _pairs_with(held: Iterable[Grant], permission: str) -> frozenset[int]:
    return frozenset(grant.pair_id for grant in held if grant.permission == permission)


def _dossier_grants(held: Iterable[Grant]) -> Iterator[DossierGrant]:
    takes = {Grant.Permission.READ_DOSSIER: False, Grant.Permission.TAKE_DOSSIER: True}
    for grant in held:
        if grant.permission in takes:
            yield DossierGrant(grant.pair_id, takes[grant.permission], grant.scope_kind, grant.scope_key)  # type: ignore[index]


def _grants_of(user_id: int, on: date) -> models.QuerySet[Grant]:
    return Grant.objects.begun(on).filter(user_id=user_id)


def _posts_of(user_id: int, on: date) -> models.QuerySet[Any]:
    """A person's posts with the confirmed name of each organisation, and whether any grant of theirs has begun."""
    named = OrganisationVersion.objects.current().filter(organisation_id=models.OuterRef("organisation_id"))
    rows = Post.objects.effective(on).filter(user_id=user_id).select_related("organisation").order_by("id")
    return rows.annotate(
        organisation_name=models.Subquery(named.values("name_zh")[:1]),
        person_has_grants=models.Exists(_grants_of(user_id, on)),
    )


def _projected_pairs(user_id: int, permission: str) -> frozenset[int]:
    """Guardian's view of one permission; a grant counts only where both agree."""
    user = User.objects.get(pk=user_id)
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
    if not _is_for(by, may(_load_scope(by.user_id or 0, on), can, pair)):
        raise PermissionDenied(_refusal(can))


def still_allowed_for(by: Actor, can: Can, organisation: Organisation | int, on: date, side: str | None = None) -> None:
    """As :func:`still_allowed`, for acts on the own organisation's data.

    :raises PermissionDenied: when not.
    """
    if not _is_for(by, may_for(_load_scope(by.user_id or 0, on), can, organisation, side)):
        raise PermissionDenied(_refusal(can))


def still_administrator(by: Actor) -> None:
    """Judge again, inside an action and from the database, that the actor is an administrator.

    :raises PermissionDenied: when not.
    """
    if by.post != ADMINISTRATOR or not User.objects.filter(pk=by.user_id or 0, is_active=True, is_staff=True).exists():
        raise PermissionDenied(_("Only an administrator may do this."))


def _is_for(by: Actor, post: Post | None) -> bool:
    """Whether a post allows it, at the organisation for which the actor acts."""
    return post is not None and post.organisation_id == by.organisation_id


def _refusal(can: Can) -> str:
    return str(_("None of your posts allows this. It is done by: %(posts)s.") % {"posts": holder_words(can)})


def _actor(user: User, can: Can, post: Post | None) -> Actor:
    if post is None:
        raise PermissionDenied(_refusal(can))
    return actor_of(user, post)


def actor_of(user: User, post: Post) -> Actor:
    """The actor of one post, with the organisation's name as confirmed now; it is known for the posts of a scope."""
    name = getattr(post, "organisation_name", None)
    if name is None:
        version = OrganisationVersion.objects.current().filter(organisation_id=post.organisation_id).first()
        name = version.name_zh if version else ""
    return Actor(
        user_id=user.pk,
        name=user.printed_name,
        post=post.role,
        side=post.side,
        organisation_id=post.organisation_id,
        organisation=name,
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


def holder_in_short(can: Can) -> str:
    """Who may do this in two or three words, for a button: the post, the side, or another post; nothing where nobody may."""
    held = list(holders_of(can))
    if len({role for _side, role in held}) == 1:
        return holder_words(can)
    if len({side for side, _role in held}) == 1:
        return str(Side(held[0][0]).label)
    return str(_("another post")) if held else ""


def post_with_side(side: str, role: str) -> str:
    """A post and its side in words and in the active language."""
    return str(_("%(label)s (%(more)s)") % {"label": Role(role).label, "more": Side(side).label})
