"""Who may ask for, read and take a dossier of a pair, and who sees which exports.

People of the pair take any scope and see what their own organisation asked for; of exports by outsiders they see who, what
and when. Outsiders see their own alone, and only while a grant on the pair covers its scope: whoever is granted the pair
reads every scope on screen, ``read_dossier`` and ``take_dossier`` cover the scope that each of them names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet

from cmo.parties.access import DossierGrant, Scope, actor_of, may, scope_of
from cmo.parties.models import Pair, User
from cmo.parties.outside import opened_to
from cmo.parties.rights import Can
from cmo.trail.actor import Actor

from .models import Export
from .scoping import WHOLE

#: Kind and key of what a dossier is limited to.
Limit = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Taking:
    """What one person may do with dossiers of one pair on one day.

    ``limits``: the scopes they may read, empty: every scope. ``takes``: whether they may carry any of it away;
    ``takes_limits``: which of it, empty: all.
    """

    actor: Actor
    outside: bool
    takes: bool
    limits: tuple[Limit, ...] = ()
    takes_limits: tuple[Limit, ...] = ()

    def reads_scope(self, wanted: Limit) -> bool:
        """Whether a dossier of this scope may be asked for and read on screen."""
        return not self.limits or covered(wanted, self.limits)

    def takes_scope(self, wanted: Limit) -> bool:
        """Whether a dossier of this scope may be carried away."""
        return self.takes and (not self.takes_limits or covered(wanted, self.takes_limits))


def covered(wanted: Limit, limits: Iterable[Limit]) -> bool:
    """Whether one of the limits contains what is wanted: all, the same, or a period with all its days."""
    return any(limit in {WHOLE, wanted} or _within(wanted, limit) for limit in limits)


def _within(wanted: Limit, limit: Limit) -> bool:
    if wanted[0] != "period" or limit[0] != "period":
        return False
    (first, last), (begins, ends) = _days(wanted[1]), _days(limit[1])
    return begins <= first <= last <= ends


def _days(key: str) -> tuple[date, date]:
    """First and last day; of what is no period days that lie in none."""
    first, _, last = key.partition("/")
    try:
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return date.max, date.min


def taking(user: Any, pair: Pair, on: date) -> Taking | None:
    """What this person may do with dossiers of the pair, or None: nothing at all."""
    scope = scope_of(user, on)
    post = may(scope, Can.TAKE_DOSSIER, pair)
    if post is not None:
        return Taking(actor_of(user, post), outside=False, takes=True)
    reads, takes = _limits(scope, pair.pk)
    if not reads:
        return None
    opened = opened_to(user, on).get(pair.pk)
    employer = opened.employer if opened else ""
    actor = Actor(user_id=user.pk, name=user.printed_name, side="outside", organisation=employer)
    return Taking(actor, True, bool(takes), _unless_whole(reads), _unless_whole(takes))


def still_taking(by: Actor, pair: Pair, on: date) -> Taking:
    """Judge again, from the database, what the actor may do with dossiers of the pair: grants and posts end.

    :raises PermissionDenied: nothing at all, or not under the post they act for.
    """
    user = User.objects.filter(pk=by.user_id or 0).first()
    found = taking(user, pair, on) if user is not None else None
    if found is None or found.actor.organisation_id != by.organisation_id:
        raise PermissionDenied
    return found


def visible_exports(scope: Scope) -> QuerySet[Export]:
    """The exports whose existence this person may know; ``may_read`` and ``may_take`` say what else."""
    of_pair = Q(registrant_id__in=sorted(scope.registrant_ids)) & _asked_by("registrant_id")
    of_pair |= Q(contractor_id__in=sorted(scope.contractor_ids)) & _asked_by("contractor_id")
    if scope.limited_to is not None:
        of_pair &= Q(pair_id__in=sorted(scope.limited_to))
    own = _own_outside(scope)
    return Export.objects.filter(of_pair | Q(pk__in=own) if own else of_pair)


def may_see(scope: Scope, export: Export) -> bool:
    """Whether this person may know that the export exists; judged anew at each click."""
    return may_read(scope, export) or _of_pair(scope, export)


def may_read(scope: Scope, export: Export) -> bool:
    """Whether this person may read what the export says on screen today."""
    if export.organisation_id is not None:
        return _of_own(scope, export)
    return _own(scope, export) and covered(_limit(export), _limits(scope, export.pair_id)[0])


def may_take(scope: Scope, export: Export) -> bool:
    """Whether this person may carry the export away today."""
    if export.organisation_id is not None:
        return _of_own(scope, export)
    return _own(scope, export) and covered(_limit(export), _limits(scope, export.pair_id)[1])


def _limit(export: Export) -> Limit:
    return (export.scope_kind, export.scope_key)


def _limits(scope: Scope, pair_id: int) -> tuple[list[Limit], list[Limit]]:
    """The scopes of one pair that grants open for reading, and those for taking."""
    granted = [grant for grant in scope.dossiers if grant.pair_id == pair_id]
    reads = [_of_grant(grant) for grant in granted] + ([WHOLE] if pair_id in scope.granted_pair_ids else [])
    return reads, [_of_grant(grant) for grant in granted if grant.takes]


def _of_grant(grant: DossierGrant) -> Limit:
    return (grant.kind, grant.key)


def _unless_whole(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    found = tuple(dict.fromkeys(limits))
    return () if WHOLE in found else found


def _asked_by(side: str) -> Q:
    """Asked for by the organisation on this side, or by an outsider."""
    return Q(organisation_id=F(side)) | Q(organisation_id__isnull=True)


def _own_outside(scope: Scope) -> list[int]:
    """Keys of this person's own exports as an outsider that a grant of today still covers."""
    pairs = scope.granted_pair_ids | {grant.pair_id for grant in scope.dossiers}
    if not pairs:
        return []
    own = Export.objects.filter(recorded_by_id=scope.user_id, organisation_id__isnull=True, pair_id__in=sorted(pairs))
    rows = own.values_list("pk", "pair_id", "scope_kind", "scope_key")
    return [pk for pk, pair_id, *limit in rows if covered((limit[0], limit[1]), _limits(scope, pair_id)[0])]


def _own(scope: Scope, export: Export) -> bool:
    return scope.user_id is not None and export.recorded_by_id == scope.user_id


def _of_pair(scope: Scope, export: Export) -> bool:
    """Whether an export by an outsider belongs to a pair of this person's organisation."""
    if export.organisation_id is not None or not _open(scope, export):
        return False
    return export.registrant_id in scope.registrant_ids or export.contractor_id in scope.contractor_ids


def _of_own(scope: Scope, export: Export) -> bool:
    """Whether this person's organisation asked for it, on the side on which it stands in the pair."""
    wanted = export.organisation_id
    as_registrant = wanted == export.registrant_id and wanted in scope.registrant_ids
    as_contractor = wanted == export.contractor_id and wanted in scope.contractor_ids
    return _open(scope, export) and (as_registrant or as_contractor)


def _open(scope: Scope, export: Export) -> bool:
    return scope.limited_to is None or export.pair_id in scope.limited_to
