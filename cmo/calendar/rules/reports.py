"""Which recurring reports an organisation owes for which periods, by when, where each stands, and what stands against
recording one.

* Self-inspection (O53-45): the calendar year, by 31 March of the next one.
* The representative's report to the principal (MR124-21): once *in* each quarter. The article leaves no days after the
  quarter, so its last day is the last day; a hearing later is one of the next quarter.
* Periodic risk evaluation (O1-39): each full year of the first registration period, within 60 days; afterwards once per
  registration period, by the last day for the renewal application. A class I filing: its first five years.

A period is owed when the organisation held a licence or certificate in it and it ended when the organisation (for a
device: the device) was known here already. What lies before is no business of these records.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cmo.errors import Finding
from cmo.parties.renewal import certificate_window
from cmo.workdays import add_months

from ..facts.reports import Filed, RegisteredDevice, ReportFacts
from ..models import PeriodicReport
from ..wording import finding

Kind = PeriodicReport.Kind
CITATIONS = {Kind.SELF_INSPECTION: "O53-45", Kind.REPRESENTATIVE: "MR124-21", Kind.RISK_EVALUATION: "O1-39"}
#: Days after a full year of the first registration period, and how many such years there are.
RISK_DAYS, RISK_YEARS = 60, 5
#: A report is offered for recording when its last day lies at most this far ahead.
AHEAD = timedelta(days=400)
#: From so many months before its last day the report of a whole registration period is asked for.
ASKED_BEFORE = 6
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """One report that is owed. ``earliest``: it cannot be made before; ``asked_from``: it waits in the inbox from then.

    ``to_authority``: it is handed in; otherwise it is kept on file.
    """

    kind: str
    device: RegisteredDevice | None
    first: date
    last: date
    due_on: date
    earliest: date
    asked_from: date
    to_authority: bool

    @property
    def device_id(self) -> int | None:
        return self.device.device_id if self.device else None

    @property
    def name(self) -> str:
        """What it is called in addresses."""
        return name_of(self.kind, self.device_id, self.first)

    @property
    def citation(self) -> str:
        return CITATIONS[Kind(self.kind)]


def name_of(kind: str, device_id: int | None, first: date) -> str:
    """What one report is called in addresses."""
    return "-".join([kind, *([str(device_id)] if device_id else []), first.isoformat()])


def periods(facts: ReportFacts, until: date) -> list[Period]:
    """Every report owed with a last day up to ``until``, the earliest last day first."""
    found = [
        *_years(facts, until),
        *_quarters(facts, until),
        *(period for device in facts.devices for period in _of_device(device, facts.known_from)),
    ]
    return sorted((each for each in found if each.due_on <= until), key=lambda each: (each.due_on, each.name))


def period_named(facts: ReportFacts, name: str, on: date) -> Period | None:
    """The period with this name: owed by now or soon, or recorded at a time when base data said otherwise."""
    known = [*periods(facts, on + AHEAD), *_recorded(facts)]
    return next((each for each in known if each.name == name), None)


def _recorded(facts: ReportFacts) -> Iterator[Period]:
    for (kind, device_id, first), row in facts.filed.items():
        yield Period(kind, facts.device(device_id), first, row.last, row.due_on, first, first, True)


def filed(facts: ReportFacts, period: Period) -> Filed | None:
    """The record of this report, when there is one."""
    return facts.filed.get((period.kind, period.device_id, period.first))


def state(facts: ReportFacts, period: Period, on: date) -> str:
    """``done``, ``overdue``, ``due`` (can be made now) or ``coming``."""
    if filed(facts, period):
        return "done"
    if on > period.due_on:
        return "overdue"
    return "due" if on >= period.asked_from else "coming"


def _years(facts: ReportFacts, until: date) -> Iterator[Period]:
    for year in range(facts.known_from.year, until.year):
        first, last = date(year, 1, 1), date(year, 12, 31)
        if _held(facts, first, last):
            after, due_on = last + DAY, date(year + 1, 3, 31)
            yield Period(Kind.SELF_INSPECTION, None, first, last, due_on, after, after, True)


def _quarters(facts: ReportFacts, until: date) -> Iterator[Period]:
    first = facts.known_from.replace(month=facts.known_from.month - (facts.known_from.month - 1) % 3, day=1)
    while first <= until:
        following = add_months(first, 3)
        last = following - DAY
        if _held(facts, first, last):
            yield Period(Kind.REPRESENTATIVE, None, first, last, last, first, add_months(first, 2), False)
        first = following


def _held(facts: ReportFacts, first: date, last: date) -> bool:
    return any(span.meets(first, last) for span in facts.holds)


def _of_device(device: RegisteredDevice, known_from: date) -> Iterator[Period]:
    """The reports about one device, those left out that ended before it was known here or after its certificate."""
    known = max(known_from, device.known_from)
    for number, span in enumerate(device.periods):
        is_first = number == 0 and device.first_period
        for each in _first_years(device, span.first, span.last) if is_first else _whole(device, span.first, span.last):
            if each.last >= known and (device.ended_on is None or each.last <= device.ended_on):
                yield each


def _first_years(device: RegisteredDevice, first: date, last: date | None) -> Iterator[Period]:
    """A year from day to day; it is full at the end of the day before its anniversary, and the sixty days follow."""
    for year in range(RISK_YEARS):
        begin, end = add_months(first, 12 * year), add_months(first, 12 * year + 12) - DAY
        if last is None or begin < last:
            due_on, after = end + timedelta(days=RISK_DAYS), end + DAY
            yield Period(Kind.RISK_EVALUATION, device, begin, end, due_on, after, after, not device.filing)


def _whole(device: RegisteredDevice, first: date, last: date | None) -> Iterator[Period]:
    """The one report of a later registration period; a class I filing has none."""
    if last is not None and not device.filing:
        due_on = certificate_window(last)[1]
        asked_from = max(first, add_months(due_on, -ASKED_BEFORE))
        yield Period(Kind.RISK_EVALUATION, device, first, due_on, due_on, first, asked_from, False)


def blockers_to_record(facts: ReportFacts, name: str, done_on: date, reference: str, today: date) -> list[Finding]:
    """Every reason against recording a report as made."""
    period = period_named(facts, name, today)
    if period is None:
        return [finding("report_not_owed")]
    found = []
    if filed(facts, period):
        found.append(finding("report_recorded", first=period.first.isoformat(), last=period.last.isoformat()))
    if done_on < period.earliest:
        found.append(finding("report_too_early", earliest=period.earliest.isoformat()))
    if done_on > today:
        found.append(finding("report_in_future", done_on=done_on.isoformat()))
    if not reference.strip():
        found.append(finding("report_reference_needed"))
    return found
