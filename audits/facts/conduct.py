"""What a single answer is judged by, loaded in one query so that saving one stays quick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, models
from django.db.models import Exists, OuterRef, Subquery

from ..models import Audit, AuditEvent, AuditItem, AuditMember, AuditPlan, AuditReport, ItemAnswer


@dataclass(frozen=True, slots=True)
class AnswerSaid:
    """An answer as the device sent it. ``replaces``: the answer its author saw; ``settles``: further ones they judged;
    ``lighter_because``: why a defect weighs less than the checklist marks the item.
    """

    client_key: UUID
    value: str
    severity: str
    note: str
    stated_at: datetime
    replaces: int | None = None
    settles: tuple[int, ...] = ()
    lighter_because: str = ""


@dataclass(frozen=True, slots=True)
class AnswerAsked:
    """An answer with what decides whether it may be given. ``mark``: the severity that the checklist marks the item."""

    said: AnswerSaid
    mark: str
    begun: bool
    cancelled: bool
    reported: bool
    on_team: bool
    at: datetime


def locked_item(audit_id: int, serial: int, said: AnswerSaid, person_id: int | None) -> AuditItem | None:
    """The item with its audit, checklist and pair, the audit locked until the transaction ends; None when there is none.

    The lock comes first, in a statement of its own: what a waiting statement computed before it got the lock is old.

    Annotated with ``begun``, ``cancelled``, ``reported``, ``on_team``, ``repeated_pk`` (the same answer sent before),
    ``standing`` (how many answers stand) and ``seen_stands`` (whether the one that the author saw still stands).
    """
    _lock(audit_id)
    events = AuditEvent.objects.filter(audit=OuterRef("audit"))
    later = AuditPlan.objects.filter(audit=OuterRef("plan__audit"), edition__gt=OuterRef("plan__edition"))
    team = AuditMember.objects.filter(~Exists(later), plan__audit=OuterRef("audit"), person_id=person_id or 0)
    heads = ItemAnswer.objects.filter(item=OuterRef("pk"), replaced_by__isnull=True, settled_by__isnull=True)
    counted = heads.order_by().values("item").annotate(n=models.Count("pk")).values("n")
    rows = AuditItem.objects.filter(audit_id=audit_id, serial=serial).select_related("audit__pair", "audit__template")
    return rows.annotate(
        begun=Exists(events.filter(kind=AuditEvent.Kind.BEGUN)),
        cancelled=Exists(events.filter(kind=AuditEvent.Kind.CANCELLED)),
        reported=Exists(AuditReport.objects.filter(audit=OuterRef("audit"))),
        on_team=Exists(team),
        repeated_pk=Subquery(ItemAnswer.objects.filter(client_key=said.client_key).values("pk")[:1]),
        standing=models.functions.Coalesce(Subquery(counted), 0),
        seen_stands=Exists(heads.filter(pk=said.replaces or 0)),
    ).first()


def _lock(audit_id: int) -> None:
    """SQLite needs none: its transactions write one after the other."""
    if connection.features.has_select_for_update:
        Audit.objects.select_for_update(no_key=True).filter(pk=audit_id).values_list("pk").first()
