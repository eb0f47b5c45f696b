"""The timeline of the calendar: a lane for each pair, a numbered mark for each of its last days, a bar for each window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cmo.web import wording
from cmo.web.charts import Axis, Lane, Mark, Span, numbered_marks

from .shown import Shown

#: More duties than this are not readable in one drawing; the list has them all.
MOST_DRAWN = 60
#: Percent of the width below which two marks would cover each other.
APART = 3.2
_TONES = ("bad", "pending", "active")

#: The duties of one pair on one day: they share a mark.
Group = tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The lanes, what each number stands for, and how many duties are left out of the drawing."""

    lanes: tuple[Lane, ...]
    numbered: tuple[tuple[int, Group], ...]
    more: int


def drawn(rows: Sequence[Shown], first: date, last: date) -> Drawn:
    """The earliest rows as lanes, those of the own organisation first, then pair by pair."""
    kept = rows[:MOST_DRAWN]
    days: dict[str, dict[date, list[Shown]]] = defaultdict(lambda: defaultdict(list))
    for row in kept:
        days[row.pair][row.due_on].append(row)
    axis = Axis(min([first, *(row.due_on for row in kept)]), last)
    marks: dict[int, Group] = {}
    lanes = [
        lane for pair in sorted(days) for lane in _lanes(pair, [tuple(g) for g in days[pair].values()], axis, marks)
    ]
    numbered = tuple((number, marks[id(mark)]) for number, _lane, mark in numbered_marks(lanes))
    return Drawn(tuple(lanes), numbered, len(rows) - len(kept))


def _lanes(pair: str, groups: Sequence[Group], axis: Axis, marks: dict[int, Group]) -> list[Lane]:
    """One lane, and a further one without a name wherever marks would cover each other or a bar would run through one."""
    placed: list[list[Group]] = []
    for group in groups:
        at = axis.at(min(row.duty.since or row.due_on for row in group))
        free = (lane for lane in placed if at - axis.at(lane[-1][0].due_on) >= APART)
        lane = next(free, None)
        if lane is None:
            placed.append([group])
        else:
            lane.append(group)
    partner = next((row.counterpart for group in groups for row in group if row.counterpart), "")
    label = f"{wording.short_name(partner)} {pair}".strip() if pair else _("Own organisation")
    return [_lane(label if n == 0 else "", lane, axis, marks) for n, lane in enumerate(placed)]


def _lane(label: str, groups: Sequence[Group], axis: Axis, marks: dict[int, Group]) -> Lane:
    found = [Mark(group[0].due_on, "; ".join(row.title for row in group), _tone(group)) for group in groups]
    marks.update({id(mark): group for mark, group in zip(found, groups, strict=True)})
    spans = [
        Span(max(row.duty.since, axis.first), row.due_on, row.title, row.tone)
        for group in groups
        for row in group
        if row.duty.since is not None and row.duty.since < row.due_on
    ]
    return Lane(label, spans, found)


def _tone(group: Group) -> str:
    """The most urgent of them."""
    return min((row.tone for row in group), key=_TONES.index)
