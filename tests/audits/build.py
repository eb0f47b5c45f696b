"""Audits in any state, made through the actions: planned, begun, answered, reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from audits import actions
from audits.actions.planning import PlanSaid
from audits.facts.answers import load_items
from audits.facts.conduct import AnswerSaid
from audits.facts.template import template_of
from audits.models import Audit, AuditFinding, AuditReport
from audits.reporting import ReportSaid, load_report_facts, report_of
from audits.rules.scoring import lighter
from cmo.clock import day_of
from cmo.parties.models import Pair, Side, User
from cmo.trail.actor import Actor
from tests import make, replay

R, C = Side.REGISTRANT.value, Side.CONTRACTOR.value
AT, TODAY = make.AT, make.TODAY
#: The product's checklist of the yearly audit; the long one, which makes no yearly audit, is named where length matters.
SHORT, LONG = "contractor_annual_2026", "gsp_ivd_2017"
#: The shortest of the product, 24 items, where every one is answered by hand; it makes no yearly audit either.
SHORTEST = "stent_vbp_2020"


def at(days: int = 0, minutes: int = 0) -> datetime:
    """The tests' moment, some days and minutes later."""
    return AT + timedelta(days=days, minutes=minutes)


@dataclass
class World:
    """A pair whose registrant has two quality managers, a management representative, an auditor and a viewer."""

    relation: make.Relation

    @property
    def pair(self) -> Pair:
        return self.relation.pair

    def by(self, side: str = R, role: str = "quality_manager", nth: int = 0) -> Actor:
        """The actor of a post on a side of the pair."""
        firm = self.relation.registrant if side == R else self.relation.contractor
        return firm.actor(role, side, nth=nth)

    @property
    def auditor(self) -> Actor:
        """The registrant's auditor, who leads every audit made here."""
        return self.by(role="auditor")

    @property
    def second(self) -> Actor:
        """The second member of the team."""
        return self.by(nth=1)


@replay.kept
def world() -> World:
    """A pair with the posts that audits need."""
    posts = ("auditor", "management_representative", "viewer")
    registrant = make.organisation(sides=(R,), posts=posts)
    return World(make.pair(registrant, make.organisation(sides=(C,), posts=("management_representative", "viewer"))))


def person(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id or 0)


def plan_said(built: World, **changes: Any) -> PlanSaid:
    """A plan from today for three days, on site, led by the auditor."""
    content: dict[str, Any] = {
        "manner": "on_site",
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=2),
        "scope": "质量管理体系全范围",
        "lead": person(built.auditor),
        "team": (person(built.second),),
    }
    return PlanSaid(**(content | changes))


def planned(built: World, *, kind: str = "", template: Any = SHORT, moment: datetime = AT, **changes: Any) -> Audit:
    """An audit on its plan, the yearly one unless the checklist is not made for it; ``changes`` go to the action (``site``,
    ``announced``, ``cause``, ``entry``, ``plan``).
    """
    kind = kind or ("annual" if template == SHORT else "follow_up")
    plan = changes.pop("plan", None) or plan_said(built)
    by = built.by()
    return actions.plan_audit(pair=built.pair, kind=kind, plan=plan, template=template, by=by, at=moment, **changes)


def begun(built: World, *, moment: datetime = AT, **changes: Any) -> Audit:
    """An audit that the auditor has begun."""
    row = planned(built, moment=moment, **changes)
    actions.begin_audit(audit=row, by=built.auditor, at=moment)
    return row


def said(value: str = "ok", note: str = "", *, severity: str = "", stated_at: datetime = AT, **more: Any) -> AnswerSaid:
    """An answer as a device sends it, with a key of its own unless one is given."""
    key = more.pop("client_key", None) or uuid4()
    return AnswerSaid(key, value, severity, note, stated_at, **more)


def answer(
    built: World, row: Audit, serial: int, answer_said: AnswerSaid, *, by: Actor | None = None, moment: datetime = AT
) -> actions.Answered:
    """One answer, by the auditor unless somebody else is named."""
    return actions.answer_item(audit_id=row.pk, serial=serial, said=answer_said, by=by or built.auditor, at=moment)


def fill(built: World, row: Audit, defects: Mapping[int, str] | None = None, *, moment: datetime = AT) -> None:
    """Answer every item that has no answer; ``defects``: serial → severity (empty: as marked), with a reason if lighter."""
    wrong, marks = dict(defects or {}), {item.serial: item.severity for item in template_of(row.template).items}
    for item in load_items(row):
        if not item.answered:
            severity = wrong.get(item.serial)
            content = said()
            if severity is not None:
                light = "未影响产品" if severity and lighter(severity, marks[item.serial]) else ""
                content = said("defect", f"第{item.serial}项不符合", severity=severity, lighter_because=light)
            answer(built, row, item.serial, content, moment=moment)


def due(day: date) -> dict[str, date]:
    """The same last day for answering findings of every severity."""
    return dict.fromkeys(("critical", "major", "general"), day)


def report_said(day: date, **changes: Any) -> ReportSaid:
    content = {"summary": "按计划完成", "conclusion": "体系基本有效", "answer_due": due(day + timedelta(days=15))}
    return ReportSaid(**(content | changes))


def report(built: World, row: Audit, *, moment: datetime = AT, by: Actor | None = None, **changes: Any) -> AuditReport:
    """The leader signs what the page shows."""
    content = report_said(day_of(moment), **changes)
    shown = report_of(load_report_facts(Audit.objects.get(pk=row.pk), day_of(moment)), content)
    by = by or built.auditor
    return actions.report_audit(audit=row, said=content, proof=make.proof(shown), by=by, at=moment)


def reported(built: World, defects: Mapping[int, str] | None = None, *, moment: datetime = AT, **changes: Any) -> Audit:
    """An audit whose report is signed, with a finding for each of ``defects`` (serial → severity)."""
    row = begun(built, moment=moment, **changes)
    fill(built, row, defects, moment=moment)
    report(built, row, moment=moment)
    return row


@replay.kept
def with_findings() -> tuple[World, Audit]:
    """A reported audit with one critical, one major and one general finding (items 1, 2 and 3)."""
    built = world()
    return built, reported(built, {1: "critical", 2: "major", 3: "general"})


def finding(row: Audit, serial: int = 2) -> AuditFinding:
    """The finding about one item."""
    return AuditFinding.objects.get(audit=row, item__serial=serial)
