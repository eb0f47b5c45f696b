"""Chinese working days: weekends, public holidays and the make-up working days that the State Council announces yearly.

Pure functions. ``exceptions`` overrides single days (True: worked, False: off), for an arrangement changed at short
notice. A year whose arrangement was not announced yet is counted with its statutory days alone; ask
:func:`arrangement_announced` and say so wherever such a day is shown.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

import holidays
from holidays.countries.china import ChinaStaticHolidays

Exceptions = Mapping[date, bool]
NONE: Exceptions = {}


def is_working_day(day: date, exceptions: Exceptions = NONE) -> bool:
    """Whether people work on ``day``; a make-up working day on a weekend counts."""
    return day.toordinal() in _days(day.year, _of_year(day.year, exceptions))[0]


def arrangement_announced(year: int) -> bool:
    """Whether the State Council's arrangement of that year, with its make-up working days, is known here."""
    return year in ChinaStaticHolidays.special_public_holidays


def add_working_days(day: date, n: int, exceptions: Exceptions = NONE) -> date:
    """The n-th working day after ``day``, or before it when n is negative; ``day`` itself when n is 0.

    ``day`` is not counted, whether it is a working day or not.
    """
    year, ordinal = day.year, day.toordinal()
    while n:
        days = _days(year, _of_year(year, exceptions))[1]
        place = bisect_right(days, ordinal) - 1 + n if n > 0 else bisect_left(days, ordinal) + n
        if 0 <= place < len(days):
            return date.fromordinal(days[place])
        n = place - len(days) + 1 if n > 0 else place
        year += 1 if n > 0 else -1
        ordinal = date(year, 1, 1).toordinal() - 1 if n > 0 else date(year, 12, 31).toordinal() + 1
    return day


def working_days_between(first: date, last: date, exceptions: Exceptions = NONE) -> int:
    """How many working days lie after ``first`` up to and including ``last``; negative when ``last`` is earlier.

    For a later working day it undoes :func:`add_working_days`.
    """
    if last < first:
        return -working_days_between(last - timedelta(days=1), first - timedelta(days=1), exceptions)
    years = range(first.year, last.year + 1)
    chosen = (_days(year, _of_year(year, exceptions))[1] for year in years)
    return sum(bisect_right(days, last.toordinal()) - bisect_right(days, first.toordinal()) for days in chosen)


def add_months(day: date, n: int) -> date:
    """``n`` calendar months later (earlier when negative); a day that the month lacks becomes its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _of_year(year: int, exceptions: Exceptions) -> frozenset[tuple[date, bool]]:
    return frozenset((day, works) for day, works in exceptions.items() if day.year == year)


@lru_cache(maxsize=256)
def _days(year: int, exceptions: frozenset[tuple[date, bool]]) -> tuple[frozenset[int], tuple[int, ...]]:
    """The working days of a year as ordinals, for asking and in order."""
    calendar, overridden = holidays.country_holidays("CN", years=year), dict(exceptions)
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    days = (date.fromordinal(ordinal) for ordinal in range(first, last + 1))
    found = tuple(day.toordinal() for day in days if overridden.get(day, calendar.is_working_day(day)))
    return frozenset(found), found
