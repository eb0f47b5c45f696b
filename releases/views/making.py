"""Steps of a lot and what the resident supervisor observed at them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.parties.access import Can
from cmo.parties.pages import reasons_against, scope_for

from .. import actions
from ..facts import load_lot_facts
from ..forms import CorrectStepForm, ObservationForm, StepForm
from ..models import Lot, LotStep, Observation
from .lot import lot_context, visible_lot
from .on_lot import act_on_lot, hanging_on_lot


def record_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a finished process step."""
    lot = visible_lot(request, pk)
    form = StepForm(request.POST or None)
    return act_on_lot(
        request,
        form,
        lot,
        Can.RECORD_STEP,
        "lot.step_recorded",
        _("Record a process step"),
        lambda by, at: actions.record_step(lot=lot, content=form.content, by=by, at=at),
        then=_to_steps,
        lead=_window_words(lot),
        draft=f"step-{pk}",
    )


def correct_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a step or strike it out; what it said stays readable."""
    step: LotStep = hanging_on_lot(request, LotStep, pk)
    said = {name: getattr(step, name) for name in StepForm.base_fields}
    form = CorrectStepForm(request.POST or None, initial=said)

    def correct(by: Any, at: Any) -> LotStep:
        content = None if form.cleaned_data["strike"] else form.content
        return actions.correct_step(step=step, content=content, reason=form.cleaned_data["reason"], by=by, at=at)

    return act_on_lot(
        request,
        form,
        step.lot,
        Can.RECORD_STEP,
        "lot.step_corrected",
        _("Correct this step"),
        correct,
        then=_to_steps,
        lead=_("The entry stays readable with your correction and its reason. %(window)s")
        % {"window": _window_words(step.lot)},
        draft=f"correct-step-{pk}",
    )


def _window_words(lot: Lot) -> str:
    days = {"first": lot.produced_from.isoformat(), "last": lot.produced_to.isoformat()}
    return _("Steps lie within the production window, %(first)s to %(last)s.") % days


def _to_steps(row: LotStep) -> str:
    return reverse("releases:lot", args=[row.lot_id]) + "#steps"


def observe_lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what the posted supervisor saw; afterwards its page offers to lock a doubtful lot."""
    lot = visible_lot(request, pk)
    steps = LotStep.objects.filter(lot=lot, corrected_by__isnull=True, void=False).order_by("starts_at", "id")
    started = {"event_at": clock.now(), "step": request.GET.get("step", "")}
    form = ObservationForm(request.POST or None, steps=steps, initial=started)
    return act_on_lot(
        request,
        form,
        lot,
        Can.OBSERVE,
        "lot.observed",
        _("Record an observation"),
        lambda by, at: actions.observe_lot(lot=lot, **form.cleaned_data, by=by, at=at),
        then=_after_observation,
        lead=_("What you saw as the supervisor posted at this site. A doubtful lot can be locked right after."),
        draft=f"observation-{pk}",
    )


def _after_observation(row: Observation) -> str:
    if row.outcome == Observation.Outcome.DOUBTFUL:
        return reverse("releases:observation", args=[row.pk])
    return reverse("releases:lot", args=[row.lot_id]) + "#steps"


@require_safe
def observation(request: HttpRequest, pk: int) -> HttpResponse:
    """One observation, and the way to lock the lot for it."""
    visible = Lot.objects.visible_to(scope_for(request))
    rows = Observation.objects.select_related("lot__pair", "lot__entrustment", "step", "posting")
    row = get_object_or_404(rows, pk=pk, lot__in=visible)
    facts = load_lot_facts([row.lot])[row.lot_id]
    reason = _("Doubtful observation of %(name)s: %(text)s") % {"name": row.recorded_by_name, "text": row.text}
    context = lot_context(request, row.lot, facts, "lot") | {
        "observation": row,
        "reason": reason[:1000],
        "doubtful": row.outcome == Observation.Outcome.DOUBTFUL,
        "against_hold": reasons_against(scope_for(request), Can.PLACE_HOLD, row.lot.pair),
        "locked": [hold for hold in facts.holds if hold.placed_by_id == row.recorded_by_id],
    }
    return render(request, "releases/observation.html", context)
