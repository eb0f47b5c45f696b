"""Findings on every step of their way, made through the actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from audits import actions
from audits.facts.capa import CapaSaid, FindingFacts, load_findings
from audits.models import AuditFinding, CapaCompletion, CapaPlan, CapaPlanAnswer, EffectivenessCheck
from cmo.clock import day_of
from cmo.trail.actor import Actor
from tests.audits.build import AT, TODAY, C, World, at
from tests.evidence.uploads import pdf, upload

#: When an action is reported as done and when it is checked, unless a test says otherwise.
DONE, CHECKED = at(20), at(80)
#: The states in the order in which an effective action passes them.
WAY = ("answer_owed", "plan_proposed", "action_owed", "check_owed", "closed")


def facts_of(row: AuditFinding) -> FindingFacts:
    """Where a finding stands."""
    return load_findings([row])[row.pk]


def capa_said(day: date = TODAY, **changes: Any) -> CapaSaid:
    """A plan with its correction a week and its action a month after ``day``."""
    content: dict[str, Any] = {
        "root_cause": "岗位操作规程未规定清场后的复核。",
        "correction": "对该批次清场记录补充复核，隔离的产品评审后处置。",
        "correction_due_on": day + timedelta(days=7),
        "corrective_action": "修订清场规程，增加复核步骤，并培训全部操作人员。",
        "action_due_on": day + timedelta(days=30),
    }
    return CapaSaid(**(content | changes))


def file(name: str = "修订后的清场规程.pdf") -> Any:
    """A small real file as it is uploaded."""
    return upload(name, pdf())


def plan(
    built: World, row: AuditFinding, *, moment: datetime = AT, by: Actor | None = None, **changes: Any
) -> CapaPlan:
    """The contractor's quality answers the finding."""
    said = capa_said(day_of(moment), **changes)
    return actions.plan_capa(finding=row, said=said, by=by or built.by(C), at=moment)


def accept(
    built: World, row: CapaPlan, *, moment: datetime = AT, by: Actor | None = None, check_due_on: date | None = None
) -> CapaPlanAnswer:
    """The auditor accepts it; the check falls due two months after the action unless said otherwise."""
    day = check_due_on or row.action_due_on + timedelta(days=60)
    return actions.answer_plan(plan=row, accepted=True, check_due_on=day, by=by or built.auditor, at=moment)


def send_back(
    built: World, row: CapaPlan, *, moment: datetime = AT, reason: str = "根本原因分析不充分"
) -> CapaPlanAnswer:
    """The auditor returns it."""
    return actions.answer_plan(plan=row, accepted=False, reason=reason, by=built.auditor, at=moment)


def complete(
    built: World, row: CapaPlan, *, moment: datetime = DONE, done_on: date | None = None, **changes: Any
) -> CapaCompletion:
    """The contractor's quality reports it as done, with a file."""
    content = {"what_was_done": "规程已修订并生效，完成培训。", "upload": file(), "by": built.by(C)} | changes
    return actions.complete_capa(plan=row, done_on=done_on or day_of(moment), at=moment, **content)


def check(
    built: World, row: CapaCompletion, *, effective: bool = True, moment: datetime = CHECKED, **changes: Any
) -> EffectivenessCheck:
    """The auditor judges it."""
    content = {
        "checked_on": day_of(moment),
        "statement": "抽查三批清场记录，均有复核签名。",
        "by": built.auditor,
    } | changes
    return actions.check_effectiveness(completion=row, effective=effective, at=moment, **content)


def brought_to(
    built: World, row: AuditFinding, state: str, *, moment: datetime = AT, upload: Callable[[], Any] = file
) -> None:
    """Take a fresh finding to one of the states of :data:`WAY`, or to ``withdrawn``, all in one moment."""
    if state == "withdrawn":
        actions.withdraw_finding(finding=row, reason="经复核，该记录存在。", by=built.by(), at=moment)
        return
    steps = WAY.index(state)
    planned = plan(built, row, moment=moment) if steps >= 1 else None
    if planned is not None and steps >= 2:
        accept(built, planned, moment=moment)
    completed = complete(built, planned, moment=moment, upload=upload()) if planned is not None and steps >= 3 else None
    if completed is not None and steps >= 4:
        check(built, completed, moment=moment)


def nothing() -> None:
    """No file, which will do for a general finding."""
