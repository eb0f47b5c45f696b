"""The calendar as month, list and timeline, and the tab of a pair: one reading of the duties, three ways to show it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo.parties.access import Scope
from cmo.parties.facts import exceptions
from cmo.parties.pages import scope_for
from cmo.parties.views.pairs import pair_context, visible_pair
from cmo.web.wording import is_chinese

from ..collect import counterparts, duties_of
from ..forms.calendar import CalendarFilter
from ..lanes import drawn
from ..months import Period, period_from, weeks_of
from ..shown import Shown, chosen, narrowed, of_pair, shown, unannounced
from ..tables import DutyTable

#: How many overdue duties stand above the month; the list has them all.
MOST_OVERDUE = 6
#: How far the tab of a pair looks ahead.
AHEAD = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Read:
    """What one page shows: the duties let through by the filters, overdue ones and those of the period.

    ``late``: how many are overdue whatever the filters let through.
    """

    scope: Scope
    form: CalendarFilter
    period: Period
    rows: list[Shown]
    late: int


def _read(request: HttpRequest, months: int, *, choose: bool = True) -> Read:
    """Read the duties once. ``months``: how long a period is unless the address says otherwise."""
    scope = scope_for(request)
    form = CalendarFilter(request.GET, parties=counterparts(scope), months=months if choose else None)
    asked = form.asked()
    period = period_from(form.start_or(scope.on), asked.get("months") or months)
    duties = duties_of(scope, period.first, period.last)
    late = sum(1 for duty in duties if duty.due_on is not None and duty.due_on < scope.on)
    rows = _with_words(shown(chosen(duties, asked, scope), scope), asked.get("q", ""))
    return Read(scope, form, period, rows, late)


def _with_words(rows: list[Shown], words: str) -> list[Shown]:
    wanted = words.strip().casefold()
    return [
        row
        for row in rows
        if wanted in f"{row.title}\n{row.about}\n{row.pair}\n{row.owner}\n{row.counterpart}".casefold()
    ]


def _context(request: HttpRequest, read: Read, current: str) -> dict[str, Any]:
    """What the three views share: filters, period, ways to the other views, what is not announced."""
    query = request.GET.copy()
    for name in ("export", "page", "sort", "columns"):
        query.pop(name, None)
    kept = f"?{query.urlencode()}" if query else ""
    return {
        "form": read.form,
        "period": read.period,
        "period_words": period_words(read.period),
        "today": read.scope.on,
        "posted": bool(read.scope.posts),
        "views": [
            {"label": label, "url": reverse(f"calendar:{name}") + kept, "current": name == current}
            for name, label in _views()
        ],
        "overdue": [row for row in read.rows if row.overdue],
        "late": read.late,
        "filtered": bool({"q", "kind", "party", "whose", "basis", "overdue"} & set(read.form.changed_data)),
    }


def _views() -> list[tuple[str, str]]:
    return [("month", _("Month")), ("list", _("List")), ("timeline", _("Timeline"))]


def period_words(period: Period) -> str:
    """The month, or the first and the last one, as the language writes months."""
    first, last = _month_words(period.first), _month_words(period.last)
    return first if period.months == 1 else f"{first} – {last}"


def _month_words(day: date) -> str:
    return f"{day.year}年{day.month}月" if is_chinese() else f"{day:%B %Y}"


@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """One month as a grid, what is overdue above it."""
    read = _read(request, 1, choose=False)
    days: dict[date, list[Shown]] = defaultdict(list)
    for row in read.rows:
        days[row.due_on].append(row)
    context = _context(request, read, "month")
    inside = sum(len(found) for day, found in days.items() if read.period.first <= day <= read.period.last)
    context |= {
        "weeks": weeks_of(read.period.first, days, exceptions(read.scope.organisation_ids)),
        "weekdays": [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")],
        "unannounced": unannounced([read.period.first]),
        "inside": inside,
        "overdue_shown": context["overdue"][:MOST_OVERDUE],
        "overdue_more": max(len(context["overdue"]) - MOST_OVERDUE, 0),
    }
    return render(request, "calendar/month.html", context)


@require_safe
def list_view(request: HttpRequest) -> HttpResponse:
    """Every duty of the period as a list, the overdue ones first; the same rows as CSV or XLSX."""
    read = _read(request, 3)
    table = DutyTable.for_request(request, read.rows)
    if download := table.export_for(request):
        return download
    counted = {"unannounced": unannounced(row.due_on for row in read.rows if not row.overdue), "marked": True}
    return render(request, "calendar/list.html", _context(request, read, "list") | {"table": table} | counted)


@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    """The duties of a longer period pair by pair on one time axis."""
    read = _read(request, 12)
    drawing = drawn(read.rows, read.period.first, read.period.last)
    return render(request, "calendar/timeline.html", _context(request, read, "timeline") | {"drawing": drawing})


@require_safe
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """What comes due in one pair within a year, drawn and listed."""
    row = visible_pair(request, pk)
    scope = narrowed(scope_for(request), row)
    last = scope.on + AHEAD
    rows = shown(of_pair(duties_of(scope, scope.on, last), row), scope)
    table = DutyTable.for_request(request, rows, exclude=("pair", "counterpart"))
    if download := table.export_for(request):
        return download
    context = pair_context(request, row, "calendar") | {
        "table": table,
        "unannounced": unannounced(each.due_on for each in rows if not each.overdue),
        "marked": True,
        "today": scope.on,
    }
    return render(request, "calendar/pair.html", context)
