"""Which recurring reports are owed for which periods and by when, at the edges of years, quarters and registrations."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cmo.calendar.facts.reports import Filed, RegisteredDevice, ReportFacts, Span
from cmo.calendar.rules.reports import AHEAD, Period, blockers_to_record, filed, period_named, periods, state

D = date.fromisoformat
FOR_GOOD = Span(D("2020-01-01"), None)


def device(*spans: tuple[str, str | None], **changes: Any) -> RegisteredDevice:
    values: dict[str, Any] = {
        "device_id": 7,
        "name_zh": "支架",
        "name_en": "Stent",
        "number": "国械注准20243130001",
        "filing": False,
        "known_from": D("2020-01-01"),
        "first_period": True,
        "periods": tuple(Span(D(first), D(last) if last else None) for first, last in spans),
        "ended_on": None,
    }
    return RegisteredDevice(**values | changes)


def facts(known_from: str = "2024-01-01", *devices: RegisteredDevice, holds: tuple[Span, ...] = ()) -> ReportFacts:
    return ReportFacts(1, D(known_from), holds, devices, {})


def done(known: ReportFacts, period: Period) -> ReportFacts:
    row = Filed(1, period.last, period.due_on, period.due_on, "X-1", "甲", timezone.now())
    key = (period.kind, period.device_id, period.first)
    return ReportFacts(1, known.known_from, known.holds, known.devices, {**known.filed, key: row})


def days(known: ReportFacts, kind: str, until: str) -> list[tuple[str, str, str]]:
    """First day, last day and last day for making it of each report of one kind."""
    found = [period for period in periods(known, D(until)) if period.kind == kind]
    return [(p.first.isoformat(), p.last.isoformat(), p.due_on.isoformat()) for p in found]


def test_the_self_inspection_report_of_a_year_is_due_on_31_march_of_the_next() -> None:
    known = facts("2024-06-15", holds=(FOR_GOOD,))
    assert days(known, "self_inspection", "2026-03-30") == [("2024-01-01", "2024-12-31", "2025-03-31")]
    assert days(known, "self_inspection", "2026-03-31")[1:] == [("2025-01-01", "2025-12-31", "2026-03-31")]


def test_no_year_or_quarter_before_the_organisation_came_in_is_owed_and_the_one_it_came_in_is() -> None:
    known = facts("2024-12-31", holds=(FOR_GOOD,))
    assert [first for first, _last, _due in days(known, "self_inspection", "2026-03-31")] == [
        "2024-01-01",
        "2025-01-01",
    ]
    assert days(known, "representative", "2025-01-31") == [("2024-10-01", "2024-12-31", "2024-12-31")]
    first_of_year = facts("2025-01-01", holds=(FOR_GOOD,))
    assert [first for first, _l, _d in days(first_of_year, "self_inspection", "2026-03-31")] == ["2025-01-01"]


def test_the_representative_is_heard_in_each_quarter_and_its_last_day_is_the_last() -> None:
    found = days(facts("2024-02-29", holds=(FOR_GOOD,)), "representative", "2025-03-31")
    assert found == [
        ("2024-01-01", "2024-03-31", "2024-03-31"),
        ("2024-04-01", "2024-06-30", "2024-06-30"),
        ("2024-07-01", "2024-09-30", "2024-09-30"),
        ("2024-10-01", "2024-12-31", "2024-12-31"),
        ("2025-01-01", "2025-03-31", "2025-03-31"),
    ]


@pytest.mark.parametrize(
    ("span", "years"),
    [
        (Span(D("2025-12-31"), D("2026-01-01")), ["2025-01-01", "2026-01-01"]),
        (Span(D("2026-01-01"), D("2026-01-01")), ["2026-01-01"]),
        (Span(D("2020-01-01"), D("2023-12-31")), []),
        (Span(D("2027-01-01"), None), []),
    ],
)
def test_a_year_is_owed_when_a_licence_or_certificate_was_held_on_one_of_its_days(span: Span, years: list[str]) -> None:
    found = days(facts("2024-01-01", holds=(span,)), "self_inspection", "2027-03-31")
    assert [first for first, _last, _due in found] == years


def test_who_holds_nothing_owes_nothing() -> None:
    assert periods(facts("2020-01-01"), D("2030-12-31")) == []


def test_risk_evaluation_follows_each_full_year_of_the_first_registration_by_sixty_days() -> None:
    known = facts("2023-01-01", device(("2023-07-01", "2028-06-30")))
    assert days(known, "risk_evaluation", "2030-01-01") == [
        ("2023-07-01", "2024-06-30", "2024-08-29"),
        ("2024-07-01", "2025-06-30", "2025-08-29"),
        ("2025-07-01", "2026-06-30", "2026-08-29"),
        ("2026-07-01", "2027-06-30", "2027-08-29"),
        ("2027-07-01", "2028-06-30", "2028-08-29"),
    ]


def test_a_registration_on_29_february_is_counted_from_the_last_day_of_february() -> None:
    found = days(facts("2023-01-01", device(("2024-02-29", "2029-02-27"))), "risk_evaluation", "2030-01-01")
    assert [(first, last) for first, last, _due in found] == [
        ("2024-02-29", "2025-02-27"),
        ("2025-02-28", "2026-02-27"),
        ("2026-02-28", "2027-02-27"),
        ("2027-02-28", "2028-02-28"),
        ("2028-02-29", "2029-02-27"),
    ]
    assert found[0][2] == "2025-04-28"


def test_after_renewal_one_report_a_period_is_kept_by_the_last_day_for_the_next_application() -> None:
    renewed = device(("2018-07-01", "2023-06-30"), ("2023-07-01", "2028-06-30"))
    (period,) = [p for p in periods(facts("2024-01-01", renewed), D("2030-01-01")) if p.kind == "risk_evaluation"]
    assert (period.first, period.due_on, period.to_authority) == (D("2023-07-01"), D("2027-12-30"), False)
    assert (period.earliest, period.asked_from) == (D("2023-07-01"), D("2027-06-30"))


def test_a_device_that_came_in_after_renewal_owes_no_yearly_reports() -> None:
    only_later = device(("2023-07-01", "2028-06-30"), first_period=False)
    assert len(days(facts("2020-01-01", only_later), "risk_evaluation", "2030-01-01")) == 1


def test_a_class_i_filing_writes_five_and_files_none() -> None:
    filing = device(("2023-07-01", None), filing=True, number="浙杭械备20230001")
    found = [p for p in periods(facts("2023-01-01", filing), D("2040-01-01")) if p.kind == "risk_evaluation"]
    assert (len(found), {p.to_authority for p in found}) == (5, {False})


def test_years_that_ended_before_the_device_was_known_or_after_its_certificate_are_left_out() -> None:
    known_late = device(("2023-07-01", "2028-06-30"), known_from=D("2025-07-01"))
    assert days(facts("2020-01-01", known_late), "risk_evaluation", "2030-01-01")[0][0] == "2025-07-01"
    just_in_time = device(("2023-07-01", "2028-06-30"), known_from=D("2025-06-30"))
    assert days(facts("2020-01-01", just_in_time), "risk_evaluation", "2030-01-01")[0][0] == "2024-07-01"
    cancelled = device(("2023-07-01", "2028-06-30"), ended_on=D("2025-06-29"))
    assert len(days(facts("2020-01-01", cancelled), "risk_evaluation", "2030-01-01")) == 1


@given(
    came=st.dates(date(2015, 1, 1), date(2027, 12, 31)),
    first=st.dates(date(2015, 1, 1), date(2027, 12, 31)),
    length=st.integers(0, 4000),
    ahead=st.integers(0, 3000),
)
def test_periods_have_names_of_their_own_grow_with_time_and_end_when_the_organisation_was_here(
    came: date, first: date, length: int, ahead: int
) -> None:
    last = first + timedelta(days=length)
    one = device((first.isoformat(), last.isoformat()))
    known = ReportFacts(1, came, (Span(first, last),), (one,), {})
    until = came + timedelta(days=ahead)
    found = periods(known, until)
    assert len({period.name for period in found}) == len(found)
    assert all(came <= period.last and period.first <= period.last and period.due_on <= until for period in found)
    assert all(period.first <= period.earliest <= period.due_on for period in found)
    assert set(found) <= set(periods(known, until + timedelta(days=90)))


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2025-12-31", "coming"), ("2026-01-01", "due"), ("2026-03-31", "due"), ("2026-04-01", "overdue")],
)
def test_the_state_of_a_self_inspection_report(on: str, expected: str) -> None:
    known = facts("2025-01-01", holds=(FOR_GOOD,))
    period = period_named(known, "self_inspection-2025-01-01", D(on))
    assert period is not None
    assert state(known, period, D(on)) == expected
    assert state(done(known, period), period, D(on)) == "done"


@pytest.mark.parametrize(
    ("on", "expected"), [("2026-05-31", "coming"), ("2026-06-01", "due"), ("2026-07-01", "overdue")]
)
def test_the_hearing_waits_in_the_inbox_from_the_last_month_of_its_quarter(on: str, expected: str) -> None:
    known = facts("2026-04-01", holds=(FOR_GOOD,))
    period = period_named(known, "representative-2026-04-01", D(on))
    assert period is not None
    assert state(known, period, D(on)) == expected


GOOD: dict[str, Any] = {
    "name": "self_inspection-2025-01-01",
    "done_on": D("2026-03-20"),
    "reference": "ZC-2026-01",
    "today": D("2026-03-20"),
}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"done_on": D("2026-01-01")}, []),
        ({"today": D("2027-05-01")}, []),
        ({"done_on": D("2025-12-31")}, ["report_too_early"]),
        ({"done_on": D("2026-03-21")}, ["report_in_future"]),
        ({"reference": " "}, ["report_reference_needed"]),
        ({"name": "self_inspection-2024-01-01"}, ["report_not_owed"]),
        ({"name": "nonsense"}, ["report_not_owed"]),
        ({"name": "representative-2026-01-01", "done_on": D("2025-12-31")}, ["report_too_early"]),
        ({"name": "representative-2026-01-01", "done_on": D("2026-01-01")}, []),
        (
            {"done_on": D("2025-06-01"), "today": D("2025-05-01"), "reference": ""},
            ["report_too_early", "report_in_future", "report_reference_needed"],
        ),
    ],
)
def test_recording_is_refused_with_every_reason(changes: dict[str, Any], codes: list[str]) -> None:
    known = facts("2025-01-01", holds=(FOR_GOOD,))
    assert [each.code for each in blockers_to_record(known, **GOOD | changes)] == codes


def test_a_report_is_recorded_once_and_stays_known_when_base_data_change() -> None:
    known = facts("2025-01-01", holds=(FOR_GOOD,))
    period = period_named(known, GOOD["name"], GOOD["today"])
    assert period is not None
    recorded = done(known, period)
    assert [each.code for each in blockers_to_record(recorded, **GOOD)] == ["report_recorded"]
    gone = ReportFacts(1, known.known_from, (), (), recorded.filed)
    assert periods(gone, GOOD["today"] + AHEAD) == []
    again = period_named(gone, GOOD["name"], GOOD["today"])
    assert again is not None
    assert filed(gone, again) is not None
