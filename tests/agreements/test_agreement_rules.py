"""What an inspector would fault in a draft; no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from agreements import rules
from agreements.facts import ClauseFacts, CoveredFacts, DraftFacts, DutyFacts, ObligationFacts
from agreements.guide import guide_elements
from agreements.templates_data import templates
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
    obligations=tuple(
        ObligationFacts(o.key, n, o.clause, o.what_zh, o.what_en, o.proof_zh, o.proof_en)
        for n, o in enumerate(TEMPLATE.obligations, 1)
    ),
    covered=(COVERED,),
    demanded=TEMPLATE.duties,
    fixed=FIXED,
    elements=tuple(guide_elements().values()),
    variants=frozenset({"implantable", "sterile", "animal_derived", "ivd"}),
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
        (clause("interfaces", text_zh=" "), "clause_incomplete_zh"),
        (clause("interfaces", heading_en=""), "clause_incomplete_en"),
        (covering(state="ended"), "covered_ended"),
        (covering(last_day=date.min, capped_by="certificate"), "covered_without_base_data"),
        (covering(last_day=TODAY - timedelta(days=1)), "covered_lapsed_before_start"),
        (duty("labels", registrant_part=""), "duty_without_holder"),
        (duty("labels", contractor_part="R"), "duty_with_two_holders"),
        (duty("labels", duty_en=" "), "duty_not_worded"),
        (duty("labels", registrant_part="RX"), "duty_letters_unknown"),
        (duty("labels", contractor_part="CC"), "duty_letters_unknown"),
        (duty("labels", registrant_part="RC"), "duty_letters_contradict"),
        (duty("labels", registrant_part="IR"), "duty_letters_contradict"),
        (duty("labels", contractor_part="AI"), "duty_letters_contradict"),
        (duty("labels", contractor_part="CI"), "duty_letters_contradict"),
        (duty("labels", registrant_part="RA", contractor_part="A"), "duty_approved_twice"),
        (duty("labels", clause="gone"), "duty_without_clause"),
        (lacking("market_release"), "locked_duty_missing"),
        (duty("market_release", registrant_part="I", contractor_part="R"), "locked_duty_moved"),
        (duty("production_behaviour", registrant_part="R", contractor_part="I"), "locked_duty_moved"),
    ],
)
def test_each_fault_blocks_with_its_own_reason(facts: DraftFacts, code: str) -> None:
    assert [finding.code for finding in blocking(rules.blockers_to_offer(facts, TODAY))] == [code]


@pytest.mark.parametrize("row", TEMPLATE.duties, ids=lambda row: row.key)
def test_deleting_any_row_of_a_full_matrix_reports_exactly_that_gap(row) -> None:
    (found,) = rules.blockers_to_offer(lacking(row.key), TODAY)
    assert found.code == ("locked_duty_missing" if row.fixed else "duty_missing")
    assert (found.facts["key"], found.facts["duty_zh"], found.facts["duty_en"]) == (row.key, row.duty_zh, row.duty_en)


def test_duties_fixed_by_law_bind_a_draft_of_any_template() -> None:
    other = replace(lacking("recall"), demanded=())
    assert codes(other) == ["locked_duty_missing"]
    moved = replace(duty("recall", registrant_part="I", contractor_part="R"), demanded=())
    assert codes(moved) == ["locked_duty_moved"]


@pytest.mark.parametrize("law", FIXED, ids=lambda law: law.key)
def test_a_duty_fixed_by_law_is_moved_neither_to_the_other_side_nor_to_both(law) -> None:
    other = {"registrant_part": "I", "contractor_part": "R"}
    if law.fixed == "contractor":
        other = {"registrant_part": "R", "contractor_part": "I"}
    assert codes(duty(law.key, **other)) == ["locked_duty_moved"]
    assert codes(duty(law.key, registrant_part="R", contractor_part="R")) == [
        "locked_duty_moved",
        "duty_with_two_holders",
    ]


@pytest.mark.parametrize("element", guide_elements().values(), ids=lambda element: element.key)
def test_an_element_that_no_clause_covers_is_named_in_words(element) -> None:
    without = tuple(replace(c, elements=tuple(e for e in c.elements if e != element.key)) for c in DRAFT.clauses)
    (found,) = rules.blockers_to_offer(replace(DRAFT, clauses=without), TODAY)
    assert (found.code, found.citation, found.basis) == ("element_missing", element.key, "guide")
    assert element.name_zh in found.zh
    assert element.name_en in found.en
    assert found.facts["anchor"] == f"element-{element.key}"


def test_an_element_counts_only_in_a_complete_clause_and_in_any_of_them() -> None:
    assert codes(clause("recall", text_en=" ")) == ["clause_incomplete_en", "element_missing"]
    elsewhere = replace(
        DRAFT,
        clauses=tuple(
            replace(c, elements=("QA-32", *c.elements)) if c.key == "scope" else c
            for c in DRAFT.clauses
            if c.key != "recall"
        ),
        duties=tuple(replace(d, clause="scope") if d.clause == "recall" else d for d in DRAFT.duties),
    )
    assert codes(elsewhere) == []


def test_a_draft_without_clauses_lacks_everything_at_once() -> None:
    found = codes(replace(DRAFT, clauses=(), duties=(), obligations=(), demanded=(), fixed=()))
    assert found == [
        "no_clauses",
        "resident_clause_missing",
        *["element_missing"] * 49,
        "sub_entrusting_allowed",
    ]


@pytest.mark.parametrize("part", ["", "C", "I", "A", "AC", "CA"])
def test_letters_that_fit_together_are_no_fault(part: str) -> None:
    assert codes(duty("labels", registrant_part="R", contractor_part=part)) == []


def test_the_side_that_is_responsible_may_approve_itself() -> None:
    assert codes(duty("labels", registrant_part="RA", contractor_part="")) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"duty_zh": "Ship Goods", "duty_en": "x"}, []),
        ({"duty_zh": "批准标签和说明书内容", "duty_en": "x"}, ["duty_held_differently"]),
        ({"duty_zh": " 批准标签 和说明书内容", "duty_en": "x"}, ["duty_held_differently"]),
        ({"duty_zh": "另一项", "duty_en": "approve LABELS and  instructions for use"}, ["duty_held_differently"]),
        ({"duty_zh": "批准标签和说明书内容", "duty_en": "x", "registrant_part": "R", "contractor_part": "I"}, []),
    ],
)
def test_two_rows_with_the_same_words_have_the_same_holder(changes: dict, found: list[str]) -> None:
    row = DutyFacts("own_1", 99, "", "", "I", "R", "scope")
    facts = replace(DRAFT, duties=(*DRAFT.duties, replace(row, **changes)))
    assert codes(facts) == found
    anchors = [finding.facts["anchor"] for finding in rules.blockers_to_offer(facts, TODAY)]
    assert anchors == ["duty-own_1"] * len(found)


BAN_ZH, BAN_EN = "受托方不得再委托他人生产。", "The contractor may not entrust it to anybody else."


@pytest.mark.parametrize(
    ("zh", "en", "rewritten"),
    [
        (BAN_ZH, BAN_EN, False),
        ("受托方不得将产品再行委托。", BAN_EN, False),
        ("受托方不再委托他人生产。", BAN_EN, True),
        ("受托方不得转给他人。", BAN_EN, True),
        ("未经委托方书面同意，受托方不得再委托他人生产。", BAN_EN, True),
        ("受托方不得再委托他人生产，委托方批准后除外。", BAN_EN, True),
        ("受托方不得再委托他人生产。受托方可以再委托包装。", BAN_EN, True),
        (BAN_ZH, "The contractor does not entrust it to anybody else.", True),
        (BAN_ZH, "The contractor may not entrust it to anybody else without written consent.", True),
        (BAN_ZH, "The contractor may not entrust it to anybody else unless both agree.", True),
        (BAN_ZH, "The contractor may not leave. It may entrust the product to another enterprise.", True),
    ],
)
def test_the_ban_on_entrusting_further_holds_without_condition(zh: str, en: str, rewritten: bool) -> None:
    facts = clause("no_sub_entrusting", text_zh=zh, text_en=en)
    assert codes(facts) == (["sub_entrusting_rewritten"] if rewritten else [])


@pytest.mark.parametrize(
    ("zh", "en", "lets"),
    [
        ("受托方可以将部分工序外协。", "The contractor may outsource single steps.", False),
        ("经委托方同意，受托方可以再委托第三方生产。", "a", True),
        ("受托方可以转委托。", "a", True),
        ("外协加工不得构成再委托。", "Outsourcing never amounts to entrusting it further.", False),
        ("甲", "The contractor may sub-entrust packaging.", True),
        ("甲", "The contractor may entrust production to a third party.", True),
        ("甲", "The registrant entrusts the production to the contractor.", False),
        ("甲", "The contractor may subcontract the production of parts.", True),
    ],
)
def test_no_row_lets_the_contractor_entrust_further(zh: str, en: str, lets: bool) -> None:
    expected = ["sub_entrusting_let"] if lets else []
    assert codes(clause("interfaces", text_zh=zh, text_en=en)) == expected
    assert codes(duty("labels", duty_zh=zh, duty_en=en)) == expected
    first = DRAFT.obligations[0]
    rows = (replace(first, what_zh=zh, what_en=en), *DRAFT.obligations[1:])
    facts = replace(DRAFT, obligations=rows)
    assert codes(facts) == expected
    anchors = [finding.facts["anchor"] for finding in rules.blockers_to_offer(facts, TODAY)]
    assert anchors == [f"obligation-{first.key}"] * len(expected)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"what_en": " "}, "obligation_not_worded"),
        ({"what_zh": ""}, "obligation_not_worded"),
        ({"clause": ""}, "obligation_without_clause"),
        ({"clause": "gone"}, "obligation_without_clause"),
        ({"proof_zh": " "}, "obligation_without_proof"),
        ({"proof_en": ""}, "obligation_without_proof"),
    ],
)
def test_an_obligation_names_what_on_which_clause_and_what_proves_it(changes: dict, code: str) -> None:
    first, *rest = DRAFT.obligations
    assert codes(replace(DRAFT, obligations=(replace(first, **changes), *rest))) == [code]


def test_a_finding_names_a_row_also_when_it_has_no_words_at_all() -> None:
    (found,) = rules.blockers_to_offer(duty("labels", duty_zh="", duty_en=""), TODAY)
    number = next(d.position for d in DRAFT.duties if d.key == "labels")
    assert f"#{number}" in found.zh
    assert f"#{number}" in found.en


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
    key = "resident_supervisor"
    facts = replace(
        DRAFT,
        clauses=tuple(c for c in DRAFT.clauses if c.key != key),
        duties=tuple(replace(d, clause="") if d.clause == key else d for d in DRAFT.duties),
        obligations=tuple(o for o in DRAFT.obligations if o.clause != key),
        covered=(replace(COVERED, implantable=implantable),),
    )
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
    ("locked", "after", "clause", "code"),
    [
        (False, ("RX", ""), "", "unknown_part"),
        (False, ("RR", ""), "", "unknown_part"),
        (True, ("I", "R"), "", "duty_locked"),
        (False, ("R", "C"), "gone", "clause_unknown"),
        (False, ("R", "C"), "scope", None),
        (True, ("RA", "C"), "", None),
        (False, ("I", "R"), "", None),
    ],
)
def test_only_known_letters_and_only_movable_duties_are_edited(
    locked: bool, after: tuple, clause: str, code: str | None
) -> None:
    found = rules.blockers_to_edit_duty(locked, ("R", "C"), after, clause, {"scope"})
    assert [finding.code for finding in found] == ([code] if code else [])


@pytest.mark.parametrize(("position", "fits"), [(0, False), (1, True), (3, True), (4, False)])
def test_a_clause_moves_to_a_place_that_there_is(position: int, fits: bool) -> None:
    assert (rules.blockers_to_move_clause(position, 3) == []) is fits
