"""The items of a timeline in their order, numbered, as drawings refer to them and tables list them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cmo.paper.words import Words, same

from . import cover
from .sheets import Lane, Mark, Span, Timeline, Tone

#: Heads of the table that lists them.
HEADS: tuple[Words, ...] = (cover.ITEM, cover.LANE, cover.WHEN, cover.WHAT, cover.STATE)


@dataclass(frozen=True, slots=True)
class Item:
    """A span or mark of a lane with its number."""

    number: int
    lane: Lane
    what: Span | Mark

    @property
    def tone(self) -> Tone:
        return self.what.tone

    def row(self) -> tuple[Words, ...]:
        """Number, lane, days, what it is, and its state in words."""
        when = cover.lasting(self.what) if isinstance(self.what, Span) else same(self.what.on.isoformat())
        return (same(str(self.number)), self.lane.label, when, self.what.label, cover.TONES[self.tone])


def items(timeline: Timeline) -> list[Item]:
    """Lane by lane, in the order of their first days."""
    found: list[Item] = []
    for lane in timeline.lanes:
        together: list[Span | Mark] = [*lane.spans, *lane.marks]
        for what in sorted(together, key=_first_day):
            found.append(Item(len(found) + 1, lane, what))
    return found


def _first_day(what: Span | Mark) -> date:
    return what.starts_on if isinstance(what, Span) else what.on
