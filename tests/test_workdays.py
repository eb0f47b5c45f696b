"""Working days in China: make-up working days, year edges, overrides, and years nobody has announced yet."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from cmo.workdays import (
    add_months,
    add_working_days,
    arrangement_announced,
    is_working_day,
    working_days_between,
)

MAKE_UP = [
    "2024-02-04",
    "2024-02-18",
    "2024-04-07",
    "2024-04-28",
    "2024-05-11",
    "2024-09-14",
    "2024-09-29",
    "2024-10-12",
    "2025-01-26",
    "2025-02-08",
    "2025-04-27",
    "2025-09-28",
    "2025-10-11",
    "2026-01-04",
    "2026-02-14",
    "2026-02-28",
    "2026-05-09",
    "2026-09-20",
    "2026-10-10",
]
DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize("day", MAKE_UP)
def test_a_make_up_day_on_a_weekend_is_worked(day: str) -> None:
    found = date.fromisoformat(day)
    assert found.isoweekday() in {6, 7}
    assert is_working_day(found)


@pytest.mark.parametrize(
    "day", ["2024-02-12", "2024-10-07", "2025-01-28", "2025-10-08", "2026-02-23", "2026-10-07", "2026-11-21"]
)
def test_a_holiday_and_a_plain_weekend_are_off(day: str) -> None:
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2026-11-22", 1, "2026-11-23"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-20", -1, "2026-11-19"),
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-11-21", 0, "2026-11-21"),
        # over the make-up Saturday before the Spring Festival of 2026 and over the nine days off
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-02-24", -2, "2026-02-13"),
        # year edges: 1 to 3 January 2026 are off, the 4th is a Sunday that is worked
        ("2025-12-31", 1, "2026-01-04"),
        ("2026-01-04", -1, "2025-12-31"),
        ("2024-12-31", 1, "2025-01-02"),
        ("2025-01-02", -1, "2024-12-31"),
    ],
)
def test_counting_steps_over_weekends_holidays_and_the_turn_of_the_year(day: str, n: int, expected: str) -> None:
    assert add_working_days(date.fromisoformat(day), n) == date.fromisoformat(expected)


def test_a_year_has_as_many_working_days_as_the_state_council_left_it() -> None:
    for year, expected in ((2024, 251), (2025, 248)):
        assert working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == expected


def test_steps_reach_over_several_years() -> None:
    first = date(2023, 12, 31)
    assert add_working_days(first, 251 + 248) == date(2025, 12, 31)
    assert add_working_days(date(2026, 1, 1), -(251 + 248)) == date(2024, 1, 2)


def test_an_override_makes_a_day_worked_or_off() -> None:
    friday, saturday = date(2026, 11, 20), date(2026, 11, 21)
    assert is_working_day(saturday, {saturday: True})
    assert not is_working_day(friday, {friday: False})
    assert add_working_days(date(2026, 11, 19), 1, {friday: False, saturday: True}) == saturday
    assert working_days_between(date(2026, 11, 19), date(2026, 11, 23), {friday: False}) == 1
    assert is_working_day(friday)


def test_a_year_not_announced_says_so_and_has_no_make_up_days() -> None:
    assert all(arrangement_announced(year) for year in (2024, 2025, 2026))
    assert not arrangement_announced(2035)
    days = (date(2035, 1, 1) + timedelta(days=n) for n in range(365))
    assert not any(is_working_day(day) for day in days if day.isoweekday() > 5)


@given(day=DAYS, n=st.integers(1, 300))
def test_going_back_undoes_going_forward_and_counting_agrees(day: date, n: int) -> None:
    later = add_working_days(day, n)
    assert is_working_day(later)
    assert working_days_between(day, later) == n
    assert working_days_between(day, add_working_days(day, -n)) == -n
    if is_working_day(day):
        assert add_working_days(later, -n) == day


@given(day=DAYS, n=st.integers(-300, 300))
def test_jumping_equals_walking_day_by_day(day: date, n: int) -> None:
    walked, left = day, n
    while left:
        walked += timedelta(days=1 if n > 0 else -1)
        if is_working_day(walked):
            left -= 1 if n > 0 else -1
    assert add_working_days(day, n) == walked


@given(first=DAYS, last=DAYS)
def test_counting_equals_counting_day_by_day(first: date, last: date) -> None:
    if first <= last:
        days = (first + timedelta(days=n + 1) for n in range((last - first).days))
        assert working_days_between(first, last) == sum(1 for day in days if is_working_day(day))


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2027-08-31", -6, "2027-02-28"),
        ("2028-08-31", -6, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_a_day_that_the_month_lacks_becomes_its_last(day: str, n: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), n) == date.fromisoformat(expected)


@given(DAYS, st.integers(-400, 400))
def test_months_are_counted_as_the_library_of_relative_dates_counts_them(day: date, n: int) -> None:
    assert add_months(day, n) == day + relativedelta(months=n)
