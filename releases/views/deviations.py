"""Deviations: recording one, its page, proposing its closure and answering that."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.errors import Finding
from cmo.evidence.facts import panel_of
from cmo.parties.access import Can, Scope
from cmo.parties.pages import reasons_against, scope_for

from .. import actions
from ..facts import DeviationFact, LotFacts, load_deviations, load_lot_facts
from ..forms import ClosureAnswerForm, ClosureForm, DeviationForm
from ..models import Deviation, DeviationClosure, Lot
from ..rules.deviation import side_of_hold
from ..sentences import finding
from .lot import lot_context, visible_lot
from .on_lot import act_on_lot, hanging_on_lot


def record_deviation(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a deviation; the page says before whether that puts the lot on hold."""
    lot = visible_lot(request, pk)
    today = clock.today()
    form = DeviationForm(request.POST or None, unit=lot.unit, initial={"occurred_on": today, "discovered_on": today})
    return act_on_lot(
        request,
        form,
        lot,
        Can.RECORD_DEVIATION,
        "lot.deviation_recorded",
        _("Record a deviation"),
        lambda by, at: actions.record_deviation(lot=lot, content=form.cleaned_data, by=by, at=at),
        then=_to_deviation,
        lead=hold_words(load_lot_facts([lot])[pk]),
        draft=f"deviation-{pk}",
    )


def hold_words(facts: LotFacts) -> str:
    """Whether recording a deviation puts this lot on hold, in whose name, and until when."""
    return {
        "registrant": _(
            "This lot is released to market. Recording a deviation puts it on hold in the registrant's name until the "
            "deviation is closed and the registrant's quality lifts the hold."
        ),
        "contractor": _(
            "The production release of this lot stands. Recording a deviation puts the lot on hold in the contractor's "
            "name until the deviation is closed and the contractor's quality lifts the hold."
        ),
        "": _("A critical deviation puts the lot on hold until it is closed. Any open one stands against a release."),
    }[side_of_hold(facts)]


def _to_deviation(row: Deviation) -> str:
    return reverse("releases:deviation", args=[row.pk])


@require_safe
def deviation(request: HttpRequest, pk: int) -> HttpResponse:
    """One deviation with every proposal to close it, the answers, and the evidence."""
    row: Deviation = hanging_on_lot(request, Deviation, pk)
    lot, today, scope = row.lot, clock.today(), scope_for(request)
    facts = load_lot_facts([lot])[lot.pk]
    fact = fact_of(row)
    closures = list(DeviationClosure.objects.filter(deviation=row).select_related("answer").order_by("id"))
    context = lot_context(request, lot, facts, "lot") | {
        "deviation": row,
        "fact": fact,
        "hold": getattr(row, "hold", None),
        "closures": [{"row": one, "panel": panel_of(one, request.user, today)} for one in closures],
        "panel": panel_of(row, request.user, today),
        "waiting": closures[-1] if closures and fact.state == "closure_proposed" else None,
        "against_closing": against_closing(scope, lot, fact),
        "against_answering": reasons_against(scope, Can.ANSWER_CLOSURE, lot.pair),
    }
    return render(request, "releases/deviation.html", context)


def fact_of(row: Deviation) -> DeviationFact:
    """The deviation as rules judge it."""
    return next(fact for fact in load_deviations([row.lot_id])[row.lot_id] if fact.deviation_id == row.pk)


def against_closing(scope: Scope, lot: Lot, fact: DeviationFact) -> list[Finding]:
    """Why this person may not propose a closure now."""
    waits = [finding("closure_waits")] if fact.state == "closure_proposed" else []
    return reasons_against(scope, Can.CLOSE_DEVIATION, lot.pair) or waits


def propose_closure(request: HttpRequest, pk: int) -> HttpResponse:
    """The contractor's quality says how a deviation was dealt with."""
    row: Deviation = hanging_on_lot(request, Deviation, pk)
    form = ClosureForm(request.POST or None, unit=row.lot.unit, initial=_said_before(row))
    return act_on_lot(
        request,
        form,
        row.lot,
        Can.CLOSE_DEVIATION,
        "lot.deviation_closure_proposed",
        _("Propose to close the deviation"),
        lambda by, at: actions.propose_closure(deviation=row, content=form.cleaned_data, by=by, at=at),
        then=lambda _closure: _to_deviation(row),
        template="releases/deviation_form.html",
        deviation=row,
        closure=row.closures.select_related("answer").order_by("-id").first(),
        back=_to_deviation(row),
        draft=f"closure-{pk}",
    )


def _said_before(row: Deviation) -> dict[str, Any]:
    """What a returned proposal said, so that only what was missing is written anew."""
    before = row.closures.order_by("-id").first()
    return {name: getattr(before, name) for name in ClosureForm.base_fields} if before else {}


def answer_closure(request: HttpRequest, pk: int) -> HttpResponse:
    """The registrant's quality accepts a closure or returns it."""
    visible = Lot.objects.visible_to(scope_for(request))
    rows = DeviationClosure.objects.select_related("deviation__lot__pair")
    closure = get_object_or_404(rows, pk=pk, deviation__lot__in=visible)
    row, form = closure.deviation, ClosureAnswerForm(request.POST or None)
    return act_on_lot(
        request,
        form,
        row.lot,
        Can.ANSWER_CLOSURE,
        "lot.deviation_closed",
        _("Answer the proposed closure"),
        lambda by, at: actions.answer_closure(
            closure=closure, accepted=form.accepted, reason=form.cleaned_data["reason"], by=by, at=at
        ),
        then=lambda _answer: _to_deviation(row),
        template="releases/deviation_form.html",
        deviation=row,
        closure=closure,
        back=_to_deviation(row),
    )
