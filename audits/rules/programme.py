"""The yearly programme: points for what makes a contractor risky, the order they give, and days within what there is.

The points are house policy: no regulation sets them. That every contractor is audited on site at least yearly is law
and guide (GMP 2025 art. 109, guide II(4)7), so a pair left out for want of days is named.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cmo.errors import Finding
from cmo.workdays import NONE, Exceptions, add_months, add_working_days, is_working_day

from ..facts.programme import LedAudit, PairRisk, PlannedAudit
from ..wording import finding
from .planning import MOST_DAYS

CLASS_POINTS = {"": 0, "I": 1, "II": 2, "III": 3}
IMPLANTABLE = 3
#: (lots in twelve months at least, points), the most first.
VOLUME = ((50, 3), (10, 2), (1, 1))
FINDING_POINTS = {"critical": 4, "major": 2, "general": 1}
DEVIATION_POINTS = {"critical": 3, "major": 1, "minor": 0}
REPEATED, REJECTED, HOLD = 2, 1, 2
#: At most so many points come from one of findings, deviations, rejected lots and holds.
MOST = 6
NEVER_AUDITED = 6
#: Points for every full quarter since the last audit, at most MOST.
MONTHS_A_POINT = 3
#: An audit is proposed so many days before it falls due, and not earlier than so many days from today.
BEFORE_DUE, NOTICE = timedelta(days=30), timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Reason:
    """Points and the facts behind them, as kept with the programme."""

    key: str
    points: int
    facts: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {"key": self.key, "points": self.points, "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A pair at its place. ``starts_on``: when its audit is proposed, None when no auditor days or no working days are
    left for it.
    """

    risk: PairRisk
    rank: int
    reasons: tuple[Reason, ...]
    auditor_days: int
    starts_on: date | None

    @property
    def points(self) -> int:
        return sum(reason.points for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class EntrySaid:
    """What quality decided for one pair: days and first day, or no audit (``starts_on`` None)."""

    pair_id: int
    auditor_days: int
    starts_on: date | None


def ranked(
    risks: Iterable[PairRisk], auditor_days: int, on: date, year: int, exceptions: Exceptions = NONE
) -> list[Ranked]:
    """The pairs by points, then by how long ago they were audited; days are given out in that order.

    Audits are laid one after another, because one person leads them all.
    """
    scored = [(risk, reasons_for(risk, on)) for risk in risks]
    scored.sort(key=lambda one: (-sum(r.points for r in one[1]), one[0].last_audit_on or date.min, one[0].pair_number))
    left, found = auditor_days, []
    free = FreeDays(on, year, exceptions, [risk.planned for risk, _reasons in scored if risk.planned is not None])
    for rank, (risk, reasons) in enumerate(scored, start=1):
        days = days_for(risk)
        fits = risk.planned is not None or days <= left
        left -= days if fits else 0
        starts_on = proposed_day(risk, free, days) if fits else None
        found.append(Ranked(risk, rank, tuple(reasons), days, starts_on))
    return found


def reasons_for(risk: PairRisk, on: date) -> list[Reason]:
    """Every factor that gives points, in the order shown."""
    return [reason for reason in _reasons(risk, on) if reason.points]


def _reasons(risk: PairRisk, on: date) -> Iterator[Reason]:
    yield Reason("class", CLASS_POINTS[risk.device_class], {"device_class": risk.device_class})
    yield Reason("implantable", IMPLANTABLE * risk.implantable, {})
    yield Reason("volume", next((points for least, points in VOLUME if risk.lots >= least), 0), {"lots": risk.lots})
    yield Reason("findings", _capped(risk.open_findings, FINDING_POINTS), dict(risk.open_findings))
    yield Reason("repeated", min(MOST, REPEATED * risk.repeated), {"n": risk.repeated})
    yield Reason("deviations", _capped(risk.deviations, DEVIATION_POINTS), dict(risk.deviations))
    yield Reason("rejected", min(MOST, REJECTED * risk.rejected), {"lots": risk.rejected})
    yield Reason("holds", min(MOST, HOLD * risk.holds), {"n": risk.holds})
    yield _since_last_audit(risk, on)


def _capped(counts: Mapping[str, int], points: Mapping[str, int]) -> int:
    return min(MOST, sum(points[name] * n for name, n in counts.items()))


def _since_last_audit(risk: PairRisk, on: date) -> Reason:
    if risk.last_audit_on is None:
        return Reason("never_audited", NEVER_AUDITED, {})
    months = months_between(risk.last_audit_on, on)
    facts = {"months": months, "last_on": risk.last_audit_on.isoformat()}
    return Reason("months", min(MOST, months // MONTHS_A_POINT), facts)


def months_between(first: date, last: date) -> int:
    """Full calendar months from one day to a later one; 0 when it is not later."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return max(0, months - (add_months(first, months) > last))


def days_for(risk: PairRisk) -> int:
    """Auditor days that an audit of the whole system takes: two, and one more each for what makes it larger."""
    return 2 + (risk.device_class == "III") + risk.implantable + (risk.lots >= VOLUME[1][0]) + (risk.entrusted > 2)


class FreeDays:
    """The working days that a year still has, with notice if possible, and which of them no audit has taken."""

    def __init__(
        self, on: date, year: int, exceptions: Exceptions = NONE, planned: Iterable[PlannedAudit] = ()
    ) -> None:
        """``planned``: audits of the year that keep their days."""
        first, last = date(year, 1, 1), date(year, 12, 31)
        self.earliest = max(on + NOTICE, first)
        noticed = _working_days(self.earliest, last, exceptions)
        self.days = noticed or _working_days(max(on + timedelta(days=1), first), last, exceptions)
        taken = {day for one in planned for day in range(one.starts_on.toordinal(), one.ends_on.toordinal() + 1)}
        self.free = [day.toordinal() not in taken for day in self.days]

    def take(self, wanted: date, n: int) -> date | None:
        """The first of ``n`` free working days in a row: searched from the day wanted to the end of the year, then from
        it backwards. With none left, the working day next to the one wanted, overlapping another audit: a duty is
        never dropped for want of one leader. None when the year has no working day left.
        """
        place = bisect_left(self.days, wanted)
        later, earlier = range(place, len(self.days) - n + 1), range(min(place, len(self.days) - n + 1) - 1, -1, -1)
        found = next((at for at in (*later, *earlier) if all(self.free[at : at + n])), None)
        if found is None:
            return self.days[min(place, len(self.days) - 1)] if self.days else None
        self.free[found : found + n] = [False] * n
        return self.days[found]


def _working_days(first: date, last: date, exceptions: Exceptions) -> list[date]:
    span = range(first.toordinal(), last.toordinal() + 1)
    return [day for day in map(date.fromordinal, span) if is_working_day(day, exceptions)]


def proposed_day(risk: PairRisk, free: FreeDays, auditor_days: int) -> date | None:
    """A working day before the audit falls due, in the year and with notice; a planned audit keeps its own day."""
    if risk.planned is not None:
        return risk.planned.starts_on
    wanted = risk.next_due_on - BEFORE_DUE if risk.next_due_on else free.earliest
    return free.take(wanted, max(1, auditor_days))


def last_day(starts_on: date, auditor_days: int, exceptions: Exceptions = NONE) -> date:
    """The last day of an audit that one person conducts: the first day counts, from there on working days do.

    Never past the longest audit there is.
    """
    found = add_working_days(starts_on, max(1, auditor_days) - 1, exceptions)
    return min(found, starts_on + timedelta(days=MOST_DAYS - 1))


def warnings_of(
    rows: Sequence[Ranked],
    entries: Sequence[EntrySaid],
    year: int,
    led: Iterable[LedAudit] = (),
    exceptions: Exceptions = NONE,
) -> list[Finding]:
    """What to look at in a programme, proposed or said; nothing of it blocks. ``led``: open audits of its leader."""
    return [*left_out(rows, entries, year), *overlaps(rows, entries, led, exceptions)]


def left_out(rows: Sequence[Ranked], entries: Sequence[EntrySaid], year: int) -> list[Finding]:
    """Pairs whose yearly audit falls due in the year and that get none, each named."""
    given = {entry.pair_id for entry in entries if entry.starts_on is not None}
    return [
        finding("pair_without_audit", number=row.risk.pair_number, day=_due(row, year).isoformat())
        for row in rows
        if _due(row, year).year <= year and row.risk.planned is None and row.risk.pair_id not in given
    ]


def overlaps(
    rows: Sequence[Ranked], entries: Sequence[EntrySaid], led: Iterable[LedAudit], exceptions: Exceptions = NONE
) -> list[Finding]:
    """Audits that fall on days on which the same person leads another one, each named once."""
    known = {row.risk.pair_id: row.risk for row in rows}
    spans = [(one.starts_on, one.ends_on, one.number) for one in led]
    for entry in entries:
        risk = known.get(entry.pair_id)
        if risk is not None and risk.planned is None and entry.starts_on is not None:
            last = last_day(entry.starts_on, entry.auditor_days, exceptions)
            spans.append((entry.starts_on, last, risk.pair_number))
    found, before = [], None
    for span in sorted(spans):
        if before is not None and span[0] <= before[1]:
            found.append(finding("leader_overlap", one=before[2], other=span[2], day=span[0].isoformat()))
        before = span if before is None or span[1] > before[1] else before
    return found


def _due(row: Ranked, year: int) -> date:
    return row.risk.next_due_on or date(year, 12, 31)


def blockers_to_adopt(
    entries: Sequence[EntrySaid], rows: Sequence[Ranked], auditor_days: int, year: int, on: date, reason_needed: bool
) -> list[Finding]:
    """Everything against adopting a programme."""
    found = [] if year >= on.year else [finding("programme_year_over", year=year)]
    if {entry.pair_id for entry in entries} != {row.risk.pair_id for row in rows}:
        found.append(finding("programme_pairs_changed"))
    used = sum(entry.auditor_days for entry in entries if entry.starts_on)
    if used > auditor_days:
        found.append(finding("programme_over_days", used=used, available=auditor_days))
    if reason_needed:
        found.append(finding("programme_reason_missing"))
    return [*found, *_wrong_days(entries, rows, year, on)]


def _wrong_days(entries: Sequence[EntrySaid], rows: Sequence[Ranked], year: int, on: date) -> Iterator[Finding]:
    known = {row.risk.pair_id: row.risk for row in rows}
    for entry in entries:
        risk = known.get(entry.pair_id)
        if risk is None or entry.starts_on is None:
            continue
        number, day = risk.pair_number, entry.starts_on.isoformat()
        if entry.auditor_days < 1:
            yield finding("programme_entry_without_days", number=number)
        if risk.planned is None and (entry.starts_on.year != year or entry.starts_on < on):
            yield finding("programme_day_outside_year", number=number, day=day, year=year)
