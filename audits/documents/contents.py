"""What the sections of an audit report say, before it is known whether they become PDF or DOCX."""

from __future__ import annotations

from agreements.documents import wording as paper
from agreements.documents.contents import Fact, Heading, Table, lines_of
from cmo.paper.words import Words, same

from . import wording
from .sheets import AnswerSheet, FindingSheet, JudgementSheet, ReportDocument, RowSheet, SectionSheet, TallySheet

NOTHING = same("—")


def cover_facts(document: ReportDocument) -> list[Fact]:
    """What a reader looks for first: number, kind, parties, dates, manner, checklist."""
    return [
        (wording.NUMBER, same(document.number)),
        (wording.KIND, wording.KINDS[document.kind]),
        (paper.REGISTRANT_SHORT, document.registrant.name),
        (paper.CONTRACTOR_SHORT, document.contractor.name),
        (wording.DAYS, paper.period(document.starts_on, document.ends_on)),
        (wording.MANNER, manner(document)),
        (wording.TEAM, _team(document)),
        (wording.REPORTED, paper.day(document.reported_on)),
        (wording.CHECKLIST, document.template),
    ]


def manner(document: ReportDocument) -> Words:
    """On site or remote, and whether the contractor was told before."""
    how, told = wording.MANNERS[document.manner], wording.NOTICE[document.announced]
    return Words(f"{how.zh}，{told.zh}", f"{how.en}, {told.en}")


def audit_facts(document: ReportDocument) -> list[Fact]:
    """Parties, scope, site, days and team."""
    facts = [
        (party.side, Words(f"{party.name.zh}（{party.uscc}）", f"{party.name.en} ({party.uscc})"))
        for party in (document.registrant, document.contractor)
    ]
    facts += [(wording.SITE, document.site or wording.WHOLE), (wording.SCOPE, same(document.scope))]
    if document.cause:
        facts.append((wording.CAUSE, same(document.cause)))
    facts.append((wording.DAYS, paper.period(document.starts_on, document.ends_on)))
    if document.begun_on is not None:
        facts.append((wording.BEGUN, paper.day(document.begun_on)))
    facts += [(wording.MANNER, manner(document)), (wording.TEAM, _team(document))]
    version = Words(f"第{document.template_version}版", f"no. {document.template_version}")
    facts += [(wording.CHECKLIST, document.template), (wording.VERSION, version)]
    return [*facts, (wording.CHECKLIST_HASH, wording.halves(document.template_hash))]


def _team(document: ReportDocument) -> Words:
    leader = wording.LEADER
    names = [
        Words(f"{one.name}（{leader.zh}）", f"{one.name} ({leader.en})") if one.leads else same(one.name)
        for one in document.team
    ]
    return Words("、".join(name.zh for name in names), ", ".join(name.en for name in names))


def tally_table(document: ReportDocument) -> Table:
    """How many items conform, are defective or do not apply, per severity and together."""
    heads = (wording.ITEMS, wording.CONFORMING, wording.DEFECTS, wording.NOT_APPLICABLE, wording.SHARE)
    columns = (Heading(wording.SEVERITY, 0.2), *(Heading(head, 0.16, centred=True) for head in heads))
    return Table(columns, tuple(_tally_row(row) for row in document.tallies))


def _tally_row(row: TallySheet) -> tuple[Words, ...]:
    numbers = (row.total, row.ok, row.defect, row.na)
    return (wording.severity(row.severity), *(same(str(n)) for n in numbers), same(wording.percent(row.percent)))


def marked_note(document: ReportDocument) -> Words | None:
    """Why the counts and the findings differ, where a defect was weighed less than its item is marked."""
    said = [
        wording.weighed_less(one.serial, wording.severity(one.marked), wording.severity(one.severity))
        for section in document.sections
        for one in section.answers
        if one.lighter_because
    ]
    if not said:
        return None
    note = wording.MARKED_NOTE
    listed = "；".join(one.zh for one in said), "; ".join(one.en for one in said)
    return Words(f"{note.zh}{listed[0]}。", f"{note.en} {listed[1]}.")


def judgement_table(judgement: JudgementSheet) -> Table:
    """Every row of a table as printed; the one that applies is marked."""
    columns = (
        Heading(wording.ROW, 0.14, centred=True),
        *(Heading(words, 0.17, centred=True) for words in wording.SEVERITIES.values()),
        Heading(wording.OUTCOME, 0.35),
    )
    return Table(columns, tuple(_judgement_row(row.number, row) for row in judgement.rows))


def _judgement_row(number: int, row: RowSheet) -> tuple[Words, ...]:
    mark = wording.APPLIES
    place = Words(f"{number} ● {mark.zh}", f"{number} ● {mark.en}") if row.applies else same(str(number))
    return (place, *(same(cell) for cell in row.cells), row.outcome)


def judged(judgement: JudgementSheet) -> Words:
    """A judgement table and what it concludes."""
    title, outcome = judgement.title, judgement.outcome
    return Words(f"{title.zh}：{outcome.zh}", f"{title.en}: {outcome.en}")


def why_title(judgement: JudgementSheet) -> Words:
    """Which row applies."""
    why = wording.WHY
    return Words(f"{why.zh}（第{judgement.row}行）", f"{why.en} (row {judgement.row})")


def why_facts(document: ReportDocument, judgement: JudgementSheet) -> list[Fact]:
    """What the row that applies asks for and what was found, severity by severity."""
    found = {tally.severity: tally for tally in document.tallies}
    return [
        (
            wording.severity(severity),
            wording.demand(bound, found[severity].defect, found[severity].judged, found[severity].percent),
        )
        for severity, bound in judgement.demands
    ]


def findings_table(document: ReportDocument) -> Table:
    """Every finding with its requirement, what was found, its weight and the day by which it is answered."""
    columns = (
        Heading(wording.FINDING, 0.21),
        Heading(wording.SEVERITY, 0.11, centred=True),
        Heading(wording.REQUIREMENT, 0.26),
        Heading(wording.FOUND, 0.27),
        Heading(wording.DUE, 0.15, centred=True),
    )
    return Table(columns, tuple(_finding_row(row) for row in document.findings))


def _finding_row(row: FindingSheet) -> tuple[Words, ...]:
    again = wording.repeats(row.repeats) if row.repeats else None
    requirement = lines_of([words for words in (row.requirement, row.citation, again) if words is not None])
    due = paper.day(row.answer_due_on) if row.answer_due_on else NOTHING
    return (same(row.number), wording.severity(row.severity), requirement, same(row.statement), due)


def checklist_table(section: SectionSheet) -> Table:
    """The answers of one part of the checklist."""
    columns = (
        Heading(wording.ITEM, 0.13, centred=True),
        Heading(wording.REQUIRED, 0.34),
        Heading(wording.ANSWER, 0.15, centred=True),
        Heading(wording.SEEN, 0.38),
    )
    return Table(columns, tuple(_answer_row(row) for row in section.answers))


def _answer_row(row: AnswerSheet) -> tuple[Words, ...]:
    number = f"{row.serial}\n{row.clause}" if row.clause else str(row.serial)
    title = lines_of([row.title, row.citation]) if row.citation else row.title
    return (same(number), title, _answer(row), _seen(row))


def _answer(row: AnswerSheet) -> Words:
    value = wording.VALUES.get(row.value, same(row.value))
    weight = wording.severity(row.severity or row.marked)
    return lines_of([value, weight]) if row.value == "defect" else value


def _seen(row: AnswerSheet) -> Words:
    """Note, why it weighs less than marked, files and auditor; what reads the same in both languages stands once."""
    before = [same(row.note)] if row.note else []
    if row.lighter_because:
        before.append(wording.lighter(row.marked, row.lighter_because))
    return lines_of([*before, same("\n".join([*(f"· {name}" for name in row.files), row.by]))])


def chain_facts(document: ReportDocument) -> list[Fact]:
    """Length and head of the audit's own chain."""
    return [
        (wording.CHAIN_LENGTH, same(str(document.chain.seq))),
        (wording.CHAIN_HEAD, wording.halves(document.chain.hash)),
    ]


def title_of(document: ReportDocument, language: str) -> str:
    """The title a file bears."""
    return f"{wording.TITLE.en if language == 'en' else wording.TITLE.zh} {document.number}"
