"""Every gate: it passes, it stops, and the edge day belongs to the right side. Pure tables, no database."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from agreements.rules.hold import a_year_after
from cmo.errors import Finding
from releases.facts import MARKET, PRODUCTION, CheckFact, LabelFact, LotFacts, ReleaserFact
from releases.rules import (
    GATES,
    NOT_JUDGED,
    Case,
    Gate,
    Review,
    findings_for_market_release,
    findings_for_production_release,
    judge,
    stopping,
    topics,
)
from tests.releases.gate_cases import AGED, BARE, BLOCK, EDGE, LACKS, PASS, SINCE, Row, rows
from tests.releases.known import (
    CONTRACTOR,
    MADE_FROM,
    MADE_TO,
    ON,
    REGISTRANT,
    at,
    certificate,
    coverage,
    decision,
    document,
    hold,
    identifier,
    licence,
    lot,
    lot_hold,
    made,
    market_releaser,
    policy,
    production_releaser,
    question,
    stay,
    step,
    supervision,
    waiver,
    window,
)

DAY = timedelta(days=1)


def production(
    facts: LotFacts | None = None, on: date = ON, releaser: ReleaserFact | None = None, quantity: int | None = 1000
) -> dict[str, str]:
    """Code → severity of everything said about the production release."""
    found = findings_for_production_release(facts or lot(), on, releaser or production_releaser(), quantity)
    return {finding.code: finding.severity for finding in found}


def market(
    facts: LotFacts | None = None, on: date = ON, releaser: ReleaserFact | None = None, quantity: int | None = 1000
) -> dict[str, str]:
    """Code → severity of everything said about the market release."""
    found = findings_for_market_release(facts or made(), on, releaser or market_releaser(), quantity)
    return {finding.code: finding.severity for finding in found}


def test_a_lot_in_order_passes_every_gate_of_both_releases() -> None:
    assert production() == {}
    assert market() == {}


# ── entrustment and pair ─────────────────────────────────────────────────────────────────────────────────────────────


def states(*changes: tuple[date, str]) -> dict[str, Any]:
    return {"states": tuple(changes)}


@pytest.mark.parametrize(("first_day", "code"), [(MADE_FROM, None), (MADE_FROM + DAY, "entrustment_at_manufacture")])
def test_the_entrustment_is_active_from_the_first_production_day(first_day: date, code: str | None) -> None:
    facts = {"entrusted": states((first_day, "active"))}
    assert production(lot(**facts)) == market(made(**facts)) == ({code: "blocks"} if code else {})


@pytest.mark.parametrize(
    ("suspended_on", "resumed_on", "stops"),
    [
        (MADE_TO, MADE_TO + DAY, True),
        (MADE_TO + DAY, ON, False),
        (MADE_FROM - 2 * DAY, MADE_FROM, False),
        (MADE_FROM + DAY, MADE_FROM + 2 * DAY, True),
    ],
)
def test_a_suspension_on_a_single_production_day_stops_the_lot(
    suspended_on: date, resumed_on: date, stops: bool
) -> None:
    facts = lot(entrusted=states((date(2026, 2, 1), "active"), (suspended_on, "suspended"), (resumed_on, "active")))
    assert ("entrustment_at_manufacture" in production(facts)) is stops


@pytest.mark.parametrize(("state", "day"), [("suspended", ON), ("ended", ON), ("ended", ON - DAY)])
def test_an_entrustment_stopped_by_today_stops_production_release_and_warns_for_the_market(
    state: str, day: date
) -> None:
    facts = {"entrusted": states((date(2026, 2, 1), "active"), (day, state))}
    assert production(lot(**facts)) == {"entrustment_now": "blocks"}
    assert market(made(**facts)) == {"entrustment_now": "warns"}


def test_an_entrustment_that_ends_tomorrow_stops_nothing_today() -> None:
    assert production(lot(entrusted=states((date(2026, 2, 1), "active"), (ON + DAY, "ended")))) == {}


@pytest.mark.parametrize(
    ("ended_on", "production_says", "market_says"),
    [
        (ON + DAY, {}, {}),
        (ON, {"pair_standing": "blocks"}, {"pair_standing": "warns"}),
        (MADE_TO + DAY, {"pair_standing": "blocks"}, {"pair_standing": "warns"}),
        (MADE_TO, {"pair_standing": "blocks"}, {"pair_standing": "blocks"}),
    ],
)
def test_the_end_of_the_pair(ended_on: date, production_says: dict, market_says: dict) -> None:
    facts = {"entrusted": {"pair_ended_on": ended_on}}
    assert production(lot(**facts)) == production_says
    assert market(made(**facts)) == market_says


# ── agreement ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("starts_on", "stops"), [(MADE_FROM, False), (MADE_FROM + DAY, True), (MADE_TO, True), (MADE_TO + DAY, True)]
)
def test_the_agreement_is_in_effect_from_the_first_production_day(starts_on: date, stops: bool) -> None:
    facts = {"entrusted": {"coverage": (coverage(starts_on=starts_on),)}}
    expected = {"agreement_at_manufacture": "blocks"} if stops else {}
    assert production(lot(**facts)) == market(made(**facts)) == expected


@pytest.mark.parametrize("side", ["signed_by_registrant", "signed_by_contractor"])
def test_an_agreement_signed_by_one_side_is_none(side: str) -> None:
    facts = lot(entrusted={"coverage": (coverage(**{side: False}),)})
    assert production(facts) == {"agreement_at_manufacture": "blocks", "agreement_now": "blocks"}


@pytest.mark.parametrize(
    ("last_day", "production_says", "market_says"),
    [
        (ON, {}, {}),
        (ON - DAY, {"agreement_now": "blocks"}, {"agreement_now_lapsed_since": "warns"}),
        (MADE_TO, {"agreement_now": "blocks"}, {"agreement_now_lapsed_since": "warns"}),
        (
            MADE_TO - DAY,
            {"agreement_at_manufacture": "blocks", "agreement_now": "blocks"},
            {"agreement_at_manufacture": "blocks", "agreement_now_lapsed_since": "warns"},
        ),
    ],
)
def test_the_last_day_of_the_agreement_still_counts(last_day: date, production_says: dict, market_says: dict) -> None:
    facts = {"entrusted": {"coverage": (coverage(last_day=last_day),)}}
    assert production(lot(**facts)) == production_says
    assert market(made(**facts)) == market_says


def test_a_gap_of_one_day_between_two_revisions_stops_a_lot_made_across_it() -> None:
    first = coverage(last_day=MADE_FROM)
    second = coverage(revision_id=32, starts_on=MADE_FROM + 2 * DAY)
    assert production(lot(entrusted={"coverage": (first, second)})) == {"agreement_at_manufacture": "blocks"}
    seamless = coverage(revision_id=32, starts_on=MADE_FROM + DAY)
    assert production(lot(entrusted={"coverage": (first, seamless)})) == {}


def test_what_lapsed_since_manufacture_quotes_the_clause_of_the_agreement() -> None:
    facts = made(entrusted={"coverage": (coverage(last_day=MADE_TO),)})
    (finding,) = findings_for_market_release(facts, ON)
    assert "第9条：在有效期内生产的批次按本协议放行。" in finding.zh
    silent = made(entrusted={"coverage": (coverage(last_day=MADE_TO, lots_made_in_time_clause=""),)})
    (finding,) = findings_for_market_release(silent, ON)
    assert "没有约定" in finding.zh
    assert "silent" in finding.en


def test_a_lot_made_after_the_end_is_never_called_made_in_time() -> None:
    facts = made(entrusted={"coverage": (coverage(last_day=MADE_TO - DAY),)})
    found = {finding.code: finding for finding in findings_for_market_release(facts, ON)}
    assert found["agreement_at_manufacture"].blocks
    assert "本批在其有效期内生产" not in found["agreement_now_lapsed_since"].zh
    assert "made within its validity" not in found["agreement_now_lapsed_since"].en


# ── licence ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("last_day", "production_says", "market_says"),
    [
        (ON, {}, {}),
        (ON - DAY, {"licence_now": "blocks"}, {"licence_now_lapsed_since": "warns"}),
        (MADE_TO, {"licence_now": "blocks"}, {"licence_now_lapsed_since": "warns"}),
        (
            MADE_TO - DAY,
            {"licence_at_manufacture": "blocks", "licence_now": "blocks"},
            {"licence_at_manufacture": "blocks", "licence_now_lapsed_since": "warns"},
        ),
    ],
)
def test_the_last_day_of_the_licence_still_counts(last_day: date, production_says: dict, market_says: dict) -> None:
    facts = {"entrusted": {"licences": (licence(last_day=last_day),)}}
    said = production(lot(**facts))
    said.pop("licence_accepted", None)
    assert said == production_says
    assert market(made(**facts)) == market_says


def test_a_deemed_renewal_counts_beyond_the_last_day() -> None:
    facts = {"entrusted": {"licences": (licence(last_day=MADE_FROM - DAY, deemed_renewed=True),)}}
    assert production(lot(**facts)) == market(made(**facts)) == {}


def test_a_renewed_version_carries_on_without_a_gap_even_when_confirmed_before_it_begins() -> None:
    old = licence(current=False, last_day=MADE_FROM)
    new = licence(version_id=12, first_day=MADE_FROM + DAY, last_day=date(2031, 5, 4))
    assert production(lot(entrusted={"licences": (old, new)})) == {}
    future = licence(version_id=12, first_day=ON + DAY, last_day=date(2031, 5, 4))
    still = licence(current=False, last_day=ON)
    assert production(lot(entrusted={"licences": (still, future)})) == {}


@pytest.mark.parametrize("standing", ["revoked", "cancelled", "suspended"])
def test_a_licence_no_longer_in_force_stops_both_releases_of_a_lot_made_in_time(standing: str) -> None:
    facts = {
        "entrusted": {
            "licences": (licence(current=False), licence(version_id=12, standing=standing, first_day=MADE_TO + DAY))
        }
    }
    assert production(lot(**facts)) == market(made(**facts)) == {"licence_now": "blocks"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scope": ("14",)}, "licence_covers_product"),
        ({"site_ids": (8,)}, "licence_names_site"),
        ({"accepted": False}, "licence_accepted"),
    ],
)
def test_the_licence_covers_product_and_site_and_is_accepted(change: dict, code: str) -> None:
    facts = {"entrusted": {"licences": (licence(**change),)}}
    assert production(lot(**facts)) == market(made(**facts)) == {code: "blocks"}


def test_a_class_one_device_needs_a_filing_and_not_a_licence() -> None:
    class_one = {"certificates": (certificate(device_class="I", last_day=None),)}
    assert "licence_at_manufacture" in production(lot(entrusted=class_one))
    filing = class_one | {"licences": (licence(kind="filing", last_day=None),)}
    assert production(lot(entrusted=filing)) == {}


def test_a_scope_narrowed_during_manufacture_stops_the_lot() -> None:
    narrowed = licence(version_id=12, first_day=MADE_TO, scope=("14",))
    facts = lot(entrusted={"licences": (licence(current=False), narrowed)})
    assert production(facts) == {"licence_covers_product": "blocks"}


# ── certificate and catalogue ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("last_day", "says"),
    [
        (ON, {}),
        (ON - DAY, {"certificate_now_lapsed_since": "warns"}),
        (MADE_TO, {"certificate_now_lapsed_since": "warns"}),
        (MADE_TO - DAY, {"certificate_at_manufacture": "blocks", "certificate_now_lapsed_since": "warns"}),
    ],
)
def test_the_last_day_of_the_certificate_still_counts(last_day: date, says: dict) -> None:
    assert market(made(entrusted={"certificates": (certificate(last_day=last_day),)})) == says


@pytest.mark.parametrize("standing", ["revoked", "cancelled"])
def test_a_certificate_taken_away_stops_the_market_release_of_a_lot_made_in_time(standing: str) -> None:
    versions = (certificate(current=False), certificate(version_id=22, standing=standing, first_day=MADE_TO + DAY))
    assert market(made(entrusted={"certificates": versions})) == {"certificate_now": "blocks"}


def test_the_certificate_must_show_the_contractor_now_or_at_manufacture() -> None:
    unmarked = certificate(contractor_on_certificate=False)
    assert market(made(entrusted={"certificates": (unmarked,)})) == {"contractor_on_certificate": "blocks"}
    later = certificate(version_id=22, first_day=MADE_TO + DAY)
    assert market(made(entrusted={"certificates": (replace(unmarked, current=False), later)})) == {}


@pytest.mark.parametrize(
    ("outcome", "determined", "says"),
    [
        ("allowed", (), {}),
        ("prohibited", (), {"catalogue_prohibited": "blocks"}),
        ("prohibited", ("allowed",), {"catalogue_prohibited": "blocks"}),
        ("undetermined", (), {"catalogue_undetermined": "blocks"}),
        ("undetermined", ("",), {"catalogue_undetermined": "blocks"}),
        ("undetermined", ("allowed",), {}),
        ("undetermined", ("prohibited",), {"catalogue_undetermined": "blocks"}),
    ],
)
def test_the_catalogue_in_force_at_manufacture_decides_and_only_a_determination_under_it_clears(
    outcome: str, determined: tuple, says: dict
) -> None:
    facts = {"catalogue": outcome, "catalogue_determined": determined}
    assert production(lot(**facts)) == market(made(**facts)) == says


# ── the lot itself ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("on", "says"), [(MADE_TO, {}), (MADE_TO - DAY, {"window_finished": "blocks"})])
def test_production_is_released_on_the_last_production_day_at_the_earliest(on: date, says: dict) -> None:
    assert production(on=on) == says


@pytest.mark.parametrize(
    ("last", "says"), [(ON, {}), (ON - DAY, {"use_by_date": "blocks"}), (None, {"use_by_date_missing": "warns"})]
)
def test_the_use_by_date_itself_is_still_good(last: date | None, says: dict) -> None:
    assert production(lot(expires_on=last)) == market(made(expires_on=last)) == says


@pytest.mark.parametrize("kind", ["label", "ifu"])
def test_label_and_instructions_are_recorded_and_were_in_use(kind: str) -> None:
    def says(used: LabelFact | None) -> dict[str, str]:
        return production(lot(**{kind: used}))

    version = LabelFact(1, "V-1", date(2025, 1, 1), None)
    assert says(None) == {f"{kind}_version_missing": "blocks"}
    assert says(replace(version, last_day=MADE_TO)) == {f"{kind}_version_replaced_since": "warns"}
    assert says(replace(version, last_day=MADE_TO - DAY)) == {f"{kind}_version": "blocks"}
    assert says(replace(version, starts_on=MADE_TO)) == {}
    assert says(replace(version, starts_on=MADE_TO + DAY)) == {f"{kind}_version": "blocks"}


def test_every_required_document_is_there() -> None:
    only_one = lot(documents=(document("batch_record", "contractor"),))
    (finding,) = findings_for_production_release(only_one, ON)
    assert finding.code == "documents_present"
    assert "成品检验报告" in finding.zh
    assert "finished product inspection report" in finding.en
    assert production(lot(required_documents=(), documents=())) == {"no_documents_required": "warns"}


def test_each_side_reviews_every_required_document_itself() -> None:
    files = (document("batch_record", "contractor"), document("inspection_report", "contractor", document_id=62))
    assert production(lot(documents=files)) == {}
    assert market(made(documents=files)) == {"documents_reviewed": "blocks"}


def test_a_later_document_of_the_same_kind_is_reviewed_anew() -> None:
    later = document("batch_record", document_id=63, reference="batch_record-002")
    assert production(lot(documents=(*lot().documents, later))) == {"documents_reviewed": "blocks"}


def test_a_further_document_that_nobody_reviewed_is_pointed_out() -> None:
    extra = document("photo", document_id=64)
    assert production(lot(documents=(*lot().documents, extra))) == {"further_documents_not_reviewed": "warns"}


def test_an_open_question_stops_both_releases() -> None:
    facts = {"returns": (question(),)}
    assert production(lot(**facts)) == market(made(**facts)) == {"returns_answered": "blocks"}


@pytest.mark.parametrize(("scope", "code"), [(s, f"{s}_on_hold") for s in ("pair", "entrustment", "site")])
def test_a_hold_on_anything_the_lot_belongs_to_stops_it(scope: str, code: str) -> None:
    facts = {"entrusted": {"holds": (hold(scope=scope),)}}
    assert production(lot(**facts)) == market(made(**facts)) == {code: "blocks"}


def test_every_hold_is_named_and_a_veto_by_its_own_name() -> None:
    facts = made(
        entrusted={"holds": (hold(),)}, holds=(lot_hold(), lot_hold(hold_id=2, kind="veto", side="registrant"))
    )
    found = findings_for_market_release(facts, ON)
    assert [f.code for f in found] == ["pair_on_hold", "lot_on_hold", "veto"]
    assert [f.who for f in found] == [
        "registrant:quality_manager",
        "contractor:quality_manager",
        "registrant:quality_manager",
    ]
    assert found[2].citation == "GMP25-19"


@pytest.mark.parametrize(("quantity", "says"), [(1000, {}), (1001, {"quantity": "blocks"}), (1, {}), (None, {})])
def test_no_more_is_released_than_was_made(quantity: int | None, says: dict) -> None:
    assert production(quantity=quantity) == says


@pytest.mark.parametrize(("quantity", "says"), [(600, {}), (601, {"quantity": "blocks"})])
def test_no_more_reaches_the_market_than_production_released(quantity: int, says: dict) -> None:
    assert market(made(production=(decision(quantity=600),)), quantity=quantity) == says


# ── decisions already taken ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_standing_decision_must_be_withdrawn_before_another() -> None:
    assert production(made()) == {"decided_already": "blocks"}
    withdrawn = decision(withdrawal_id=1, withdrawn_at=decision().decided_at)
    assert production(made(production=(withdrawn,))) == {}
    assert market(made(market=(decision(organisation_id=REGISTRANT, person_id=72),))) == {"decided_already": "blocks"}


@pytest.mark.parametrize(
    ("decisions", "says"),
    [
        ((), {"production_release_stands": "blocks"}),
        ((decision(outcome="rejected", quantity=0),), {"production_rejected": "blocks"}),
        ((decision(withdrawal_id=1),), {"production_release_stands": "blocks"}),
        ((decision(outcome="conditional", conditions="仅限 A 箱"),), {"production_conditional": "warns"}),
    ],
)
def test_the_market_waits_for_a_standing_production_release(decisions: tuple, says: dict) -> None:
    assert market(lot(production=decisions), quantity=None) == says


def test_one_legal_entity_never_releases_twice() -> None:
    assert market(made(production=(decision(organisation_id=REGISTRANT),))) == {"other_legal_entity": "blocks"}


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────

WRONG = {
    "releaser_post": [{"role": "quality_manager"}, {"organisation_id": 9}, {"role": ""}],
    "releaser_post_not_effective": [
        {"starts_on": ON + DAY},
        {"ends_on": ON - DAY},
        {"ended_on": ON},
        {"account_open": False},
    ],
    "releaser_authorised": [
        {"authorised_on": ON + DAY},
        {"authorised_on": None},
        {"authorisation_reference": ""},
    ],
    "releaser_trained": [{"trained_on": None}, {"trained_on": ON + DAY}],
    "releaser_full_time": [{"full_time": False}],
}


@pytest.mark.parametrize(("code", "change"), [(code, c) for code, changes in WRONG.items() for c in changes])
def test_only_an_authorised_trained_own_person_in_the_post_decides(code: str, change: dict) -> None:
    assert production(releaser=production_releaser(**change)) == {code: "blocks"}
    assert market(releaser=market_releaser(**change)) == {code: "blocks"}


@pytest.mark.parametrize(
    "change", [{"starts_on": ON}, {"ends_on": ON}, {"ended_on": ON + DAY}, {"authorised_on": ON}, {"trained_on": ON}]
)
def test_first_and_last_day_of_a_post_count(change: dict) -> None:
    assert production(releaser=production_releaser(**change)) == market(releaser=market_releaser(**change)) == {}


def test_the_side_must_fit_even_when_the_role_has_the_same_name() -> None:
    assert production(releaser=production_releaser(side="registrant")) == {"releaser_post": "blocks"}


def test_one_person_never_decides_twice_on_a_lot() -> None:
    assert market(releaser=market_releaser(person_id=71)) == {"another_person": "blocks"}


@pytest.mark.parametrize("duty", ["audit", "review"])
def test_an_overdue_yearly_duty_warns_and_blocks_after_the_days_of_the_pairs_policy(duty: str) -> None:
    def says(late: int, patience: int) -> dict[str, str]:
        patient = supervision(policies=(policy(overdue_blocks_after_days=patience),))
        return market(made(entrusted={f"{duty}_due_on": ON - late * DAY}, supervision=patient))

    assert says(10, 10) == {f"{duty}_not_overdue": "warns"}
    assert says(11, 10) == {f"{duty}_not_overdue": "blocks"}
    assert says(1, 0) == {f"{duty}_not_overdue": "blocks"}
    (finding,) = findings_for_market_release(made(entrusted={f"{duty}_due_on": ON - 91 * DAY}), ON)
    assert (finding.basis, finding.blocks) == ("policy", True)


def test_the_first_audit_is_due_twelve_calendar_months_after_the_beginning() -> None:
    assert a_year_after(date(2024, 2, 29)) == date(2025, 2, 28)
    assert a_year_after(date(2025, 11, 20)) == date(2026, 11, 20)
    found = market(made(entrusted={"audit_due_on": None, "starts_on": date(2025, 11, 19)}))
    assert found == {"audit_not_overdue_missing": "warns"}


# ── supervision on site ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_implantable_lot_without_anybody_posted_is_told_so() -> None:
    nobody = lot(supervision=supervision(postings=(), presence=()))
    assert production(nobody) == {"coverage_no_posting": "blocks"}
    unknown = lot(supervision=nobody.supervision, entrusted={"certificates": (certificate(implantable="unknown"),)})
    assert production(unknown) == {"coverage_no_posting": "blocks"}
    assert (
        production(lot(supervision=nobody.supervision, entrusted={"certificates": (certificate(implantable="no"),)}))
        == {}
    )


def test_the_finding_names_the_gaps_and_what_to_do() -> None:
    there = tuple(stay(day) for day in window()[1:])
    (finding,) = findings_for_production_release(lot(supervision=supervision(presence=there)), ON)
    assert finding.facts["gaps"] == [
        "day 0/60 2026-11-02T00:00:00+08:00/2026-11-03T00:00:00+08:00",
        "step 焊接 2026-11-02T08:00:00+08:00/2026-11-02T12:00:00+08:00",
    ]
    assert "2026-11-02（在场0分钟，须60分钟）" in finding.zh
    assert "2026-11-02 08:00–12:00 step “焊接”" in finding.en
    assert finding.en.startswith("Manufacture had 2 gaps without a qualified supervisor present: ")
    assert finding.todo_zh
    assert finding.who == "registrant:quality_manager"


def test_one_gap_is_named_as_one() -> None:
    there = tuple(stay(day) for day in window()[:-1])
    (finding,) = findings_for_production_release(lot(supervision=supervision(presence=there)), ON)
    assert finding.en == f"Manufacture had 1 gap without a qualified supervisor present: {MADE_TO} (0 of 60 minutes)."


def test_a_key_step_needs_presence_whatever_the_policy_says_about_days_and_one_done_elsewhere_does_not() -> None:
    steps_only = supervision(policies=(policy(production_days="steps_only"),), presence=())
    assert production(lot(supervision=steps_only)) == {"coverage": "blocks"}
    elsewhere = step(performed_by="示例灭菌公司", kind="sterilisation")
    assert production(lot(supervision=steps_only, steps=(elsewhere,))) == {}


# ── content of labels and instructions ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("kind", "words"), [("label", "标签"), ("ifu", "说明书")])
def test_what_a_text_lacks_is_told_by_why_it_lacks_it(kind: str, words: str) -> None:
    def says(check: CheckFact) -> list[Finding]:
        return findings_for_production_release(lot(**{f"{kind}_check": check}), ON)

    (lacks,), (aged,), (bare,), (since,) = says(LACKS), says(AGED), says(BARE), says(SINCE)
    codes = [one.code for one in (lacks, aged, bare, since)]
    assert codes == [f"{kind}_content{end}" for end in ("", "_outdated", "_not_on_record", "_confirmed_since")]
    assert [one.severity for one in (lacks, aged, bare, since)] == ["blocks", "blocks", "blocks", "warns"]
    assert {one.basis for one in (lacks, aged, bare)} == {"law"}
    assert lacks.zh == f"本批所用{words}缺少：受托生产企业名称、生产许可证编号或者生产备案编号。"
    assert str(MADE_TO) in aged.zh
    assert "2026-02-01核对时依据的是不同的信息" in aged.zh
    assert bare.todo_zh == "在受托方的单位信息中登记并确认。"
    assert bare.todo_en == "Enter it in the contractor's organisation data and have it confirmed."
    assert "注册人、备案人名称" in since.zh


def test_every_reason_about_a_text_stands_beside_the_others() -> None:
    both = replace(AGED, missing=(*AGED.missing, "contractor_contact"), unrecorded=("contractor_contact",))
    found = production(lot(label_check=replace(both, confirmed_since=("registrant",))))
    assert found == {
        "label_content_outdated": "blocks",
        "label_content_not_on_record": "blocks",
        "label_content_confirmed_since": "warns",
    }


# ── unique device identification ─────────────────────────────────────────────────────────────────────────────────────


def test_gate_and_catalogue_give_one_answer_for_the_last_production_day() -> None:
    def says(made_on: date, listed: str) -> set[str]:
        entrusted = {"certificates": (certificate(device_class="II"),), "licences": (licence(),)}
        facts = {"udi_listed": listed, "entrusted": entrusted, "identifiers": ()}
        return {code for code in production(lot(produced_from=made_on, produced_to=made_on, **facts)) if "udi" in code}

    assert says(date(2024, 5, 31), "yes") == set()
    assert says(date(2024, 6, 1), "yes") == {"udi_assigned"}
    assert says(date(2024, 6, 1), "no") == set()
    assert says(date(2024, 6, 1), "unknown") == {"udi_listing_unknown"}


def test_an_identifier_assigned_after_manufacture_is_on_no_label_of_the_lot() -> None:
    late = identifier(assigned_on=MADE_TO + DAY, uploaded_on=MADE_TO + DAY)
    assert production(lot(identifiers=(late,))) == {"udi_assigned_too_late": "blocks"}
    assert "udi_uploaded" in market(made(identifiers=(late,)))
    assert production(lot(identifiers=(late, identifier()))) == {}
    assert production(lot(identifiers=(replace(late, model="HJ-02"),))) == {"udi_assigned": "blocks"}


def test_an_unanswered_listing_stops_a_lot_without_identifier_and_says_so() -> None:
    entrusted = {"certificates": (certificate(device_class="II"),), "licences": (licence(),)}
    facts: dict[str, Any] = {"udi_listed": "unknown", "entrusted": entrusted}
    assert production(lot(**facts, identifiers=())) == {"udi_listing_unknown": "blocks"}
    assert production(lot(**facts)) == {}


def test_an_identifier_of_another_site_or_model_does_not_count() -> None:
    assert production(lot(identifiers=(identifier(site_id=99),))) == {"udi_assigned": "blocks"}
    assert production(lot(identifiers=(identifier(model="HJ-02"),))) == {"udi_assigned": "blocks"}
    assert production(lot(identifiers=(identifier(model=" hj-01 "),))) == {}


# ── signed exceptions ────────────────────────────────────────────────────────────────────────────────────────────────


def gap_of(facts: LotFacts) -> Finding:
    (finding,) = findings_for_production_release(facts, ON)
    return finding


def test_an_approved_exception_turns_exactly_the_finding_it_waives_into_a_warning() -> None:
    away = supervision(presence=tuple(stay(day) for day in window()[:-1]))
    finding = gap_of(lot(supervision=away))
    waived = lot(supervision=away, exceptions=(waiver("coverage", dict(finding.facts)),))
    (now,) = findings_for_production_release(waived, ON)
    assert (now.code, now.severity) == ("coverage", "warns")
    assert "林知夏批准例外1：派驻人员当日突发疾病" in now.zh
    assert "Waived by exception 1, approved by 林知夏" in now.en
    assert now.facts == finding.facts


def test_a_new_gap_brings_the_block_back_and_says_why() -> None:
    finding = gap_of(lot(supervision=supervision(presence=tuple(stay(day) for day in window()[:-1]))))
    wider = supervision(presence=tuple(stay(day) for day in window()[:-2]))
    (now,) = findings_for_production_release(
        lot(supervision=wider, exceptions=(waiver("coverage", dict(finding.facts)),)), ON
    )
    assert now.blocks
    assert "情况已经变化" in now.zh
    assert "no longer counts" in now.en


@pytest.mark.parametrize("changes", [{"approved": None}, {"approved": False}, {"code": "audit_not_overdue"}])
def test_a_request_without_approval_or_for_another_condition_waives_nothing(changes: dict) -> None:
    away = supervision(presence=())
    finding = gap_of(lot(supervision=away))
    asked = replace(waiver("coverage", dict(finding.facts)), **changes)
    assert production(lot(supervision=away, exceptions=(asked,))) == {"coverage": "blocks"}


def test_what_rests_on_law_is_never_waived() -> None:
    for row in rows():
        if row.kind == BLOCK:
            for verdict in judge(row.case):
                for finding in verdict.findings:
                    facts = replace(row.case.lot, exceptions=(waiver(verdict.gate.code, dict(finding.facts)),))
                    again = judge(replace(row.case, lot=facts))
                    same = next(v for v in again if v.gate.code == verdict.gate.code)
                    law = [f for f in same.findings if f.basis == "law"]
                    assert [f.severity for f in law] == [f.severity for f in verdict.findings if f.basis == "law"]


def test_only_coverage_and_what_rests_on_agreement_or_policy_can_be_waived() -> None:
    assert {gate.code for gate in GATES if gate.waivable} == {
        "coverage",
        "sterilisation_approved",
        "audit_not_overdue",
        "review_not_overdue",
    }
    for row in rows():
        for verdict in judge(row.case):
            for finding in verdict.waivable:
                assert finding.basis in {"agreement", "policy"} or verdict.gate.code == "coverage", finding.code


# ── lots taken over ──────────────────────────────────────────────────────────────────────────────────────────────────


def taken_over(**entrusted: Any) -> dict[str, Any]:
    """A lot whose production began before its entrustment was recorded here (on MADE_TO)."""
    changes = {"states": ((MADE_TO, "active"),), "starts_on": MADE_TO} | entrusted
    return {"taken_over": True, "go_live_on": MADE_TO, "entrusted": changes}


def test_days_before_the_records_of_a_lot_taken_over_need_the_releasers_statement() -> None:
    facts = taken_over(coverage=(coverage(starts_on=MADE_TO),))
    periods = ("entrustment_at_manufacture", "agreement_at_manufacture", "coverage")
    says = {f"{period}_before_records": "warns" for period in periods}
    assert production(lot(**facts)) == market(made(**facts)) == says
    case = Case(MARKET, made(**facts), ON)
    assert {topic.code for topic in topics(judge(case))} > set(says)


def test_days_after_go_live_are_judged_also_for_a_lot_taken_over() -> None:
    facts = taken_over(coverage=(coverage(starts_on=MADE_TO + DAY),))
    assert "agreement_at_manufacture" in production(lot(**facts))


def test_a_licence_known_to_have_lapsed_is_no_matter_of_missing_records() -> None:
    facts = taken_over(licences=(licence(last_day=MADE_FROM - DAY),))
    assert production(lot(**facts))["licence_at_manufacture"] == "blocks"


def test_an_ordinary_lot_gets_no_such_leniency() -> None:
    facts = taken_over() | {"taken_over": False}
    assert production(lot(**facts))["entrustment_at_manufacture"] == "blocks"


# ── statement and outcome ────────────────────────────────────────────────────────────────────────────────────────────


def stops(review: Review, facts: LotFacts | None = None, stage: str = PRODUCTION) -> set[str]:
    person = production_releaser() if stage == PRODUCTION else market_releaser()
    case = Case(stage, facts or lot(), ON, person, review.quantity or None)
    return {finding.code for finding in stopping(judge(case), review) if finding.blocks}


def covered() -> tuple[str, ...]:
    return tuple(topic.code for topic in NOT_JUDGED)


def test_a_full_statement_lets_the_lot_through() -> None:
    assert stops(Review("released", 1000, "已审核全部记录。", confirmed=covered())) == set()


@pytest.mark.parametrize(
    ("review", "code"),
    [
        (Review("released", 1000, " ", confirmed=covered()), "statement_missing"),
        (Review("released", 1000, "已审核。"), "statement_incomplete"),
        (Review("released", 0, "已审核。", confirmed=covered()), "quantity_missing"),
        (Review("conditional", 10, "已审核。", confirmed=covered()), "conditions_missing"),
        (Review("rejected", 5, "不合格。"), "quantity_of_rejection"),
        (Review("approved", 5, "已审核。", confirmed=covered()), "outcome_unknown"),
    ],
)
def test_an_incomplete_statement_or_contradictory_outcome_stops(review: Review, code: str) -> None:
    assert stops(review) == {code}


def test_a_bad_lot_can_always_be_rejected_but_only_by_the_right_person() -> None:
    bad = lot(expires_on=ON - DAY, holds=(lot_hold(),), documents=())
    assert stops(Review("rejected", 0, "检验不合格。"), bad) == set()
    assert stops(Review("released", 1000, "已审核。", confirmed=covered()), bad) >= {"use_by_date", "lot_on_hold"}
    case = Case(PRODUCTION, bad, ON, production_releaser(organisation_id=9))
    review = Review("rejected", 0, "检验不合格。")
    assert {f.code for f in stopping(judge(case), review)} == {"releaser_post"}


# ── the gates as a whole ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("row", list(rows()), ids=str)
def test_every_gate_passes_stops_and_turns_where_it_should(row: Row) -> None:
    said = {verdict.gate.code: verdict.state for verdict in judge(row.case)}
    assert said.get(row.code) == row.state


def test_every_gate_has_a_case_that_passes_one_that_blocks_and_one_at_the_edge() -> None:
    wanted = {(gate.code, kind) for gate in GATES for kind in (PASS, BLOCK, EDGE)}
    assert {(row.code, row.kind) for row in rows()} == wanted


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.code)
def test_every_gate_is_dated_by_the_document_it_cites(gate: Gate) -> None:
    with Path("cmo/regulation/data/legal_references.yaml").open(encoding="utf-8") as file:
        documents = yaml.safe_load(file)["documents"]
    begins = {c["key"]: d.get("in_force_from") for d in documents for c in d["citations"]}
    assert gate.applies_from == begins[gate.citation]
    if gate.applies_from is not None:
        before = gate.applies_from - DAY
        long_ago = made(produced_from=before, produced_to=before, production=(decision(decided_at=at(before)),))
        for stage in gate.stages:
            person = production_releaser() if stage == PRODUCTION else market_releaser()
            assert not gate.applies(Case(stage, long_ago, before, person, 1))


def test_every_gate_has_its_own_code_and_a_citation_of_the_same_basis_that_is_not_merely_recalled() -> None:
    with Path("cmo/regulation/data/legal_references.yaml").open(encoding="utf-8") as file:
        documents = yaml.safe_load(file)["documents"]
    known = {
        c["key"]: (c.get("basis", d["basis"]), c.get("recalled", d.get("recalled", False)))
        for d in documents
        for c in d["citations"]
    }
    assert len({gate.code for gate in GATES}) == len(GATES)
    for gate in GATES:
        assert known[gate.citation] == (gate.basis, False), gate.code
    for topic in topics(judge(Case(PRODUCTION, lot(), ON))):
        assert topic.citation in known


def test_every_finding_speaks_both_languages_and_names_its_facts() -> None:
    worst = made(
        entrusted={"licences": (), "coverage": (), "certificates": (), "states": (), "pair_ended_on": MADE_FROM},
        documents=(),
        label=None,
        ifu=None,
        catalogue="prohibited",
        market=(decision(),),
        returns=(question(),),
        holds=(lot_hold(),),
    )
    for stage, find in [(PRODUCTION, findings_for_production_release), (MARKET, findings_for_market_release)]:
        person = production_releaser(role="", trained_on=None, full_time=False, authorised_on=None)
        for finding in find(worst, ON, person, 5000):
            assert any("\u4e00" <= sign <= "\u9fff" for sign in finding.zh), (stage, finding.code)
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in finding.en.replace("委托生产", "")) or any(
                free in finding.code for free in ("hold", "returns", "releaser", "decided", "person")
            ), (stage, finding.en)
            assert "," not in finding.zh.replace(", ", "")
            assert finding.facts, finding.code


def test_without_a_person_the_gates_about_people_are_not_judged() -> None:
    codes = {verdict.gate.code for verdict in judge(Case(PRODUCTION, lot(), ON))}
    assert not codes & {"releaser_post", "releaser_authorised", "releaser_trained", "releaser_full_time", "quantity"}
    assert {CONTRACTOR} == {lot().contractor_id}
