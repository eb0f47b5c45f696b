"""Exceptions of a lot: requested for one finding, shown with what they waive, decided on with a signature."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.errors import Finding, blocking
from cmo.parties.access import Can, require
from cmo.parties.models import Side
from cmo.parties.pages import act, reasons_against, scope_for
from cmo.parties.trail_pages import post_word
from cmo.signing.actions import record_hash
from cmo.signing.facts import signatures_under
from cmo.signing.forms import SigningForm
from cmo.signing.models import Meaning
from cmo.trail.actor import Actor

from .. import actions
from ..deciding import exception_decision_of
from ..exceptions_shown import GATE, state_of
from ..facts import ExceptionFact, LotFacts, load_lot_facts
from ..forms import ExceptionDecisionForm, ExceptionForm
from ..models import ExceptionDecision, LotException
from ..rules.exceptions import WAIVABLE_GATES, blockers_to_decide, still_waives, to_waive
from .lot import lot_context, visible_lot
from .on_lot import hanging_on_lot


def request_exception(request: HttpRequest, pk: int, stage: str, code: str) -> HttpResponse:
    """Ask for an exception from one condition, with what blocks there now in view."""
    lot = visible_lot(request, pk)
    if code not in WAIVABLE_GATES or stage not in GATE[code].stages:
        raise Http404
    require(request.user, Can.REQUEST_EXCEPTION, lot.pair, clock.today())
    form = ExceptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "lot.exception_requested",
            subject=lot,
            stream=lot.pair.stream,
            do=lambda at: actions.request_exception(
                lot=lot,
                code=code,
                stage=stage,
                **form.cleaned_data,
                by=require(request.user, Can.REQUEST_EXCEPTION, lot.pair, day_of(at)),
                at=at,
            ),
        )
        if done:
            return redirect("releases:exception", done.pk)
    facts = load_lot_facts([lot])[pk]
    finding = to_waive(facts, stage, clock.today()).get(code)
    context = lot_context(request, lot, facts, "lot") | {"form": form, "gate": GATE[code], "finding": finding}
    return render(request, "releases/exception_request.html", context)


@require_safe
def exception(request: HttpRequest, pk: int) -> HttpResponse:
    """One exception: what it waives, why, who decided, and whether it still counts."""
    row: LotException = hanging_on_lot(request, LotException, pk)
    facts = load_lot_facts([row.lot])[row.lot_id]
    fact = _fact(facts, pk)
    decision = ExceptionDecision.objects.filter(exception=row).select_related("exception__lot").first()
    signed = signatures_under([decision]) if decision else {}
    context = _context(request, row, facts) | {
        "fact": fact,
        "decision": decision,
        "signature": next(iter(next(iter(signed.values()), [])), None),
        "state": state_of(facts, fact, clock.today()),
        "against": _against(request, row, facts, fact),
    }
    return render(request, "releases/exception.html", context)


def _fact(facts: LotFacts, pk: int) -> ExceptionFact:
    return next(one for one in facts.exceptions if one.exception_id == pk)


def _context(request: HttpRequest, row: LotException, facts: LotFacts) -> dict[str, Any]:
    shown = {"row": row, "gate": GATE.get(row.code), "waived": json.loads(row.waived)}
    return lot_context(request, row.lot, facts, "lot") | shown


def _against(request: HttpRequest, row: LotException, facts: LotFacts, fact: ExceptionFact) -> list[Finding]:
    """Why this person may not decide now; a refusal stays possible when the facts have changed."""
    missing = reasons_against(scope_for(request), Can.DECIDE_EXCEPTION, row.lot.pair)
    return missing or blockers_to_decide(fact, request.user.pk, stands=True, approved=False, reason="-")


def decide_exception(request: HttpRequest, pk: int) -> HttpResponse:
    """First the answer and its reason; when nothing stands against them, the signing panel."""
    row: LotException = hanging_on_lot(request, LotException, pk)
    by = require(request.user, Can.DECIDE_EXCEPTION, row.lot.pair, clock.today())
    facts = load_lot_facts([row.lot])[row.lot_id]
    fact = _fact(facts, pk)
    stands = still_waives(facts, fact, clock.today())
    form = ExceptionDecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = {"approved": form.approved, "reason": form.cleaned_data["reason"]}
        found = blocking(blockers_to_decide(fact, by.user_id, stands=stands, **typed))
        if not found:
            return _sign(request, row, facts, form, by)
        for finding in found:
            form.add_error(None, finding.text())
    open_against = blockers_to_decide(fact, by.user_id, stands=True, approved=False, reason="-")
    context = _context(request, row, facts) | {"fact": fact, "form": form, "stands": stands, "against": open_against}
    return render(request, "releases/exception_decide.html", context)


def _sign(
    request: HttpRequest, row: LotException, facts: LotFacts, form: ExceptionDecisionForm, by: Actor
) -> HttpResponse:
    """The panel for this very answer; signed, it is judged once more under lock and recorded."""
    lot, typed = row.lot, {"approved": form.approved, "reason": form.cleaned_data["reason"]}
    decision = exception_decision_of(row, **typed)
    signing = SigningForm(
        request.POST if "seen_hash" in request.POST else None,
        user=request.user,
        by=by,
        record_hash=record_hash(decision),
        subject=lot,
        stream=lot.pair.stream,
    )
    if signing.is_bound and signing.is_valid():
        done = act(
            request,
            signing,
            "lot.exception_approved" if form.approved else "lot.exception_refused",
            subject=lot,
            stream=lot.pair.stream,
            do=lambda at: actions.decide_exception(
                exception=row,
                **typed,
                proof=signing.proof,
                by=require(request.user, Can.DECIDE_EXCEPTION, lot.pair, day_of(at)),
                at=at,
            ),
        )
        if done:
            messages.info(request, _("Your decision on the exception is on record."))
            return redirect("releases:exception", row.pk)
    context = _context(request, row, facts) | _panel(decision, by)
    return render(request, "releases/exception_sign.html", context | {"form": signing, "typed": form})


def _panel(decision: ExceptionDecision, by: Actor) -> dict[str, Any]:
    meaning = Meaning.APPROVES_EXCEPTION if decision.approved else Meaning.REFUSES_EXCEPTION
    post = post_word(by.post)
    return {
        "decision": decision,
        "hash": record_hash(decision),
        "meaning": meaning.label,
        "signer": {"name": by.name, "organisation": by.organisation, "post": post, "side": Side(by.side).label},
        "shown_as": f"{by.name} · {post} · {by.organisation}",
    }
