"""When an agreed obligation is due, where each occurrence stands, and what stands against recording one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cmo.errors import Finding
from cmo.workdays import add_months

from ..facts.obligations import ObligationFact, ObligationFacts, Performed
from ..wording import finding
from .state import SIDE_ZH

MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}
#: From so many days before its due day an occurrence is due; before, it is coming.
AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One due day. ``state``: ``done``, ``overdue``, ``due`` or ``coming``."""

    due_on: date
    state: str
    record: Performed | None


def due_days(since: date, frequency: str, days_allowed: int, until: date) -> Iterator[date]:
    """The n-th due day: n periods after the first day of the series, plus the days allowed; up to ``until``."""
    allowed, n = timedelta(days=days_allowed), 1
    if frequency == "once":
        yield from (day for day in (since + allowed,) if day <= until)
        return
    while (due_on := add_months(since, n * MONTHS[frequency]) + allowed) <= until:
        yield due_on
        n += 1


def occurrences(facts: ObligationFacts, obligation: ObligationFact, on: date) -> list[Occurrence]:
    """Every occurrence of one obligation, the oldest first; what was recorded stays done."""
    days = set(due_days(obligation.since, obligation.frequency, obligation.days_allowed, facts.until))
    done = {due_on: row for (key, due_on), row in facts.performed.items() if key == obligation.key}
    return [Occurrence(day, _state(day, day in done, on), done.get(day)) for day in sorted(days | done.keys())]


def _state(due_on: date, done: bool, on: date) -> str:
    if done:
        return "done"
    if on > due_on:
        return "overdue"
    return "due" if on >= due_on - AHEAD else "coming"


def next_open(found: list[Occurrence]) -> Occurrence | None:
    """The earliest occurrence that is not done."""
    return next((each for each in found if each.record is None), None)


def next_due(facts: ObligationFacts, obligation: ObligationFact, on: date) -> Occurrence | None:
    """The same without looking at all the others."""
    days = due_days(obligation.since, obligation.frequency, obligation.days_allowed, facts.until)
    day = next((day for day in days if (obligation.key, day) not in facts.performed), None)
    return None if day is None else Occurrence(day, _state(day, done=False, on=on), None)


def blockers_to_record_obligation(
    facts: ObligationFacts | None, key: str, due_on: date, done_on: date, reference: str, side: str, today: date
) -> list[Finding]:
    """Reasons against recording: not agreed, the other side's, done before, in the future, nothing that proves it."""
    obligation = next((o for o in facts.obligations if o.key == key), None) if facts else None
    if facts is None or obligation is None:
        return [finding("obligation_not_agreed", due_on=due_on.isoformat())]
    found = list(_occurrence_blockers(facts, obligation, due_on, side))
    if done_on > today:
        found.append(finding("event_in_future", event_on=done_on.isoformat()))
    if not reference.strip():
        found.append(finding("obligation_reference_needed", proof_zh=obligation.proof_zh, proof_en=obligation.proof_en))
    return found


def _occurrence_blockers(
    facts: ObligationFacts, obligation: ObligationFact, due_on: date, side: str
) -> Iterator[Finding]:
    if side != obligation.side:
        yield finding("obligation_of_other_side", side=obligation.side, side_zh=SIDE_ZH[obligation.side])
    if (obligation.key, due_on) in facts.performed:
        yield finding("obligation_recorded", due_on=due_on.isoformat())
    elif due_on not in due_days(obligation.since, obligation.frequency, obligation.days_allowed, facts.until):
        yield finding("obligation_not_agreed", due_on=due_on.isoformat())
