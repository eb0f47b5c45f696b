"""Periods of the calendar and the days of a month as a grid. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from cmo.workdays import NONE, Exceptions, add_months, is_working_day

T = TypeVar("T")
DAY, WEEK = timedelta(days=1), 7
#: No address leads further back or ahead.
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both inclusive; ``months`` long."""

    first: date
    last: date
    months: int

    @property
    def earlier(self) -> date | None:
        """The first day of the period before, None beyond the calendar."""
        return self._moved(-self.months)

    @property
    def later(self) -> date | None:
        """The first day of the period after, None beyond the calendar."""
        return self._moved(self.months)

    def _moved(self, months: int) -> date | None:
        first = add_months(self.first, months)
        return first if first >= EARLIEST and add_months(first, self.months) - DAY <= LATEST else None


def period_from(asked: date, months: int) -> Period:
    """The months from the one in which ``asked`` lies."""
    first = min(max(asked, EARLIEST), LATEST).replace(day=1)
    return Period(first, min(add_months(first, months) - DAY, LATEST), months)


@dataclass(frozen=True, slots=True)
class Day(Generic[T]):
    """One day of the grid. ``inside`` the month; ``special``: worked on a weekend, or off on a weekday; ``own``: because
    the reader's organisation set it so."""

    on: date
    inside: bool
    works: bool
    entries: tuple[T, ...]
    own: bool = False

    @property
    def weekend(self) -> bool:
        return self.on.isoweekday() > 5

    @property
    def special(self) -> bool:
        return self.own or self.works is self.weekend


def weeks_of(
    first: date, entries: Mapping[date, Sequence[T]], exceptions: Exceptions = NONE
) -> tuple[tuple[Day[T], ...], ...]:
    """The weeks, Monday first, that the month of ``first`` touches."""
    month, last = first.replace(day=1), add_months(first.replace(day=1), 1) - DAY
    start = month - timedelta(days=month.weekday())
    weeks = (last - start).days // WEEK + 1
    return tuple(
        tuple(_day(start + timedelta(days=WEEK * week + n), month, entries, exceptions) for n in range(WEEK))
        for week in range(weeks)
    )


def _day(on: date, month: date, entries: Mapping[date, Sequence[T]], exceptions: Exceptions) -> Day[T]:
    inside = (on.year, on.month) == (month.year, month.month)
    found = tuple(entries.get(on, ())) if inside else ()
    return Day(on, inside, is_working_day(on, exceptions), found, own=on in exceptions)
