"""What the checklist page of one audit needs besides its items: whether it is open, who conducts it, what changed."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from ..models import Audit, AuditEvent, AuditMember, AuditPlan, AuditReport, ItemAnswer
from .answers import AnswerFact, answer_fact, standing_answers
from .audit import CANCELLED, CONDUCTED, PLANNED, REPORTED, MemberFact


def with_course(rows: QuerySet[Audit]) -> QuerySet[Any]:
    """Audits annotated with ``begun``, ``cancelled`` and ``reported``, with template and pair; no further query."""
    events = AuditEvent.objects.filter(audit=OuterRef("pk"))
    return rows.select_related("template", "pair").annotate(
        begun=Exists(events.filter(kind=AuditEvent.Kind.BEGUN)),
        cancelled=Exists(events.filter(kind=AuditEvent.Kind.CANCELLED)),
        reported=Exists(AuditReport.objects.filter(audit=OuterRef("pk"))),
    )


def course_of(audit: Any) -> str:
    """Where an audit of :func:`with_course` stands: planned, conducted, reported or cancelled."""
    if audit.cancelled:
        return CANCELLED
    if audit.reported:
        return REPORTED
    return CONDUCTED if audit.begun else PLANNED


def team_of(audit: Audit) -> tuple[MemberFact, ...]:
    """The team under the latest plan, the leader first; one query."""
    later = AuditPlan.objects.filter(audit=OuterRef("plan__audit"), edition__gt=OuterRef("plan__edition"))
    rows = AuditMember.objects.filter(~Exists(later), plan__audit=audit).order_by("-leads", "id")
    return tuple(MemberFact(row.person_id, row.name, row.leads) for row in rows)


def changed_since(audit: Audit, answer_id: int) -> dict[int, list[AnswerFact]]:
    """Serial → everything that stands, for each item that got an answer after this one; one query.

    Answers of one audit are written one after another under its lock, so that no smaller number appears later.
    """
    newer = ItemAnswer.objects.filter(item__audit=audit, pk__gt=answer_id)
    found: dict[int, list[AnswerFact]] = {}
    for row in standing_answers(audit).filter(item_id__in=newer.values("item_id")):
        found.setdefault(row.item.serial, []).append(answer_fact(row))
    return found
