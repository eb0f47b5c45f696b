"""Key suppliers and outside processes: audited before they are approved, approved for a term (N38-17)."""

from __future__ import annotations

from datetime import date, timedelta

from cmo.errors import Finding

from ..facts.supervision import SupplierFact
from ..wording import finding


def blockers_to_approve_supplier(
    audited_on: date, approved_from: date, approved_until: date, today: date
) -> list[Finding]:
    """Reasons against an approval: audited in the future or only later, ends before it begins."""
    found = []
    if audited_on > today:
        found.append(finding("supplier_audited_in_future", audited_on=audited_on.isoformat()))
    if approved_from < audited_on:
        days = {"approved_from": approved_from.isoformat(), "audited_on": audited_on.isoformat()}
        found.append(finding("supplier_approved_before_audit", **days))
    if approved_until < approved_from:
        found.append(finding("supplier_term_backwards"))
    return found


def blockers_to_end_supplier(
    facts: SupplierFact, ended: bool, last_day: date, today: date, reason: str
) -> list[Finding]:
    """Reasons against taking an approval back: taken back before, last day before yesterday or after its own, no reason."""
    found = [finding("supplier_ended_already")] if ended else []
    earliest = today - timedelta(days=1)
    if not earliest <= last_day <= facts.last_day:
        days = {"earliest": earliest.isoformat(), "approved_until": facts.last_day.isoformat()}
        found.append(finding("supplier_end_outside", **days))
    return found if reason.strip() else [*found, finding("reason_needed")]
