"""Lots that a change concerns: released ones with what would stop their release today, and those not released yet.

A released lot is judged for its own days, of manufacture and of decision, with everything on record now; what it finds is
new, because a decision with an open reason against it is never taken. Nothing of this is stored: tomorrow it is judged
again. Before a change is confirmed the same search runs with the change supposed (``actions/supposing.py``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from agreements.models import EntrustmentEvent, Hold, RevisionEvent
from cmo.catalogue.models import DeviceVersion, IdentifierEvent, LabelWithdrawal
from cmo.errors import Finding
from cmo.parties.access import Scope
from cmo.parties.models import LicenceVersion, OrganisationVersion, Post, SiteVersion

from .facts import PRODUCTION, LotFacts, load_lot_facts
from .facts.affected import (
    Candidate,
    Change,
    Ground,
    ground_of,
    held_lots,
    released_lots,
    touched_lots,
    undecided_lots,
    waived,
)
from .facts.loading import nearest_post
from .rules.affected import LOOKED_BACK, OF_ONE_LOT, not_waived, own_reasons, reasons
from .rules.gate import Case
from .rules.people import ROLES
from .rules.validity import edges_of

#: Decisions looked at when nobody says since when.
LOOK_BACK = timedelta(days=365)

Reasons = tuple[tuple[str, Finding], ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """One released lot that would not be released today as it was, with (group, finding) of every reason."""

    lot: Candidate
    reasons: Reasons

    @property
    def groups(self) -> list[str]:
        """The groups of its reasons, each once."""
        return list(dict.fromkeys(group for group, _finding in self.reasons))


def affected_lots(change: Change, scope: Scope | None, on: date) -> list[Affected]:
    """Released lots that ``change`` concerns and whose decision would not be taken today; a constant number of queries.

    Codes and groups of the reasons are each lot's own, their days may be those of a lot beside it: :func:`in_full` gives
    the sentences. ``scope``: only lots that this person sees; None for all.
    """
    visible = scope.tenant_filter() if scope is not None else Q()
    candidates = released_lots(change, visible)
    if not candidates:
        return []
    judged = _judged(candidates)
    own = _holds_of(candidates, held_lots(change, visible))
    exempt = waived(change, visible)
    touched = _touched(candidates)
    found = (
        (one, not_waived(why + own.get(one.lot_id, ()), one.lot_id, exempt) + touched.get(one.lot_id, ()))
        for one, why in judged
    )
    listed = (Affected(one, why) for one, why in found if why)
    return [one for one in listed if not change.kind or change.kind in one.groups]


def in_full(found: Sequence[Affected]) -> list[Affected]:
    """The same lots, each judged by itself, for the few that are shown."""
    candidates = [one.lot for one in found]
    facts = load_lot_facts([one.lot_id for one in candidates])
    ground = ground_of(candidates)
    cases = {one.lot_id: _case(one, facts[one.lot_id], ground) for one in candidates}
    why = {pk: reasons(case, LOOKED_BACK) + own_reasons(case) for pk, case in cases.items()}
    codes = {one.lot.lot_id: {finding.code for _group, finding in one.reasons} for one in found}
    return [
        Affected(one, tuple((group, f) for group, f in why[one.lot_id] if f.code in codes[one.lot_id]))
        for one in candidates
    ]


def _judged(candidates: Sequence[Candidate]) -> list[tuple[Candidate, Reasons]]:
    """Every candidate with what stands against its class; one lot of each class is judged."""
    ground = ground_of(candidates)
    edges = {pk: sorted({*edges_of(facts), *ground.days}) for pk, facts in ground.entrustments.items()}
    classes = [_class_of(one, edges[one.entrustment_id]) for one in candidates]
    first = dict(zip(reversed(classes), reversed(candidates), strict=True))
    facts = load_lot_facts([one.lot_id for one in first.values()])
    judged = {
        key: reasons(_case(one, replace(facts[one.lot_id], holds=()), ground), LOOKED_BACK)
        for key, one in first.items()
    }
    return [(one, judged[key]) for one, key in zip(candidates, classes, strict=True)]


def _class_of(one: Candidate, edges: list[date]) -> tuple[Any, ...]:
    """What lots that stand or fall together have in common: between two edges every day is like the others."""
    days = (bisect_right(edges, one.produced_from), bisect_right(edges, one.produced_to), bisect_right(edges, one.on))
    return (one.stage, one.entrustment_id, *days, one.taken_over, one.label_id, one.ifu_id, one.person_id)


def _case(one: Candidate, lot: LotFacts, ground: Ground) -> Case:
    side, organisation = (
        ("contractor", lot.contractor_id) if one.stage == PRODUCTION else ("registrant", lot.registrant_id)
    )
    wanted = (ROLES[one.stage][0], side, organisation)
    posts = ground.releasers.get(one.person_id or 0, ())
    return Case(one.stage, lot, one.on, nearest_post(posts, wanted, one.on))


def _holds_of(candidates: Sequence[Candidate], held: set[int]) -> dict[int, Reasons]:
    """Lot → holds on it alone; those on its entrustment are its class's."""
    own = {one.lot_id: one for one in candidates if one.lot_id in held}
    found = {}
    for pk, lot in load_lot_facts(own).items():
        alone = replace(lot, entrustment=replace(lot.entrustment, holds=()))
        found[pk] = reasons(Case(own[pk].stage, alone, own[pk].on), OF_ONE_LOT)
    return found


def _touched(candidates: Sequence[Candidate]) -> dict[int, Reasons]:
    """Lot → what later entries about its own supervision and labels set against its decision."""
    wanted = touched_lots(candidates)
    those = {one.lot_id: one for one in candidates if one.lot_id in wanted}
    if not those:
        return {}
    ground = ground_of(list(those.values()))
    facts = load_lot_facts(those)
    return {pk: own_reasons(_case(one, facts[pk], ground)) for pk, one in those.items()}


@dataclass(frozen=True, slots=True)
class Consequences:
    """Lots that a change supposed would concern: not released and stopped by it, or released and listed because of it."""

    stopped: tuple[Candidate, ...]
    concerned: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """What stands against every lot that a change may concern, at one moment: lot → codes."""

    undecided: dict[Candidate, frozenset[str]]
    released: dict[Candidate, frozenset[str]]


def picture(change: Change, scope: Scope, on: date) -> Picture:
    """How things stand now; taken before and after a change is supposed."""
    visible = scope.tenant_filter()
    return Picture(
        undecided=_codes(undecided_lots(change, visible, on)),
        released=_codes(released_lots(change, visible)),
    )


def _codes(candidates: list[Candidate]) -> dict[Candidate, frozenset[str]]:
    judged = _judged(candidates) if candidates else []
    return {one: frozenset(finding.code for _group, finding in why) for one, why in judged}


def consequences(before: Picture, after: Picture) -> Consequences:
    """The lots against which something stands after the change that did not stand before; a lot that only production
    released is among those that are stopped."""
    stopped = _newly(before.undecided, after.undecided)
    once = {one.lot_id for one in stopped}
    concerned = _newly(before.released, after.released)
    return Consequences(stopped, tuple(one for one in concerned if one.lot_id not in once))


def _newly(before: dict[Candidate, frozenset[str]], after: dict[Candidate, frozenset[str]]) -> tuple[Candidate, ...]:
    return tuple(one for one, codes in after.items() if codes - before.get(one, frozenset()))


def change_of(row: Any) -> Change | None:
    """What a row that changes something concerns; None for rows that no release rests on."""
    make = _CHANGES.get(type(row))
    return make(row) if make else None


def _of_hold(row: Hold) -> Change:
    return Change("hold", pair_id=row.pair_id, site_id=row.site_id, entrustment_id=row.entrustment_id)


def _of_event(row: EntrustmentEvent) -> Change:
    return Change("entrustment", entrustment_id=row.entrustment_id, since=row.event_on)


def _of_revision(row: RevisionEvent) -> Change:
    return Change("agreement", pair_id=row.revision.agreement.pair_id, since=row.event_on)


def _of_post(row: Post) -> Change:
    if row.side == "contractor":
        return Change("post", person_id=row.user_id, contractor_id=row.organisation_id)
    return Change("post", person_id=row.user_id, registrant_id=row.organisation_id)


#: Kind of row → the change that it is.
_CHANGES: dict[type, Any] = {
    LicenceVersion: lambda row: Change("licence", contractor_id=row.licence.organisation_id, since=row.first_day),
    DeviceVersion: lambda row: Change("certificate", device_id=row.device_id),
    SiteVersion: lambda row: Change("licence", site_id=row.site_id),
    OrganisationVersion: lambda row: Change("certificate", contractor_id=row.organisation_id),
    LabelWithdrawal: lambda row: Change("label", device_id=row.label.device_id),
    IdentifierEvent: lambda row: Change("identifier", device_id=row.identifier.device_id),
    EntrustmentEvent: _of_event,
    RevisionEvent: _of_revision,
    Hold: _of_hold,
    Post: _of_post,
}
