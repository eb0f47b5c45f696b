"""Whether the rows of a judgement table exclude each other and cover every case that a checklist can end with.

Every reachable case is judged, not a sample: every number of defects of every number of judged items. An auditor may
weigh a defect otherwise than the checklist marks the item; so each severity may come to hold any number of the items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from ..template_shape import COUNT, PERCENT, SEVERITIES, Bound, JudgementTable

#: More cases than this are not told of one table.
MOST_TOLD = 5
#: Percent of a whole.
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Case:
    """So many defects of so many judged items."""

    defects: int
    judged: int

    @property
    def percent(self) -> Fraction:
        """As :class:`audits.rules.scoring.Tally` reckons it."""
        return Fraction(100 * self.defects, self.judged) if self.judged else Fraction(0)


@dataclass(frozen=True, slots=True)
class Fault:
    """A case to which no row applies, or several. ``cases``: critical, major, general."""

    cases: tuple[Case, ...]
    rows: tuple[int, ...]


#: Set of rows whose bound of one severity holds (a bit per row) → a case in which it is that set.
Fitting = dict[int, Case]


def faults_of(table: JudgementTable, items: int) -> list[Fault]:
    """Cases to which not exactly one row applies, one for each set of rows, at most five; ``items``: how many there are.

    Severities are independent of each other, so that rows overlap when they do in each severity by itself. Where none
    do, the sets that all rows hold together are counted: fewer than there are means a gap. Neither needs the cases of
    three severities in every combination, whose number has no useful bound.
    """
    fitting = [_fitting([row.bounds[name] for row in table.rows], items) for name in SEVERITIES]
    return _overlaps(fitting, len(table.rows)) or _gaps(fitting, len(table.rows))


def _overlaps(fitting: list[Fitting], rows: int) -> list[Fault]:
    """Cases to which several rows apply."""
    beside = [[_joined(masks, 1 << row) for row in range(rows)] for masks in fitting]
    found: dict[int, Fault] = {}
    for row in range(rows):
        others = beside[0][row] & beside[1][row] & beside[2][row] & ~((2 << row) - 1)
        for other in _rows(others):
            pair = 1 << row | 1 << other - 1
            chosen = [next(mask for mask in masks if mask & pair == pair) for masks in fitting]
            found.setdefault(chosen[0] & chosen[1] & chosen[2], _fault(fitting, chosen))
            if len(found) == MOST_TOLD:
                return list(found.values())
    return list(found.values())


def _joined(masks: Fitting, row: int) -> int:
    """Every row that fits in some case in which this one does."""
    joined = 0
    for mask in masks:
        joined |= mask if mask & row else 0
    return joined


def _gaps(fitting: list[Fitting], rows: int) -> list[Fault]:
    """A case to which no row applies, where rows do not overlap; one, because all of them have the same set of rows."""
    counts = [[sum(1 for mask in masks if mask >> row & 1) for row in range(rows)] for masks in fitting]
    critical, major, general = fitting

    def least(masks: Fitting, within: int, *others: list[int]) -> int:
        """The set with which rows hold the fewest of what the other severities may add."""
        return min(masks, key=lambda mask: sum(prod(n[row - 1] for n in others) for row in _rows(mask & within)))

    first = least(critical, -1, counts[1], counts[2])
    second = least(major, first, counts[2])
    third = least(general, first & second)
    chosen = [first, second, third]
    return [] if first & second & third else [_fault(fitting, chosen)]


def _fault(fitting: list[Fitting], chosen: list[int]) -> Fault:
    cases = tuple(masks[mask] for masks, mask in zip(fitting, chosen, strict=True))
    return Fault(cases, tuple(_rows(chosen[0] & chosen[1] & chosen[2])))


def _rows(mask: int) -> Iterator[int]:
    """Numbers of the rows in a set."""
    return (number + 1 for number in range(mask.bit_length()) if mask >> number & 1)


def _fitting(bounds: list[Bound], items: int) -> Fitting:
    """The sets of rows that fit in some case of one severity.

    Each bound is asked once for every number of defects and once for every place that a share can take between whole
    percents; a case then looks up both answers, so that the work does not grow with rows times cases.
    """
    counts = [_holding(bounds, COUNT, number, Fraction(0)) for number in range(items + 1)]
    # Ends are whole percents: twice the share in steps of one tells the end itself from what lies behind it.
    shares = [_holding(bounds, PERCENT, 0, Fraction(step, 2)) for step in range(2 * WHOLE + 1)]
    found: dict[int, Case] = {}
    for judged in range(items + 1):
        for defects in range(judged + 1):
            whole, rest = divmod(WHOLE * defects, judged) if judged else (0, 0)
            mask = counts[defects] | shares[2 * whole + bool(rest)]
            if mask not in found:
                found[mask] = Case(defects, judged)
    return found


def _holding(bounds: list[Bound], unit: str, count: int, percent: Fraction) -> int:
    """The rows whose bound has this unit and holds, a bit per row."""
    fits = (bound.unit == unit and bound.holds(count, percent) for bound in bounds)
    return sum(1 << number for number, holds in enumerate(fits) if holds)
