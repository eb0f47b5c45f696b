"""Signing the report: it freezes the audit, raises its findings, places holds for critical ones and meets the yearly duty."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from agreements.actions import place_hold
from agreements.actions.recording import recorded
from agreements.actions.yearly import insert_pair_duty
from agreements.facts.validity import live
from agreements.models import Entrustment, Hold, PairDuty
from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.tenancy import tenant
from cmo.signing.actions import Proof, sign
from cmo.signing.models import Meaning
from cmo.trail.actions import record
from cmo.trail.actor import Actor
from cmo.workdays import add_months

from .. import rules
from ..facts.audit import load_audits
from ..models import Audit, AuditFinding, AuditReport
from ..reporting import ReportFacts, ReportSaid, load_report_facts, report_of
from .planning import lock_audit

#: The yearly audit falls due again after this many calendar months (guide II(4)7).
YEARLY_MONTHS = 12


@transaction.atomic
def report_audit(*, audit: Audit, said: ReportSaid, proof: Proof, by: Actor, at: datetime) -> AuditReport:
    """The leader of the team signs the report; findings, holds and the yearly duty follow from it.

    Each critical finding places a hold on the pair, or on the site when the audit was of one. An annual audit on site
    is recorded as the pair's yearly audit, due again twelve months after its last day; one that was limited to a site only
    once every site where the pair's devices are made was audited within twelve months.

    :raises Refused: unanswered or differing items, not the leader, words missing, ``record_changed`` when the page
        showed another content. :raises PermissionDenied:
    """
    still_allowed(by, Can.CONDUCT_AUDIT, audit.pair, day_of(at))
    row, _facts = lock_audit(audit)
    known = load_report_facts(row, day_of(at))
    refuse_if_any(rules.blockers_to_report(report_asked(known, said, by.user_id)))
    report = report_of(known, said)
    report.recorded_by_id, report.recorded_by_name, report.recorded_at = by.user_id, by.name, at
    report.save(force_insert=True)
    stream = f"pair:{row.pair_id}"
    sign(report, meaning=Meaning.REPORTS_AUDIT, proof=proof, by=by, at=at, stream=stream)
    record("audit.reported", by=by, at=at, subject=row, stream=stream, data=_data(report, known))
    items = {item.serial: item.item_id for item in known.items}
    for content in report.content["findings"]:
        _raise_finding(row, items[content["serial"]], content, known, by, at)
    if known.facts.counts_for_the_year and (done_on := _whole_done_on(row, known.facts.done_on(day_of(at)))):
        _meet_yearly_duty(row, done_on, by, at)
    return report


def report_asked(known: ReportFacts, said: ReportSaid, person_id: int | None) -> rules.ReportAsked:
    """What the rules judge; the page before the signature asks the same."""
    return rules.ReportAsked(
        facts=known.facts,
        items=known.items,
        marks=known.marks,
        summary=said.summary,
        conclusion=said.conclusion,
        answer_due=said.answer_due,
        person_id=person_id,
        today=known.on,
    )


def _data(report: AuditReport, known: ReportFacts) -> dict[str, Any]:
    return {
        "report": report.pk,
        "body_sha256": report.body_hash,
        "findings": len(report.content["findings"]),
        "outcomes": [one["outcome"] for one in report.content["judgements"]],
        "chain": dict(known.chain),
    }


def _raise_finding(
    audit: Audit, item_id: int, content: dict[str, Any], known: ReportFacts, by: Actor, at: datetime
) -> None:
    critical = content["severity"] == "critical"
    hold = _hold(audit, content, by, at) if critical else None
    row = AuditFinding(
        audit=audit,
        number=content["number"],
        item_id=item_id,
        severity=content["severity"],
        requirement_zh=content["requirement_zh"],
        requirement_en=content["requirement_en"],
        citation=content["citation"],
        statement=content["statement"],
        answer_due_on=date.fromisoformat(content["answer_due_on"]),
        repeats_id=next((one.finding_id for one in known.earlier if one.number == content["repeats"]), None),
        hold=hold,
        **tenant(audit.pair),
        **recorded(by, at),
    )
    row.save(force_insert=True)
    data = {"finding": row.pk, "severity": row.severity, "serial": content["serial"], "repeats": content["repeats"]}
    data |= {"answer_due_on": content["answer_due_on"], "hold": hold.pk if hold else None}
    record("finding.raised", by=by, at=at, subject=row, stream=f"pair:{audit.pair_id}", reason=row.statement, data=data)


def _hold(audit: Audit, content: dict[str, Any], by: Actor, at: datetime) -> Hold:
    reason = f"{content['number']}：{content['statement']}"
    kind = Hold.Kind.CRITICAL_FINDING
    return place_hold(pair=audit.pair, site=audit.site, kind=kind, reason=reason, by=by, at=at)


def _whole_done_on(audit: Audit, done_on: date) -> date | None:
    """Since when the contractor's whole system has been audited for the pair (GMP 2025 art. 109, guide II(4)7): by this
    audit, or with it by those of the other sites where live entrustments are made; None while one of them is missing."""
    if audit.site_id is None:
        return done_on
    sites = set(live(Entrustment.objects.filter(pair_id=audit.pair_id)).values_list("site_id", flat=True))
    rows = Audit.objects.filter(Q(site_id__in=sites) | Q(site=None), pair_id=audit.pair_id, report__isnull=False)
    days = {audit.site_id: done_on} if audit.site_id in sites else {}
    for facts in load_audits(rows.exclude(pk=audit.pk)).values():
        if facts.counts_for_the_year and facts.reported_on:
            for site in [facts.site_id] if facts.site_id else sites:
                days[site] = max(facts.done_on(facts.reported_on), days.get(site, date.min))
    first = min(days.values(), default=None) if sites <= days.keys() else None
    if first is None or add_months(first, YEARLY_MONTHS) <= done_on:
        return None
    known = PairDuty.objects.filter(pair_id=audit.pair_id, kind=PairDuty.Kind.AUDIT, done_on__gte=first)
    return None if known.exists() else first


def _meet_yearly_duty(audit: Audit, done_on: date, by: Actor, at: datetime) -> None:
    insert_pair_duty(
        pair=audit.pair,
        kind=PairDuty.Kind.AUDIT,
        done_on=done_on,
        next_due_on=add_months(done_on, YEARLY_MONTHS),
        reference=audit.number,
        by=by,
        at=at,
    )
