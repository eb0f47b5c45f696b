"""Entrustments: the list, the page of one, suspending, resuming, ending and reporting."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.catalogue.models import DeviceVersion
from cmo.evidence.facts import panel_of
from cmo.parties.access import Can, holders_of
from cmo.parties.pages import not_yours, reasons_against, scope_for
from cmo.parties.sections import Preview, change_previews
from cmo.parties.trail_pages import entries_for
from cmo.parties.views.form_page import form_page
from cmo.parties.views.pairs import pair_context

from .. import actions
from ..facts import load_entrustment_facts
from ..forms import EntrustmentFilter, ReportForm, StateForm
from ..labels import labels_for
from ..models import Entrustment, EntrustmentEvent
from ..rules import duties_of_entrustment
from ..rules.state import AFTER_THE_END, ONCE, REPORTER
from ..states import cap_word, cover_of, cover_state, entrustment_state
from ..tables import EntrustmentTable
from .records import act_in_pair, entrustment_or_404, pair_or_404, permitted
from .validity import chains_of


@require_safe
def entrustments(request: HttpRequest) -> HttpResponse:
    """Every entrustment this person sees."""
    form, scope = EntrustmentFilter(request.GET or None), scope_for(request)
    rows = _filtered(Entrustment.objects.visible_to(scope), form)
    table = EntrustmentTable.for_request(request, rows, on=clock.today())
    if download := table.export_for(request):
        return download
    may_open = any((post.side, post.role) in holders_of(Can.OPEN_ENTRUSTMENT) for post in scope.posts)
    against = [] if may_open else [not_yours(Can.OPEN_ENTRUSTMENT)]
    return render(request, "agreements/entrustments.html", {"table": table, "form": form, "against_opening": against})


def _filtered(rows: models.QuerySet[Entrustment], form: EntrustmentFilter) -> models.QuerySet[Entrustment]:
    if not (form.is_bound and form.is_valid()):
        return rows
    if words := form.cleaned_data["q"].strip():
        named = DeviceVersion.objects.current().filter(
            models.Q(name_zh__icontains=words)
            | models.Q(name_en__icontains=words)
            | models.Q(number_printed__icontains=words)
        )
        rows = rows.filter(models.Q(number__icontains=words) | models.Q(device_id__in=named.values("device_id")))
    if state := form.cleaned_data["state"]:
        rows = rows.alias(last_event=_last_event()).filter(_EVENTS_OF[state])
    return rows


_EVENTS_OF = {
    "active": models.Q(last_event__isnull=True) | models.Q(last_event="resumed"),
    "suspended": models.Q(last_event="suspended"),
    "ended": models.Q(last_event="ended"),
}


def _last_event() -> models.Subquery:
    events = EntrustmentEvent.objects.filter(
        entrustment_id=models.OuterRef("pk"), kind__in=EntrustmentEvent.STATE_KINDS
    )
    return models.Subquery(events.order_by("-id").values("kind")[:1])


@require_safe
def pair_entrustments(request: HttpRequest, pk: int) -> HttpResponse:
    """The entrustments of one pair."""
    pair = pair_or_404(request, pk)
    rows = Entrustment.objects.filter(pair=pair)
    table = EntrustmentTable.for_request(request, rows, on=clock.today(), of_pair=True)
    if download := table.export_for(request):
        return download
    context = pair_context(request, pair, "entrustments") | {
        "table": table,
        "against_opening": reasons_against(scope_for(request), Can.OPEN_ENTRUSTMENT, pair),
    }
    return render(request, "agreements/pair_entrustments.html", context)


@require_safe
def entrustment(request: HttpRequest, pk: int) -> HttpResponse:
    """One entrustment: state, what covers it and until when, what it rests on, reports, trail."""
    row = entrustment_or_404(request, pk)
    facts, on = load_entrustment_facts([row])[row.pk], clock.today()
    reported = set(row.events.values_list("kind", flat=True))
    scope, labels = scope_for(request), labels_for([row])
    context = {
        "entrustment": row,
        "facts": facts,
        "registrant_name": labels.organisation(row.registrant_id),
        "contractor_name": labels.organisation(row.contractor_id),
        "device": labels.devices.get(row.device_id),
        "site": labels.sites.get(row.site_id),
        "coverage": [{"fact": fact, "cap": cap_word(fact.capped_by)} for fact in facts.coverage],
        "judged": json.loads(row.findings),
        "state": entrustment_state(facts, on),
        "cover": cover_of(facts, on),
        "cover_state": cover_state(facts, on),
        "item": chains_of(Entrustment.objects.filter(pk=pk), on)[pk],
        "today": on,
        "open_reports": duties_of_entrustment(facts, reported),
        "events": row.events.order_by("-id"),
        "ended": facts.states[-1][1] == "ended",
        "suspended": facts.states[-1][1] == "suspended",
        "against_changing": reasons_against(scope, Can.CHANGE_ENTRUSTMENT, row.pair),
        "against_reporting": reasons_against(scope, Can.REPORT_ENTRUSTMENT, row.pair),
        "against_hold": reasons_against(scope, Can.PLACE_HOLD, row.pair),
        "panel": panel_of(row, request.user, on),
        "entries": entries_for(row),
    }
    return render(request, "agreements/entrustment.html", context)


@dataclass(frozen=True, slots=True)
class _Change:
    """One change of state as a page."""

    verb: str
    title: Any
    lead: Any
    do: Callable[..., Any]


_CHANGES = {
    "suspend": _Change(
        "entrustment.suspended",
        gettext_lazy("Suspend the entrustment"),
        gettext_lazy("No new lot can be registered or released until it is resumed."),
        actions.suspend_entrustment,
    ),
    "resume": _Change(
        "entrustment.resumed",
        gettext_lazy("Resume the entrustment"),
        gettext_lazy("From today on new lots can be registered and released again; the days until now stay suspended."),
        actions.resume_entrustment,
    ),
    "end": _Change(
        "entrustment.ended",
        gettext_lazy("End the entrustment"),
        gettext_lazy(
            "This cannot be undone. The registrant then has the contractor's address removed from the certificate "
            "(N38-33), the contractor reports to its authority (N38-34); both stay open here until they are recorded."
        ),
        actions.end_entrustment,
    ),
}


def change_state(request: HttpRequest, pk: int, change: str) -> HttpResponse:
    """Suspend, resume or end."""
    row, chosen = entrustment_or_404(request, pk), _CHANGES[change]
    permitted(request, Can.CHANGE_ENTRUSTMENT, row.pair)
    form = StateForm(request.POST or None, today=clock.today(), only_today=change == "resume")
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            chosen.verb,
            can=Can.CHANGE_ENTRUSTMENT,
            within=row.pair,
            subject=row,
            do=chosen.do,
            entrustment=row,
            **form.cleaned_data,
        )
        if done:
            return redirect("agreements:entrustment", pk)
    return form_page(
        request,
        form,
        title=str(chosen.title),
        kicker=row.number,
        lead=str(chosen.lead),
        submit=str(chosen.title),
        back=reverse("agreements:entrustment", args=[pk]),
        previews=_previews(request, row, change),
    )


def _previews(request: HttpRequest, row: Entrustment, change: str) -> list[Preview]:
    """What suspending or ending it today would do."""
    kinds = {"suspend": EntrustmentEvent.Kind.SUSPENDED, "end": EntrustmentEvent.Kind.ENDED}
    if change not in kinds or load_entrustment_facts([row])[row.pk].state_on(clock.today()) == "ended":
        return []
    now = clock.now()
    recorded = {"recorded_by_name": "—", "recorded_at": now}
    event = EntrustmentEvent(entrustment=row, kind=kinds[change], event_on=clock.today(), **recorded)
    return change_previews(event, scope_for(request), now)


def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a report to the authority with its proof."""
    row = entrustment_or_404(request, pk)
    by = permitted(request, Can.REPORT_ENTRUSTMENT, row.pair)
    form = ReportForm(request.POST or None, kinds=_reports_of(row, by.side), initial={"event_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "entrustment.reported",
            can=Can.REPORT_ENTRUSTMENT,
            within=row.pair,
            subject=row,
            do=actions.report_entrustment,
            entrustment=row,
            **form.cleaned_data,
        )
        if done:
            return redirect("agreements:entrustment", pk)
    title = _("Record a report to the authority")
    back = reverse("agreements:entrustment", args=[pk])
    return form_page(request, form, title=title, kicker=row.number, submit=title, back=back)


def _reports_of(row: Entrustment, side: str) -> list[str]:
    """The reports that this side may still make."""
    made = set(row.events.values_list("kind", flat=True))
    open_ones = [kind for kind, reporter in REPORTER.items() if reporter == side and kind not in ONCE & made]
    return open_ones if "ended" in made else [kind for kind in open_ones if kind not in AFTER_THE_END]
