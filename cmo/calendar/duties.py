"""Recurring reports that an organisation owes: what waits, and last days that approach or were missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may_for
from cmo.parties.facts import names_of
from cmo.web.wording import bilingual

from .facts.reports import ReportFacts, load_report_facts
from .models import PeriodicReport
from .report_words import about, title_of
from .rules.reports import AHEAD, Period, periods, state

CODES = {
    PeriodicReport.Kind.SELF_INSPECTION: "self_inspection_report",
    PeriodicReport.Kind.REPRESENTATIVE: "representative_report",
    PeriodicReport.Kind.RISK_EVALUATION: "risk_evaluation_report",
}


def waiting_on(scope: Scope, on: date) -> list[Duty]:
    """Reports that can be made now or were missed, for who may record them; five queries."""
    own = {pk for pk in _own(scope) if may_for(scope, Can.RECORD_REPORT, pk)}
    return [
        duty for facts, period, duty in _owed(own, on, on + AHEAD) if state(facts, period, on) in {"due", "overdue"}
    ]


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Last days up to ``until`` and those missed, of the person's own organisations; five queries."""
    return [duty for facts, period, duty in _owed(_own(scope), on, until) if state(facts, period, on) != "done"]


def _own(scope: Scope) -> frozenset[int]:
    """Whoever is limited to single pairs has no business with the organisation's own reports."""
    return frozenset() if scope.limited_to is not None else scope.organisation_ids


def _owed(own: set[int] | frozenset[int], on: date, until: date) -> Iterator[tuple[ReportFacts, Period, Duty]]:
    names = {pk: bilingual(row, "name") for pk, row in names_of(own).items()} if len(own) > 1 else {}
    for pk, facts in load_report_facts(own).items():
        for period in periods(facts, until):
            yield facts, period, _duty(pk, period, on, names.get(pk, ""))


def _duty(organisation: int, period: Period, on: date, name: str) -> Duty:
    """``name`` tells several own organisations apart."""
    return Duty(
        Kind.REPORT,
        title_of(period),
        f"{about(period)} · {name}" if name else about(period),
        reverse("calendar:report", args=[organisation, period.name]),
        since=period.asked_from,
        due_on=period.due_on,
        tone="bad" if on > period.due_on else "pending",
        code=CODES[PeriodicReport.Kind(period.kind)],
        citation=period.citation,
        owner_ids=frozenset({organisation}),
    )
