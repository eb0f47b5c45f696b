"""Expectations for the addresses of the audits app."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from audits import actions
from audits.checklist_files.writing import EXAMPLE
from cmo import clock
from tests.audits import build as audits
from tests.evidence.uploads import pdf, upload

from . import ANYBODY, DOES_AT_HOME, DOES_FOR_OWN, DOES_IN_PAIR, SEES_OWN, SEES_PAIR, Page, World, audit_findings


def build(world: World) -> None:
    """Audits of the matrix's pair: planned, begun, filled in, reported without findings and with one."""
    w = audits.World(world.relation)
    audit_findings.build(world)
    full, clean = audits.begun(w, kind="follow_up"), audits.begun(w, kind="follow_up")
    audits.fill(w, full)
    audits.fill(w, clean)
    audits.report(w, clean)
    world.things |= {
        "planned audit": audits.planned(w),
        "begun audit": audits.begun(w, kind="follow_up"),
        "full audit": full,
        "clean audit": clean,
        "reported audit": audits.reported(w, {2: "major"}, kind="follow_up"),
        "own checklist": actions.keep_checklist(
            organisation=world.relation.registrant.organisation,
            key="ours",
            content=EXAMPLE,
            effective_from=audits.TODAY,
            by=w.by(),
            at=audits.AT,
        ),
    }


def _pair(world: World) -> dict[str, Any]:
    return {"pk": world.pair.pk}


def _audit(name: str) -> Any:
    return lambda world: {"pk": world.things[f"{name} audit"].pk}


#: An act by the leader of the team.
_LEADS = {"right": ("registrant", "auditor"), "wrong": ("contractor", "quality_manager")}
#: A click that leads on to another page.
_CLICK = {**DOES_IN_PAIR, "right": 302}


def _plan(world: World) -> dict[str, Any]:
    today = clock.today()
    lead = world.registrant.user("auditor").pk
    days = {"starts_on": today, "ends_on": today + timedelta(days=1)}
    return {"manner": "on_site", "scope": "全范围", "lead": lead, **days}


_CONTRACTOR = ("contractor", "quality_manager")


def _own_checklist(world: World) -> dict[str, Any]:
    return {"pk": world.things["own checklist"].pk}


#: The programme is the registrant's own; outsiders and contractors have none.
_HOME = {"granted": 403, "expired": 403, "administrator": 403}
_YEAR = {"kwargs": lambda _world: {"year": clock.today().year}}

PAGES = {
    **audit_findings.PAGES,
    "audits:programmes": Page(get={**ANYBODY, **_HOME, "right": 302, "wrong": 302, "foreign": 302}),
    "audits:programme": Page(
        get={**ANYBODY, **_HOME},
        post={**DOES_AT_HOME, **_HOME},
        right=("registrant", "management_representative"),
        **_YEAR,
    ),
    "audits:audits": Page(get=ANYBODY),
    "audits:pair_audits": Page(get=SEES_PAIR, kwargs=_pair),
    "audits:plan_audit": Page(
        get=DOES_IN_PAIR,
        post=_CLICK,
        kwargs=_pair,
        data=lambda w: {"kind": "annual", "template": "contractor_annual_2026", "announced": "yes", **_plan(w)},
    ),
    "audits:audit": Page(get=SEES_PAIR, kwargs=_audit("reported")),
    "audits:replan_audit": Page(
        get=DOES_IN_PAIR, post=_CLICK, kwargs=_audit("planned"), data=lambda w: {"reason": "改期", **_plan(w)}
    ),
    "audits:begin_audit": Page(post=_CLICK, kwargs=_audit("planned"), **_LEADS),
    "audits:conduct": Page(get=SEES_OWN, kwargs=_audit("begun")),
    "audits:answers": Page(get=SEES_OWN, kwargs=_audit("begun")),
    "audits:answer": Page(
        post={**DOES_FOR_OWN, "right": 302},
        kwargs=lambda world: _audit("begun")(world) | {"serial": 1},
        data=lambda _world: {"value": "ok", "client_key": str(uuid4())},
        right=("registrant", "auditor"),
    ),
    "audits:file": Page(
        post=DOES_FOR_OWN,
        kwargs=lambda world: _audit("begun")(world) | {"serial": 1},
        data=lambda _world: {"upload": upload("a.pdf", pdf()), "client_key": str(uuid4()), "taken_at": clock.now()},
        right=("registrant", "auditor"),
    ),
    "audits:cancel_audit": Page(
        get=DOES_IN_PAIR, post=_CLICK, kwargs=_audit("planned"), data=lambda _world: {"reason": "不再需要"}
    ),
    "audits:close_audit": Page(post=_CLICK, kwargs=_audit("clean")),
    "audits:report_audit": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_audit("full"), **_LEADS),
    "audits:report": Page(get=SEES_PAIR, kwargs=_audit("reported")),
    "audits:document": Page(
        get=SEES_PAIR, kwargs=lambda world: _audit("reported")(world) | {"language": "zh", "kind": "docx"}
    ),
    "audits:templates": Page(get=ANYBODY),
    "audits:template": Page(get=ANYBODY, kwargs=lambda world: {"key": "gsp_ivd_2017"}),
    "audits:template_file": Page(get=ANYBODY, kwargs=lambda world: {"key": "gsp_ivd_2017", "kind": "xlsx"}),
    "audits:checklist_example": Page(get=ANYBODY, kwargs=lambda world: {"kind": "yaml"}),
    "audits:import_checklist": Page(get=DOES_AT_HOME, post=DOES_AT_HOME, wrong=_CONTRACTOR),
    "audits:keep_checklist": Page(post={**DOES_AT_HOME, "right": 302, "foreign": 302}, wrong=_CONTRACTOR),
    "audits:checklist": Page(get=SEES_OWN, kwargs=_own_checklist),
    "audits:checklist_file": Page(get=SEES_OWN, kwargs=lambda world: _own_checklist(world) | {"kind": "xlsx"}),
    "audits:withdraw_checklist": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_own_checklist),
}
