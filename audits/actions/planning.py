"""Planning an audit and changing its plan, beginning, cancelling and closing it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from agreements.actions.recording import new_number, recorded
from cmo.clock import day_of
from cmo.errors import Finding, Refused, refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair, Site, User
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..facts.audit import AuditFacts, PlanAsked, load_audits
from ..facts.capa import open_rows
from ..facts.checklists import checklists_offered
from ..facts.people import auditors_of
from ..facts.template import template_of
from ..models import Audit, AuditEvent, AuditItem, AuditMember, AuditPlan, ProgrammeEntry, TemplateVersion
from ..templates_data import AuditTemplate, audit_template
from ..wording import finding
from .template import fixed_version


@dataclass(frozen=True, slots=True)
class PlanSaid:
    """A plan as typed. First and last day inclusive; ``team``: everybody on it, ``lead`` among them or not."""

    manner: str
    starts_on: date
    ends_on: date
    scope: str
    lead: User | None
    team: tuple[User, ...] = ()

    @property
    def people(self) -> dict[int, User]:
        """The whole team by id, the leader first."""
        return {user.pk: user for user in (*([self.lead] if self.lead else []), *self.team)}


@transaction.atomic
def plan_audit(
    *,
    pair: Pair,
    kind: str,
    plan: PlanSaid,
    template: TemplateVersion | str,
    site: Site | None = None,
    announced: bool = True,
    cause: str = "",
    entry: ProgrammeEntry | None = None,
    by: Actor,
    at: datetime,
) -> Audit:
    """Plan an audit of the contractor; the checklist is bound to it and its items are laid out.

    ``template``: a company's own version, or the key of one of the product's.

    :raises Refused: with every reason. :raises PermissionDenied:
    """
    still_allowed(by, Can.PLAN_AUDIT, pair, day_of(at))
    locked = Pair.objects.select_for_update(no_key=True, of=("self",)).select_related("end").get(pk=pair.pk)
    offered = _offered(template, locked, day_of(at))
    asked = _asked(locked, kind, cause, plan, announced, at)
    asked = replace(asked, offered=offered is not None, use=offered.use if offered else "")
    refuse_if_any(rules.blockers_to_plan(asked))
    version = fixed_version(template, by, at) if isinstance(template, str) else template
    row = Audit(
        number=new_number("AU", at),
        kind=kind,
        template=version,
        site=site,
        announced=announced,
        cause=cause.strip(),
        programme_entry=entry,
        **tenant(pair),
        **recorded(by, at),
    )
    row.full_clean(exclude=["programme_entry"])
    row.save(force_insert=True)
    AuditItem.objects.bulk_create(AuditItem(audit=row, serial=item.serial) for item in template_of(version).items)
    written = _write_plan(row, 1, plan, "", by, at)
    record("audit.planned", by=by, at=at, subject=row, stream=_stream(row), data=_data(row, written, plan))
    return row


@transaction.atomic
def replan_audit(*, audit: Audit, plan: PlanSaid, reason: str, by: Actor, at: datetime) -> AuditPlan:
    """Change days, manner, scope or team; the earlier plan stays readable.

    :raises Refused: with every reason. :raises PermissionDenied:
    """
    still_allowed(by, Can.PLAN_AUDIT, audit.pair, day_of(at))
    row, facts = lock_audit(audit)
    asked = _asked(row.pair, row.kind, row.cause, plan, row.announced, at, reason, facts.edition + 1)
    refuse_if_any(rules.blockers_to_replan(facts, asked))
    written = _write_plan(row, facts.edition + 1, plan, reason.strip(), by, at)
    stream = _stream(row, facts)
    record("audit.replanned", by=by, at=at, subject=row, stream=stream, reason=reason, data=_data(row, written, plan))
    return written


def _offered(template: TemplateVersion | str, pair: Pair, on: date) -> AuditTemplate | None:
    """The checklist when a new audit may be planned with it on that day; the row is locked against its withdrawal."""
    if isinstance(template, str):
        return audit_template(template)
    row = TemplateVersion.objects.select_for_update(no_key=True).get(pk=template.pk)
    return template_of(row) if row in checklists_offered(pair.registrant_id, on) else None


def _asked(
    pair: Pair,
    kind: str,
    cause: str,
    plan: PlanSaid,
    announced: bool,
    at: datetime,
    reason: str = "",
    edition: int = 1,
) -> PlanAsked:
    end = getattr(pair, "end", None)
    return PlanAsked(
        kind=kind,
        cause=cause,
        manner=plan.manner,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        scope=plan.scope,
        announced=announced,
        lead_id=plan.lead.pk if plan.lead else None,
        team_ids=frozenset(plan.people),
        auditor_ids=auditors_of(pair, day_of(at)),
        pair_ended_on=end.ended_on if end else None,
        today=day_of(at),
        reason=reason,
        edition=edition,
    )


def _write_plan(row: Audit, edition: int, said: PlanSaid, reason: str, by: Actor, at: datetime) -> AuditPlan:
    written = AuditPlan(
        audit=row,
        edition=edition,
        manner=said.manner,
        starts_on=said.starts_on,
        ends_on=said.ends_on,
        scope=said.scope.strip(),
        reason=reason,
        **recorded(by, at),
    )
    written.full_clean()
    written.save(force_insert=True)
    AuditMember.objects.bulk_create(
        AuditMember(plan=written, person=user, name=user.printed_name, leads=user == said.lead)
        for user in said.people.values()
    )
    return written


def _data(row: Audit, plan: AuditPlan, said: PlanSaid) -> dict[str, Any]:
    return {
        "audit": row.pk,
        "kind": str(row.kind),
        "template": row.template_id,
        "template_sha256": row.template.body_hash,
        "announced": row.announced,
        "edition": plan.edition,
        "manner": str(plan.manner),
        "starts_on": plan.starts_on.isoformat(),
        "ends_on": plan.ends_on.isoformat(),
        "team": [user.pk for user in said.people.values()],
        "lead": said.lead.pk if said.lead else None,
    }


def _stream(row: Audit, facts: AuditFacts | None = None) -> str:
    """The pair's chain; the audit's own while the contractor must not know of it."""
    known = facts.known_to_contractor if facts else row.announced
    return f"pair:{row.pair_id}" if known else row.stream


def lock_audit(audit: Audit) -> tuple[Audit, AuditFacts]:
    """The audit, locked against every other verb on it until the transaction ends, with its facts."""
    rows = Audit.objects.select_for_update(no_key=True, of=("self",)).select_related("pair__end", "template")
    row = rows.get(pk=audit.pk)
    return row, load_audits([row])[row.pk]


@transaction.atomic
def begin_audit(*, audit: Audit, by: Actor, at: datetime) -> AuditEvent:
    """A member of the team begins; from here on the checklist is answered, and the contractor knows of the audit.

    :raises Refused: before its first day or after its last, begun already, not on the team. :raises PermissionDenied:
    """
    still_allowed(by, Can.CONDUCT_AUDIT, audit.pair, day_of(at))
    row, facts = lock_audit(audit)
    refuse_if_any(rules.blockers_to_begin(facts, by.user_id, day_of(at)))
    event = _insert_event(row, AuditEvent.Kind.BEGUN, "", by, at, finding("audit_begun_or_over", number=row.number))
    data = {"manner": facts.manner, "announced": row.announced, "ends_on": facts.ends_on.isoformat()}
    data |= {"kind": row.kind, "template_sha256": row.template.body_hash}
    record("audit.begun", by=by, at=at, subject=row, stream=f"pair:{row.pair_id}", data=data)
    return event


@transaction.atomic
def cancel_audit(*, audit: Audit, reason: str, by: Actor, at: datetime) -> AuditEvent:
    """Cancel an audit that is not reported; what was answered stays readable.

    :raises Refused: reported, cancelled, no reason. :raises PermissionDenied:
    """
    still_allowed(by, Can.PLAN_AUDIT, audit.pair, day_of(at))
    row, facts = lock_audit(audit)
    refuse_if_any(rules.blockers_to_cancel(facts, reason))
    kind = AuditEvent.Kind.CANCELLED
    event = _insert_event(row, kind, reason.strip(), by, at, finding("audit_cancelled", number=row.number))
    record("audit.cancelled", by=by, at=at, subject=row, stream=_stream(row, facts), reason=reason)
    return event


@transaction.atomic
def close_audit(*, audit: Audit, by: Actor, at: datetime) -> AuditEvent:
    """Close a reported audit once each of its findings is closed or withdrawn.

    :raises Refused: with every reason. :raises PermissionDenied:
    """
    still_allowed(by, Can.CLOSE_AUDIT, audit.pair, day_of(at))
    row, facts = lock_audit(audit)
    refuse_if_any(rules.blockers_to_close(facts, open_rows(row.findings.all()).count()))
    event = _insert_event(row, AuditEvent.Kind.CLOSED, "", by, at, finding("audit_closed_already", number=row.number))
    record("audit.closed", by=by, at=at, subject=row, stream=f"pair:{row.pair_id}")
    return event


def _insert_event(row: Audit, kind: str, reason: str, by: Actor, at: datetime, otherwise: Finding) -> AuditEvent:
    """:raises Refused: with ``otherwise`` when the database has such an event already."""
    event = AuditEvent(audit=row, kind=kind, event_on=day_of(at), reason=reason, **recorded(by, at))
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError as error:
        raise Refused([otherwise]) from error
    return event
