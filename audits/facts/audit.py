"""What an audit is and where it stands, for any number of audits in four queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from ..models import Audit, AuditEvent, AuditFinding, AuditMember, AuditPlan, AuditReport
from ..template_shape import ANNUAL

PLANNED, CONDUCTED, REPORTED, CLOSED, CANCELLED = "planned", "conducted", "reported", "closed", "cancelled"


@dataclass(frozen=True, slots=True)
class MemberFact:
    """A member of the team as planned last."""

    person_id: int
    name: str
    leads: bool


@dataclass(frozen=True, slots=True)
class PlanAsked:
    """A plan as somebody typed it. ``auditor_ids``: who may conduct audits for the registrant; ``offered``: the checklist
    is the product's or one that the registrant keeps; ``use``: what that checklist is made for."""

    kind: str
    cause: str
    manner: str
    starts_on: date
    ends_on: date
    scope: str
    announced: bool
    lead_id: int | None
    team_ids: frozenset[int]
    auditor_ids: frozenset[int]
    pair_ended_on: date | None
    today: date
    offered: bool = True
    use: str = ANNUAL
    reason: str = ""
    edition: int = 1


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """One audit with its latest plan; days are legal dates, last day inclusive."""

    audit_id: int
    number: str
    kind: str
    pair_id: int
    registrant_id: int
    contractor_id: int
    site_id: int | None
    announced: bool
    template_id: int
    edition: int
    manner: str
    starts_on: date
    ends_on: date
    scope: str
    members: tuple[MemberFact, ...]
    begun_on: date | None
    cancelled_on: date | None
    reported_on: date | None
    closed_on: date | None
    finding_ids: tuple[int, ...]

    @property
    def state(self) -> str:
        """Derived from what happened: cancelled, closed, reported, conducted or planned."""
        if self.cancelled_on:
            return CANCELLED
        if self.closed_on:
            return CLOSED
        if self.reported_on:
            return REPORTED
        return CONDUCTED if self.begun_on else PLANNED

    @property
    def lead(self) -> MemberFact | None:
        """Who leads the team and signs the report."""
        return next((member for member in self.members if member.leads), None)

    @property
    def known_to_contractor(self) -> bool:
        """Announced, or begun."""
        return self.announced or self.begun_on is not None

    @property
    def counts_for_the_year(self) -> bool:
        """Whether it is the yearly audit that the law asks for: of the whole system and on site (GMP 2025 art. 109)."""
        return self.kind == Audit.Kind.ANNUAL and self.manner == AuditPlan.Manner.ON_SITE

    def done_on(self, reported_on: date) -> date:
        """The last day on which it was conducted: as planned, but not before it began or after its report."""
        planned = min(self.ends_on, reported_on)
        return max(self.begun_on, planned) if self.begun_on else planned

    def has_member(self, person_id: int | None) -> bool:
        """Whether this person is on the team."""
        return any(member.person_id == person_id for member in self.members)


def load_audits(audits: Iterable[Audit]) -> dict[int, AuditFacts]:
    """Audit id → facts."""
    rows = {audit.pk: audit for audit in audits}
    members = Prefetch("members", AuditMember.objects.order_by("-leads", "id"))
    plans = AuditPlan.objects.filter(audit_id__in=rows).prefetch_related(members).order_by("edition")
    latest = {plan.audit_id: plan for plan in plans}
    events: dict[tuple[int, str], date] = {
        (event.audit_id, event.kind): event.event_on for event in AuditEvent.objects.filter(audit_id__in=rows)
    }
    reports = dict(AuditReport.objects.filter(audit_id__in=rows).values_list("audit_id", "reported_on"))
    findings: dict[int, list[int]] = {pk: [] for pk in rows}
    for audit_id, pk in AuditFinding.objects.filter(audit_id__in=rows).order_by("id").values_list("audit_id", "pk"):
        findings[audit_id].append(pk)
    return {
        pk: _facts(row, latest[pk], events, reports.get(pk), tuple(findings[pk]))
        for pk, row in rows.items()
        if pk in latest
    }


def _facts(
    row: Audit,
    plan: AuditPlan,
    events: dict[tuple[int, str], date],
    reported_on: date | None,
    finding_ids: tuple[int, ...],
) -> AuditFacts:
    return AuditFacts(
        audit_id=row.pk,
        number=row.number,
        kind=row.kind,
        pair_id=row.pair_id,
        registrant_id=row.registrant_id,
        contractor_id=row.contractor_id,
        site_id=row.site_id,
        announced=row.announced,
        template_id=row.template_id,
        edition=plan.edition,
        manner=plan.manner,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        scope=plan.scope,
        members=tuple(MemberFact(m.person_id, m.name, m.leads) for m in plan.members.all()),
        begun_on=events.get((row.pk, AuditEvent.Kind.BEGUN)),
        cancelled_on=events.get((row.pk, AuditEvent.Kind.CANCELLED)),
        reported_on=reported_on,
        closed_on=events.get((row.pk, AuditEvent.Kind.CLOSED)),
        finding_ids=finding_ids,
    )
