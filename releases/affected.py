"""Lots that a change concerns: released ones with what would stop their release today, and those not released yet.

A released lot is judged for its own days, of manufacture and of decision, with everything on record now; what it finds is
new, because a decision with an open reason against it is never taken. Nothing of this is stored: tomorrow it is judged
again. Before a change is confirmed the same search runs with the change supposed (``actions/supposing.py``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Q

from agreements.models import AgreementRevision, EntrustmentEvent, Hold, RevisionEvent
from cmo.catalogue.models import DeviceVersion, IdentifierEvent, LabelWithdrawal
from cmo.errors import Finding
from cmo.parties.access import Scope
from cmo.parties.models import LicenceVersion, OrganisationVersion, PostEnd, SiteVersion

from .facts import PRODUCTION, LotFacts, ReleaserFact, load_lot_facts
from .facts.affected import Change, Group, released_lots, some_at_a_time, undecided_lots
from .facts.ground import Ground, ground_of, releasers_of
from .facts.loading import nearest_post
from .facts.own import load_on_ground
from .facts.turned import entered_since
from .rules.affected import LOOKED_BACK, OF_ONE_LOT, TURNS, demands, own_reasons, reasons, turned_by
from .rules.gate import Case
from .rules.people import ROLES
from .rules.validity import edges_of

#: Decisions looked at when nobody says since when.
LOOK_BACK = timedelta(days=365)

Reasons = tuple[tuple[str, Finding], ...]


class Candidate(NamedTuple):
    """One lot that a change may concern, with what it shares with others."""

    lot_id: int
    group: Group

    @property
    def stage(self) -> str:
        return self.group.stage


class Affected(NamedTuple):
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
    groups = released_lots(change, scope.tenant_filter() if scope is not None else Q())
    if not groups:
        return []
    ground = ground_of(groups)
    own = _own(groups, ground)
    listed = []
    for group, why in _judged(groups, ground):
        shared = _about(change.kind, why)
        for pk in group.lots:
            found = _about(change.kind, why + own[pk]) if pk in own else shared
            if found:
                listed.append(Affected(Candidate(pk, group), found))
    return listed


def _about(kind: str, found: Reasons) -> Reasons:
    """All of them when one is of this group of reasons, or any is when no group is asked for."""
    return found if not kind or any(group == kind for group, _finding in found) else ()


def in_full(found: Sequence[Affected]) -> list[Affected]:
    """The same lots, each judged by itself, for those that are shown."""
    releasers = releasers_of(one.lot.group for one in found)
    shown = []
    for some in some_at_a_time(found):
        facts = load_lot_facts([one.lot.lot_id for one in some])
        shown += [_in_full(one, _case(one.lot.group, facts[one.lot.lot_id], releasers)) for one in some]
    return shown


def _in_full(one: Affected, case: Case) -> Affected:
    codes = {finding.code for _group, finding in one.reasons}
    why = reasons(case, LOOKED_BACK) + own_reasons(case)
    return Affected(one.lot, tuple((group, finding) for group, finding in why if finding.code in codes))


def _judged(groups: Sequence[Group], ground: Ground) -> list[tuple[Group, Reasons]]:
    """Every group with what stands against its class; one lot of each class is judged."""
    days = ground.days() | TURNS
    edges = {
        pk: sorted({*edges_of(facts), *ground.printing.turns(pk), *days}) for pk, facts in ground.entrustments.items()
    }
    judged: dict[Any, Reasons] = {}
    found = []
    for group in groups:
        key = _class_of(group, edges[group.entrustment_id])
        if key not in judged:
            judged[key] = reasons(_case(group, ground.lot(group), ground.releasers), LOOKED_BACK)
        found.append((group, judged[key]))
    return found


def _class_of(one: Group, edges: list[date]) -> tuple[Any, ...]:
    """What lots that stand or fall together have in common: between two edges every day is like the others."""
    days = (bisect_right(edges, one.produced_from), bisect_right(edges, one.produced_to), bisect_right(edges, one.on))
    return (one.stage, one.entrustment_id, *days, one.taken_over, one.label_id, one.ifu_id, one.model, one.person_id)


def _case(group: Group, lot: LotFacts, releasers: Mapping[int, Sequence[ReleaserFact]]) -> Case:
    side, organisation = (
        ("contractor", lot.contractor_id) if group.stage == PRODUCTION else ("registrant", lot.registrant_id)
    )
    wanted = (ROLES[group.stage][0], side, organisation)
    posts, decision = releasers.get(group.person_id or 0, ()), lot.standing(group.stage)
    quantity = decision.quantity if decision is not None else None
    return Case(group.stage, lot, group.on, nearest_post(posts, wanted, group.on), quantity)


def _own(groups: Sequence[Group], ground: Ground) -> dict[int, Reasons]:
    """Lot → holds on it alone, and what was entered since its decision about something that it rests on by itself; only
    lots that have any of this are loaded.
    """
    since = entered_since(groups, {facts.device_id for facts in ground.entrustments.values()})
    held = {pk: group for group in groups for pk in since.held.intersection(group.lots)}
    touched: dict[int, tuple[Group, frozenset[str]]] = {}
    for group in groups:
        entrustment = ground.entrustments[group.entrustment_id]
        if causes := since.causes(group, entrustment):
            codes = turned_by(causes, demands(entrustment, group.produced_from, group.produced_to))
            touched |= dict.fromkeys(group.lots, (group, codes)) if codes else {}
    found: dict[int, Reasons] = defaultdict(tuple)
    groups_of = held | {pk: group for pk, (group, _codes) in touched.items()}
    for pk, facts in load_on_ground(ground, groups_of):
        if pk in held:
            found[pk] += reasons(_case(held[pk], _held_alone(facts), {}), OF_ONE_LOT)
        if pk in touched:
            group, codes = touched[pk]
            found[pk] += own_reasons(_case(group, facts, ground.releasers), codes)
    return found


def _each(lots: Iterable[int]) -> Iterator[tuple[int, LotFacts]]:
    """Facts of any number of lots, some at a time."""
    for some in some_at_a_time(sorted(lots)):
        yield from load_lot_facts(some).items()


def _held_alone(lot: LotFacts) -> LotFacts:
    """Without the holds on its entrustment, which are its class's."""
    return replace(lot, entrustment=replace(lot.entrustment, holds=()))


@dataclass(frozen=True, slots=True)
class Consequences:
    """Lots that a change supposed would concern: not released and stopped by it, or released and listed because of it."""

    stopped: tuple[Candidate, ...]
    concerned: tuple[Candidate, ...]


#: Lot → what it shares with others, and the codes that stand against it.
Codes = Mapping[int, tuple[Group, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Picture:
    """What stands against every lot that a change may concern, at one moment, and what device data ask of each."""

    undecided: Codes
    released: Codes
    asked: Mapping[int, tuple[bool, bool]]

    def with_own(self, own: Mapping[int, frozenset[str]]) -> Picture:
        """The same with what stands against single lots by what they rest on themselves."""
        return replace(self, undecided=_joined(self.undecided, own), released=_joined(self.released, own))


def picture(change: Change, scope: Scope, on: date) -> Picture:
    """How things stand now by what lots share; taken before and after a change is supposed."""
    visible = scope.tenant_filter()
    undecided, released = undecided_lots(change, visible, on), released_lots(change, visible)
    groups = [*undecided, *released]
    if not groups:
        return Picture({}, {}, {})
    ground = ground_of(groups)
    asked: dict[int, tuple[bool, bool]] = {}
    for group in groups:
        asked |= dict.fromkeys(
            group.lots, demands(ground.entrustments[group.entrustment_id], group.produced_from, group.produced_to)
        )
    return Picture(_codes(undecided, ground), _codes(released, ground), asked)


def _codes(groups: Sequence[Group], ground: Ground) -> Codes:
    found: dict[int, tuple[Group, frozenset[str]]] = {}
    for group, why in _judged(groups, ground):
        found |= dict.fromkeys(group.lots, (group, _codes_of(why)))
    return found


def _codes_of(why: Reasons) -> frozenset[str]:
    return frozenset(finding.code for _group, finding in why)


def _joined(known: Codes, own: Mapping[int, frozenset[str]]) -> Codes:
    return {pk: (group, codes | own.get(pk, frozenset())) for pk, (group, codes) in known.items()}


def own_candidates(before: Picture, after: Picture) -> list[Group]:
    """Groups whose lots a version of base data may turn by what each rests on itself: released ones of which device data
    ask something else, and all that wait for a decision."""
    changed = (pk for pk, asked in after.asked.items() if asked != before.asked.get(pk) and pk in after.released)
    released = [after.released[pk][0] for pk in changed]
    return list(dict.fromkeys([*released, *(group for group, _codes in after.undecided.values())]))


def own_codes(groups: Sequence[Group]) -> dict[int, frozenset[str]]:
    """Lot → the codes that stand against it now by what it rests on itself; of its groups the last one says the stage."""
    of = {pk: group for group in groups for pk in group.lots}
    return {pk: _codes_of(own_reasons(_case(of[pk], facts, {}))) for pk, facts in _each(of)}


def consequences(before: Picture, after: Picture) -> Consequences:
    """The lots against which something stands after the change that did not stand before; a lot that only production
    released is among those that are stopped."""
    stopped = _newly(before.undecided, after.undecided)
    once = {one.lot_id for one in stopped}
    concerned = _newly(before.released, after.released)
    return Consequences(stopped, tuple(one for one in concerned if one.lot_id not in once))


def _newly(before: Codes, after: Codes) -> tuple[Candidate, ...]:
    def known(pk: int) -> frozenset[str]:
        return before[pk][1] if pk in before else frozenset()

    return tuple(Candidate(pk, group) for pk, (group, codes) in sorted(after.items()) if codes - known(pk))


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


def _of_signing(row: AgreementRevision) -> Change | None:
    """A further revision replaces what is in force from its first day on; the first one of an agreement replaces nothing."""
    return Change("agreement", pair_id=row.agreement.pair_id, since=row.starts_on) if row.parent_id else None


def _of_post_end(row: PostEnd) -> Change:
    return Change("post", person_id=row.post.user_id, organisation_id=row.post.organisation_id)


#: Kind of row → the change that it is.
_CHANGES: dict[type, Any] = {
    LicenceVersion: lambda row: Change("licence", contractor_id=row.licence.organisation_id, since=row.first_day),
    DeviceVersion: lambda row: Change(device_id=row.device_id),
    SiteVersion: lambda row: Change("licence", site_id=row.site_id),
    OrganisationVersion: lambda row: Change(organisation_id=row.organisation_id),
    LabelWithdrawal: lambda row: Change("label", device_id=row.label.device_id),
    IdentifierEvent: lambda row: Change("udi", device_id=row.identifier.device_id),
    EntrustmentEvent: _of_event,
    AgreementRevision: _of_signing,
    RevisionEvent: _of_revision,
    Hold: _of_hold,
    PostEnd: _of_post_end,
}
