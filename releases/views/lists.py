"""The list of lots over all pairs a person sees, and the lots of one pair."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.parties.access import Can, Scope, holders_of, visible_organisations
from cmo.parties.facts import names_of
from cmo.parties.models import OrganisationVersion, Pair
from cmo.parties.pages import not_yours, scope_for
from cmo.parties.views.pairs import pair_context, visible_pair

from ..duties import lots_stopped_by
from ..facts import load_lot_facts
from ..figures import SHOWN, market_released
from ..forms import LotFilter, PairLotFilter
from ..models import Lot
from ..rules import findings_for
from ..tables import LotTable


@require_safe
def lots(request: HttpRequest) -> HttpResponse:
    """Every lot this person sees, with its state and what stands against its next release."""
    scope = scope_for(request)
    parties = OrganisationVersion.objects.current().filter(organisation__in=visible_organisations(scope))
    names = {party.organisation_id: party for party in parties}
    others = [party for pk, party in names.items() if pk not in scope.organisation_ids]
    form = LotFilter(request.GET, parties=others)
    rows = Lot.objects.visible_to(scope).with_state()
    table = LotTable.for_request(request, _filtered(rows, form, scope), names=names, scope=scope)
    if download := table.export_for(request):
        return download
    _judge_shown(table)
    context = {"table": table, "form": form, "against_registering": _against_registering(scope)}
    return render(request, "releases/lots.html", context)


@require_safe
def pair_lots(request: HttpRequest, pk: int) -> HttpResponse:
    """The lots of one pair, as a tab of its page."""
    pair: Pair = visible_pair(request, pk)
    names = names_of([pair.registrant_id, pair.contractor_id])
    scope = scope_for(request)
    form = PairLotFilter(request.GET)
    rows, released = _of_period(Lot.objects.filter(pair=pair).with_state(), form, pair.pk)
    table = LotTable.for_request(request, rows, names=names, scope=scope)
    if download := table.export_for(request):
        return download
    _judge_shown(table)
    against = _against_registering(scope)
    context = pair_context(request, pair, "lots") | {
        "table": table,
        "form": form,
        "released": released,
        "against_registering": against,
    }
    return render(request, "releases/pair_lots.html", context)


def _of_period(rows: models.QuerySet[Lot], form: PairLotFilter, pair_id: int) -> tuple[Any, list[Any]]:
    """The lots that fit the choice and, where releases to market are shown, the quantity released by unit."""
    form.full_clean()
    asked = form.cleaned_data
    shown, first, last = asked.get("shown"), asked.get("since") or date.min, asked.get("until") or date.max
    if not shown:
        return rows.filter(produced_to__gte=first, produced_to__lte=last), []
    chosen = SHOWN[shown]([pair_id], first, last)
    if shown != "market_released":
        return rows.filter(pk__in=chosen.values("pk")), []
    decisions = market_released([pair_id], first, last).order_by("lot__unit").values("lot__unit")
    return rows.filter(pk__in=chosen.values("pk")), list(
        decisions.annotate(quantity=models.Sum("quantity")).values_list("quantity", "lot__unit")
    )


def _judge_shown(table: LotTable) -> None:
    """Judge the rows of the page that is shown, all at once."""
    shown = [row.record.pk for row in table.paginated_rows]
    facts = load_lot_facts(shown)
    today = clock.today()
    table.reasons = {pk: findings_for(fact.next_stage, fact, today) for pk, fact in facts.items()}


def _against_registering(scope: Scope) -> list[Any]:
    registers = any((post.side, post.role) in holders_of(Can.REGISTER_LOT) for post in scope.posts)
    return [] if registers else [not_yours(Can.REGISTER_LOT)]


def _filtered(rows: models.QuerySet[Lot], form: LotFilter, scope: Scope) -> Any:
    """The rows that fit what was asked; what cannot be understood is not asked."""
    form.full_clean()
    asked: dict[str, Any] = {name: value for name, value in form.cleaned_data.items() if value}
    if words := asked.get("q"):
        rows = rows.filter(models.Q(number__icontains=words) | models.Q(model__icontains=words))
    if state := asked.get("state"):
        rows = rows.filter(state=state)
    if held := asked.get("held"):
        rows = rows.filter(held=held == "yes")
    if party := asked.get("party"):
        rows = rows.filter(models.Q(registrant_id=party) | models.Q(contractor_id=party))
    if first := asked.get("made_from"):
        rows = rows.filter(produced_to__gte=first)
    if last := asked.get("made_to"):
        rows = rows.filter(produced_from__lte=last)
    if code := asked.get("blocked"):
        rows = rows.filter(pk__in=lots_stopped_by(scope, code, clock.today()))
    return rows
