"""Earlier findings of a pair, by which a repeated one is recognised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cmo.workdays import add_months

from ..models import Audit, AuditFinding, TemplateVersion

#: How far back a finding about the same requirement makes a new one a repetition, in months.
REPEAT_MONTHS = 36


@dataclass(frozen=True, slots=True)
class EarlierFinding:
    """A finding of the pair that stands.

    ``template_id``: the very version of the checklist; ``checklist``: whose it is and its key, the same for every
    version; ``serial``: its item there; ``requirement_zh`` and ``citation``: what was demanded and on which basis.
    """

    finding_id: int
    number: str
    severity: str
    reported_on: date
    template_id: int
    checklist: tuple[int | None, str]
    serial: int | None
    requirement_zh: str
    citation: str


def earlier_findings(audit: Audit, on: date) -> tuple[EarlierFinding, ...]:
    """Findings of the pair from other audits of the last three years that nobody withdrew, newest first; one query."""
    rows = AuditFinding.objects.filter(
        pair_id=audit.pair_id,
        withdrawal__isnull=True,
        audit__report__reported_on__gte=add_months(on, -REPEAT_MONTHS),
    )
    found = rows.exclude(audit=audit).select_related("item", "audit__template", "audit__report").order_by("-id")
    return tuple(
        EarlierFinding(
            finding_id=row.pk,
            number=row.number,
            severity=row.severity,
            reported_on=row.audit.report.reported_on,
            template_id=row.audit.template_id,
            checklist=checklist_of(row.audit.template),
            serial=row.item.serial if row.item else None,
            requirement_zh=row.requirement_zh,
            citation=row.citation,
        )
        for row in found
    )


def checklist_of(row: TemplateVersion) -> tuple[int | None, str]:
    """Whose checklist it is (None: the product's) and its key: what all its versions have in common."""
    return row.organisation_id, row.key
