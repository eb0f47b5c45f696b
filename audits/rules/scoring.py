"""What a completed checklist amounts to: counts and exact ratios per severity, and one outcome per judgement table.

Ratios are fractions, never rounded before they are compared: 30 of 100 is exactly 30 %.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ..templates_data import BENCHMARK, SEVERITIES, AuditTemplate, JudgementTable, Outcome, Row

OK, DEFECT, NOT_APPLICABLE = "ok", "defect", "na"
VALUES = (OK, DEFECT, NOT_APPLICABLE)
#: Serial of an item → ``ok``, ``defect`` or ``na`` (reasonably not applicable).
Answers = Mapping[int, str]


class UnknownAnswers(ValueError):
    """Answers to items that the template does not have, or of a kind that nobody knows; ``serials`` names them."""

    def __init__(self, serials: list[int]) -> None:
        super().__init__(", ".join(map(str, serials)))
        self.serials = serials


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers to the items of one severity."""

    total: int
    ok: int
    defect: int
    na: int

    @property
    def judged(self) -> int:
        """Items that were applicable."""
        return self.total - self.na

    @property
    def percent(self) -> Fraction:
        """Defects in percent of the applicable items, exactly; 0 when none was applicable (the standard is silent)."""
        return Fraction(100 * self.defect, self.judged) if self.judged else Fraction(0)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The one row of a table that applied, and what it concludes."""

    table: JudgementTable
    row: Row
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Score:
    """``tallies``: severity → its answers; ``judgements``: one per table of the template."""

    tallies: Mapping[str, Tally]
    judgements: tuple[Judgement, ...]


def score(template: AuditTemplate, answers: Answers, weighed: Mapping[int, str] | None = None) -> Score:
    """Judge a checklist; an item without an answer counts as ``ok``, so the caller decides whether one may be missing.

    ``weighed``: serial → severity, where the auditor weighs a defect otherwise than the checklist marks the item. A
    graver item is then counted under that severity as a whole; a lighter weight moves nothing, and in a benchmark none
    does, for its ratios are those of the printed marks.

    :raises UnknownAnswers: an item that the template lacks, or an unknown value.
    """
    marks = {item.serial: item.severity for item in template.items}
    wrong = sorted(serial for serial, value in answers.items() if serial not in marks or value not in VALUES)
    if wrong:
        raise UnknownAnswers(wrong)
    if template.use != BENCHMARK:
        marks |= {serial: mark for serial, mark in (weighed or {}).items() if not lighter(mark, marks[serial])}
    tallies = {severity: _tally(marks, answers, severity) for severity in SEVERITIES}
    return Score(tallies, tuple(judge(table, tallies) for table in template.tables))


def lighter(severity: str, mark: str) -> bool:
    """Whether a severity weighs less than the mark of the checklist."""
    return SEVERITIES.index(severity) > SEVERITIES.index(mark)


def _tally(marks: Mapping[int, str], answers: Answers, severity: str) -> Tally:
    given = [answers.get(serial, OK) for serial, mark in marks.items() if mark == severity]
    return Tally(len(given), given.count(OK), given.count(DEFECT), given.count(NOT_APPLICABLE))


def judge(table: JudgementTable, tallies: Mapping[str, Tally]) -> Judgement:
    """The row that applies. Rows exclude each other and cover every case, which a test proves."""
    row = next(row for row in table.rows if applies(row, tallies))
    return Judgement(table, row, table.outcome(row.outcome))


def applies(row: Row, tallies: Mapping[str, Tally]) -> bool:
    """Whether every severity lies within the row's bounds."""
    return all(
        bound.holds(tallies[severity].defect, tallies[severity].percent) for severity, bound in row.bounds.items()
    )
