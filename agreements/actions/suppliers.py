"""Approving key suppliers and outside processes for a pair, and taking an approval back (N38-17)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.evidence.actions import attach
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts.supervision import load_supervision
from ..models import SupplierApproval, SupplierApprovalEnd
from ..rules.supplier import blockers_to_approve_supplier, blockers_to_end_supplier
from .recording import recorded


@transaction.atomic
def approve_supplier(
    *, pair: Pair, content: dict[str, Any], by: Actor, at: datetime, upload: Any = None
) -> SupplierApproval:
    """The registrant approves a key supplier or outside process after auditing it; ``upload``: the audit report.

    ``content``: supplier, scope, covers, acceptance_criteria, audited_on, approved_from, approved_until, reference.

    :raises Refused: with every reason. :raises ValidationError: for malformed content. :raises PermissionDenied:
    """
    still_allowed(by, Can.APPROVE_SUPPLIER, pair, day_of(at))
    Pair.objects.select_for_update(no_key=True).get(pk=pair.pk)
    row = SupplierApproval(**content, **tenant(pair), **recorded(by, at))
    found = refuse_if_any(
        blockers_to_approve_supplier(row.audited_on, row.approved_from, row.approved_until, day_of(at)),
    )
    row.full_clean()
    row.save(force_insert=True)
    data = {
        "approval": row.pk,
        "supplier": row.supplier,
        "scope": str(row.scope),
        "covers": row.covers,
        "approved_from": row.approved_from.isoformat(),
        "approved_until": row.approved_until.isoformat(),
        "warnings": [point.code for point in found],
    }
    record("supplier.approved", by=by, at=at, subject=row, stream=pair.stream, data=data)
    if upload is not None:
        title, kind = row.reference, "supplier_audit_report"
        attach(row, upload=upload, title=title, event_on=row.audited_on, kind=kind, by=by, at=at)
    return row


@transaction.atomic
def end_supplier_approval(
    *, approval: SupplierApproval, last_day: date, reason: str, by: Actor, at: datetime
) -> SupplierApprovalEnd:
    """Take an approval back after ``last_day``; yesterday stops it at once. An end that was set for later may be brought
    forward by a further one.

    :raises Refused: taken back before by then, a last day out of range, no reason. :raises PermissionDenied:
    """
    pair = approval.pair
    still_allowed(by, Can.APPROVE_SUPPLIER, pair, day_of(at))
    row = SupplierApproval.objects.select_for_update(no_key=True).get(pk=approval.pk)
    ended = SupplierApprovalEnd.objects.filter(approval=row).exists()
    facts = next(fact for fact in load_supervision([pair.pk])[pair.pk].suppliers if fact.approval_id == row.pk)
    refuse_if_any(blockers_to_end_supplier(facts, ended, last_day, day_of(at), reason))
    end = SupplierApprovalEnd(approval=row, last_day=last_day, reason=reason, **recorded(by, at))
    end.save(force_insert=True)
    data = {"approval": row.pk, "last_day": last_day.isoformat()}
    record("supplier.approval_ended", by=by, at=at, subject=row, stream=pair.stream, reason=reason, data=data)
    return end
