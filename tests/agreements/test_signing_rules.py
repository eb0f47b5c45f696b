"""Who may sign, decline, withdraw and terminate a revision when, and what a paper must show; no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from agreements import rules
from agreements.facts import RevisionFacts

TODAY = date(2026, 11, 22)
OFFERED = RevisionFacts(1, "electronic", TODAY, date(2027, 11, 21), {}, "", False, None)


@pytest.mark.parametrize(
    ("facts", "today", "code"),
    [
        (OFFERED, TODAY, None),
        (OFFERED, OFFERED.ends_on, None),
        (OFFERED, OFFERED.ends_on + timedelta(days=1), "term_over"),
        (replace(OFFERED, signers={"registrant": 5}), TODAY, "side_signed_already"),
        (replace(OFFERED, signers={"contractor": 1}), TODAY, "same_person_both_sides"),
        (replace(OFFERED, signers={"contractor": 2}), TODAY, None),
        (replace(OFFERED, event="withdrawn"), TODAY, "revision_closed"),
        (replace(OFFERED, route="paper"), TODAY, "signed_on_paper"),
        (replace(OFFERED, pair_ended_on=TODAY), TODAY, "pair_ended"),
    ],
)
def test_who_may_sign_when(facts: RevisionFacts, today: date, code: str | None) -> None:
    found = rules.blockers_to_sign(facts, "registrant", 1, today)
    assert [finding.code for finding in found] == ([code] if code else [])


def test_only_an_agreement_on_paper_is_confirmed() -> None:
    assert [f.code for f in rules.blockers_to_confirm_paper(OFFERED, "registrant", 1)] == ["not_on_paper"]
    assert rules.blockers_to_confirm_paper(replace(OFFERED, route="paper"), "registrant", 1) == []


@pytest.mark.parametrize(
    ("facts", "reason", "code"),
    [
        (OFFERED, "条款不符", None),
        (replace(OFFERED, signers={"contractor": 2}), "条款不符", None),
        (OFFERED, " ", "reason_needed"),
        (replace(OFFERED, event="declined"), "x", "revision_closed"),
        (replace(OFFERED, signers={"contractor": 2, "registrant": 1}), "x", "signed_by_both"),
    ],
)
def test_declining_and_withdrawing_end_with_the_second_signature(facts: RevisionFacts, reason: str, code) -> None:
    found = rules.blockers_to_close_revision(facts, reason)
    assert [finding.code for finding in found] == ([code] if code else [])


@pytest.mark.parametrize(
    ("facts", "day", "code"),
    [
        (replace(OFFERED, signers={"contractor": 2, "registrant": 1}), TODAY, None),
        (
            replace(OFFERED, signers={"contractor": 2, "registrant": 1}),
            TODAY - timedelta(days=1),
            "termination_in_past",
        ),
        (OFFERED, TODAY, "not_signed_by_both"),
        (replace(OFFERED, event="terminated"), TODAY, "revision_closed"),
    ],
)
def test_only_a_concluded_agreement_is_terminated_and_never_backwards(facts: RevisionFacts, day: date, code) -> None:
    found = rules.blockers_to_terminate(facts, day, TODAY, "双方同意")
    assert [finding.code for finding in found] == ([code] if code else [])
    assert "reason_needed" in [f.code for f in rules.blockers_to_terminate(facts, day, TODAY, "")]


@pytest.mark.parametrize(
    ("signed_on", "names", "seals", "covered", "code"),
    [
        (TODAY, ("甲", "乙"), (True, True), 1, None),
        (TODAY + timedelta(days=1), ("甲", "乙"), (True, True), 1, "paper_in_future"),
        (TODAY, ("甲", " "), (True, True), 1, "signatory_missing"),
        (TODAY, ("甲", "乙"), (True, False), 1, "seal_missing"),
        (TODAY, ("甲", "乙"), (True, True), 0, "nothing_covered"),
    ],
)
def test_what_a_paper_agreement_must_show(signed_on: date, names, seals, covered: int, code: str | None) -> None:
    found = rules.blockers_to_register_paper(signed_on, TODAY, names, seals, covered)
    assert [finding.code for finding in found] == ([code] if code else [])


@pytest.mark.parametrize(
    ("done", "due", "code"),
    [
        (date(2025, 11, 22), date(2026, 11, 22), None),
        (date(2025, 11, 22), date(2026, 11, 23), "duty_due_backwards"),
        (date(2025, 11, 22), date(2025, 11, 22), "duty_due_backwards"),
        (date(2024, 2, 29), date(2025, 2, 28), None),
        (date(2024, 2, 29), date(2025, 3, 1), "duty_due_backwards"),
        (date(2026, 11, 23), date(2026, 12, 1), "duty_in_future"),
    ],
)
def test_a_yearly_duty_is_due_again_within_twelve_calendar_months(done: date, due: date, code: str | None) -> None:
    found = rules.blockers_to_record_duty(done, due, TODAY)
    assert [finding.code for finding in found] == ([code] if code else [])
