"""Planned production: over all pairs and of one, planning it, taking a plan back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agreements.models import Entrustment
from cmo import clock
from cmo.catalogue.models import DeviceVersion
from cmo.clock import day_of
from cmo.errors import Finding
from cmo.parties.access import Can, Scope, holders_of, may, require, visible_organisations, visible_pairs
from cmo.parties.forms import ReasonForm
from cmo.parties.models import OrganisationVersion, Pair
from cmo.parties.pages import act, get_visible_or_404, not_yours, scope_for
from cmo.parties.views.form_page import form_page
from cmo.parties.views.pairs import pair_context, visible_pair

from .. import actions
from ..forms import EntrustmentForm, PlanForm, PlannedFilter
from ..models import PlannedProduction
from ..planned_table import MOST_LANES, WEEKS_AHEAD, PlannedTable, lanes_ahead, warnings_of, with_names


@require_safe
def planned(request: HttpRequest) -> HttpResponse:
    """Planned production over every pair this person sees."""
    return _list(request, PlannedProduction.objects.visible_to(scope_for(request)), "releases/planned.html", {})


@require_safe
def pair_planned(request: HttpRequest, pk: int) -> HttpResponse:
    """Planned production of one pair."""
    pair: Pair = visible_pair(request, pk)
    context = pair_context(request, pair, "lots")
    return _list(request, PlannedProduction.objects.filter(pair=pair), "releases/pair_planned.html", context)


def _list(request: HttpRequest, rows: Any, template: str, context: dict[str, Any]) -> HttpResponse:
    scope, today = scope_for(request), clock.today()
    parties = OrganisationVersion.objects.current().filter(organisation__in=visible_organisations(scope))
    names = {party.organisation_id: party for party in parties}
    others = [party for pk, party in names.items() if pk not in scope.organisation_ids]
    form = PlannedFilter(request.GET, parties=others)
    named = with_names(rows)
    table = PlannedTable.for_request(
        request, _filtered(named, form, today), names=names, today=today, scope=scope, plans=_plans_in(scope)
    )
    if download := table.export_for(request):
        return download
    table.warnings = warnings_of([row.record for row in table.paginated_rows], today)
    horizon = today + timedelta(weeks=WEEKS_AHEAD)
    ahead = named.filter(end__isnull=True, ends_on__gte=today, starts_on__lte=horizon).order_by("starts_on", "id")
    context |= {
        "table": table,
        "form": form,
        "today": today,
        "lanes": lanes_ahead(ahead[: MOST_LANES * 20], today),
        "against_planning": _against_planning(scope),
    }
    return render(request, template, context)


def _filtered(rows: Any, form: PlannedFilter, today: date) -> Any:
    """The plans that fit what was asked; what cannot be understood is not asked."""
    form.full_clean()
    asked: dict[str, Any] = {name: value for name, value in form.cleaned_data.items() if value}
    if words := asked.get("q"):
        rows = rows.filter(models.Q(note__icontains=words) | models.Q(entrustment__number__icontains=words))
    if state := asked.get("state"):
        over = {"over": models.Q(ends_on__lt=today), "standing": models.Q(ends_on__gte=today)}.get(state, models.Q())
        rows = rows.filter(over, end__isnull=state != "ended")
    if party := asked.get("party"):
        rows = rows.filter(models.Q(registrant_id=party) | models.Q(contractor_id=party))
    if first := asked.get("first"):
        rows = rows.filter(ends_on__gte=first)
    if last := asked.get("last"):
        rows = rows.filter(starts_on__lte=last)
    return rows


def _plans_in(scope: Scope) -> frozenset[int]:
    """The pairs in which this person plans production."""
    return frozenset(pair.pk for pair in visible_pairs(scope) if may(scope, Can.PLAN_PRODUCTION, pair))


def _against_planning(scope: Scope) -> list[Finding]:
    plans = any((post.side, post.role) in holders_of(Can.PLAN_PRODUCTION) for post in scope.posts)
    return [] if plans else [not_yours(Can.PLAN_PRODUCTION)]


def plan_production(request: HttpRequest) -> HttpResponse:
    """Choose the entrustment, then plan days of production."""
    scope = scope_for(request)
    if _against_planning(scope):
        raise PermissionDenied(not_yours(Can.PLAN_PRODUCTION).text())
    if not (chosen := request.GET.get("entrustment", "")).isdigit():
        return _choose(request, scope)
    entrustment = get_visible_or_404(request, Entrustment.objects.select_related("pair"), pk=int(chosen))
    pair, title = entrustment.pair, _("Plan production")
    require(request.user, Can.PLAN_PRODUCTION, pair, scope.on)
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "production.planned",
            subject=entrustment,
            stream=pair.stream,
            do=lambda at: actions.plan_production(
                entrustment=entrustment,
                **form.cleaned_data,
                by=require(request.user, Can.PLAN_PRODUCTION, pair, day_of(at)),
                at=at,
            ),
        )
        if done:
            return redirect("releases:planned")
    version = DeviceVersion.objects.current_by_subject([entrustment.device_id]).get(entrustment.device_id)
    kicker, back = f"{version or ''} · {entrustment.number}", reverse("releases:planned")
    lead = _("The registrant sees it and arranges supervision for these days.")
    return form_page(
        request, form, title=title, submit=title, kicker=kicker, back=back, lead=lead, draft=f"plan-{chosen}"
    )


def _choose(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The first step: for which entrustment; it then stands in the address."""
    pairs = visible_pairs(scope).filter(contractor_id__in=sorted(scope.contractor_ids))
    rows = Entrustment.objects.filter(pair__in=pairs).order_by("-id")
    names = DeviceVersion.objects.current_by_subject(rows.values_list("device_id", flat=True))
    form = EntrustmentForm(request.POST or None, entrustments=rows, names=names)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["entrustment"].pk
        return redirect(f"{reverse('releases:plan_production')}?entrustment={chosen}")
    lead = _("Production is planned for one entrustment: one device at one site of the contractor.")
    title, back = _("Plan production"), reverse("releases:planned")
    return form_page(request, form, title=title, submit=_("Enter the planned days"), lead=lead, back=back)


def end_planned_production(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a plan back."""
    rows = PlannedProduction.objects.select_related("pair", "entrustment__pair")
    row = get_visible_or_404(request, rows, pk=pk)
    require(request.user, Can.PLAN_PRODUCTION, row.pair, clock.today())
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "production.plan_ended",
            subject=row,
            stream=row.pair.stream,
            do=lambda at: actions.end_planned_production(
                planned=row,
                reason=form.cleaned_data["reason"],
                by=require(request.user, Can.PLAN_PRODUCTION, row.pair, day_of(at)),
                at=at,
            ),
        )
        if done:
            return redirect("releases:planned")
    days = f"{row.starts_on.isoformat()} – {row.ends_on.isoformat()}"
    lead = " · ".join(part for part in (days, row.entrustment.number, row.note) if part)
    title, back = _("Take the plan back"), reverse("releases:planned")
    return form_page(request, form, title=title, submit=title, lead=lead, back=back)
