"""Deviations over all lots a person sees, by pair, severity, state and day of discovery."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cmo.parties.access import visible_organisations, visible_pairs
from cmo.parties.models import OrganisationVersion
from cmo.parties.pages import scope_for

from ..deviation_table import DeviationTable, with_closures
from ..figures import not_closed
from ..forms import DeviationFilter
from ..models import Deviation, Lot


@require_safe
def all_deviations(request: HttpRequest) -> HttpResponse:
    """The list, narrowed as the address says."""
    scope = scope_for(request)
    parties = OrganisationVersion.objects.current().filter(organisation__in=visible_organisations(scope))
    names = {party.organisation_id: party for party in parties}
    form = DeviationFilter(request.GET, pairs=dict(visible_pairs(scope).values_list("pk", "number")))
    rows = Deviation.objects.filter(lot__in=Lot.objects.visible_to(scope))
    table = DeviationTable.for_request(request, with_closures(_filtered(rows, form)), names=names, scope=scope)
    if download := table.export_for(request):
        return download
    return render(request, "releases/deviations.html", {"table": table, "form": form})


#: What is asked → the rows that fit.
_FITS: dict[str, Any] = {
    "q": lambda rows, words: rows.filter(Q(reference__icontains=words) | Q(lot__number__icontains=words)),
    "pair": lambda rows, pair: rows.filter(lot__pair_id=pair),
    "severity": lambda rows, severity: rows.filter(severity=severity),
    "state": lambda rows, state: not_closed(rows) if state == "open" else rows.exclude(pk__in=not_closed(rows)),
    "since": lambda rows, day: rows.filter(discovered_on__gte=day),
    "until": lambda rows, day: rows.filter(discovered_on__lte=day),
}


def _filtered(rows: QuerySet[Deviation], form: DeviationFilter) -> QuerySet[Deviation]:
    """What cannot be understood is not asked."""
    form.full_clean()
    for name, value in form.cleaned_data.items():
        if value:
            rows = _FITS[name](rows, value)
    return rows
