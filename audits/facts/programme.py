"""What makes a contractor worth auditing soon, for every pair of a registrant in a constant number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef

from agreements.facts import load_entrustment_facts
from agreements.figures import year_figures
from agreements.models import Entrustment, Hold, PairDuty
from cmo.parties.models import Pair
from cmo.workdays import add_months

from ..models import Audit, AuditEvent, AuditFinding, AuditPlan
from .capa import open_rows

#: The period whose lots and deviations count, in months before the day of ranking.
LOOK_BACK_MONTHS = 12
#: Classes in their order; a pair counts with the highest of its devices.
CLASSES = ("I", "II", "III")


@dataclass(frozen=True, slots=True)
class PlannedAudit:
    """The annual audit that a pair has in the year already, whatever its state but cancelled; last day inclusive."""

    audit_id: int
    number: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class LedAudit:
    """An audit that is neither reported nor cancelled, by the days of its latest plan; last day inclusive."""

    number: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class PairRisk:
    """Facts about one pair; counts are of the last twelve months, findings and holds are those open now."""

    pair_id: int
    pair_number: str
    contractor_id: int
    device_class: str
    implantable: bool
    entrusted: int
    lots: int
    rejected: int
    deviations: dict[str, int] = field(default_factory=dict)
    open_findings: dict[str, int] = field(default_factory=dict)
    repeated: int = 0
    holds: int = 0
    last_audit_on: date | None = None
    next_due_on: date | None = None
    planned: PlannedAudit | None = None


def load_pair_risks(organisation_id: int, on: date, year: int) -> list[PairRisk]:
    """Every pair of the registrant that has not ended, in the order of its number; a constant number of queries."""
    pairs = list(Pair.objects.filter(registrant_id=organisation_id, end__isnull=True).order_by("number"))
    ids = [pair.pk for pair in pairs]
    devices = _devices(ids, on)
    figures = year_figures(ids, add_months(on, -LOOK_BACK_MONTHS), on)
    findings, repeats = _findings(ids)
    holds = Counter(Hold.objects.filter(pair_id__in=ids, lift__isnull=True).values_list("pair_id", flat=True))
    done, planned = _last_audits(ids), _planned(ids, year)
    found = []
    for pair in pairs:
        counts = {figure.key: figure.value for figure in figures[pair.pk]}
        device_class, implantable, entrusted = devices.get(pair.pk, ("", False, 0))
        last, due = done.get(pair.pk, (None, None))
        found.append(
            PairRisk(
                pair_id=pair.pk,
                pair_number=pair.number,
                contractor_id=pair.contractor_id,
                device_class=device_class,
                implantable=implantable,
                entrusted=entrusted,
                lots=counts.get("lots_made", 0),
                rejected=counts.get("lots_rejected_production", 0) + counts.get("lots_rejected_market", 0),
                deviations={name: counts.get(f"deviations_{name}", 0) for name in ("critical", "major", "minor")},
                open_findings=findings.get(pair.pk, {}),
                repeated=repeats.get(pair.pk, 0),
                holds=holds.get(pair.pk, 0),
                last_audit_on=last,
                next_due_on=due,
                planned=planned.get(pair.pk),
            )
        )
    return found


def _devices(pair_ids: Iterable[int], on: date) -> dict[int, tuple[str, bool, int]]:
    """Pair id → highest class, whether any device is (or may be) implantable, and how many are entrusted now."""
    found: dict[int, tuple[str, bool, int]] = {}
    rows = Entrustment.objects.filter(pair_id__in=list(pair_ids)).order_by("id")
    for fact in load_entrustment_facts(rows).values():
        certificate = fact.certificate
        if certificate is None or fact.state_on(on) == "ended":
            continue
        before, implantable, n = found.get(fact.pair_id, ("I", False, 0))
        highest = max(before, certificate.device_class, key=CLASSES.index)
        found[fact.pair_id] = (highest, implantable or certificate.implantable != "no", n + 1)
    return found


def _findings(pair_ids: Iterable[int]) -> tuple[dict[int, dict[str, int]], Counter[int]]:
    """Pair id → open findings by severity, and how many of them repeat an earlier one."""
    rows = open_rows(AuditFinding.objects.filter(pair_id__in=list(pair_ids)))
    counted: dict[int, dict[str, int]] = {}
    repeats: Counter[int] = Counter()
    for pair_id, severity, repeated in rows.values_list("pair_id", "severity", "repeats"):
        of_pair = counted.setdefault(pair_id, {})
        of_pair[severity] = of_pair.get(severity, 0) + 1
        repeats[pair_id] += repeated is not None
    return counted, repeats


def _last_audits(pair_ids: Iterable[int]) -> dict[int, tuple[date, date]]:
    rows = PairDuty.objects.filter(pair_id__in=list(pair_ids), kind=PairDuty.Kind.AUDIT).order_by("done_on", "id")
    return {row.pair_id: (row.done_on, row.next_due_on) for row in rows}


def _planned(pair_ids: Iterable[int], year: int) -> dict[int, PlannedAudit]:
    """Pair id → its annual audit in the year by the latest edition of its plan."""
    cancelled = AuditEvent.objects.filter(kind=AuditEvent.Kind.CANCELLED).values("audit_id")
    rows = AuditPlan.objects.filter(audit__pair_id__in=list(pair_ids), audit__kind=Audit.Kind.ANNUAL)
    latest: dict[int, AuditPlan] = {}
    for plan in rows.exclude(audit_id__in=cancelled).select_related("audit").order_by("edition", "id"):
        latest[plan.audit_id] = plan
    return {
        plan.audit.pair_id: PlannedAudit(plan.audit_id, plan.audit.number, plan.starts_on, plan.ends_on)
        for plan in latest.values()
        if plan.starts_on.year == year
    }


def load_led_audits(organisation_id: int, person_id: int) -> list[LedAudit]:
    """The open audits of a registrant that this person leads under their latest plan; one query."""
    later = AuditPlan.objects.filter(audit=OuterRef("audit"), edition__gt=OuterRef("edition"))
    cancelled = AuditEvent.objects.filter(audit=OuterRef("audit"), kind=AuditEvent.Kind.CANCELLED)
    plans = AuditPlan.objects.filter(
        ~Exists(later),
        ~Exists(cancelled),
        audit__registrant_id=organisation_id,
        audit__report__isnull=True,
        members__person_id=person_id,
        members__leads=True,
    )
    rows = plans.select_related("audit").order_by("starts_on", "id")
    return [LedAudit(plan.audit.number, plan.starts_on, plan.ends_on) for plan in rows]
