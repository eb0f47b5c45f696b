"""From a signed report to its ``ReportDocument``: the frozen text, the checklist it was made with, and the signature."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from agreements.documents.collecting import citation_words, signature_sheet, statement_under
from agreements.documents.sheets import PlaceSheet, SignatureSheet
from cmo.paper.words import Words, same
from cmo.parties.models import Side, SiteVersion
from cmo.signing.actions import record_hash
from cmo.signing.facts import signatures_under
from cmo.signing.statement import VERSION

from ..bounds import write_bound
from ..facts.template import template_of
from ..models import Audit, AuditReport
from ..template_shape import ANNUAL, SEVERITIES, JudgementTable
from . import wording
from .sheets import (
    AnswerSheet,
    ChainSheet,
    FindingSheet,
    JudgementSheet,
    MemberSheet,
    PartySheet,
    ReportDocument,
    RowSheet,
    SectionSheet,
    TallySheet,
)

Row = Mapping[str, Any]


def collect(report: AuditReport) -> ReportDocument:
    """Everything the paper of this report says; ``report`` comes with its audit and template; reads no clock."""
    body = report.content
    audit, template = body["audit"], body["audit"]["template"]
    registrant = _party(body["parties"]["registrant"], wording.REGISTRANT)
    signature = _signature(report)
    return ReportDocument(
        number=audit["number"],
        kind=audit["kind"],
        manner=audit["manner"],
        announced=bool(audit["announced"]),
        starts_on=date.fromisoformat(audit["starts_on"]),
        ends_on=date.fromisoformat(audit["ends_on"]),
        begun_on=_day(audit["begun_on"]),
        reported_on=date.fromisoformat(body["reported_on"]),
        scope=audit["scope"],
        cause=audit["cause"],
        site=_site(report),
        registrant=registrant,
        contractor=_party(body["parties"]["contractor"], wording.CONTRACTOR),
        team=tuple(MemberSheet(row["name"], bool(row["leads"])) for row in audit["team"]),
        template=_words(template, "title"),
        template_version=str(template["version"]),
        template_hash=template["sha256"],
        summary=body["summary"],
        conclusion=body["conclusion"],
        tallies=tuple(_tally(severity, body["tallies"][severity]) for severity in SEVERITIES),
        judgements=_judgements(report, body),
        findings=tuple(_finding(row) for row in body["findings"]),
        sections=_sections(body),
        place=PlaceSheet(wording.SIGNED_FOR, registrant.name, signature),
        chain=ChainSheet(body["chain"]["stream"], int(body["chain"]["seq"]), body["chain"]["hash"]),
        statement=statement_under({Side.REGISTRANT: signature} if signature else {}),
        statement_version=VERSION,
        record_hash=record_hash(report),
        frozen_at=report.recorded_at,
    )


def _words(row: Row, name: str) -> Words:
    return Words(row[f"{name}_zh"], row[f"{name}_en"])


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _party(row: Row, side: Words) -> PartySheet:
    return PartySheet(side, Words(row["name_zh"], row["name_en"] or row["name_zh"]), row["uscc"])


def _site(report: AuditReport) -> Words | None:
    """The audited site as it was known when the report was signed; None for the whole contractor."""
    if report.audit.site_id is None:
        return None
    known = SiteVersion.objects.current(report.recorded_at).filter(site_id=report.audit.site_id).first()
    return Words(known.name_zh, known.name_en or known.name_zh) if known else same(str(report.audit.site_id))


def _tally(severity: str, row: Row) -> TallySheet:
    return TallySheet(row["total"], row["ok"], row["defect"], row["na"], severity)


def _judgements(report: AuditReport, body: Row) -> tuple[JudgementSheet, ...]:
    """Each table with every row; the row that applied is the one that the report froze."""
    tables = {table.key: table for table in template_of(report.audit.template).tables}
    kind = body["audit"]["kind"]
    return tuple(_judgement(tables[row["table"]], row, kind) for row in body["judgements"])


def _judgement(table: JudgementTable, row: Row, kind: str) -> JudgementSheet:
    applied = next(one for one in table.rows if one.number == row["row"])
    return JudgementSheet(
        title=wording.JUDGEMENT if table.key == ANNUAL and kind != Audit.Kind.ANNUAL else _words(row, "title"),
        formula=Words(table.formula_zh, table.formula_en),
        outcome=_words(row, "outcome"),
        row=applied.number,
        rows=tuple(
            RowSheet(
                number=one.number,
                cells=tuple(one.printed[severity] for severity in SEVERITIES),
                outcome=_outcome(table, one.outcome),
                applies=one is applied,
            )
            for one in table.rows
        ),
        demands=tuple((severity, write_bound(applied.bounds[severity])) for severity in SEVERITIES),
    )


def _outcome(table: JudgementTable, key: str) -> Words:
    found = table.outcome(key)
    return Words(found.title_zh, found.title_en)


def _finding(row: Row) -> FindingSheet:
    return FindingSheet(
        number=row["number"],
        serial=row["serial"],
        severity=row["severity"],
        requirement=_words(row, "requirement"),
        citation=citation_words(row["citation"]),
        statement=row["statement"],
        answer_due_on=_day(row["answer_due_on"]),
        repeats=row["repeats"],
    )


def _sections(body: Row) -> tuple[SectionSheet, ...]:
    answers: dict[str, list[AnswerSheet]] = {section["key"]: [] for section in body["sections"]}
    for row in body["answers"]:
        answers[row["section"]].append(_answer(row))
    return tuple(SectionSheet(_words(section, "title"), tuple(answers[section["key"]])) for section in body["sections"])


def _answer(row: Row) -> AnswerSheet:
    return AnswerSheet(
        serial=row["serial"],
        clause=row["clause"],
        title=_words(row, "title"),
        citation=citation_words(row["citation"]),
        marked=row["marked"],
        severity=row["severity"],
        value=row["value"],
        note=row["note"],
        by=row["by"],
        files=tuple(row["files"]),
        lighter_because=row.get("lighter_because", ""),  # reports signed before it was asked hold none
    )


def _signature(report: AuditReport) -> SignatureSheet | None:
    """The signature of the team's leader."""
    states = next(iter(signatures_under([report]).values()), [])
    return next((signature_sheet(state, {}) for state in states), None)
