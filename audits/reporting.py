"""The report of an audit as one canonical text: what page, PDF and DOCX show and what the leader signs.

The preview before the signature and the signed report are made by the same function from the same facts, so that the
hash which the signer sees is the hash of what is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cmo.evidence.models import File
from cmo.parties.facts import names_of
from cmo.trail.canonical import canonical, sha256
from cmo.trail.models import Head

from . import rules
from .facts.answers import AnswerFact, ItemFact, load_items
from .facts.audit import AuditFacts, load_audits
from .facts.findings import EarlierFinding, checklist_of, earlier_findings
from .facts.template import template_of
from .models import Audit, AuditReport
from .templates_data import AuditTemplate, Item


@dataclass(frozen=True, slots=True)
class ReportSaid:
    """What the leader types. ``answer_due``: severity → the day by which its findings are to be answered."""

    summary: str
    conclusion: str
    answer_due: Mapping[str, date]


#: What a report says before anybody typed a word.
EMPTY = ReportSaid(summary="", conclusion="", answer_due={})


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything a report is made from, at one moment."""

    audit: Audit
    facts: AuditFacts
    template: AuditTemplate
    items: tuple[ItemFact, ...]
    earlier: tuple[EarlierFinding, ...]
    files: Mapping[int, tuple[str, ...]]
    chain: Mapping[str, Any]
    parties: Mapping[str, Any]
    on: date

    @property
    def marks(self) -> dict[int, str]:
        """Serial → the severity that the checklist prints."""
        return {item.serial: item.severity for item in self.template.items}


def load_report_facts(audit: Audit, on: date) -> ReportFacts:
    """The facts of one audit; a constant number of queries. ``audit`` comes with its template."""
    items = load_items(audit)
    head = Head.objects.filter(stream=audit.stream).first()
    return ReportFacts(
        audit=audit,
        facts=load_audits([audit])[audit.pk],
        template=template_of(audit.template),
        items=items,
        earlier=earlier_findings(audit, on),
        files=_files(items),
        chain={"stream": audit.stream, "seq": head.seq if head else 0, "hash": head.hash if head else ""},
        parties=_parties(audit),
        on=on,
    )


def _files(items: tuple[ItemFact, ...]) -> dict[int, tuple[str, ...]]:
    """Serial → names and hashes of the files that hang on the item."""
    serials = {f"audits.audititem:{item.item_id}": item.serial for item in items}
    found: dict[int, list[str]] = {}
    for row in File.objects.standing().filter(subject__in=serials).order_by("id"):
        found.setdefault(serials[row.subject], []).append(f"{row.name} {row.sha256}")
    return {serial: tuple(files) for serial, files in found.items()}


def _parties(audit: Audit) -> dict[str, Any]:
    names = names_of([audit.registrant_id, audit.contractor_id])
    sides = {"registrant": audit.registrant_id, "contractor": audit.contractor_id}
    return {
        side: {"name_zh": names[pk].name_zh, "name_en": names[pk].name_en, "uscc": names[pk].uscc}
        for side, pk in sides.items()
    }


def report_of(known: ReportFacts, said: ReportSaid) -> AuditReport:
    """The report as it would be kept, not saved. Every item is answered and nobody differs: the rules saw to that."""
    body = canonical(body_of(known, said))
    return AuditReport(
        audit=known.audit,
        reported_on=known.on,
        summary=said.summary.strip(),
        conclusion=said.conclusion.strip(),
        body=body,
        body_hash=sha256(body),
    )


def body_of(known: ReportFacts, said: ReportSaid) -> dict[str, Any]:
    """The whole report as plain values."""
    answers = {item.serial: item.answer for item in known.items if item.answer is not None}
    weighed = rules.severities_found(known.items, known.marks)
    judged = rules.score(known.template, {serial: a.value for serial, a in answers.items()}, weighed)
    return {
        "audit": _audit(known),
        "parties": dict(known.parties),
        "reported_on": known.on.isoformat(),
        "summary": said.summary.strip(),
        "conclusion": said.conclusion.strip(),
        "tallies": {
            severity: {"total": t.total, "ok": t.ok, "defect": t.defect, "na": t.na}
            for severity, t in judged.tallies.items()
        },
        "judgements": [_judgement(one) for one in judged.judgements],
        "sections": [{"key": s.key, "title_zh": s.title_zh, "title_en": s.title_en} for s in known.template.sections],
        "answers": [
            _answer(known, item, answers[item.serial]) for item in known.template.items if item.serial in answers
        ],
        "findings": list(_findings(known, said, weighed, answers)),
        "chain": dict(known.chain),
    }


def _audit(known: ReportFacts) -> dict[str, Any]:
    audit, facts, template = known.audit, known.facts, known.audit.template
    return {
        "number": audit.number,
        "kind": audit.kind,
        "cause": audit.cause,
        "announced": audit.announced,
        "manner": facts.manner,
        "starts_on": facts.starts_on.isoformat(),
        "ends_on": facts.ends_on.isoformat(),
        "begun_on": facts.begun_on.isoformat() if facts.begun_on else "",
        "scope": facts.scope,
        "site": audit.site_id,
        "team": [{"name": member.name, "leads": member.leads} for member in facts.members],
        "template": {
            "key": template.key,
            "version": template.version,
            "title_zh": template.title_zh,
            "title_en": template.title_en,
            "sha256": template.body_hash,
        },
    }


def _judgement(one: rules.Judgement) -> dict[str, Any]:
    return {
        "table": one.table.key,
        "title_zh": one.table.title_zh,
        "title_en": one.table.title_en,
        "row": one.row.number,
        "printed": dict(one.row.printed),
        "outcome": one.outcome.key,
        "outcome_zh": one.outcome.title_zh,
        "outcome_en": one.outcome.title_en,
    }


def _answer(known: ReportFacts, item: Item, answer: AnswerFact) -> dict[str, Any]:
    return {
        "serial": item.serial,
        "clause": item.clause,
        "section": item.section,
        "title_zh": item.title_zh,
        "title_en": item.title_en,
        "citation": item.citation,
        "marked": item.severity,
        "severity": answer.severity,
        "lighter_because": answer.lighter_because,
        "value": answer.value,
        "note": answer.note,
        "by": answer.by_name,
        "stated_at": answer.stated_at.isoformat(timespec="seconds"),
        "files": list(known.files.get(item.serial, ())),
    }


def _findings(
    known: ReportFacts, said: ReportSaid, weighed: Mapping[int, str], answers: Mapping[int, AnswerFact]
) -> Any:
    """One finding for each defect, numbered in the order of the checklist."""
    defects = [item for item in known.template.items if item.serial in weighed]
    version = known.audit.template
    earlier = rules.repeated(known.earlier, rules.Compared(version.pk, checklist_of(version)), defects)
    for position, item in enumerate(defects, start=1):
        severity, before = weighed[item.serial], earlier.get(item.serial)
        due = said.answer_due.get(severity)
        yield {
            "number": f"{known.audit.number}-{position:02d}",
            "serial": item.serial,
            "severity": severity,
            "requirement_zh": item.title_zh,
            "requirement_en": item.title_en,
            "citation": item.citation,
            "statement": answers[item.serial].note,
            "answer_due_on": due.isoformat() if due else "",
            "repeats": before.number if before else "",
        }
