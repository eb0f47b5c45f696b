"""The verbs around the making of a lot: what they write, what they leave on the trail, what they refuse."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, connection, transaction

from agreements import actions as agreement_actions
from agreements.models import PostingEnd
from cmo.clock import day_of
from cmo.errors import Finding
from cmo.evidence import registry
from cmo.trail import append_only
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from releases import actions
from releases.facts import MARKET, PRODUCTION, effective_steps, load_deviations, load_lot_facts
from releases.invariants.decisions import quantity_exceeded
from releases.models import (
    Deviation,
    DeviationAnswer,
    DeviationClosure,
    Lot,
    LotHold,
    LotStep,
    PlannedProduction,
    PlannedProductionEnd,
)
from releases.rules import findings_for
from tests import make
from tests.releases import build, making
from tests.releases.test_actions import codes, verbs

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = day_of(build.AT)


@pytest.fixture
def w() -> build.World:
    return build.world()


@pytest.fixture
def row(w: build.World) -> Lot:
    """A lot that nothing stands against and that nobody has decided on."""
    return build.filed(w, build.lot(w))


def last(verb: str) -> dict[str, Any]:
    """The data of the latest entry of a verb."""
    return json.loads(Entry.objects.filter(verb=verb).order_by("-id").first().payload)["data"]


# ── planned production ───────────────────────────────────────────────────────────────────────────────────────────────


def test_production_is_planned_by_the_contractor_and_stands_on_the_trail(w: build.World) -> None:
    planned = making.plan(w)
    assert (planned.note, planned.site_id, planned.contractor_id) == ("两批", w.site.pk, w.contractor.pk)
    assert verbs(planned) == ["production.planned"]
    assert last("production.planned")["findings"] == []
    assert verify().ok
    with pytest.raises(PermissionDenied):
        making.plan(w, by=w.registrant.actor("quality_manager"))


def test_a_plan_in_the_past_or_of_a_suspended_entrustment_is_refused_and_an_overlap_recorded(w: build.World) -> None:
    assert codes(lambda: making.plan(w, -1)) == {"plan_in_past"}
    making.plan(w)
    making.plan(w, 6)
    assert last("production.planned")["findings"] == ["plan_overlaps"]
    quality = w.registrant.actor("quality_manager")
    agreement_actions.suspend_entrustment(
        entrustment=w.entrustment, event_on=TODAY, reason="整改", by=quality, at=build.AT
    )
    assert codes(lambda: making.plan(w, 20)) == {"plan_not_entrusted"}
    assert PlannedProduction.objects.count() == 2


def test_a_plan_beyond_the_agreement_is_recorded_with_that_warning(w: build.World) -> None:
    making.plan(w, (date(2027, 12, 31) - TODAY).days, 1)
    assert last("production.planned")["findings"] == []
    making.plan(w, (date(2027, 12, 31) - TODAY).days + 1, 1)
    assert last("production.planned")["findings"] == ["plan_not_covered"]


def test_a_plan_is_taken_back_once_with_a_reason(w: build.World) -> None:
    planned = making.plan(w)
    end = {"planned": planned, "by": w.contractor.actor("production_planner"), "at": build.AT}
    assert codes(lambda: actions.end_planned_production(reason=" ", **end)) == {"reason_missing"}
    actions.end_planned_production(reason="改期", **end)
    assert codes(lambda: actions.end_planned_production(reason="再次", **end)) == {"plan_ended_already"}
    assert verbs(planned) == ["production.planned", "production.plan_ended"]
    assert PlannedProductionEnd.objects.get().reason == "改期"
    other = making.plan(w, 0, 1)
    later = {**end, "planned": other, "at": build.AT + 2 * DAY}
    assert codes(lambda: actions.end_planned_production(reason="改期", **later)) == {"plan_over"}
    with pytest.raises(PermissionDenied):
        actions.end_planned_production(reason="改期", **{**end, "by": w.registrant.actor("quality_manager")})


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_step_is_recorded_and_the_same_one_only_once(w: build.World, row: Lot) -> None:
    step = making.step(w, row, name=" 焊接 ", performed_by=" 示例灭菌 ")
    assert (step.name, step.performed_by) == ("焊接", "示例灭菌")
    assert verbs(row)[-1] == "lot.step_recorded"
    assert last("lot.step_recorded")["step"] == step.pk
    assert codes(lambda: making.step(w, row, performed_by="示例灭菌")) == {"step_listed_already"}
    assert codes(lambda: making.step(w, row, starts_at=making.moment(build.MADE_FROM - DAY))) == {"step_outside_window"}
    with pytest.raises(ValidationError):
        making.step(w, row, kind="invented")
    by = w.registrant.actor("quality_manager")
    with pytest.raises(PermissionDenied):
        actions.record_step(lot=row, content=making.step_content(), by=by, at=build.AT)
    assert LotStep.objects.count() == 1


def test_a_corrected_step_stays_readable_and_only_the_correction_counts(w: build.World, row: Lot) -> None:
    step = making.step(w, row)
    correct = {"by": w.contractor.actor("quality_manager"), "at": build.AT}
    right = making.step_content(ends_at=making.moment(build.MADE_FROM, 12))
    assert codes(lambda: actions.correct_step(step=step, content=right, reason=" ", **correct)) == {
        "correction_reason_missing"
    }
    same = making.step_content()
    assert codes(lambda: actions.correct_step(step=step, content=same, reason="核对", **correct)) == {
        "correction_changes_nothing"
    }
    fixed = actions.correct_step(step=step, content=right, reason="结束时间抄录有误", **correct)
    assert [fact.step_id for fact in effective_steps([row.pk])[row.pk]] == [fixed.pk]
    assert LotStep.objects.get(pk=step.pk).ends_at == same["ends_at"]
    assert last("lot.step_corrected")["before"]["ends_at"] == same["ends_at"].isoformat()
    assert codes(lambda: actions.correct_step(step=step, content=right, reason="再次", **correct)) >= {
        "step_corrected_already"
    }
    gone = actions.correct_step(step=fixed, content=None, reason="登记到了别的批", **correct)
    assert effective_steps([row.pk])[row.pk] == ()
    assert codes(lambda: actions.correct_step(step=gone, content=same, reason="恢复", **correct)) == {"step_struck_out"}
    assert making.step(w, row).pk, "a step that was struck out may be recorded anew"
    assert verbs(row)[-4:] == ["lot.step_recorded", "lot.step_corrected", "lot.step_corrected", "lot.step_recorded"]


def test_steps_change_only_while_no_production_decision_stands(w: build.World, row: Lot) -> None:
    step = making.step(w, row)
    made = build.released(w, row)
    correct = {"step": step, "content": None, "reason": "划除", "at": build.AT}
    by = w.contractor.actor("quality_manager")
    assert codes(lambda: making.step(w, row, name="清洗")) == {"production_decision_stands"}
    assert codes(lambda: actions.correct_step(by=by, **correct)) == {"production_decision_stands"}
    releaser = w.contractor.actor("production_releaser")
    actions.withdraw_production(release=made, reason="补登工序", by=releaser, at=build.AT)
    assert making.step(w, row, name="清洗").pk
    assert actions.correct_step(by=by, **correct).void


# ── observations ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_posted_supervisor_observes_at_a_step(w: build.World, row: Lot) -> None:
    posting, step = making.posting(w), making.step(w, row)
    seen = making.observation(w, row, step=step, text=" 焊接参数与工艺卡一致。 ")
    assert (seen.posting_id, seen.text, seen.step_id) == (posting.pk, "焊接参数与工艺卡一致。", step.pk)
    assert verbs(row)[-1] == "lot.observed"
    assert last("lot.observed")["outcome"] == "in_order"
    assert codes(lambda: making.observation(w, row, step=step)) == {"observed_already"}
    assert codes(lambda: making.observation(w, row, event_at=build.AT + timedelta(minutes=1))) == {"event_in_future"}
    with pytest.raises(PermissionDenied):
        making.observation(w, row, by=w.registrant.actor("quality_manager"))


def test_nobody_observes_without_a_posting_in_force_at_the_site_on_the_day_of_the_event(
    w: build.World, row: Lot
) -> None:
    assert codes(lambda: making.observation(w, row)) == {"not_posted"}
    elsewhere = make.site(w.contractor)
    making.posting(w, site=elsewhere)
    assert codes(lambda: making.observation(w, row)) == {"not_posted"}
    posting = making.posting(w, starts_on=build.MADE_FROM, ends_on=build.MADE_TO)
    assert making.observation(w, row).posting_id == posting.pk
    assert making.observation(w, row, event_at=making.moment(build.MADE_TO, 23)).pk
    late = making.moment(build.MADE_TO + DAY, 0)
    assert codes(lambda: making.observation(w, row, event_at=late)) == {"not_posted"}
    PostingEnd.objects.create(
        posting=posting, last_day=build.MADE_FROM + DAY, reason="调离", recorded_by_name="x", recorded_at=build.AT
    )
    assert making.observation(w, row, event_at=making.moment(build.MADE_FROM + DAY, 8)).pk
    after = making.moment(build.MADE_FROM + 2 * DAY, 8)
    assert codes(lambda: making.observation(w, row, event_at=after)) == {"not_posted"}


def test_a_step_that_was_corrected_is_not_observed_any_more(w: build.World, row: Lot) -> None:
    making.posting(w)
    step = making.step(w, row)
    by = w.contractor.actor("quality_manager")
    actions.correct_step(step=step, content=None, reason="划除", by=by, at=build.AT)
    assert codes(lambda: making.observation(w, row, step=step)) == {"step_corrected_already"}


# ── deviations ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_deviation_is_recorded_by_either_side_and_the_same_number_once(w: build.World, row: Lot) -> None:
    deviation = making.deviation(w, row, reference=" PC-77 ")
    assert (deviation.reference, deviation.quantity) == ("PC-77", 10)
    assert verbs(row)[-1] == "lot.deviation_recorded"
    assert codes(lambda: making.deviation(w, row, reference="PC-77")) == {"reference_listed"}
    by = w.registrant.actor("quality_manager")
    assert actions.record_deviation(lot=row, content=making.deviation_content(), by=by, at=build.AT).pk
    with pytest.raises(PermissionDenied):
        actions.record_deviation(
            lot=row, content=making.deviation_content(), by=w.registrant.actor("market_releaser"), at=build.AT
        )
    with pytest.raises(ValidationError):
        making.deviation(w, row, severity="invented")
    assert not LotHold.objects.exists()


def test_a_closure_is_proposed_returned_proposed_anew_and_accepted_by_others(w: build.World, row: Lot) -> None:
    deviation = making.deviation(w, row)
    first = making.closure(w, deviation)
    assert codes(lambda: making.closure(w, deviation)) == {"closure_waits"}
    answer = {"closure": first, "by": w.registrant.actor("quality_manager"), "at": build.AT}
    assert codes(lambda: actions.answer_closure(accepted=False, **answer)) == {"return_reason_missing"}
    actions.answer_closure(accepted=False, reason="原因分析不充分", **answer)
    assert codes(lambda: actions.answer_closure(accepted=True, **answer)) == {"closure_answered_already"}
    assert load_deviations([row.pk])[row.pk][0].state == "closure_returned"
    second = making.closure(w, deviation, disposition="scrapped", quantity_out=4)
    making.accepted(w, second)
    (fact,) = load_deviations([row.pk])[row.pk]
    assert (fact.closed, fact.taken_out) == (True, 4)
    assert codes(lambda: making.closure(w, deviation)) == {"deviation_closed"}
    assert verbs(row)[-5:] == [
        "lot.deviation_recorded",
        "lot.deviation_closure_proposed",
        "lot.deviation_returned",
        "lot.deviation_closure_proposed",
        "lot.deviation_closed",
    ]
    assert verify().ok


def test_production_releases_no_unit_that_the_contractor_itself_proposes_to_take_out(w: build.World, row: Lot) -> None:
    making.closure(w, making.deviation(w, row, quantity=40), disposition="sorted", quantity_out=40)
    assert codes(lambda: build.released(w, row)) == {"quantity"}
    made = build.released(w, row, quantity=960, at=build.AT + timedelta(hours=1))
    assert made.quantity == 960
    assert list(quantity_exceeded(TODAY)) == []
    with append_only.suspended(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE releases_productionrelease SET quantity = 961 WHERE id = %s", [made.pk])
    (broken,) = quantity_exceeded(TODAY)
    assert "放行数量961大于当时可放行的960" in broken.zh


def test_what_is_taken_out_after_a_release_does_not_make_that_release_wrong(w: build.World, row: Lot) -> None:
    build.released(w, row)
    later = build.AT + timedelta(hours=1)
    making.closure(w, making.deviation(w, row, at=later), at=later, disposition="scrapped", quantity_out=4)
    assert list(quantity_exceeded(TODAY)) == []


def test_the_sides_of_a_closure_are_fixed(w: build.World, row: Lot) -> None:
    deviation = making.deviation(w, row)
    ours, theirs = w.contractor.actor("quality_manager"), w.registrant.actor("quality_manager")
    with pytest.raises(PermissionDenied):
        actions.propose_closure(deviation=deviation, content=making.closure_content(), by=theirs, at=build.AT)
    closure = making.closure(w, deviation)
    with pytest.raises(PermissionDenied):
        actions.answer_closure(closure=closure, accepted=True, by=ours, at=build.AT)
    assert not DeviationAnswer.objects.exists()


def test_all_closures_together_take_out_no_more_than_the_lot_has(w: build.World, row: Lot) -> None:
    rows = [making.deviation(w, row, quantity=600) for _ in range(2)]
    first, second = (making.closure(w, one, disposition="scrapped", quantity_out=600) for one in rows)
    making.accepted(w, first)
    assert codes(lambda: making.accepted(w, second)) == {"more_out_than_made"}
    by = w.registrant.actor("quality_manager")
    actions.answer_closure(closure=second, accepted=False, reason="数量有误", by=by, at=build.AT)
    more = making.closure_content(disposition="scrapped", quantity_out=401)
    quality = {"by": w.contractor.actor("quality_manager"), "at": build.AT}
    assert codes(lambda: actions.propose_closure(deviation=rows[1], content=more, **quality)) == {"more_out_than_made"}
    making.accepted(w, making.closure(w, rows[1], disposition="scrapped", quantity_out=400))
    assert sum(fact.taken_out for fact in load_deviations([row.pk])[row.pk]) == 1000


@pytest.mark.parametrize(
    ("released", "marketed", "severity", "side"),
    [
        (False, False, "minor", ""),
        (False, False, "critical", "contractor"),
        (True, False, "minor", "contractor"),
        (True, True, "minor", "registrant"),
        (True, True, "critical", "registrant"),
    ],
)
def test_a_late_or_critical_deviation_puts_the_lot_on_hold_in_the_same_breath(
    w: build.World, row: Lot, released: bool, marketed: bool, severity: str, side: str
) -> None:
    if released:
        build.released(w, row)
    if marketed:
        build.marketed(w, row)
    deviation = making.deviation(w, row, severity=severity)
    holds = list(LotHold.objects.all())
    assert [hold.side for hold in holds] == ([side] if side else [])
    if holds:
        assert (holds[0].kind, holds[0].deviation) == ("deviation", deviation)
        assert deviation.reference in holds[0].reason
        assert verbs(row)[-2:] == ["lot.deviation_recorded", "lot.hold_placed"]
        assert load_lot_facts([row])[row.pk].on_hold


def test_the_hold_of_a_deviation_is_lifted_by_its_side_once_the_deviation_is_closed(w: build.World, row: Lot) -> None:
    build.released(w, row)
    deviation = making.deviation(w, row)
    lift = {"hold": LotHold.objects.get(), "reason": "已关闭", "at": build.AT}
    ours, theirs = w.contractor.actor("quality_manager"), w.registrant.actor("quality_manager")
    assert codes(lambda: actions.lift_lot_hold(by=ours, **lift)) == {"deviation_not_closed"}
    closure = making.closure(w, deviation)
    assert codes(lambda: actions.lift_lot_hold(by=ours, **lift)) == {"deviation_not_closed"}
    assert codes(lambda: build.marketed(w, row)) >= {"lot_on_hold"}
    making.accepted(w, closure)
    assert codes(lambda: actions.lift_lot_hold(by=theirs, **lift)) == {"hold_of_other_side"}
    assert actions.lift_lot_hold(by=ours, **lift).pk


def test_another_hold_is_lifted_whatever_deviations_are_open(w: build.World, row: Lot) -> None:
    making.deviation(w, row)
    quality = w.contractor.actor("quality_manager")
    hold = actions.place_lot_hold(lot=row, reason="包装破损", by=quality, at=build.AT)
    assert actions.lift_lot_hold(hold=hold, reason="已更换", by=quality, at=build.AT).pk


@pytest.mark.parametrize(("kind", "named"), [("deviation", "nothing"), ("hold", "own"), ("deviation", "other")])
def test_the_database_refuses_a_deviation_hold_without_its_own_deviation(
    w: build.World, row: Lot, kind: str, named: str
) -> None:
    other = build.lot(w)
    deviations = {"nothing": None, "own": making.deviation(w, row), "other": making.deviation(w, other)}
    hold = LotHold(lot=row, kind=kind, side="contractor", reason="x", deviation=deviations[named])
    hold.recorded_by_name, hold.recorded_at = "x", build.AT
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        hold.save(force_insert=True)


def test_everybody_in_the_pair_reads_the_evidence_of_deviations_and_closures_and_viewers_add_none(
    w: build.World, row: Lot
) -> None:
    deviation = making.deviation(w, row)
    closure = making.closure(w, deviation)
    for key in (f"releases.deviation:{deviation.pk}", f"releases.deviationclosure:{closure.pk}"):
        assert registry.may_read(w.user("viewer", "registrant"), key, TODAY)
        assert not registry.may_read(make.organisation().user(), key, TODAY)
        assert registry.writer_of(w.user("quality_manager", "contractor"), key, TODAY)
        with pytest.raises(PermissionDenied):
            registry.writer_of(w.user("viewer", "contractor"), key, TODAY)


def test_nothing_of_it_is_altered_or_deleted(w: build.World, row: Lot) -> None:
    making.closed(w, row)
    for model in (Deviation, DeviationClosure, DeviationAnswer):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            model.objects.all()._raw_delete(model.objects.db)


# ── doubtful observations ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stage", [PRODUCTION, MARKET])
def test_what_the_supervisor_found_doubtful_is_before_whoever_decides_and_frozen_with_the_decision(
    w: build.World, stage: str
) -> None:
    row = build.filed(w, build.material(w, build.lot(w)))
    making.posting(w)
    for outcome in ("in_order", "remark"):
        making.observation(w, row, outcome=outcome)
    assert doubts(row, stage) == []
    making.observation(w, row, outcome="doubtful", text="焊缝色泽异常")
    (found,) = doubts(row, stage)
    assert (found.severity, found.citation) == ("warns", "N38-08")
    assert "焊缝色泽异常" in found.zh
    decision = build.released(w, row)
    assert json.loads(decision.facts)["lot"]["doubtful"][0]["text"] == "焊缝色泽异常"


def doubts(row: Lot, stage: str) -> list[Finding]:
    found = findings_for(stage, load_lot_facts([row])[row.pk], TODAY)
    return [finding for finding in found if finding.code == "doubtful_observation"]
