"""Who may be on the team of an audit."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from cmo.parties.models import Pair, Post, Side, User
from cmo.parties.rights import HOLDERS, Can

#: The posts of the registrant whose holders conduct audits.
ROLES = sorted(role for side, role in HOLDERS[Can.CONDUCT_AUDIT] if side == Side.REGISTRANT)


def auditors_of(pair: Pair, on: date) -> frozenset[int]:
    """Ids of the people who may conduct audits for the registrant of a pair on a day; one query."""
    return frozenset(_posts(pair.registrant_id, on).values_list("user_id", flat=True))


def auditor_users(pair: Pair, on: date) -> QuerySet[User]:
    """The same people as rows, by name, for a choice."""
    return own_auditors(pair.registrant_id, on)


def own_auditors(registrant_id: int, on: date) -> QuerySet[User]:
    """Who may conduct audits for a registrant on a day, by name."""
    return User.objects.filter(pk__in=_posts(registrant_id, on).values("user_id")).order_by("printed_name", "pk")


def _posts(registrant_id: int, on: date) -> QuerySet[Post]:
    held = Post.objects.effective(on)
    return held.filter(organisation_id=registrant_id, side=Side.REGISTRANT, role__in=ROLES)
