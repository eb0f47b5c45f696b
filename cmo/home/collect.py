"""The inbox: every app's duties for one person, grouped and ordered, with counts of what is blocked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cmo.calendar import collect
from cmo.calendar.collect import counterparts
from cmo.calendar.sources import KIND_WORDS, SOURCES
from cmo.duty import Duty, Kind
from cmo.parties.access import Scope
from releases.duties import Blocked, Judged, blocked_lots, duties_about, released_per_week, undecided_lots

from .opened import Opening

#: How far ahead the inbox looks, in days.
HORIZON = 90


@dataclass(frozen=True, slots=True)
class Group:
    """The duties of one kind, oldest first."""

    kind: Kind
    word: str
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class Inbox:
    """Everything the page shows. ``missed``: last days that went by; ``coming``: those ahead. ``strip`` has one entry for each
    of the next thirty days: (day, number of duties). ``has_posts``: whether anything can wait on this person;
    ``reads_pairs``: whether pages of some pair are theirs to read, by a post or by name; ``opened``: what is open by name."""

    groups: tuple[Group, ...]
    missed: tuple[Duty, ...]
    coming: tuple[Duty, ...]
    blocked: tuple[Blocked, ...]
    weeks: tuple[tuple[str, int], ...]
    strip: tuple[tuple[date, int], ...]
    counterparts: tuple[tuple[int, str], ...]
    counterpart: int | None
    has_pairs: bool
    has_posts: bool
    reads_pairs: bool
    opened: tuple[Opening, ...] = ()

    @property
    def names(self) -> dict[int, str]:
        """Organisation id → name of the counterparts."""
        return dict(self.counterparts)

    @property
    def number(self) -> int:
        """How many things wait."""
        return sum(len(group.duties) for group in self.groups)


def inbox_of(scope: Scope, on: date, counterpart: int | None = None, opened: tuple[Opening, ...] = ()) -> Inbox:
    """The inbox of one person on one day, optionally only what concerns one counterpart; a stranger's id chooses nobody."""
    parties = counterparts(scope)
    counterpart = counterpart if counterpart in dict(parties) else None
    lots = undecided_lots(scope, on)
    groups = waiting(scope, on, lots, counterpart)
    coming = _not_waiting(coming_up(scope, on, counterpart), groups)
    return Inbox(
        groups=tuple(groups),
        missed=tuple(duty for duty in coming if _is_missed(duty, on)),
        coming=tuple(duty for duty in coming if not _is_missed(duty, on)),
        blocked=tuple(blocked_lots(lot for lot in lots if _concerns(lot, counterpart))),
        weeks=tuple(released_per_week(scope, on, counterpart)),
        strip=tuple(_strip(coming, on)),
        counterparts=parties,
        counterpart=counterpart,
        has_pairs=bool(parties),
        has_posts=bool(scope.posts),
        reads_pairs=bool(scope.posts or scope.granted_pair_ids),
        opened=opened,
    )


def _strip(coming: list[Duty], on: date) -> Iterable[tuple[date, int]]:
    for offset in range(30):
        day = on + timedelta(days=offset)
        yield day, sum(1 for duty in coming if duty.due_on == day)


def _is_missed(duty: Duty, on: date) -> bool:
    return duty.due_on is not None and duty.due_on < on


def _concerns(lot: Judged, counterpart: int | None) -> bool:
    return counterpart in {None, lot.facts.registrant_id, lot.facts.contractor_id}


def waiting(scope: Scope, on: date, lots: list[Judged], counterpart: int | None = None) -> list[Group]:
    """What waits on this person, by kind in order of urgency; optionally only with one counterpart."""
    found = [duty for source in SOURCES[:-1] for duty in source.waiting_on(scope, on)]
    found += duties_about(lots, scope)
    return list(_grouped(_with(found, counterpart)))


def coming_up(scope: Scope, on: date, counterpart: int | None = None) -> list[Duty]:
    """Last days within the horizon and those already missed, the earliest first."""
    return _with(collect.coming_up(scope, on, on + timedelta(days=HORIZON)), counterpart)


def _not_waiting(coming: list[Duty], groups: list[Group]) -> list[Duty]:
    """Without what stands among the things to do already."""
    known = {duty.key for group in groups for duty in group.duties}
    return [duty for duty in coming if duty.key not in known]


def _with(duties: Iterable[Duty], counterpart: int | None) -> list[Duty]:
    return [d for d in duties if counterpart is None or d.counterpart_id == counterpart]


def _grouped(duties: list[Duty]) -> Iterable[Group]:
    for kind in Kind:
        chosen = sorted((d for d in duties if d.kind == kind), key=lambda d: (d.since or date.max, d.about))
        if chosen:
            yield Group(kind, str(KIND_WORDS[kind]), tuple(chosen))
