"""Who may sign, decline, withdraw and terminate a revision when, and what a paper must show; no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from agreements import rules
from agreements.facts import Authorisation, ConcludedFacts, RevisionFacts
from agreements.termination import proposed
from cmo.regulation.references import reference

TODAY = date(2026, 11, 22)
OFFERED = RevisionFacts(
    number=1,
    route="electronic",
    kind="agreement",
    signing_order="any",
    starts_on=TODAY,
    ends_on=date(2027, 11, 21),
    signers={},
    event="",
    complete=False,
    pair_ended_on=None,
)
WRITTEN = Authorisation("RM-2026-01", TODAY)


@pytest.mark.parametrize(
    ("facts", "today", "code"),
    [
        (OFFERED, TODAY, None),
        (OFFERED, OFFERED.ends_on, None),
        (OFFERED, OFFERED.ends_on + timedelta(days=1), "term_over"),
        (replace(OFFERED, kind="termination", ends_on=TODAY), TODAY, None),
        (replace(OFFERED, kind="termination", ends_on=TODAY), TODAY + timedelta(days=1), "termination_day_over"),
        (replace(OFFERED, signers={"registrant": 5}), TODAY, "side_signed_already"),
        (replace(OFFERED, signers={"contractor": 1}), TODAY, "same_person_both_sides"),
        (replace(OFFERED, signers={"contractor": 2}), TODAY, None),
        (replace(OFFERED, signing_order="registrant_first"), TODAY, None),
        (replace(OFFERED, signing_order="contractor_first"), TODAY, "not_your_turn"),
        (replace(OFFERED, signing_order="contractor_first", signers={"contractor": 2}), TODAY, None),
        (replace(OFFERED, event="withdrawn"), TODAY, "revision_closed"),
        (replace(OFFERED, route="paper"), TODAY, "signed_on_paper"),
        (replace(OFFERED, pair_ended_on=TODAY), TODAY, "pair_ended"),
    ],
)
def test_who_may_sign_when(facts: RevisionFacts, today: date, code: str | None) -> None:
    found = rules.blockers_to_sign(facts, "registrant", 1, today, WRITTEN)
    assert [finding.code for finding in found] == ([code] if code else [])


@pytest.mark.parametrize(
    ("authorisation", "code"),
    [
        (WRITTEN, None),
        (None, "signatory_not_authorised"),
        (Authorisation("", TODAY), "signatory_not_authorised"),
        (Authorisation("RM-1", TODAY + timedelta(days=1)), "signatory_not_authorised_yet"),
    ],
)
def test_a_signatory_is_authorised_in_writing_by_that_day(authorisation: Authorisation | None, code) -> None:
    found = rules.blockers_to_sign(OFFERED, "registrant", 1, TODAY, authorisation)
    assert [finding.code for finding in found] == ([code] if code else [])
    assert all(finding.citation == "QA-49" and finding.todo_zh and finding.who for finding in found)


@pytest.mark.parametrize(
    ("order", "signed", "turn"),
    [
        ("any", set(), ("registrant", "contractor")),
        ("any", {"registrant"}, ("contractor",)),
        ("registrant_first", set(), ("registrant",)),
        ("registrant_first", {"registrant"}, ("contractor",)),
        ("contractor_first", set(), ("contractor",)),
        ("contractor_first", {"contractor"}, ("registrant",)),
        ("contractor_first", {"registrant", "contractor"}, ()),
    ],
)
def test_whose_turn_it_is(order: str, signed: set[str], turn: tuple[str, ...]) -> None:
    assert rules.sides_in_turn(order, signed) == turn


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


CONCLUDED = replace(OFFERED, signers={"contractor": 2, "registrant": 1}, complete=True)
SAID = ("连续两次审核不合格", "委托方处理", "三十日内返还")


@pytest.mark.parametrize(
    ("facts", "day", "said", "code"),
    [
        (CONCLUDED, TODAY, SAID, None),
        (CONCLUDED, TODAY - timedelta(days=1), SAID, "termination_in_past"),
        (OFFERED, TODAY, SAID, "not_signed_by_both"),
        (replace(CONCLUDED, event="terminated"), TODAY, SAID, "revision_closed"),
        (replace(CONCLUDED, kind="termination"), TODAY, SAID, "termination_not_terminated"),
        (CONCLUDED, TODAY, (" ", *SAID[1:]), "reason_needed"),
        (CONCLUDED, TODAY, (SAID[0], "", SAID[2]), "post_market_needed"),
        (CONCLUDED, TODAY, (*SAID[:2], "\n"), "documents_return_needed"),
    ],
)
def test_notice_is_given_for_cause_of_a_concluded_text_and_never_backwards(facts, day: date, said, code) -> None:
    found = rules.blockers_to_terminate(facts, day, TODAY, said, WRITTEN)
    assert [finding.code for finding in found] == ([code] if code else [])
    unauthorised = rules.blockers_to_terminate(facts, day, TODAY, said, None)
    assert "signatory_not_authorised" in [finding.code for finding in unauthorised]


STANDING = ConcludedFacts(last=1, last_day=date(2027, 11, 21), terminated_on=None, waiting=0, pair_ended_on=None)
MATTERS = proposed()[1]


@pytest.mark.parametrize(
    ("facts", "day", "code"),
    [
        (STANDING, TODAY, None),
        (STANDING, TODAY - timedelta(days=1), "termination_in_past"),
        (STANDING, date(2027, 11, 21), None),
        (STANDING, date(2027, 11, 22), "termination_after_end"),
        (replace(STANDING, last=0, last_day=None), TODAY, "nothing_concluded"),
        (replace(STANDING, waiting=2), TODAY, "revision_waiting"),
        (replace(STANDING, terminated_on=TODAY), TODAY, "agreement_terminated"),
        (replace(STANDING, pair_ended_on=TODAY), TODAY, "pair_ended"),
    ],
)
def test_both_sides_end_what_they_concluded_within_its_term(facts: ConcludedFacts, day: date, code) -> None:
    found = rules.blockers_to_end_together(facts, day, TODAY, MATTERS)
    assert [finding.code for finding in found] == ([code] if code else [])


@pytest.mark.parametrize("matter", MATTERS, ids=lambda row: row.key)
@pytest.mark.parametrize("language", ["text_zh", "text_en"])
def test_every_matter_of_the_end_is_settled_in_both_languages(matter, language: str) -> None:
    settled = [replace(row, **{language: " "}) if row == matter else row for row in MATTERS]
    found = rules.blockers_to_end_together(STANDING, TODAY, TODAY, settled)
    assert [(f.code, f.facts["heading_en"]) for f in found] == [("arrangement_missing", matter.heading_en)]


def test_what_the_end_settles_is_complete_and_cites_what_exists() -> None:
    assert [row.key for row in MATTERS] == [
        "end",
        "lots_in_production",
        "lots_made_in_time",
        "post_market",
        "documents_return",
        "records",
        "confidentiality",
        "reports",
        "open_matters",
    ]
    assert all(row.complete and row.heading_zh and row.heading_en for row in MATTERS)
    assert all(reference(row.citation) for row in MATTERS)


@pytest.mark.parametrize(
    ("facts", "revision", "has_text", "code"),
    [
        (STANDING, CONCLUDED, True, None),
        (STANDING, CONCLUDED, False, "paper_has_no_text"),
        (STANDING, OFFERED, True, "not_concluded"),
        (STANDING, replace(CONCLUDED, kind="termination"), True, "not_concluded"),
        (replace(STANDING, terminated_on=TODAY), CONCLUDED, True, "agreement_terminated"),
    ],
)
def test_a_draft_is_set_to_concluded_texts_only(facts, revision, has_text: bool, code: str | None) -> None:
    found = rules.blockers_to_restore(facts, revision, has_text=has_text)
    assert [finding.code for finding in found] == ([code] if code else [])


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
