"""The stage of a duty on a day, whom it is told to, and what may be set."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmo.calendar.facts.reminding import Person, Setting
from cmo.calendar.rules.reminding import (
    DEFAULTS,
    Notice,
    blockers_to_set,
    escalations,
    is_told,
    longest_lead,
    notices,
    oversees,
    setting_for,
    stage_of,
    untold,
)
from cmo.duty import Duty, Kind
from cmo.workdays import working_days_between

D = date.fromisoformat
SETTING = Setting((30, 7), 2)


@pytest.mark.parametrize(
    ("due", "on", "stage"),
    [
        ("2026-03-31", "2026-02-28", ""),
        ("2026-03-31", "2026-03-01", "lead:30"),
        ("2026-03-31", "2026-03-23", "lead:30"),
        ("2026-03-31", "2026-03-24", "lead:7"),
        ("2026-03-31", "2026-03-30", "lead:7"),
        ("2026-03-31", "2026-03-31", "due"),
        ("2026-03-31", "2026-04-01", "overdue"),
        ("2026-03-31", "2026-04-02", "escalated"),
        ("2028-02-29", "2028-01-29", ""),
        ("2028-02-29", "2028-01-30", "lead:30"),
        ("2028-02-29", "2028-02-29", "due"),
        ("2028-02-29", "2028-03-01", "overdue"),
    ],
)
def test_the_stage_is_the_furthest_one_reached(due: str, on: str, stage: str) -> None:
    assert stage_of(D(due), SETTING, D(on)) == stage


@pytest.mark.parametrize(
    ("on", "stage"),
    [
        # Thursday 2026-02-12 is the last day. 14 February is a make-up Saturday that is worked, 15 to 23 are Spring
        # Festival, and the 24th is worked again.
        ("2026-02-13", "overdue"),
        ("2026-02-14", "escalated"),
    ],
)
def test_a_make_up_saturday_counts_towards_escalation(on: str, stage: str) -> None:
    assert stage_of(D("2026-02-12"), SETTING, D(on)) == stage


def test_an_override_moves_escalation() -> None:
    off = {D("2026-02-14"): False}
    assert stage_of(D("2026-02-12"), SETTING, D("2026-02-14"), off) == "overdue"
    assert stage_of(D("2026-02-12"), SETTING, D("2026-02-23"), off) == "overdue"
    assert stage_of(D("2026-02-12"), SETTING, D("2026-02-24"), off) == "escalated"


def test_escalation_after_no_days_is_at_once_but_never_on_the_last_day() -> None:
    at_once = Setting((7,), 0)
    assert stage_of(D("2026-03-31"), at_once, D("2026-03-31")) == "due"
    assert stage_of(D("2026-03-31"), at_once, D("2026-04-01")) == "escalated"


@given(
    due=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    leads=st.sets(st.integers(1, 365), min_size=1, max_size=6),
    after=st.integers(0, 60),
    offset=st.integers(-400, 200),
)
def test_stages_only_advance_and_agree_with_counting(due: date, leads: set[int], after: int, offset: int) -> None:
    setting = Setting(tuple(sorted(leads, reverse=True)), after)
    order = ["", *(f"lead:{n}" for n in setting.lead_days), "due", "overdue", "escalated"]
    on = due + timedelta(days=offset)
    today, tomorrow = (stage_of(due, setting, day) for day in (on, on + timedelta(days=1)))
    assert order.index(today) <= order.index(tomorrow)
    if offset > 0:
        assert (today == "escalated") == (working_days_between(due, on) >= after)
    if offset < 0:
        assert (today == "") == (-offset > max(leads))


R, C = 1, 2


def duty(**changes: Any) -> Duty:
    values: dict[str, Any] = {
        "kind": Kind.REPORT,
        "title": "t",
        "about": "a",
        "url": "/x/",
        "due_on": D("2026-03-31"),
        "code": "c",
        "owner_ids": frozenset({R}),
    }
    return Duty(**values | changes)


def person(*posts: tuple[int, str], limited: bool = False) -> Person:
    return Person(9, posts or ((R, "quality_manager"),), limited)


@pytest.mark.parametrize(
    ("posts", "changes", "told"),
    [
        (((R, "quality_manager"),), {}, True),
        (((R, "management_representative"),), {}, True),
        (((R, "viewer"),), {}, False),
        (((R, "auditor"),), {}, False),
        (((R, "auditor"),), {"kind": Kind.AUDIT}, True),
        (((C, "quality_manager"),), {}, True),
        (((C, "viewer"), (R, "viewer")), {}, False),
        (((C, "quality_manager"), (R, "viewer")), {}, False),
        (((R, "viewer"),), {"code": "own_post_ends"}, True),
        (((R, "viewer"),), {"owner_ids": frozenset()}, True),
    ],
)
def test_a_last_day_is_told_to_those_whose_post_answers_for_it(
    posts: tuple[tuple[int, str], ...], changes: dict[str, Any], told: bool
) -> None:
    assert is_told(person(*posts), duty(**changes)) is told


def test_several_organisations_are_served_by_each_day_that_one_wants_and_the_soonest_escalation() -> None:
    settings = {(R, "report"): Setting((60, 10), 5), (C, "report"): Setting((30,), 1)}
    assert setting_for(settings, [R, C], "report") == Setting((60, 30, 10), 1)
    assert setting_for(settings, [R], "report") == Setting((60, 10), 5)
    assert setting_for(settings, [R], "renew") == DEFAULTS["renew"]
    assert longest_lead({(R, "report"): Setting((200,), 1)}) == 200
    assert longest_lead({}) == max(day for each in DEFAULTS.values() for day in each.lead_days)


def test_a_person_is_told_by_the_setting_of_the_organisation_whose_duty_it_is() -> None:
    settings = {(R, "report"): Setting((5,), 1), (C, "report"): Setting((90,), 1)}
    both = person((R, "quality_manager"), (C, "quality_manager"))
    on = D("2026-03-01")
    assert notices(both, [duty()], settings, on) == []
    assert [n.stage for n in notices(both, [duty(owner_ids=frozenset({C}))], settings, on)] == ["lead:90"]


def test_what_is_escalated_is_only_overdue_in_the_own_calendar() -> None:
    assert [n.stage for n in notices(person(), [duty()], {}, D("2026-06-01"))] == ["overdue"]
    assert notices(person(), [duty(due_on=None)], {}, D("2026-06-01")) == []


def test_escalation_goes_to_the_organisation_whose_duty_it_is_and_names_each_duty_once() -> None:
    shared = duty(owner_ids=frozenset({R, C}))
    found = escalations([shared, shared, duty(url="/own/")], {}, D("2026-06-01"))
    assert {owner: [n.duty.url for n in told] for owner, told in found.items()} == {R: ["/x/", "/own/"], C: ["/x/"]}
    assert escalations([shared], {(R, "report"): Setting((7,), 60)}, D("2026-06-01")).keys() == {C}
    assert escalations([shared], {}, D("2026-03-31")) == {}


def test_each_side_of_a_shared_duty_counts_its_own_working_days() -> None:
    shared, late = duty(owner_ids=frozenset({R, C})), D("2026-06-01")
    idle = {late - timedelta(days=n): False for n in range(120)}
    assert escalations([shared], {}, late).keys() == {R, C}
    assert escalations([shared], {}, late, {C: idle}).keys() == {R}


def test_quality_and_the_representative_oversee_their_organisation_unless_limited_to_pairs() -> None:
    assert oversees(person((R, "quality_manager"), (C, "viewer"))) == {R}
    assert oversees(person((C, "management_representative"))) == {C}
    assert oversees(person((R, "quality_manager"), limited=True)) == frozenset()


def test_a_duty_with_a_new_last_day_is_told_anew_and_a_known_one_is_not() -> None:
    first, moved = duty(), duty(due_on=D("2026-09-30"))
    told = {(first.key, "overdue")}
    found = [Notice(first, "overdue"), Notice(first, "escalated"), Notice(moved, "overdue"), Notice(moved, "overdue")]
    assert [(n.duty.due_on, n.stage) for n in untold(found, told)] == [
        (D("2026-03-31"), "escalated"),
        (D("2026-09-30"), "overdue"),
    ]


@pytest.mark.parametrize(
    ("setting", "reason", "codes"),
    [
        (Setting((60, 7), 3), "年报前置", []),
        (Setting((365, 1), 0), "x", []),
        (Setting((1,), 60), "x", []),
        (Setting((366,), 3), "x", ["lead_days_out_of_range"]),
        (Setting((0,), 3), "x", ["lead_days_out_of_range"]),
        (Setting((), 3), "x", ["lead_days_needed"]),
        (Setting((7, 6, 5, 4, 3, 2, 1), 3), "x", ["lead_days_too_many"]),
        (Setting((7,), 61), "x", ["escalation_out_of_range"]),
        (Setting((7,), -1), "x", ["escalation_out_of_range"]),
        (DEFAULTS["report"], "x", ["reminder_setting_unchanged"]),
        (DEFAULTS["report"], " ", ["reminder_reason_needed", "reminder_setting_unchanged"]),
    ],
)
def test_a_setting_is_refused_with_every_reason(setting: Setting, reason: str, codes: list[str]) -> None:
    assert [f.code for f in blockers_to_set("report", setting, DEFAULTS["report"], reason)] == codes


def test_an_unknown_kind_is_refused() -> None:
    found = blockers_to_set("nonsense", Setting((7,), 1), Setting((8,), 1), "x")
    assert [f.code for f in found] == ["reminder_kind_unknown"]


def test_every_kind_has_a_default_that_may_be_set() -> None:
    assert set(DEFAULTS) == set(Kind) - {Kind.RELEASE, Kind.SIGN, Kind.CONFIRM}
    for kind, setting in DEFAULTS.items():
        assert blockers_to_set(kind, setting, Setting((364,), 59), "x") == []
        assert list(setting.lead_days) == sorted(setting.lead_days, reverse=True)
