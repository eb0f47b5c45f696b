"""Deciding on a release: every gate and the statement first, then the signature under exactly that; and decisions read back."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.errors import blocking
from cmo.parties.access import require
from cmo.parties.models import Side
from cmo.parties.pages import act, scope_for
from cmo.parties.trail_pages import post_word
from cmo.signing.actions import record_hash
from cmo.signing.facts import signatures_under
from cmo.signing.forms import SigningForm
from cmo.signing.models import Meaning
from cmo.trail.actor import Actor
from cmo.trail.canonical import sha256
from cmo.web import wording

from .. import actions
from ..columns import column_titles, document_names, sorted_verdicts
from ..deciding import Judgement, judgement, record_of
from ..facts import MARKET, PRODUCTION, load_lot_facts
from ..forms import DecisionForm
from ..models import Lot, MarketRelease, Outcome, ProductionRelease
from ..wording import unit_words
from .lot import CAN, lot_context, visible_lot

MEANING = {PRODUCTION: Meaning.RELEASES_PRODUCTION, MARKET: Meaning.RELEASES_TO_MARKET}
VERBS = {PRODUCTION: "lot.production_released", MARKET: "lot.released_to_market"}
DECIDE = {PRODUCTION: actions.release_production, MARKET: actions.release_to_market}


def release_production(request: HttpRequest, pk: int) -> HttpResponse:
    """The contractor's decision on a lot."""
    return _decide(request, pk, PRODUCTION)


def release_to_market(request: HttpRequest, pk: int) -> HttpResponse:
    """The registrant's decision on a lot."""
    return _decide(request, pk, MARKET)


def _decide(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    """First the gates and the statement; when nothing stands against them, the signing panel."""
    lot = visible_lot(request, pk)
    by = require(request.user, CAN[stage], lot.pair, clock.today())
    facts = load_lot_facts([lot])[pk]
    judged = judgement(facts, stage, clock.today(), request.user)
    limit = judged.limit
    form = DecisionForm(request.POST or None, topics=judged.topics, limit=limit, initial={"quantity": limit})
    if request.method == "POST" and form.is_valid():
        quantity = form.review.quantity or None
        judged = judgement(facts, stage, clock.today(), request.user, quantity)
        found = blocking(judged.stopping(form.review))
        if not found:
            return _sign(request, lot, judged, form, by)
        form.refuse(found)
    elif form.is_bound:
        form.remind()
    return _show(request, lot, judged, form)


def _show(request: HttpRequest, lot: Lot, judged: Judgement, form: DecisionForm) -> HttpResponse:
    facts, stage = judged.case.lot, judged.case.stage
    title, act_words, _post = column_titles()[stage]
    context = lot_context(request, lot, facts, "lot") | {
        "stage": stage,
        "title": title,
        "act": act_words,
        "form": form,
        "judgement": judged,
        "verdicts": sorted_verdicts(judged.verdicts),
        "document_names": document_names(facts),
    }
    return render(request, "releases/decide.html", context)


def _sign(request: HttpRequest, lot: Lot, judged: Judgement, form: DecisionForm, by: Actor) -> HttpResponse:
    """The panel for this very decision; signed, it is judged once more under lock and recorded."""
    stage, review = judged.case.stage, form.review
    row = record_of(judged, review, lot)
    signing = SigningForm(
        request.POST if "seen_hash" in request.POST else None,
        user=request.user,
        by=by,
        record_hash=record_hash(row),
        subject=lot,
        stream=lot.pair.stream,
    )
    if signing.is_bound and signing.is_valid():
        done = act(
            request,
            form,
            VERBS[stage],
            subject=lot,
            stream=lot.pair.stream,
            do=lambda at: DECIDE[stage](
                lot=lot,
                review=review,
                proof=signing.proof,
                by=require(request.user, CAN[stage], lot.pair, day_of(at)),
                at=at,
            ),
        )
        if done:
            messages.success(request, _said(done, lot))
            return redirect("releases:lot", lot.pk)
        fresh = judgement(load_lot_facts([lot])[lot.pk], stage, clock.today(), request.user, review.quantity or None)
        return _show(request, lot, fresh, form)
    context = _panel(signing, by, row, stage) | lot_context(request, lot, judged.case.lot, "lot")
    context |= {"typed": form, "warnings": judged.findings, "topics": judged.topics, "review": review}
    return render(request, "releases/sign.html", context | {"form": signing})


def _said(row: Any, lot: Lot) -> str:
    words = {
        Outcome.RELEASED: _("Lot %(number)s: %(quantity)s %(unit)s released."),
        Outcome.CONDITIONAL: _("Lot %(number)s: %(quantity)s %(unit)s released with conditions."),
        Outcome.REJECTED: _("Lot %(number)s rejected."),
    }[Outcome(row.outcome)]
    return words % {"number": lot.number, "quantity": f"{row.quantity:,}", "unit": unit_words(lot.unit)}


def _panel(form: SigningForm, by: Actor, row: Any, stage: str) -> dict[str, Any]:
    title, act_words, _post = column_titles()[stage]
    post = post_word(by.post)
    return {
        "form": form,
        "row": row,
        "title": title,
        "act": act_words,
        "stage": stage,
        "hash": record_hash(row),
        "meaning": MEANING[stage].label,
        "signer": {"name": by.name, "organisation": by.organisation, "post": post, "side": Side(by.side).label},
        "shown_as": f"{by.name} · {post} · {by.organisation}",
        "outcome": _decided(row, row.lot),
    }


def _decided(row: Any, lot: Lot) -> str:
    """What the signature decides: outcome and quantity in one sentence."""
    numbers = {
        "quantity": wording.number(row.quantity),
        "all": wording.number(lot.quantity),
        "unit": unit_words(lot.unit),
    }
    market = isinstance(row, MarketRelease)
    if row.outcome == Outcome.REJECTED:
        return _("rejects the lot; nothing of it is released")
    if row.outcome == Outcome.CONDITIONAL:
        words = (
            _("releases %(quantity)s of %(all)s %(unit)s to market with conditions")
            if market
            else _("releases production of %(quantity)s of %(all)s %(unit)s with conditions")
        )
    else:
        words = (
            _("releases %(quantity)s of %(all)s %(unit)s to market")
            if market
            else _("releases production of %(quantity)s of %(all)s %(unit)s")
        )
    return words % numbers


@require_safe
def production_release(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision of the contractor with the facts and reasons frozen with it."""
    return _read(request, ProductionRelease, pk, PRODUCTION)


@require_safe
def market_release(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision of the registrant with the facts and reasons frozen with it."""
    return _read(request, MarketRelease, pk, MARKET)


def _read(request: HttpRequest, model: Any, pk: int, stage: str) -> HttpResponse:
    visible = Lot.objects.visible_to(scope_for(request))
    rows = model.objects.filter(lot__in=visible).select_related("lot__pair", "lot__entrustment", "withdrawal")
    row = get_object_or_404(rows, pk=pk)
    signed = next(iter(signatures_under([row]).values()))
    context = lot_context(request, row.lot, load_lot_facts([row.lot])[row.lot_id], "lot") | {
        "row": row,
        "title": column_titles()[stage][0],
        "withdrawal": getattr(row, "withdrawal", None),
        "signature": next(iter(signed), None),
        "frozen": json.loads(row.findings),
        "facts_sha256": sha256(row.facts),
        "findings_sha256": sha256(row.findings),
        "back": reverse("releases:lot", args=[row.lot_id]),
    }
    return render(request, "releases/decision.html", context)
