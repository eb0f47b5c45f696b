"""Rules of corrective action without a database: each step in each state, and the edges of every day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from audits.facts.capa import CapaSaid, FindingFacts, PlanFact
from audits.finding_states import finding_state, finding_steps
from audits.rules import capa as rules
from audits.wording.capa import CAPA
from cmo.errors import Finding
from cmo.regulation.references import reference
from cmo.workdays import add_working_days

RAISED = date(2026, 6, 1)
AUTHOR, JUDGE = 7, 8


def day(n: int) -> date:
    """So many days after the finding was raised."""
    return RAISED + timedelta(days=n)


FRESH = FindingFacts(
    finding_id=1,
    number="AU2026-000001-01",
    audit_id=1,
    pair_id=1,
    registrant_id=1,
    contractor_id=2,
    severity="major",
    requirement_zh="培训",
    requirement_en="Training",
    citation="GMP25-109",
    statement="无记录",
    raised_on=RAISED,
    answer_due_on=day(15),
)
PLANNED = PlanFact(1, AUTHOR, day(5), day(10), day(30))
ACCEPTED = replace(PLANNED, accepted=True, answered_on=day(8), check_due_on=day(60))
DONE = replace(ACCEPTED, completion_id=1, completed_by_id=AUTHOR, done_on=day(20), completed_on=day(21))
EFFECTIVE = replace(DONE, effective=True, checked_on=day(50))
#: State → facts in it; two of them owe an answer again.
IN_STATE = {
    "answer_owed": FRESH,
    "returned": replace(FRESH, plans=(replace(PLANNED, accepted=False, answered_on=day(8)),)),
    "ineffective": replace(FRESH, plans=(replace(DONE, effective=False, checked_on=day(50)),)),
    "plan_proposed": replace(FRESH, plans=(PLANNED,)),
    "action_owed": replace(FRESH, plans=(ACCEPTED,)),
    "check_owed": replace(FRESH, plans=(DONE,)),
    "closed": replace(FRESH, plans=(EFFECTIVE,)),
    "withdrawn": replace(FRESH, withdrawn_on=day(3)),
}
TODAY = day(70)
SAID = CapaSaid("原因", "纠正", TODAY, "纠正措施", TODAY)


def plan(facts: FindingFacts) -> list[Finding]:
    return rules.blockers_to_plan_capa(facts, SAID, TODAY)


def accept(facts: FindingFacts) -> list[Finding]:
    return rules.blockers_to_answer_plan(facts, rules.AnswerAsked(1, True, "", day(31), JUDGE, day(10)))


def send_back(facts: FindingFacts) -> list[Finding]:
    return rules.blockers_to_answer_plan(facts, rules.AnswerAsked(1, False, "不充分", None, JUDGE, day(10)))


def complete(facts: FindingFacts) -> list[Finding]:
    return rules.blockers_to_complete_capa(facts, rules.CompletionAsked(1, TODAY, "完成", 1, TODAY))


def check(facts: FindingFacts) -> list[Finding]:
    return rules.blockers_to_check(facts, rules.CheckAsked(1, TODAY, "有效", JUDGE, TODAY))


def withdraw(facts: FindingFacts) -> list[Finding]:
    return rules.blockers_to_withdraw(facts, "误判")


#: Step → the states in which it may be taken, and no other.
ALLOWED = {
    plan: {"answer_owed", "returned", "ineffective"},
    accept: {"plan_proposed"},
    send_back: {"plan_proposed"},
    complete: {"action_owed"},
    check: {"check_owed"},
    withdraw: {"answer_owed", "returned", "ineffective", "plan_proposed", "action_owed", "check_owed"},
}


@pytest.mark.parametrize(
    ("step", "state"), list(product(ALLOWED, IN_STATE)), ids=lambda one: getattr(one, "__name__", one)
)
def test_each_step_is_taken_in_its_states_and_in_no_other(step: object, state: str):
    found = step(IN_STATE[state])  # type: ignore[operator]
    assert (not found) == (state in ALLOWED[step])  # type: ignore[index]
    assert len(found) <= 1


@pytest.mark.parametrize(
    ("check", "today", "expected"),
    [
        (31, 30, []),
        (31, 31, ["check_day_in_past"]),
        (31, 90, ["check_day_in_past"]),
        (30, 90, ["check_before_action", "check_day_in_past"]),
        (91, 90, []),
        (None, 90, ["check_day_missing"]),
    ],
)
def test_a_plan_is_accepted_with_a_check_to_come_after_the_action(check: int | None, today: int, expected: list[str]):
    asked = rules.AnswerAsked(1, True, "", None if check is None else day(check), JUDGE, day(today))
    found = rules.blockers_to_answer_plan(IN_STATE["plan_proposed"], asked)
    assert [one.code for one in found] == expected


@pytest.mark.parametrize("state", IN_STATE)
def test_somebody_owes_a_step_by_a_day_unless_the_finding_is_over(state: str):
    facts = IN_STATE[state]
    over = state in {"closed", "withdrawn"}
    assert facts.open != over
    assert all((value is None) == over for value in (facts.owner_id, facts.since, facts.due_on))
    assert facts.overdue(date.max) != over
    assert not facts.overdue(facts.due_on or date.max)


@pytest.mark.parametrize(
    ("state", "due"),
    [
        ("answer_owed", 15),
        ("returned", 23),
        ("ineffective", 65),
        ("plan_proposed", 10),
        ("action_owed", 30),
        ("check_owed", 60),
    ],
)
def test_the_last_day_of_each_step(state: str, due: int):
    assert IN_STATE[state].due_on == day(due)


@pytest.mark.parametrize("correction", [5, 6, 18, 19, 20, 30])
def test_a_plan_is_decided_on_within_ten_working_days_and_before_its_correction_falls_due(correction: int):
    plan = replace(PLANNED, correction_due_on=day(correction))
    ten = add_working_days(plan.proposed_on, 10)
    assert plan.decide_by == min(plan.correction_due_on, ten)
    assert replace(FRESH, plans=(plan,)).due_on == plan.decide_by


def test_a_correction_is_owed_until_the_plan_fails_or_the_action_is_reported():
    owed = {state: facts.correction_due_on for state, facts in IN_STATE.items() if facts.correction_due_on}
    assert owed == {"plan_proposed": day(10), "action_owed": day(10)}
    same_day = replace(ACCEPTED, correction_due_on=ACCEPTED.action_due_on)
    assert replace(FRESH, plans=(same_day,)).correction_due_on is None


def test_an_early_return_does_not_shorten_the_first_answers_time():
    early = replace(FRESH, answer_due_on=day(40), plans=(replace(PLANNED, accepted=False, answered_on=RAISED),))
    assert early.due_on == day(40)


@pytest.mark.parametrize(("completed", "due"), [(21, 60), (30, 60), (31, 61), (45, 75)])
def test_only_a_late_action_moves_its_check(completed: int, due: int):
    done = replace(DONE, completed_on=day(completed))
    assert replace(FRESH, plans=(done,)).due_on == day(due)


@pytest.mark.parametrize("state", IN_STATE)
def test_at_most_one_step_is_under_way_and_it_follows_those_taken(state: str):
    facts = IN_STATE[state]
    states = [step["state"] for step in finding_steps(facts, TODAY)]
    assert states.count("current") == (1 if facts.open else 0)
    assert states == sorted(states, key=["done", "current", "todo"].index)
    assert finding_state(facts).word


def test_every_sentence_has_both_languages_and_a_citation_that_exists():
    for code, sentence in CAPA.items():
        made = sentence.finding(code, number="AU-1", day="2026-06-01")
        assert made.zh, code
        assert made.en, code
        assert "{" not in made.zh + made.en + made.todo_zh + made.todo_en
        assert reference(made.citation), code
