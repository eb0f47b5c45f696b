"""What an inspector would fault in a draft, and who may sign a revision when; no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from agreements import rules
from agreements.facts import ClauseFacts, CoveredFacts, DraftFacts, DutyFacts, RevisionFacts
from agreements.templates_data import DATA, TemplateError, read_templates, template_on, templates
from cmo.errors import blocking

TODAY = date(2026, 11, 22)
TEMPLATE = templates()[0]
FIXED = TEMPLATE.fixed_duties
COVERED = CoveredFacts(1, "ET2026-000001", "active", "yes", date(2027, 11, 21), "term", "")
DRAFT = DraftFacts(
    starts_on=TODAY,
    ends_on=date(2027, 11, 21),
    clauses=tuple(
        ClauseFacts(c.key, n, c.heading_zh, c.heading_en, c.text_zh, c.text_en, c.elements)
        for n, c in enumerate(TEMPLATE.clauses, 1)
    ),
    duties=tuple(
        DutyFacts(d.key, n, d.duty_zh, d.duty_en, d.registrant, d.contractor, d.clause)
        for n, d in enumerate(TEMPLATE.duties, 1)
    ),
    obligations=(),
    covered=(COVERED,),
    demanded=TEMPLATE.duties,
    fixed=FIXED,
    waiting_revision=0,
    pair_ended_on=None,
)


def codes(facts: DraftFacts) -> list[str]:
    return [finding.code for finding in rules.blockers_to_offer(facts, TODAY)]


def clause(key: str, **changes: object) -> DraftFacts:
    return replace(DRAFT, clauses=tuple(replace(c, **changes) if c.key == key else c for c in DRAFT.clauses))  # type: ignore[arg-type]


def duty(key: str, **changes: object) -> DraftFacts:
    return replace(DRAFT, duties=tuple(replace(d, **changes) if d.key == key else d for d in DRAFT.duties))  # type: ignore[arg-type]


def lacking(key: str) -> DraftFacts:
    return replace(DRAFT, duties=tuple(d for d in DRAFT.duties if d.key != key))


def covering(**changes: object) -> DraftFacts:
    return replace(DRAFT, covered=(replace(COVERED, **changes),))  # type: ignore[arg-type]


def test_the_whole_template_has_no_fault() -> None:
    assert codes(DRAFT) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(DRAFT, pair_ended_on=TODAY), "pair_ended"),
        (replace(DRAFT, waiting_revision=2), "revision_waiting"),
        (replace(DRAFT, ends_on=TODAY - timedelta(days=1), starts_on=date(2026, 1, 1)), "term_in_past"),
        (replace(DRAFT, covered=()), "nothing_covered"),
        (replace(DRAFT, clauses=(), covered=(replace(COVERED, implantable="no"),)), "no_clauses"),
        (clause("recall", text_zh=" "), "clause_incomplete_zh"),
        (clause("recall", heading_en=""), "clause_incomplete_en"),
        (covering(state="ended"), "covered_ended"),
        (covering(last_day=date.min, capped_by="certificate"), "covered_without_base_data"),
        (covering(last_day=TODAY - timedelta(days=1)), "covered_lapsed_before_start"),
        (duty("labels", registrant_part=""), "duty_without_holder"),
        (duty("labels", contractor_part="R"), "duty_with_two_holders"),
        (duty("labels", duty_en=" "), "duty_not_worded"),
        (lacking("market_release"), "locked_duty_missing"),
        (duty("market_release", registrant_part="I", contractor_part="R"), "locked_duty_moved"),
        (duty("production_behaviour", registrant_part="R", contractor_part="I"), "locked_duty_moved"),
    ],
)
def test_each_fault_blocks_with_its_own_reason(facts: DraftFacts, code: str) -> None:
    found = [finding.code for finding in blocking(rules.blockers_to_offer(facts, TODAY))]
    assert found == ([code, "sub_entrusting_allowed"] if code == "no_clauses" else [code])


@pytest.mark.parametrize("law", FIXED, ids=lambda law: law.key)
def test_deleting_any_duty_that_the_law_fixes_reports_exactly_that_one(law) -> None:
    found = rules.blockers_to_offer(lacking(law.key), TODAY)
    assert [(finding.code, finding.facts["duty_en"]) for finding in found] == [("locked_duty_missing", law.duty_en)]


def test_the_fixed_duties_cover_what_no_agreement_may_transfer() -> None:
    held = {duty.key: duty.fixed for duty in FIXED}
    for key in (
        "market_release",
        "adverse_events",
        "recall",
        "registration_changes",
        "contractor_audit",
        "traceability",
    ):
        assert held[key] == "registrant"
    assert held["production_behaviour"] == "contractor"


@pytest.mark.parametrize(("implantable", "asks"), [("yes", True), ("unknown", True), ("no", False)])
def test_the_residents_clause_is_asked_of_implantables(implantable: str, asks: bool) -> None:
    without = replace(DRAFT, clauses=tuple(c for c in DRAFT.clauses if c.key != "resident_supervisor"))
    facts = replace(without, covered=(replace(COVERED, implantable=implantable),))
    assert codes(facts) == (["resident_clause_missing"] if asks else [])


def test_an_agreement_without_the_ban_on_entrusting_further_is_refused() -> None:
    assert "sub_entrusting_allowed" in codes(clause("no_sub_entrusting", text_zh=" "))


@pytest.mark.parametrize(
    ("last_day", "found"), [(DRAFT.ends_on, []), (DRAFT.ends_on - timedelta(days=1), ["term_beyond_base_data"])]
)
def test_a_term_beyond_certificate_or_licence_warns_from_one_day_on(last_day: date, found: list[str]) -> None:
    facts = covering(last_day=last_day, capped_by="certificate")
    assert codes(facts) == found
    assert not blocking(rules.blockers_to_offer(facts, TODAY))


def test_another_agreement_in_force_for_the_same_entrustment_warns() -> None:
    assert codes(covering(other_agreement="QA2026-1")) == ["covered_elsewhere"]


@pytest.mark.parametrize(
    ("locked", "after", "code"),
    [
        (False, ("RX", ""), "unknown_part"),
        (False, ("RR", ""), "unknown_part"),
        (True, ("I", "R"), "duty_locked"),
        (True, ("RA", "C"), None),
        (False, ("I", "R"), None),
    ],
)
def test_only_known_letters_and_only_movable_duties_are_edited(locked: bool, after: tuple, code: str | None) -> None:
    found = rules.blockers_to_edit_duty(locked, ("R", "C"), after)
    assert [finding.code for finding in found] == ([code] if code else [])


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


def test_the_template_covers_every_element_of_the_guide_in_both_languages() -> None:
    covered = {element for item in TEMPLATE.clauses for element in item.elements}
    assert covered == {f"QA-{number:02d}" for number in range(1, 50)}
    assert all("\u4e00" <= item.text_zh[0] <= "\u9fff" and item.text_en.isascii() for item in TEMPLATE.clauses)
    assert not [item.key for item in TEMPLATE.clauses if set(",;()") & set(item.text_zh)]


def test_variants_add_their_clauses_and_nothing_else() -> None:
    plain = {clause.key for clause in TEMPLATE.clauses_for(())}
    assert {c.key for c in TEMPLATE.clauses_for({"implantable"})} - plain == {"resident_supervisor"}
    assert {c.key for c in TEMPLATE.clauses_for({"sterile"})} - plain == {"sterilisation"}
    assert {d.key for d in TEMPLATE.duties_for({"implantable"})} - {d.key for d in TEMPLATE.duties_for(())} == {
        "resident_supervisor"
    }


def test_the_day_picks_the_template_and_earlier_days_get_the_first() -> None:
    assert template_on("quality_agreement", date(2026, 11, 1)) is TEMPLATE
    assert template_on("quality_agreement", date(2020, 1, 1)) is TEMPLATE
    assert template_on("nothing", TODAY) is None


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        (("heading_en: Parties", "heading_en: ''"), "templates[0].clauses[0].heading_en", "is missing"),
        (("key: scope", "key: parties"), "templates[0].clauses", "'parties' stands twice"),
        (("when: sterile", "when: moist"), "templates[0].clauses[12].when", "'moist' is none of"),
        (("registrant: R, contractor: I, fixed: registrant, citation: DUTY-MARKET-RELEASE",
          "registrant: I, contractor: R, fixed: registrant, citation: DUTY-MARKET-RELEASE"),
         "templates[0].duties[2].fixed", "the law fixes it to the registrant"),
        (("registrant: R, contractor: I, fixed: registrant, citation: DUTY-MARKET-RELEASE",
          "registrant: X, contractor: I, fixed: registrant, citation: DUTY-MARKET-RELEASE"),
         "templates[0].duties[2].registrant", "letters of RACI"),
        (("clause: market_release}", "clause: nowhere}"), "templates[0].duties[2].clause", "there is no clause 'nowhere'"),
        (("elements: [QA-02]", "element: [QA-02]"), "templates[0].clauses[0].element", "is not a known key"),
    ],
)  # fmt: skip
def test_a_faulty_template_file_names_each_place(change: tuple[str, str], place: str, sentence: str) -> None:
    with pytest.raises(TemplateError) as caught:
        read_templates(DATA.read_text(encoding="utf-8").replace(*change, 1))
    assert any(str(fault).startswith(f"{place}:") and sentence in str(fault) for fault in caught.value.faults)
