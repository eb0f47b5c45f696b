"""Recurring reports: what is owed and what was recorded, one report with what it contains, and recording it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.catalogue.models import DeviceVersion
from cmo.clock import day_of
from cmo.errors import Finding
from cmo.evidence.facts import panel_of
from cmo.parties.access import Can, Scope, require_for
from cmo.parties.facts import names_of
from cmo.parties.models import Organisation, Pair, Side
from cmo.parties.pages import act, get_visible_or_404, reasons_against, scope_for
from cmo.parties.trail_pages import entries_for
from cmo.web.wording import bilingual

from .. import actions
from ..facts.reports import ReportFacts, load_report_facts
from ..forms.reports import RecordReportForm
from ..models import PeriodicReport
from ..report_tables import OwedTable, RecordedTable, owed_row
from ..report_words import about, receiver, state_of, title_of
from ..rules.reports import AHEAD, Period, filed, period_named, periods
from ..self_inspection import Section, checklist
from ..wording import finding


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Every report that the own organisations owe or have recorded."""
    scope, on = scope_for(request), clock.today()
    own = scope.organisation_ids if scope.limited_to is None else frozenset()
    names = {pk: bilingual(row, "name") for pk, row in names_of(own).items()}
    owed = OwedTable.for_request(request, list(_owed(own, names, on)), prefix="owed-", order_by="due_on")
    rows = PeriodicReport.objects.filter(organisation_id__in=own)
    devices = DeviceVersion.objects.current_by_subject(rows.exclude(device=None).values_list("device_id", flat=True))
    recorded = RecordedTable.for_request(request, rows, names=names, devices=devices, order_by="-done_on")
    if len(names) < 2:
        for table in (owed, recorded):
            table.columns.hide("organisation")
    if download := recorded.export_for(request):
        return download
    return render(request, "calendar/reports.html", {"owed": owed, "recorded": recorded, "own": bool(own)})


def _owed(own: frozenset[int], names: dict[int, str], on: date) -> Any:
    for pk, facts in load_report_facts(own).items():
        for period in periods(facts, on + AHEAD):
            if filed(facts, period) is None:
                yield owed_row(facts, period, names.get(pk, ""), on)


def _report_or_404(request: HttpRequest, pk: int, name: str) -> tuple[Organisation, ReportFacts, Period]:
    """:raises Http404: another's organisation, or nothing owed or recorded by this name."""
    scope, on = scope_for(request), clock.today()
    row = get_visible_or_404(request, Organisation.objects, pk=pk)
    facts = load_report_facts([pk])[pk]
    period = period_named(facts, name, on)
    if scope.limited_to is not None or period is None:
        raise Http404(name)
    return row, facts, period


@require_safe
def report(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One report: by when, to whom, what it contains, and its record once it was made."""
    row, facts, period = _report_or_404(request, pk, name)
    on, known = clock.today(), filed(facts, period)
    record = PeriodicReport.objects.get(pk=known.record_id) if known else None
    context = {
        "organisation": row,
        "period": period,
        "title": title_of(period),
        "about": about(period),
        "state": state_of(facts, period, on),
        "receiver": receiver(period),
        "record": record,
        "against": _against(scope_for(request), row, facts, period, on),
        "sections": _sections(pk) if period.kind == PeriodicReport.Kind.SELF_INSPECTION else [],
        "panel": panel_of(record, request.user, on) if record else None,
        "entries": entries_for(record) if record else [],
        "today": on,
    }
    return render(request, "calendar/report.html", context)


def _against(scope: Scope, organisation: Organisation, facts: ReportFacts, period: Period, on: date) -> list[Finding]:
    found = reasons_against(scope, Can.RECORD_REPORT, organisation)
    if on < period.earliest:
        found = [*found, finding("report_too_early", earliest=period.earliest.isoformat())]
    return found


def _sections(organisation_id: int) -> list[Section]:
    """The checklist of this organisation: its sides, and its contractors by name."""
    as_registrant = list(Pair.objects.filter(registrant_id=organisation_id, end__isnull=True).order_by("number"))
    devices = DeviceVersion.objects.confirmed().filter(device__registrant_id=organisation_id).exists()
    sides = [Side.REGISTRANT] if devices or as_registrant else [Side.CONTRACTOR]
    names = names_of(pair.contractor_id for pair in as_registrant)
    contractors = [(bilingual(names[p.contractor_id], "name"), p) for p in as_registrant if p.contractor_id in names]
    return checklist(organisation_id, sides, contractors)


def record_report(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Record that one report was made."""
    row, _facts, period = _report_or_404(request, pk, name)
    on = clock.today()
    require_for(request.user, Can.RECORD_REPORT, row, on)  # type: ignore[arg-type]
    initial = {"done_on": on}
    form = RecordReportForm(request.POST or None, request.FILES or None, kind=period.kind, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "report.recorded",
            subject=row,
            stream=f"organisation:{pk}",
            do=lambda at: actions.record_report(
                organisation=row,
                period=name,
                **form.cleaned_data,
                by=require_for(request.user, Can.RECORD_REPORT, row, day_of(at)),  # type: ignore[arg-type]
                at=at,
            ),
        )
        if done:
            return redirect("calendar:report", pk, name)
    context = {
        "form": form,
        "lead": about(period),
        "kicker": title_of(period),
        "title": _("Record the report"),
        "back": reverse("calendar:report", args=[pk, name]),
    }
    return render(request, "calendar/report_record.html", context)
