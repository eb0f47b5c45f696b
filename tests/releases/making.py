"""Builders for what happens while a lot is made: steps, postings, deviations and their closures, through the actions."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from agreements.models import Posting
from cmo.clock import SHANGHAI, day_of
from cmo.parties.tenancy import tenant
from releases import actions
from releases.models import (
    Deviation,
    DeviationAnswer,
    DeviationClosure,
    Lot,
    LotStep,
    Observation,
    PlannedProduction,
)
from tests.releases import build

AT = build.AT
DAY = timedelta(days=1)
_serial = count(1)


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """An instant of a Shanghai day."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def step_content(**changes: Any) -> dict[str, Any]:
    """A finished key step inside the production window of ``build.lot``."""
    return {
        "name": "焊接",
        "kind": "key",
        "starts_at": moment(build.MADE_FROM, 9),
        "ends_at": moment(build.MADE_FROM, 11),
        "performed_by": "",
        **changes,
    }


def step(w: build.World, lot: Lot, *, at: datetime = AT, **changes: Any) -> LotStep:
    """A step as the planner records it."""
    by = w.contractor.actor("production_planner")
    return actions.record_step(lot=lot, content=step_content(**changes), by=by, at=at)


def posting(w: build.World, **changes: Any) -> Posting:
    """The registrant's resident supervisor stationed at the site over the whole time of these tests."""
    person = w.user("resident_supervisor")
    content = {
        "site": w.site,
        "person": person,
        "person_name": person.printed_name,
        "starts_on": day_of(build.BEGAN),
        "ends_on": day_of(AT) + 300 * DAY,
        "experience": "骨科植入物生产质量管理八年",
        "trained_on": day_of(build.BEGAN),
        "training_reference": "PX-01",
        "appointed_on": day_of(build.BEGAN),
        "appointment_reference": "PZ-01",
        "revision": w.revision,
        "duties_zh": "监督关键工序和特殊过程。",
        "duties_en": "Supervises key steps and special processes.",
        "recorded_by_id": w.user("quality_manager").pk,
        "recorded_by_name": w.user("quality_manager").printed_name,
        "recorded_at": build.BEGAN,
    }
    return Posting.objects.create(**tenant(w.pair), **{**content, **changes})


def observation(w: build.World, lot: Lot, *, at: datetime = AT, **changes: Any) -> Observation:
    """What the posted supervisor saw on the first production day."""
    content = {
        "step": None,
        "event_at": moment(build.MADE_FROM, 10),
        "outcome": "in_order",
        "text": "焊接参数与工艺卡一致。",
        "by": w.actor("resident_supervisor"),
    }
    return actions.observe_lot(lot=lot, **{**content, **changes}, at=at)


def plan(w: build.World, first: int = 3, days: int = 5, *, at: datetime = AT, **changes: Any) -> PlannedProduction:
    """Production planned in some days from now."""
    begins = day_of(at) + first * DAY
    content = {
        "entrustment": w.entrustment,
        "starts_on": begins,
        "ends_on": begins + (days - 1) * DAY,
        "note": " 两批 ",
        "by": w.contractor.actor("production_planner"),
    }
    return actions.plan_production(**{**content, **changes}, at=at)


def deviation_content(**changes: Any) -> dict[str, Any]:
    """A minor deviation of ten units, discovered on the day it occurred."""
    return {
        "kind": "deviation",
        "severity": "minor",
        "reference": f"PC-{next(_serial):03d}",
        "occurred_on": build.MADE_FROM,
        "discovered_on": build.MADE_FROM,
        "description": "焊接温度短时超出范围。",
        "quantity": 10,
        **changes,
    }


def deviation(w: build.World, lot: Lot, *, at: datetime = AT, **changes: Any) -> Deviation:
    """A deviation as the contractor's quality records it."""
    by = w.contractor.actor("quality_manager")
    return actions.record_deviation(lot=lot, content=deviation_content(**changes), by=by, at=at)


def closure_content(**changes: Any) -> dict[str, Any]:
    """What quality writes to close a deviation without taking anything out."""
    return {
        "cause": "温控器漂移。",
        "action": "更换温控器并校准，复验全部受影响产品。",
        "effect": "产品性能不受影响；其他批不受影响。",
        "disposition": "use",
        "quantity_out": 0,
        **changes,
    }


def closure(w: build.World, row: Deviation, *, at: datetime = AT, **changes: Any) -> DeviationClosure:
    """A closure as the contractor's quality proposes it."""
    by = w.contractor.actor("quality_manager")
    return actions.propose_closure(deviation=row, content=closure_content(**changes), by=by, at=at)


def accepted(w: build.World, row: DeviationClosure, *, at: datetime = AT) -> DeviationAnswer:
    """The registrant's acceptance of a closure."""
    by = w.registrant.actor("quality_manager")
    return actions.answer_closure(closure=row, accepted=True, by=by, at=at)


def closed(w: build.World, lot: Lot, **changes: Any) -> Deviation:
    """A deviation closed by both sides."""
    row = deviation(w, lot, **changes)
    accepted(w, closure(w, row))
    return row
