"""Rules for planning, changing, beginning and cancelling an audit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cmo.errors import Finding

from ..facts.audit import CANCELLED, CLOSED, CONDUCTED, PLANNED, REPORTED, AuditFacts, PlanAsked
from ..template_shape import ANNUAL
from ..wording import finding

#: An audit longer than this is two audits.
MOST_DAYS = 60


def blockers_to_plan(asked: PlanAsked) -> list[Finding]:
    """Everything against a plan, first or changed."""
    return [*_dates(asked), *_team(asked), *_purpose(asked)]


def _dates(asked: PlanAsked) -> Iterator[Finding]:
    if asked.ends_on < asked.starts_on:
        yield finding("audit_plan_reversed")
    elif (asked.ends_on - asked.starts_on).days >= MOST_DAYS:
        yield finding("audit_plan_too_long", most=MOST_DAYS)
    if asked.ends_on < asked.today:
        yield finding("audit_plan_in_past", day=asked.ends_on.isoformat())
    if asked.pair_ended_on is not None and asked.starts_on >= asked.pair_ended_on and asked.kind == "annual":
        yield finding("audit_after_pair_ended", day=asked.pair_ended_on.isoformat())


def _team(asked: PlanAsked) -> Iterator[Finding]:
    if asked.lead_id is None:
        yield finding("audit_team_without_leader")
    everybody = asked.team_ids | ({asked.lead_id} if asked.lead_id is not None else set())
    if everybody - asked.auditor_ids:
        yield finding("audit_member_may_not_audit", n=len(everybody - asked.auditor_ids))


def _purpose(asked: PlanAsked) -> Iterator[Finding]:
    if asked.kind == "for_cause" and not asked.cause.strip():
        yield finding("audit_cause_missing")
    if not asked.scope.strip():
        yield finding("audit_scope_missing")
    if not asked.offered:
        yield finding("checklist_not_offered")
    elif asked.kind == "annual" and asked.use != ANNUAL:
        yield finding("checklist_not_annual")
    if asked.kind == "annual" and asked.manner != "on_site":
        yield finding("annual_audit_is_on_site")
    if asked.edition > 1 and not asked.reason.strip():
        yield finding("audit_change_reason_missing")


def blockers_to_replan(facts: AuditFacts, asked: PlanAsked) -> list[Finding]:
    """A plan changes until the report is signed; the days of a begun audit only forwards."""
    found = _unless(facts, {PLANNED, CONDUCTED}, "audit_not_open")
    if facts.begun_on is not None and asked.starts_on != facts.starts_on:
        found.append(finding("begun_audit_keeps_its_first_day", day=facts.starts_on.isoformat()))
    return [*found, *blockers_to_plan(asked)]


def blockers_to_begin(facts: AuditFacts, person_id: int | None, on: date) -> list[Finding]:
    """A member of the team begins it on one of its days, so that the report never states days before it began."""
    found = _unless(facts, {PLANNED}, "audit_begun_or_over")
    if not facts.has_member(person_id):
        found.append(finding("not_on_audit_team"))
    if on < facts.starts_on:
        found.append(finding("audit_before_first_day", day=facts.starts_on.isoformat()))
    if on > facts.ends_on:
        found.append(finding("audit_after_last_day", day=facts.ends_on.isoformat()))
    return found


def blockers_to_cancel(facts: AuditFacts, reason: str) -> list[Finding]:
    """An audit is cancelled with a reason until its report is signed."""
    found = _unless(facts, {PLANNED, CONDUCTED}, "audit_not_open")
    return found if reason.strip() else [*found, finding("audit_reason_missing")]


def blockers_to_close(facts: AuditFacts, open_findings: int) -> list[Finding]:
    """A reported audit is closed when every finding is."""
    found = _unless(facts, {REPORTED}, "audit_closed_already" if facts.state == CLOSED else "audit_not_reported")
    return [*found, finding("findings_open", n=open_findings)] if open_findings else found


def _unless(facts: AuditFacts, states: set[str], code: str) -> list[Finding]:
    if facts.state in states:
        return []
    return [finding("audit_cancelled" if facts.state == CANCELLED else code, number=facts.number)]
