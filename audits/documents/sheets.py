"""Everything that stands on the paper of an audit report, as values: both documents are written from these alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from agreements.documents.sheets import PlaceSheet
from cmo.paper.words import Words

from ..rules.scoring import Tally


@dataclass(frozen=True, slots=True)
class PartySheet:
    """One party as the report froze it."""

    side: Words
    name: Words
    uscc: str


@dataclass(frozen=True, slots=True)
class MemberSheet:
    """A member of the team."""

    name: str
    leads: bool


@dataclass(frozen=True, slots=True)
class TallySheet(Tally):
    """The answers to the items of one severity, named."""

    severity: str


@dataclass(frozen=True, slots=True)
class RowSheet:
    """One row of a judgement table. ``cells``: as printed, critical, major, general; ``applies``: the one that decided."""

    number: int
    cells: tuple[str, ...]
    outcome: Words
    applies: bool


@dataclass(frozen=True, slots=True)
class JudgementSheet:
    """One judgement table with what it concludes. ``demands``: what the row that applies asks for, severity by severity."""

    title: Words
    formula: Words
    outcome: Words
    row: int
    rows: tuple[RowSheet, ...]
    demands: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FindingSheet:
    """One finding; ``citation`` names law and article in words; ``repeats``: number of the earlier one, or empty."""

    number: str
    serial: int
    severity: str
    requirement: Words
    citation: Words | None
    statement: str
    answer_due_on: date | None
    repeats: str


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """One item with its answer. ``marked``: as the checklist marks it; ``severity``: as the auditor weighed a defect,
    ``lighter_because``: why less.
    """

    serial: int
    clause: str
    title: Words
    citation: Words | None
    marked: str
    severity: str
    value: str
    note: str
    by: str
    files: tuple[str, ...]
    lighter_because: str = ""


@dataclass(frozen=True, slots=True)
class SectionSheet:
    """A part of the checklist with its answers."""

    title: Words
    answers: tuple[AnswerSheet, ...]


@dataclass(frozen=True, slots=True)
class ChainSheet:
    """The head of the audit's own chain when the report was signed: the working papers up to there are fixed by it."""

    stream: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """The report of one audit as it goes on paper. Days are legal dates, last day inclusive."""

    number: str
    kind: str
    manner: str
    announced: bool
    starts_on: date
    ends_on: date
    begun_on: date | None
    reported_on: date
    scope: str
    cause: str
    site: Words | None
    registrant: PartySheet
    contractor: PartySheet
    team: tuple[MemberSheet, ...]
    template: Words
    template_version: str
    template_hash: str
    summary: str
    conclusion: str
    tallies: tuple[TallySheet, ...]
    judgements: tuple[JudgementSheet, ...]
    findings: tuple[FindingSheet, ...]
    sections: tuple[SectionSheet, ...]
    place: PlaceSheet
    chain: ChainSheet
    statement: Words | None
    statement_version: str
    record_hash: str
    frozen_at: datetime
