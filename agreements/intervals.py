"""Half-open intervals of time ``[start, end)``: union, what lies inside, what is missing. Pure.

A *union* is a sorted tuple of disjoint intervals that do not touch; only :func:`union` makes one, everything else
takes one. Comparing is by instant, so any time zone may be given.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta

Interval = tuple[datetime, datetime]
Union = tuple[Interval, ...]


def union(intervals: Iterable[Interval]) -> Union:
    """The intervals as one: overlaps counted once, adjacent ones joined, empty ones dropped."""
    found: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def within(whole: Union, start: datetime, end: datetime) -> Union:
    """The part of a union that lies in ``[start, end)``."""
    found: list[Interval] = []
    for number in range(max(bisect_right(whole, start, key=_start) - 1, 0), len(whole)):
        first, last = whole[number]
        if first >= end:
            break
        if last > start:
            found.append((max(first, start), min(last, end)))
    return tuple(found)


def missing(whole: Union, start: datetime, end: datetime) -> Union:
    """The parts of ``[start, end)`` that a union leaves uncovered. An empty stretch misses nothing; see :func:`holds`."""
    found: list[Interval] = []
    at = start
    for first, last in within(whole, start, end):
        if at < first:
            found.append((at, first))
        at = last
    if at < end:
        found.append((at, end))
    return tuple(found)


def holds(whole: Union, instant: datetime) -> bool:
    """Whether an instant lies within, or at the start of, an interval."""
    number = bisect_right(whole, instant, key=_start) - 1
    return number >= 0 and instant < whole[number][1]


def length(whole: Union) -> timedelta:
    """How long a union lasts altogether."""
    return sum((end - start for start, end in whole), timedelta())


def _start(interval: Interval) -> datetime:
    return interval[0]
