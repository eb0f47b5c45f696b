"""The grid of a month and the periods of the calendar, at the edges of months and years."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmo.calendar.months import EARLIEST, LATEST, period_from, weeks_of

NOTHING: dict[date, list[str]] = {}
DAYS = st.dates(EARLIEST, LATEST)


@given(DAYS)
def test_a_grid_has_whole_weeks_from_monday_and_every_day_of_the_month_once(day: date) -> None:
    weeks = weeks_of(day, NOTHING)
    days = [each for week in weeks for each in week]
    assert {len(week) for week in weeks} == {7}
    assert all(week[0].on.isoweekday() == 1 for week in weeks)
    assert [b.on - a.on for a, b in pairwise(days)] == [timedelta(days=1)] * (len(days) - 1)
    inside = [each.on for each in days if each.inside]
    assert inside[0] == day.replace(day=1)
    assert (inside[-1] + timedelta(days=1)).day == 1
    assert any(each.on == day for each in days)
    assert all(any(each.inside for each in week) for week in weeks)


@pytest.mark.parametrize(
    ("month", "last", "weeks"),
    [("2028-02-01", 29, 5), ("2027-02-01", 28, 4), ("2026-12-01", 31, 5), ("2027-01-01", 31, 5), ("2026-11-01", 30, 6)],
)
def test_february_and_the_border_of_years(month: str, last: int, weeks: int) -> None:
    found = weeks_of(date.fromisoformat(month), NOTHING)
    assert len(found) == weeks
    assert max(day.on.day for week in found for day in week if day.inside) == last


def test_entries_stand_on_their_day_and_only_in_their_month() -> None:
    entries = {date(2028, 2, 29): ["last"], date(2028, 3, 1): ["next month"]}
    found = {day.on: day.entries for week in weeks_of(date(2028, 2, 10), entries) for day in week}
    assert found[date(2028, 2, 29)] == ("last",)
    assert found[date(2028, 3, 1)] == ()


def test_a_day_set_otherwise_changes_its_shade_and_is_marked() -> None:
    friday, saturday = date(2026, 11, 20), date(2026, 11, 21)

    def kinds(exceptions: dict[date, bool]) -> list[tuple[bool, bool]]:
        days = {day.on: day for week in weeks_of(friday, NOTHING, exceptions) for day in week}
        return [(days[on].works, days[on].special) for on in (friday, saturday)]

    assert kinds({}) == [(True, False), (False, False)]
    assert kinds({friday: False, saturday: True}) == [(False, True), (True, True)]


def test_make_up_days_and_holidays_are_marked_by_the_known_arrangement() -> None:
    days = {day.on: day for week in weeks_of(date(2026, 10, 1), NOTHING) for day in week}
    assert (days[date(2026, 10, 1)].works, days[date(2026, 10, 1)].special) == (False, True)
    assert (days[date(2026, 10, 10)].works, days[date(2026, 10, 10)].special) == (True, True)


@given(DAYS, st.sampled_from([1, 3, 6, 12, 36]))
def test_periods_follow_each_other_without_a_gap_and_back_again(day: date, months: int) -> None:
    period = period_from(day, months)
    assert period.first <= day <= period.last
    if period.later is not None:
        following = period_from(period.later, months)
        assert following.first == period.last + timedelta(days=1)
        assert following.earlier == period.first


def test_no_way_leads_out_of_the_calendar() -> None:
    assert period_from(date.min, 1).earlier is None
    assert period_from(date.max, 36).later is None
    assert period_from(date.max, 36).last == LATEST
