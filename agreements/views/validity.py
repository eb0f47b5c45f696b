"""What expires first: the list over all pairs, and the chains of one pair."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.parties.access import visible_organisations
from cmo.parties.models import OrganisationVersion
from cmo.parties.pages import scope_for
from cmo.parties.views.pairs import pair_context
from cmo.workdays import working_days_between

from ..chains import bars_of, first_of
from ..extending import extendable
from ..facts.validity import Chain, Link, live, load_validity
from ..forms.validity import ValidityFilter
from ..labels import labels_for
from ..models import Entrustment
from ..rules.validity import warnings_about
from ..stranding import strands_of
from ..validity_table import Expiring, ValidityTable, expiring
from .records import pair_or_404

#: More chains of one pair are not drawn below each other; the list has them all.
DRAWN = 20


@require_safe
def validity(request: HttpRequest) -> HttpResponse:
    """Every live entrustment this person sees, by what expires first."""
    scope, on = scope_for(request), clock.today()
    parties = OrganisationVersion.objects.current().filter(organisation__in=visible_organisations(scope))
    others = [party for party in parties if party.organisation_id not in scope.organisation_ids]
    form = ValidityFilter(request.GET, parties=others)
    form.full_clean()
    rows = _asked(live(Entrustment.objects.visible_to(scope)), form.cleaned_data)
    chains = load_validity(rows, on)
    found = [row for chain in chains if _fits(row := expiring(chain), form.cleaned_data, on)]
    table = ValidityTable.for_request(request, found, on=on)
    if download := table.export_for(request):
        return download
    context = {"table": table, "form": form, "extendable": extendable(chains)}
    return render(request, "agreements/validity.html", context)


def _asked(rows: models.QuerySet[Entrustment], asked: dict[str, Any]) -> models.QuerySet[Entrustment]:
    """Narrowed by what the database can answer."""
    if words := asked.get("q", "").strip():
        rows = rows.filter(models.Q(number__icontains=words) | models.Q(pair__number__icontains=words))
    if party := asked.get("party"):
        rows = rows.filter(models.Q(registrant_id=party) | models.Q(contractor_id=party))
    return rows


def _fits(row: Expiring, asked: dict[str, Any], on: date) -> bool:
    """Narrowed by what only the chain tells."""
    kind, within = asked.get("kind"), asked.get("within")
    if kind and (row.first is None or row.first.kind != kind):
        return False
    return not within or row.ends_on <= on + timedelta(days=within)


@require_safe
def pair_validity(request: HttpRequest, pk: int) -> HttpResponse:
    """The chains of one pair's live entrustments, the earliest end first."""
    pair, on = pair_or_404(request, pk), clock.today()
    chains = sorted(
        load_validity(live(Entrustment.objects.filter(pair=pair)), on), key=lambda chain: expiring(chain).ends_on
    )
    context = pair_context(request, pair, "validity") | {
        "drawn": drawn(chains[:DRAWN], on),
        "more": max(len(chains) - DRAWN, 0),
        "list_url": f"{reverse('agreements:validity')}?q={pair.number}",
        "extendable": extendable(chains),
        "today": on,
    }
    return render(request, "agreements/pair_validity.html", context)


def drawn(chains: list[Chain], on: date) -> list[dict[str, Any]]:
    """Chains as the pages draw them: names, bars, what renewal asks for, what would be stuck."""
    labels = labels_for(chains)
    firsts = {chain.entrustment_id: first_of(chain) for chain in chains}
    stuck = strands_of({pk: link.last_day for pk, link in firsts.items() if link and link.last_day})
    return [
        {
            "chain": chain,
            "device": labels.device(chain.device_id),
            "site": labels.site(chain.site_id),
            "first": firsts[chain.entrustment_id],
            "working": _working_days_left(firsts[chain.entrustment_id], on),
            "bars": bars_of(chain, on),
            "findings": warnings_about(chain, on),
            "stuck": stuck.get(chain.entrustment_id, []),
        }
        for chain in chains
    ]


def _working_days_left(link: Link | None, on: date) -> int | None:
    if link is None or link.last_day is None or on > link.last_day:
        return None
    return working_days_between(on, link.last_day)


def chains_of(rows: models.QuerySet[Entrustment], on: date) -> dict[int, dict[str, Any]]:
    """Entrustment id → its chain as drawn, judged with the agreements' whole texts."""
    return {item["chain"].entrustment_id: item for item in drawn(load_validity(rows, on, texts=True), on)}
