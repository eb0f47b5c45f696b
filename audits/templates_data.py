"""The audit templates of the product: dated data in ``data/*.yaml``, checked precisely when they are read.

A template is a list of items by section and severity, and may bring judgement tables: rows of bounds per severity, each
with one outcome. Nothing of the judging is code; ``rules.scoring`` only applies the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
SEVERITIES = ("critical", "major", "general")
COUNT, PERCENT = "count", "percent"
#: Where a file keeps its judgement tables.
RULES = ("audit_rules", "certification_rules", "supervision_rules")


class AuditTemplateError(ValueError):
    """A template file is wrong; ``problems`` names each place and what is wrong there."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the checklist."""

    key: str
    title_zh: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item to judge. ``serial`` is the only unique key; ``clause`` is the number as printed, which may repeat."""

    serial: int
    clause: str
    severity: str
    section: str
    title_zh: str
    title_en: str
    checks_zh: tuple[str, ...]
    checks_en: tuple[str, ...]
    citation: str


@dataclass(frozen=True, slots=True)
class Bound:
    """What a row demands of one severity, in defects (``count``) or in percent of the judged items (``percent``)."""

    unit: str
    least: int
    least_included: bool
    most: int | None
    most_included: bool

    def holds(self, count: int, percent: Fraction) -> bool:
        """Whether this many defects, being this share, fit."""
        value = Fraction(count) if self.unit == COUNT else percent
        above = value >= self.least if self.least_included else value > self.least
        return above and (self.most is None or (value <= self.most if self.most_included else value < self.most))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a judgement table. ``printed``: what the standard prints in each cell."""

    number: int
    bounds: Mapping[str, Bound]
    printed: Mapping[str, str]
    outcome: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a table can conclude."""

    key: str
    title_zh: str
    title_en: str


@dataclass(frozen=True, slots=True)
class JudgementTable:
    """Rows that exclude each other and cover every case; ``reading_zh`` and ``reading_en`` say how the printed text was read."""

    key: str
    title_zh: str
    title_en: str
    formula_zh: str
    formula_en: str
    outcomes: tuple[Outcome, ...]
    rows: tuple[Row, ...]
    reading_zh: tuple[str, ...]
    reading_en: tuple[str, ...]

    def outcome(self, key: str) -> Outcome:
        """The outcome with this key."""
        return next(outcome for outcome in self.outcomes if outcome.key == key)


@dataclass(frozen=True, slots=True)
class Note:
    """A peculiarity of the source, with the items it concerns."""

    key: str
    serials: tuple[int, ...]
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class AuditTemplate:
    """One checklist. ``issued`` is the year and month, or the day, of the source."""

    key: str
    title_zh: str
    title_en: str
    issuer_zh: str
    issuer_en: str
    issued: str
    applies_zh: str
    applies_en: str
    content_note_zh: str
    content_note_en: str
    status_note_zh: str
    status_note_en: str
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    tables: tuple[JudgementTable, ...]
    notes: tuple[Note, ...]

    def count(self, severity: str) -> int:
        """How many items bear this mark."""
        return sum(1 for item in self.items if item.severity == severity)

    def items_of(self, section: str) -> tuple[Item, ...]:
        """The items of one section in their order."""
        return tuple(item for item in self.items if item.section == section)


@lru_cache(maxsize=1)
def audit_templates() -> tuple[AuditTemplate, ...]:
    """Every template, the latest first. :raises AuditTemplateError: when a file is wrong."""
    found = [read_template(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.yaml"))]
    return tuple(sorted(found, key=lambda template: template.issued, reverse=True))


def audit_template(key: str) -> AuditTemplate | None:
    """The template with this key."""
    return next((template for template in audit_templates() if template.key == key), None)


def read_template(text: str) -> AuditTemplate:
    """One template file. :raises AuditTemplateError: with every fault and its place."""
    reader = _Reader()
    template = reader.template(yaml.safe_load(text))
    if reader.problems:
        raise AuditTemplateError(reader.problems)
    return template


class _Reader:
    """Reads what it can and collects what is wrong."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def template(self, raw: dict[str, Any]) -> AuditTemplate:
        sections = tuple(self.section(row) for row in raw["sections"])
        keys = {section.key for section in sections}
        items = tuple(self.item(row, keys) for row in raw["items"])
        self.serials([item.serial for item in items])
        tables = [self.table(raw[name]) for name in RULES if name in raw]
        return AuditTemplate(
            **{name: str(raw.get(name, "")) for name in _TEXTS},
            issued=str(raw.get("issued") or raw.get("reported", "")),
            applies_zh=raw["applies_to"]["zh"],
            applies_en=raw["applies_to"]["en"],
            sections=sections,
            items=items,
            tables=tuple(tables),
            notes=tuple(self.note(row) for row in raw.get("source_anomalies", ())),
        )

    def section(self, raw: dict[str, Any]) -> Section:
        return Section(raw["key"], raw["title_zh"], raw["title_en"])

    def item(self, raw: dict[str, Any], sections: set[str]) -> Item:
        place = f"item {raw.get('serial')}"
        if raw["severity"] not in SEVERITIES:
            self.problems.append(f"{place}: {raw['severity']!r} is no severity")
        if raw["section"] not in sections:
            self.problems.append(f"{place}: there is no section {raw['section']!r}")
        if len(raw["checks_zh"]) != len(raw["checks_en"]):
            self.problems.append(f"{place}: as many checks in Chinese as in English")
        return Item(
            serial=raw["serial"],
            clause=str(raw.get("clause", "")),
            severity=raw["severity"],
            section=raw["section"],
            title_zh=raw["title_zh"],
            title_en=raw["title_en"],
            checks_zh=tuple(raw["checks_zh"]),
            checks_en=tuple(raw["checks_en"]),
            citation=str(raw.get("citation", "")),
        )

    def serials(self, found: list[int]) -> None:
        if found != list(range(1, len(found) + 1)):
            self.problems.append("items: serials count from 1 without a gap")

    def table(self, raw: dict[str, Any]) -> JudgementTable:
        outcomes = tuple(Outcome(row["key"], row["title_zh"], row["title_en"]) for row in raw["outcomes"])
        known = {outcome.key for outcome in outcomes}
        return JudgementTable(
            key=raw["key"],
            title_zh=raw["title_zh"],
            title_en=raw["title_en"],
            formula_zh=raw["formula"]["zh"],
            formula_en=raw["formula"]["en"],
            outcomes=outcomes,
            rows=tuple(self.row(row, known) for row in raw["rows"]),
            reading_zh=tuple(raw.get("reading_zh", ())),
            reading_en=tuple(raw.get("reading", ())),
        )

    def row(self, raw: dict[str, Any], outcomes: set[str]) -> Row:
        if raw["outcome"] not in outcomes:
            self.problems.append(f"row {raw['row']}: {raw['outcome']!r} is no outcome of its table")
        bounds = {severity: self.bound(raw[severity], f"row {raw['row']}.{severity}") for severity in SEVERITIES}
        return Row(raw["row"], bounds, dict(raw["as_printed"]), raw["outcome"])

    def bound(self, raw: dict[str, Any], place: str) -> Bound:
        if raw["unit"] not in (COUNT, PERCENT):
            self.problems.append(f"{place}: {raw['unit']!r} is no unit")
        return Bound(raw["unit"], raw["min"], raw["min_inclusive"], raw["max"], bool(raw["max_inclusive"]))

    def note(self, raw: dict[str, Any]) -> Note:
        return Note(raw["key"], tuple(raw["serials"]), raw["note_zh"], raw["note_en"])


_TEXTS = (
    "key",
    "title_zh",
    "title_en",
    "issuer_zh",
    "issuer_en",
    "content_note_zh",
    "content_note_en",
    "status_note_zh",
    "status_note_en",
)
