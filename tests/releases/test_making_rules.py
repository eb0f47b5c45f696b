"""Rules about planning, steps, observations and deviations at their edges. Pure tables, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cmo.clock import SHANGHAI
from cmo.errors import Finding
from cmo.regulation.references import all_references
from releases.facts import (
    PRODUCTION,
    ClosureAsked,
    ClosureFact,
    DeviationAsked,
    DeviationFact,
    ObservationAsked,
    PlanAsked,
    PlanFact,
    StepAsked,
    StepFact,
    taken_out,
)
from releases.rules.deviation import (
    blockers_to_answer_closure,
    blockers_to_lift_for,
    blockers_to_propose_closure,
    blockers_to_record_deviation,
    side_of_hold,
)
from releases.rules.making import (
    LONGEST_PLAN,
    blockers_to_correct_step,
    blockers_to_end_plan,
    blockers_to_observe,
    blockers_to_record_step,
    findings_for_plan,
)
from releases.sentences import SENTENCES
from tests.releases.known import MADE_FROM, MADE_TO, ON, coverage, decision, entrustment, lot, made

DAY = timedelta(days=1)
NOW = datetime(ON.year, ON.month, ON.day, 9, 0, tzinfo=SHANGHAI)


def said(found: list[Finding]) -> dict[str, str]:
    """Code → severity."""
    return {finding.code: finding.severity for finding in found}


# ── planned production ───────────────────────────────────────────────────────────────────────────────────────────────


def planned(first: date = ON, last: date = ON + 4 * DAY, *others: PlanFact, **entrusted: Any) -> dict[str, str]:
    return said(findings_for_plan(PlanAsked(entrustment(**entrusted), first, last, ON, others)))


def test_production_is_planned_from_today_on() -> None:
    assert planned() == {}
    assert planned(ON - DAY) == {"plan_in_past": "blocks"}
    assert planned(ON, ON - DAY) == {"plan_reversed": "blocks"}


def test_a_plan_covers_at_most_a_year() -> None:
    covered = {"coverage": (coverage(last_day=date(2030, 1, 1), ends_on=date(2030, 1, 1)),)}
    assert planned(ON, ON + (LONGEST_PLAN - 1) * DAY, **covered) == {}
    assert planned(ON, ON + LONGEST_PLAN * DAY, **covered) == {"plan_too_long": "blocks"}


def test_every_planned_day_lies_within_an_active_entrustment() -> None:
    ends = ((date(2026, 2, 1), "active"), (ON + 5 * DAY, "ended"))
    assert planned(states=ends) == {}
    assert planned(ON, ON + 5 * DAY, states=ends) == {"plan_not_entrusted": "blocks"}
    begins = ((ON + DAY, "active"),)
    assert planned(ON + DAY, ON + 2 * DAY, states=begins) == {}
    assert planned(states=begins) == {"plan_not_entrusted": "blocks"}
    assert planned(pair_ended_on=ON + 5 * DAY) == {}
    assert planned(pair_ended_on=ON + 4 * DAY) == {"plan_after_pair_ended": "blocks"}


def test_a_plan_beyond_the_agreement_or_over_another_plan_is_to_be_looked_at() -> None:
    short = (coverage(last_day=ON + 4 * DAY),)
    assert planned(coverage=short) == {}
    assert planned(ON, ON + 5 * DAY, coverage=short) == {"plan_not_covered": "warns"}
    other = PlanFact(1, 5, ON + 4 * DAY, ON + 9 * DAY)
    assert planned(ON, ON + 3 * DAY, other) == {}
    assert planned(ON, ON + 4 * DAY, other) == {"plan_overlaps": "warns"}


def test_a_plan_is_taken_back_once_and_not_after_its_days() -> None:
    assert said(blockers_to_end_plan(ON, ON, ended=False)) == {}
    assert said(blockers_to_end_plan(ON - DAY, ON, ended=False)) == {"plan_over": "blocks"}
    assert said(blockers_to_end_plan(ON, ON, ended=True)) == {"plan_ended_already": "blocks"}


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def step(**changes: Any) -> StepFact:
    return replace(StepFact(1, 6, "焊接", "key", at(MADE_FROM, 9), at(MADE_FROM, 11), ""), **changes)


def recorded(*others: StepFact, facts: Any = None, **changes: Any) -> set[str]:
    return set(said(blockers_to_record_step(StepAsked(step(**changes), facts or lot(), NOW, others))))


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, set()),
        ({"name": ""}, {"step_name_missing"}),
        ({"ends_at": at(MADE_FROM, 9)}, set()),
        ({"ends_at": at(MADE_FROM, 8)}, {"step_reversed"}),
        ({"starts_at": at(MADE_FROM, 0)}, set()),
        ({"starts_at": at(MADE_FROM - DAY, 23, 59)}, {"step_outside_window"}),
        ({"ends_at": at(MADE_TO, 23, 59)}, set()),
        ({"ends_at": at(MADE_TO + DAY, 0)}, {"step_outside_window"}),
        # 16:00 UTC begins the first production day in Shanghai, 15:59 is the last minute of the day before
        ({"starts_at": datetime(2026, 11, 1, 16, 0, tzinfo=UTC)}, set()),
        ({"starts_at": datetime(2026, 11, 1, 15, 59, tzinfo=UTC)}, {"step_outside_window"}),
    ],
)
def test_a_step_lies_within_the_production_window_by_local_days(changes: dict[str, Any], codes: set[str]) -> None:
    assert recorded(**changes) == codes


def test_a_step_is_recorded_once_it_is_done() -> None:
    running = lot(produced_to=ON)
    assert recorded(facts=running, ends_at=NOW) == set()
    assert recorded(facts=running, ends_at=NOW + timedelta(minutes=1)) == {"step_in_future"}


def test_the_same_step_is_recorded_once_and_another_beside_it() -> None:
    assert recorded(step(step_id=2)) == {"step_listed_already"}
    assert recorded(step(step_id=2, name="清洗")) == set()


def test_steps_stay_as_they_are_while_a_production_decision_stands() -> None:
    assert recorded(facts=made()) == {"production_decision_stands"}
    assert recorded(facts=lot(production=(decision(outcome="rejected"),))) == {"production_decision_stands"}
    withdrawn = lot(production=(decision(withdrawal_id=9, withdrawn_at=NOW),))
    assert recorded(facts=withdrawn) == set()


def corrected(as_stands: StepFact, reason: str = "时间抄录有误", facts: Any = None, **changes: Any) -> set[str]:
    asked = StepAsked(step(step_id=0, **changes), facts or lot(), NOW)
    return set(said(blockers_to_correct_step(asked, as_stands, reason)))


def test_a_correction_says_why_and_something_else() -> None:
    assert corrected(step(), name="清洗") == set()
    assert corrected(step(), reason=" ", name="清洗") == {"correction_reason_missing"}
    assert corrected(step()) == {"correction_changes_nothing"}
    assert corrected(step(), void=True) == set()
    assert corrected(step(), ends_at=at(MADE_TO + DAY, 0)) == {"step_outside_window"}


def test_only_the_entry_that_counts_is_corrected() -> None:
    assert corrected(step(corrected=True), name="清洗") == {"step_corrected_already"}
    assert corrected(step(void=True), name="清洗") == {"step_struck_out"}
    assert corrected(step(), facts=made(), void=True) == {"production_decision_stands"}


# ── observations ─────────────────────────────────────────────────────────────────────────────────────────────────────


def observed(**changes: Any) -> set[str]:
    asked = replace(ObservationAsked(NOW, "焊接记录完整。", NOW, posting_id=3), **changes)
    return set(said(blockers_to_observe(asked, ON)))


def test_an_observation_is_the_posted_supervisors_own_of_something_that_has_happened() -> None:
    assert observed() == set()
    assert observed(posting_id=None) == {"not_posted"}
    assert observed(event_at=NOW + timedelta(minutes=1)) == {"event_in_future"}
    assert observed(text=" ") == {"observation_missing"}
    assert observed(known=True) == {"observed_already"}
    assert observed(step=step()) == set()
    assert observed(step=step(corrected=True)) == {"step_corrected_already"}
    assert observed(step=step(void=True)) == {"step_corrected_already"}


# ── deviations ───────────────────────────────────────────────────────────────────────────────────────────────────────


def deviating(**changes: Any) -> set[str]:
    asked = DeviationAsked("deviation", "minor", "PC-1", MADE_FROM, MADE_TO, "温度超限。", None, lot(), ON)
    return set(said(blockers_to_record_deviation(replace(asked, **changes))))


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, set()),
        ({"reference": " "}, {"reference_missing"}),
        ({"listed": True}, {"reference_listed"}),
        ({"description": ""}, {"description_missing"}),
        ({"discovered_on": MADE_FROM}, set()),
        ({"discovered_on": MADE_FROM - DAY}, {"discovered_before_occurred"}),
        ({"discovered_on": ON}, set()),
        ({"discovered_on": ON + DAY}, {"discovered_in_future"}),
        ({"quantity": 1}, set()),
        ({"quantity": 0}, {"concerned_zero"}),
        ({"quantity": 1000}, set()),
        ({"quantity": 1001}, {"concerned_beyond_lot"}),
        ({"kind": "nonconformity"}, set()),
        ({"kind": "rework"}, {"concerned_missing"}),
        ({"kind": "quarantine_return"}, {"concerned_missing"}),
        ({"kind": "rework", "quantity": 5}, set()),
    ],
)
def test_a_deviation_is_refused_with_every_reason(changes: dict[str, Any], codes: set[str]) -> None:
    assert deviating(**changes) == codes


def test_a_late_or_critical_deviation_places_a_hold_of_the_side_that_let_the_lot_through() -> None:
    market = (decision(),)
    assert side_of_hold(lot(), "major") == ""
    assert side_of_hold(lot(), "critical") == "contractor"
    assert side_of_hold(made(), "minor") == "contractor"
    assert side_of_hold(made(market=market), "minor") == "registrant"
    assert side_of_hold(made(market=market), "critical") == "registrant"
    assert side_of_hold(lot(production=(decision(outcome="rejected"),)), "minor") == ""
    gone = (decision(withdrawal_id=1, withdrawn_at=NOW),)
    assert side_of_hold(made(market=gone), "minor") == "contractor"
    assert side_of_hold(lot(production=gone, market=gone), "minor") == ""


def proposal(**changes: Any) -> ClosureFact:
    return replace(ClosureFact(1, 61, MADE_TO, "scrapped", 10), **changes)


def deviation(*closures: ClosureFact, **changes: Any) -> DeviationFact:
    fact = DeviationFact(1, 6, "deviation", "minor", "PC-1", MADE_FROM, MADE_TO, MADE_TO, "温度超限。", 100, closures)
    return replace(fact, **changes)


def test_a_deviation_is_where_its_latest_proposal_stands() -> None:
    returned, taken = proposal(accepted=False), proposal(closure_id=2, accepted=True)
    states = [deviation().state, deviation(proposal()).state, deviation(returned).state]
    assert states == ["open", "closure_proposed", "closure_returned"]
    assert deviation(returned, proposal(closure_id=2)).state == "closure_proposed"
    assert deviation(returned, taken).closed
    assert taken_out([deviation(returned, taken), deviation(proposal())]) == 10


@pytest.mark.parametrize(
    ("closures", "left"),
    [
        ([], 1000),
        ([proposal(quantity_out=40)], 960),
        ([proposal(quantity_out=40, accepted=True)], 960),
        ([proposal(quantity_out=40, accepted=False)], 1000),
        ([proposal(quantity_out=40, accepted=False), proposal(quantity_out=25)], 975),
        ([proposal(quantity_out=1000, accepted=True)], 0),
    ],
)
def test_what_the_latest_closure_takes_out_is_not_released_unless_it_was_returned(
    closures: list[ClosureFact], left: int
) -> None:
    found = lot(quantity=1000, deviations=(deviation(*closures, quantity=None),))
    assert found.limit(PRODUCTION) == left
    twice = replace(found, deviations=found.deviations * 2)
    assert twice.limit(PRODUCTION) == max(left * 2 - 1000, 0)


def proposing(*closures: ClosureFact, before: int = 0, concerned: int | None = 100, **changes: Any) -> set[str]:
    fact = deviation(*closures, quantity=concerned)
    asked = ClosureAsked(fact, 1000, before, "漂移", "校准", "无", "scrapped", 10)
    return set(said(blockers_to_propose_closure(replace(asked, **changes))))


def test_a_closure_follows_the_order_of_events() -> None:
    assert proposing() == set()
    assert proposing(proposal()) == {"closure_waits"}
    assert proposing(proposal(accepted=False)) == set()
    assert proposing(proposal(accepted=True)) == {"deviation_closed"}
    assert proposing(cause="", action=" ", effect="") == {"cause_missing", "action_missing", "effect_missing"}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"quantity_out": 100}, set()),
        ({"quantity_out": 101}, {"out_beyond_concerned"}),
        ({"quantity_out": 0}, {"nothing_taken_out"}),
        ({"quantity_out": 0, "disposition": "sorted"}, {"nothing_taken_out"}),
        ({"quantity_out": 0, "disposition": "reworked"}, set()),
        ({"quantity_out": 3, "disposition": "reworked"}, set()),
        ({"quantity_out": 0, "disposition": "use"}, set()),
        ({"quantity_out": 1, "disposition": "use"}, {"use_takes_nothing_out"}),
        ({"before": 990}, set()),
        ({"before": 991}, {"more_out_than_made"}),
        ({"concerned": None, "quantity_out": 1000}, set()),
        ({"concerned": None, "quantity_out": 1001}, {"more_out_than_made"}),
    ],
)
def test_what_is_taken_out_fits_disposition_quantity_concerned_and_lot(
    changes: dict[str, Any], codes: set[str]
) -> None:
    assert proposing(**changes) == codes


def answering(person: int | None = 62, *, accepted: bool = True, reason: str = "", **changes: Any) -> set[str]:
    before = changes.pop("before", 0)
    found = blockers_to_answer_closure(proposal(**changes), 1000, before, person, accepted=accepted, reason=reason)
    return set(said(found))


def test_a_closure_is_answered_once_by_another_person_and_returned_with_a_reason() -> None:
    assert answering() == set()
    assert answering(61) == {"own_closure"}
    assert answering(None) == {"own_closure"}
    assert answering(accepted=False) == {"return_reason_missing"}
    assert answering(accepted=False, reason="原因不充分") == set()
    assert answering(accepted=True, before=990) == set()
    assert answering(accepted=True, before=991) == {"more_out_than_made"}
    assert answering(accepted=False, reason="数量有误", before=991) == set()


def test_an_answered_closure_is_not_answered_again() -> None:
    again = blockers_to_answer_closure(proposal(accepted=False), 1000, 0, 62, accepted=True, reason="")
    assert set(said(again)) == {"closure_answered_already"}


def test_the_hold_of_a_deviation_stays_until_it_is_closed() -> None:
    assert said(blockers_to_lift_for(None)) == {}
    assert said(blockers_to_lift_for(deviation(proposal(accepted=True)))) == {}
    for waiting in (deviation(), deviation(proposal()), deviation(proposal(accepted=False))):
        assert said(blockers_to_lift_for(waiting)) == {"deviation_not_closed": "blocks"}


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_sentence_stands_in_both_languages_on_a_reference_that_exists(code: str) -> None:
    sentence = SENTENCES[code]
    assert sentence.zh.endswith("。")
    assert sentence.en.endswith(".")
    assert sentence.basis == "policy" or sentence.citation
    assert not sentence.citation or sentence.citation in {reference.key for reference in all_references()}
