"""Expectations for the addresses of findings and their corrective action; read by the file of the audits app."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from audits.models import AuditFinding
from tests.audits import build as audits
from tests.audits import build_capa

from . import ANYBODY, DOES_IN_PAIR, SEES_PAIR, Page, World

#: A click that leads on to the finding.
_CLICK = {**DOES_IN_PAIR, "right": 302}
_CONTRACTOR = {"right": ("contractor", "quality_manager"), "wrong": ("registrant", "quality_manager")}
_REGISTRANT = {"right": ("registrant", "auditor"), "wrong": ("contractor", "quality_manager")}


def build(world: World) -> None:
    """One general finding on each step of its way."""
    w = audits.World(world.relation)
    row = audits.reported(w, dict.fromkeys((1, 2, 3, 4), "general"), kind="follow_up")
    found = dict(zip(build_capa.WAY, AuditFinding.objects.filter(audit=row).order_by("id"), strict=False))
    for state, finding in found.items():
        build_capa.brought_to(w, finding, state, upload=build_capa.nothing)
    world.things |= {f"finding {state}": finding for state, finding in found.items()}


def _finding(state: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"pk": world.things[f"finding {state}"].pk}


def _plan(state: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"pk": world.things[f"finding {state}"].plans.get().pk}


def _completion(world: World) -> dict[str, Any]:
    return {"pk": world.things["finding check_owed"].plans.get().completion.pk}


def _said(_world: World) -> dict[str, Any]:
    said = build_capa.capa_said(audits.TODAY + timedelta(days=1))
    return {name: getattr(said, name) for name in said.__slots__}


PAGES = {
    "audits:findings": Page(get=ANYBODY),
    "audits:pair_findings": Page(get=SEES_PAIR, kwargs=lambda world: {"pk": world.pair.pk}),
    "audits:finding": Page(get=SEES_PAIR, kwargs=_finding("check_owed")),
    "audits:plan_capa": Page(get=DOES_IN_PAIR, post=_CLICK, kwargs=_finding("answer_owed"), data=_said, **_CONTRACTOR),
    "audits:withdraw_finding": Page(
        get=DOES_IN_PAIR, post=_CLICK, kwargs=_finding("answer_owed"), data=lambda _world: {"reason": "误判"}
    ),
    "audits:answer_plan": Page(
        get=DOES_IN_PAIR,
        post=_CLICK,
        kwargs=_plan("plan_proposed"),
        data=lambda _world: {"verdict": "return", "reason": "不充分"},
        **_REGISTRANT,
    ),
    "audits:complete_capa": Page(
        get=DOES_IN_PAIR,
        post=_CLICK,
        kwargs=_plan("action_owed"),
        data=lambda _world: {"done_on": audits.TODAY, "what_was_done": "完成"},
        **_CONTRACTOR,
    ),
    "audits:check_effectiveness": Page(
        get=DOES_IN_PAIR,
        post=_CLICK,
        kwargs=_completion,
        data=lambda _world: {"verdict": "effective", "checked_on": audits.TODAY, "statement": "有效"},
        **_REGISTRANT,
    ),
}
