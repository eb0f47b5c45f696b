"""Planned production, and the process steps of a lot with their corrections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from agreements.facts import load_entrustment_facts
from agreements.models import Entrustment
from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts import LotFacts, PlanAsked, StepAsked, StepFact, load_lot_facts, load_steps, standing_plans, step_fact
from ..models import Lot, LotStep, PlannedProduction, PlannedProductionEnd
from ..rules.acts import blockers_without_reason
from ..rules.making import (
    blockers_to_correct_step,
    blockers_to_end_plan,
    blockers_to_record_step,
    findings_for_plan,
)
from ..sentences import finding
from .writing import insert, lock_entrustment, lock_lot, stripped, who_and_when

#: What a step says, as typed.
CONTENT = ("name", "kind", "starts_at", "ends_at", "performed_by")


@transaction.atomic
def plan_production(
    *, entrustment: Entrustment, starts_on: date, ends_on: date, note: str = "", by: Actor, at: datetime
) -> PlannedProduction:
    """The contractor plans production of an entrusted device, so that supervision can be arranged ahead.

    :raises Refused: in the past, or where the entrustment is not active on those days. :raises PermissionDenied:
    """
    still_allowed(by, Can.PLAN_PRODUCTION, entrustment.pair, day_of(at))
    locked = lock_entrustment(entrustment)
    facts = load_entrustment_facts([locked])[locked.pk]
    others = standing_plans([locked.pk], day_of(at)).get(locked.pk, ())
    found = refuse_if_any(findings_for_plan(PlanAsked(facts, starts_on, ends_on, day_of(at), others)))
    row = PlannedProduction(
        **tenant(locked.pair),
        entrustment=locked,
        site_id=locked.site_id,
        starts_on=starts_on,
        ends_on=ends_on,
        note=note.strip(),
        **who_and_when(by, at),
    )
    row.full_clean(validate_unique=False, validate_constraints=False)
    row.save(force_insert=True)
    days = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    data = {"plan": row.pk, "entrustment": locked.pk, **days, "findings": [one.code for one in found]}
    record("production.planned", by=by, at=at, subject=row, stream=locked.pair.stream, reason=row.note, data=data)
    return row


@transaction.atomic
def end_planned_production(*, planned: PlannedProduction, reason: str, by: Actor, at: datetime) -> PlannedProductionEnd:
    """Take a plan back: cancelled, or replaced by another plan or by the lot itself.

    :raises Refused: taken back already, over, no reason. :raises PermissionDenied:
    """
    still_allowed(by, Can.PLAN_PRODUCTION, planned.pair, day_of(at))
    locked = lock_entrustment(planned.entrustment)
    ended = PlannedProductionEnd.objects.filter(planned=planned).exists()
    found = blockers_to_end_plan(planned.ends_on, day_of(at), ended=ended)
    refuse_if_any([*blockers_without_reason(reason), *found])
    row = PlannedProductionEnd(planned=planned, reason=reason.strip(), **who_and_when(by, at))
    insert(row, finding("plan_ended_already"))
    data = {"plan": planned.pk, "entrustment": locked.pk}
    verb = "production.plan_ended"
    record(verb, by=by, at=at, subject=planned, stream=locked.pair.stream, reason=row.reason, data=data)
    return row


@dataclass(slots=True)
class StepGround:
    """What steps of one lot are recorded on; ``by`` may record them. Grows with every step."""

    by: Actor
    lot: Lot
    facts: LotFacts


def grounds_for_steps(*, pair: Pair, lots: Iterable[Lot], by: Actor, at: datetime) -> dict[int, StepGround]:
    """Permit, lock and load once for any number of steps of these lots of a pair, recorded in the transaction at hand.

    :raises PermissionDenied:
    """
    still_allowed(by, Can.RECORD_STEP, pair, day_of(at))
    locked = [lock_lot(lot) for lot in sorted(lots, key=lambda lot: lot.pk) if lot.pair_id == pair.pk]
    facts = load_lot_facts(locked)
    return {lot.pk: StepGround(by, lot, facts[lot.pk]) for lot in locked}


@transaction.atomic
def record_step(
    *, lot: Lot, content: dict[str, Any], by: Actor, at: datetime, ground: StepGround | None = None
) -> LotStep:
    """Record one finished process step of a lot.

    ``content``: name, kind, starts_at, ends_at, performed_by (the outside party that did it; empty for the contractor).
    ``ground``: of the same lot and transaction, where many steps are recorded.

    :raises Refused: outside the production window, in the future, or while a production decision stands on the steps:
        withdraw that first. :raises PermissionDenied:
    """
    if ground is None or ground.by != by or ground.lot.pk != lot.pk:
        ground = grounds_for_steps(pair=lot.pair, lots=[lot], by=by, at=at)[lot.pk]
    row = LotStep(lot=ground.lot, **stripped(content), **who_and_when(by, at))
    refuse_if_any(blockers_to_record_step(StepAsked(step_fact(row), ground.facts, at, ground.facts.steps)))
    _insert(row)
    data = _data(row)
    record("lot.step_recorded", by=by, at=at, subject=ground.lot, stream=lot.pair.stream, data=data)
    ground.facts = replace(ground.facts, steps=(*ground.facts.steps, step_fact(row)))
    return row


@transaction.atomic
def correct_step(*, step: LotStep, content: dict[str, Any] | None, reason: str, by: Actor, at: datetime) -> LotStep:
    """Replace a step by what ``content`` says, or strike it out (None); the corrected entry stays readable.

    :raises Refused: without a reason, corrected before, as :func:`record_step`. :raises PermissionDenied:
    """
    lot = step.lot
    still_allowed(by, Can.RECORD_STEP, lot.pair, day_of(at))
    locked = lock_lot(lot)
    said = {name: getattr(step, name) for name in CONTENT} if content is None else stripped(content)
    row = LotStep(lot=locked, **said, corrects=step, void=content is None, reason=reason.strip())
    row.recorded_by_id, row.recorded_by_name, row.recorded_at = by.user_id, by.name, at
    asked = _asked(locked, row, at, without=step.pk)
    refuse_if_any(blockers_to_correct_step(asked, _as_stands(step), row.reason))
    _insert(row)
    data = _data(row) | {"corrects": step.pk, "void": row.void, "before": _data(step)}
    verb = "lot.step_corrected"
    record(verb, by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.reason, data=data)
    return row


def _asked(lot: Lot, row: LotStep, at: datetime, *, without: int = 0) -> StepAsked:
    """The step as typed, among the other steps that count."""
    facts = load_lot_facts([lot])[lot.pk]
    others = tuple(step for step in facts.steps if step.step_id != without)
    return StepAsked(step_fact(row), facts, at, others)


def _as_stands(step: LotStep) -> StepFact:
    return next(fact for fact in load_steps([step.lot_id])[step.lot_id] if fact.step_id == step.pk)


def _insert(row: LotStep) -> None:
    """:raises Refused: when somebody corrected the same step a moment before."""
    row.full_clean(validate_unique=False, validate_constraints=False)
    insert(row, finding("step_corrected_already"))


def _data(row: LotStep) -> dict[str, Any]:
    return {
        "step": row.pk,
        "name": row.name,
        "kind": str(row.kind),
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "performed_by": row.performed_by,
    }
