"""Key suppliers and outside processes: audited before they are approved, approved for a term (N38-17)."""

from __future__ import annotations

from datetime import date, timedelta

from cmo.errors import Finding

from ..facts.supervision import SupplierFact
from ..wording import finding


def blockers_to_approve_supplier(
    audited_on: date, approved_from: date, approved_until: date, today: date
) -> list[Finding]:
    """Reasons against an approval: audited in the future or only later, ends before it begins. A first day in the past is
    something to look at: it approves what was used meanwhile."""
    found = []
    if audited_on > today:
        found.append(finding("supplier_audited_in_future", audited_on=audited_on.isoformat()))
    if approved_from < audited_on:
        days = {"approved_from": approved_from.isoformat(), "audited_on": audited_on.isoformat()}
        found.append(finding("supplier_approved_before_audit", **days))
    if approved_until < approved_from:
        found.append(finding("supplier_term_backwards"))
    if approved_from < today:
        found.append(finding("supplier_recorded_late", approved_from=approved_from.isoformat()))
    return found


def blockers_to_end_supplier(
    facts: SupplierFact, ended: bool, last_day: date, today: date, reason: str
) -> list[Finding]:
    """Reasons against taking an approval back: last day before yesterday or after its own, no reason; taken back before,
    unless this brings its last day forward."""
    found = []
    if ended and last_day >= facts.last_day:
        found.append(finding("supplier_ended_already", last_day=facts.last_day.isoformat()))
    earliest = today - timedelta(days=1)
    if not earliest <= last_day <= facts.last_day:
        days = {"earliest": earliest.isoformat(), "approved_until": facts.last_day.isoformat()}
        found.append(finding("supplier_end_outside", **days))
    return found if reason.strip() else [*found, finding("reason_needed")]
