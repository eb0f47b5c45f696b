"""Presence as a release asks for it: steps of other parties, stays without check-out, and from which day on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from cmo.errors import Finding
from releases.facts import PRODUCTION, LotFacts, MaterialFact
from releases.rules import Case, judge
from releases.rules.gate import N38
from releases.rules.supervised import judged_from, supervised
from releases.rules.supervising import coverage
from tests.releases.known import (
    MADE_FROM,
    MADE_TO,
    ON,
    at,
    lot,
    made,
    policy,
    stay,
    step,
    supervision,
    supplier,
    waiver,
    window,
)

DAY = timedelta(days=1)
PARTY = "某公司"
NIGHT: dict[str, Any] = {"step_id": 9, "starts_at": at(MADE_FROM, 20), "ends_at": at(MADE_FROM, 23)}


def findings(facts: LotFacts, on: date = ON, stage: str = PRODUCTION, code: str = "coverage") -> list[Finding]:
    return next(verdict.findings for verdict in judge(Case(stage, facts, on)) if verdict.gate.code == code)


def said(facts: LotFacts, on: date = ON, stage: str = PRODUCTION, code: str = "coverage") -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in findings(facts, on, stage, code)]


def at_night(party: str, kind: str = "key", *approvals: Any) -> LotFacts:
    """A step from eight to eleven at night, with nobody present; approvals of the party beside the usual ones."""
    known = supervision(suppliers=(*supervision().suppliers, *approvals))
    return lot(steps=(*lot().steps, step(kind=kind, performed_by=party, **NIGHT)), supervision=known)


def approval(**changes: Any) -> Any:
    return supplier(**{"approval_id": 9, "supplier": PARTY, "scope": "other_process", "covers": "喷涂", **changes})


# ── steps of other parties (invariant 7)


@pytest.mark.parametrize("kind", ["key", "special"])
@pytest.mark.parametrize("party", ["", " ", PARTY])
def test_a_name_alone_takes_no_key_or_special_step_out_of_coverage(kind: str, party: str) -> None:
    assert said(at_night(party, kind)) == [("coverage", "blocks")]


def test_a_step_of_an_approved_party_needs_no_presence_and_no_other_approval_will_do() -> None:
    assert said(at_night(PARTY, "key", approval())) == []
    assert said(at_night(f"  {PARTY} ", "key", approval())) == []
    for other in ({"scope": "sterilisation"}, {"scope": "key_material"}, {"supplier": "另一公司"}):
        assert said(at_night(PARTY, "key", approval(**other))) == [("coverage", "blocks")]


def test_an_approval_counts_on_the_days_of_the_step() -> None:
    assert said(at_night(PARTY, "key", approval(first_day=MADE_FROM, last_day=MADE_FROM))) == []
    assert said(at_night(PARTY, "key", approval(first_day=MADE_FROM + DAY))) == [("coverage", "blocks")]
    assert said(at_night(PARTY, "key", approval(last_day=MADE_FROM - DAY))) == [("coverage", "blocks")]
    long = step(step_id=9, starts_at=at(MADE_FROM, 20), ends_at=at(MADE_FROM + DAY, 3), performed_by=PARTY)
    assert supervised([long], [approval(last_day=MADE_FROM)], MADE_FROM) != []
    assert supervised([long], [approval(last_day=MADE_FROM + DAY)], MADE_FROM) == []


def test_an_unapproved_sterilisation_stays_in_coverage_and_asks_for_its_own_scope() -> None:
    assert said(at_night(PARTY, "sterilisation", approval())) == [("coverage", "blocks")]
    assert said(at_night(PARTY, "sterilisation", approval(scope="sterilisation"))) == []


def test_every_unapproved_party_is_named_by_its_own_condition() -> None:
    (finding,) = findings(at_night(PARTY, "ordinary"), code="processes_approved")
    assert (finding.severity, finding.citation) == ("blocks", "N38-17")
    assert all(word in finding.zh for word in (PARTY, str(MADE_FROM)))
    assert PARTY in finding.en
    assert said(at_night(PARTY, "ordinary", approval()), code="processes_approved") == []
    assert said(at_night("", "key"), code="processes_approved") == []


def test_what_the_registrant_approved_a_party_for_stands_beside_what_it_delivered_or_did() -> None:
    bags = replace(supplier(), covers="包装袋")
    tube = lot(materials=(MaterialFact("镍钛管", "M-2", "示例材料公司"),), supervision=supervision(suppliers=(bags,)))
    verdict = next(v for v in judge(Case(PRODUCTION, tube, ON)) if v.gate.code == "suppliers_approved")
    assert verdict.facts["delivered"] == ["示例材料公司: 镍钛管"]
    assert verdict.facts["approved_for"] == ["示例材料公司: 包装袋"]
    outside = next(
        v
        for v in judge(Case(PRODUCTION, at_night(PARTY, "key", approval()), ON))
        if v.gate.code == "processes_approved"
    )
    assert outside.facts == {"done_outside": [PARTY], "approved_for": [f"{PARTY}: 喷涂"]}


def test_a_missing_sterilisation_record_can_be_waived_but_an_unapproved_party_cannot() -> None:
    bare = made(steps=(step(),))
    (finding,) = findings(bare, stage="market", code="sterilisation_approved")
    assert (finding.code, finding.severity, finding.basis) == ("sterilisation_not_recorded", "blocks", "policy")
    waived = replace(bare, exceptions=(waiver("sterilisation_approved", dict(finding.facts)),))
    assert said(waived, stage="market", code="sterilisation_approved") == [("sterilisation_not_recorded", "warns")]
    foreign = made(steps=(step(kind="sterilisation", performed_by=PARTY),))
    (finding,) = findings(foreign, stage="market", code="sterilisation_approved")
    excused = replace(foreign, exceptions=(waiver("sterilisation_approved", dict(finding.facts)),))
    assert said(excused, stage="market", code="sterilisation_approved") == [("sterilisation_approved", "blocks")]


# ── stays without check-out


def unfinished(day: date) -> LotFacts:
    """On one production day the supervisor checked in at seven and nobody has checked out since."""
    stays = tuple(replace(stay(d), ends_at=None) if d == day else stay(d) for d in window())
    return lot(supervision=supervision(presence=stays, policies=(policy(minimum_minutes=480),)))


@pytest.mark.parametrize(("day", "on"), [(MADE_TO, MADE_TO), (MADE_TO, ON), (MADE_FROM, ON)])
def test_a_stay_without_check_out_shows_no_presence_and_the_check_out_is_asked_for(day: date, on: date) -> None:
    gap, ask = findings(unfinished(day), on)
    assert (gap.code, gap.severity) == ("coverage", "blocks")
    assert f"day 0/480 {at(day).isoformat()}/{at(day + DAY).isoformat()}" in gap.facts["gaps"]
    assert (ask.code, ask.severity, ask.who) == ("check_out_missing", "warns", "registrant:resident_supervisor")
    assert f"周以宁（{day} 07:00到场）" in ask.zh
    assert f"周以宁 (in at {day} 07:00)" in ask.en


def test_a_forgotten_check_out_covers_no_step() -> None:
    (step_gap,) = [one for one in findings(unfinished(MADE_FROM))[0].facts["gaps"] if one.startswith("step")]
    assert step_gap == f"step 焊接 {at(MADE_FROM, 8).isoformat()}/{at(MADE_FROM, 12).isoformat()}"


def test_nobody_is_asked_to_check_out_where_others_were_present() -> None:
    still_in = replace(stay(MADE_TO), ends_at=None)
    facts = supervision(presence=(*(stay(day) for day in window()), still_in))
    assert said(lot(supervision=facts)) == []


def test_on_the_day_of_the_act_only_what_is_over_counts() -> None:
    last = replace(stay(MADE_TO), ends_at=at(MADE_TO, 8))
    stays = (*(stay(day) for day in window()[:-1]), last)
    short, long = policy(minimum_minutes=60), policy(minimum_minutes=61)
    assert said(lot(supervision=supervision(presence=stays, policies=(short,))), MADE_TO) == []
    assert said(lot(supervision=supervision(presence=stays, policies=(long,))), MADE_TO) == [("coverage", "blocks")]


# ── from which day on


@pytest.mark.parametrize(
    ("produced_from", "taken_over", "go_live", "first"),
    [
        (date(2026, 11, 2), False, date(2026, 1, 15), date(2026, 11, 2)),
        (date(2026, 11, 2), False, date(2026, 11, 4), date(2026, 11, 2)),
        (date(2026, 11, 2), True, date(2026, 11, 4), date(2026, 11, 4)),
        (date(2026, 11, 2), True, date(2026, 11, 1), date(2026, 11, 2)),
        (date(2024, 5, 30), False, date(2024, 1, 1), date(2024, 6, 1)),
        (date(2024, 5, 30), True, date(2024, 6, 3), date(2024, 6, 3)),
    ],
)
def test_the_first_day_judged(produced_from: date, taken_over: bool, go_live: date, first: date) -> None:
    assert judged_from(produced_from, taken_over, go_live) == first


def test_presence_begins_to_be_asked_for_with_the_announcement() -> None:
    nobody = {"supervision": supervision(presence=(), policies=()), "steps": ()}
    astride = lot(produced_from=N38 - DAY, produced_to=N38, **nobody)
    assert coverage.applies(Case(PRODUCTION, astride, ON))
    assert not coverage.applies(Case(PRODUCTION, replace(astride, produced_to=N38 - DAY), ON))
    posting = replace(supervision().postings[0], starts_on=N38)
    known = replace(astride, supervision=replace(astride.supervision, postings=(posting,)))
    (finding,) = findings(known)
    assert [gap.split(" ")[0] for gap in finding.facts["gaps"]] == ["day"]
    assert str(N38) in finding.zh
