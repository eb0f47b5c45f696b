"""Recurring reports in words: what to do, which period, where it stands."""

from __future__ import annotations

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cmo.parties.states import State
from cmo.web.wording import bilingual, day

from .facts.reports import ReportFacts
from .models import PeriodicReport
from .rules import reports
from .rules.reports import Period

Kind = PeriodicReport.Kind
TITLES: dict[str, str | Promise] = {
    Kind.SELF_INSPECTION: gettext_lazy("Submit the QMS self-inspection report"),
    Kind.REPRESENTATIVE: gettext_lazy("Have the principal hear the management representative"),
    Kind.RISK_EVALUATION: gettext_lazy("Submit the periodic risk evaluation report"),
}
KEPT = gettext_lazy("Complete the periodic risk evaluation report and keep it on file")


def title_of(period: Period) -> str | Promise:
    """What is to be done."""
    return TITLES[period.kind] if period.to_authority or not period.device else KEPT


def span_word(period: Period) -> str:
    """The period: a year, a quarter, or its first and last day."""
    if period.kind == Kind.SELF_INSPECTION:
        return _("calendar year %(year)s") % {"year": period.first.year}
    if period.kind == Kind.REPRESENTATIVE:
        return _("quarter %(quarter)d of %(year)d") % {
            "year": period.first.year,
            "quarter": (period.first.month + 2) // 3,
        }
    return _("%(first)s to %(last)s") % {"first": day(period.first), "last": day(period.last)}


def about(period: Period) -> str:
    """The period, with the device where it is about one."""
    if period.device is None:
        return span_word(period)
    return f"{bilingual(period.device, 'name')} {period.device.number} · {span_word(period)}"


def state_of(facts: ReportFacts, period: Period, on: date) -> State:
    """Where the report stands, as a badge."""
    return {
        "done": State("good", _("done")),
        "overdue": State("bad", _("overdue")),
        "due": State("pending", _("due")),
        "coming": State("idle", _("coming")),
    }[reports.state(facts, period, on)]


def receiver(period: Period) -> str:
    """Where the report goes."""
    if period.kind == Kind.SELF_INSPECTION:
        return _("To the local medical products administration.")
    if period.kind == Kind.REPRESENTATIVE:
        return _("Stays in the organisation; the record of the hearing proves it.")
    if not period.to_authority:
        return _("Kept on file and shown on request.")
    if period.device and period.device.number.startswith("国"):
        return _("To the national adverse event monitoring body, in its system.")
    return _("To the provincial adverse event monitoring body, in the national system.")
