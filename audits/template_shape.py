"""What a checklist consists of: sections, items with their marks, and judgement tables as rows of bounds.

Nothing of the judging is code; ``rules.scoring`` only applies the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

SEVERITIES = ("critical", "major", "general")
#: What a checklist is made for. Only an annual one makes an audit the yearly one; a benchmark is judged as printed.
ANNUAL, TOPIC, SELF_ASSESSMENT, BENCHMARK = "annual_audit", "topic", "self_assessment", "benchmark"
USES = (ANNUAL, TOPIC, SELF_ASSESSMENT, BENCHMARK)
COUNT, PERCENT = "count", "percent"


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
    """One checklist. ``issued`` is the year and month, or the day, of the source; ``use``: what it is made for."""

    key: str
    use: str
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
