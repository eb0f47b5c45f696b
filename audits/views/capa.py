"""Corrective action on a finding, a page for each step: plan, decision, completion, check, withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.views.records import act_in_pair, permitted
from cmo import clock
from cmo.parties.access import Can
from cmo.parties.forms import ReasonForm
from cmo.parties.pages import scope_for

from .. import actions
from ..facts.capa import ACTION_OWED, ANSWER_OWED, CHECK_OWED, PLAN_PROPOSED, load_findings
from ..finding_states import OWED
from ..forms.findings import CapaPlanForm, CheckForm, CompletionForm, PlanAnswerForm
from ..models import AuditFinding, CapaCompletion, CapaPlan
from ..rules import capa as rules
from .findings import finding_or_404


def _act(
    request: HttpRequest,
    form: forms.Form,
    row: AuditFinding,
    step: tuple[Can, str],
    verb: str,
    title: str,
    do: Callable[..., Any],
    arguments: Callable[[], dict[str, Any]],
    **page: Any,
) -> HttpResponse:
    """Show one form for a finding; on POST call one action under the post that allows it, then return to the finding.

    ``step``: the right it takes and the state in which it is owed (empty: any); ``arguments``: what the action takes, read
    from the valid form; ``page``: ``lead``, and what the page shows besides. A step that is not owed has no form.
    """
    can, owed_in = step
    permitted(request, can, row.pair)
    back = reverse("audits:finding", args=[row.pk])
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(request, form, verb, can=can, within=row.pair, subject=row, do=do, **arguments())
        if done:
            messages.success(request, _("Recorded. %(next)s") % {"next": OWED[load_findings([row])[row.pk].state]})
            return redirect(back)
    facts, plan = load_findings([row])[row.pk], page.get("plan")
    seen = plan.pk if plan and owed_in != ANSWER_OWED else None
    against = rules.not_due(facts, owed_in or facts.state, seen) if not form.is_bound else []
    words = {"title": title, "submit": title, "back": back, "draft": f"{verb}-{row.pk}"}
    shown = {"form": form, "finding": row, "facts": facts, "against": against, "today": clock.today()}
    return render(request, "audits/finding_form.html", {**words, **shown, **page})


def plan_capa(request: HttpRequest, pk: int) -> HttpResponse:
    """The contractor answers a finding."""
    row, facts = finding_or_404(request, pk)
    before = row.plans.select_related("answer", "completion__check_made").order_by("-id").first()
    form = CapaPlanForm(request.POST or None, request.FILES or None, initial=_said_before(before))
    return _act(
        request,
        form,
        row,
        (Can.ANSWER_FINDING, ANSWER_OWED),
        "capa.planned",
        _("Submit the plan"),
        actions.plan_capa,
        lambda: {"finding": row, "said": form.said, "upload": form.cleaned_data["upload"]},
        plan=before,
        fact=facts.plan,
        lead=_("The registrant decides on it before the action counts as agreed."),
    )


def _said_before(plan: CapaPlan | None) -> dict[str, Any]:
    """The words of the plan before, so that only what was missing is written anew; days are set anew."""
    return {name: getattr(plan, name) for name in ("root_cause", "correction", "corrective_action")} if plan else {}


def answer_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The registrant accepts a plan or returns it."""
    plan = _plan_or_404(request, pk)
    row, form = plan.finding, PlanAnswerForm(request.POST or None)
    return _act(
        request,
        form,
        row,
        (Can.DECIDE_CAPA, PLAN_PROPOSED),
        "capa.accepted",
        _("Decide on the plan"),
        actions.answer_plan,
        lambda: {"plan": plan, **form.content},
        plan=plan,
        fact=_fact(plan),
    )


def complete_capa(request: HttpRequest, pk: int) -> HttpResponse:
    """The contractor reports the agreed action as done."""
    plan = _plan_or_404(request, pk)
    proved, initial = plan.finding.severity in rules.PROVED, {"done_on": clock.today()}
    form = CompletionForm(request.POST or None, request.FILES or None, initial=initial, proved=proved)
    return _act(
        request,
        form,
        plan.finding,
        (Can.ANSWER_FINDING, ACTION_OWED),
        "capa.completed",
        _("Report the action as done"),
        actions.complete_capa,
        lambda: {"plan": plan, **form.cleaned_data},
        plan=plan,
        fact=_fact(plan),
    )


def check_effectiveness(request: HttpRequest, pk: int) -> HttpResponse:
    """The registrant judges whether the action works."""
    visible = AuditFinding.objects.visible_to(scope_for(request))
    rows = CapaCompletion.objects.select_related("plan__finding__pair", "plan__answer", "check_made")
    completion = get_object_or_404(rows, pk=pk, plan__finding__in=visible)
    form = CheckForm(request.POST or None, request.FILES or None, initial={"checked_on": clock.today()})
    return _act(
        request,
        form,
        completion.plan.finding,
        (Can.DECIDE_CAPA, CHECK_OWED),
        "capa.found_effective",
        _("Record the check of effectiveness"),
        actions.check_effectiveness,
        lambda: {"completion": completion, **form.content},
        plan=completion.plan,
        fact=_fact(completion.plan),
    )


def withdraw_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """The registrant withdraws a finding that turned out to be wrong."""
    row, facts = finding_or_404(request, pk)
    form = ReasonForm(request.POST or None)
    lead = _("The finding stays readable with your reason; the contractor owes nothing more.")
    if facts.hold_stands:
        lead += " " + _("The hold that it placed stays until quality lifts it.")
    return _act(
        request,
        form,
        row,
        (Can.CLOSE_AUDIT, ""),
        "finding.withdrawn",
        _("Withdraw the finding"),
        actions.withdraw_finding,
        lambda: {"finding": row, "reason": form.cleaned_data["reason"]},
        lead=lead,
    )


def _plan_or_404(request: HttpRequest, pk: int) -> CapaPlan:
    """:raises Http404: when there is none of a finding that this person may see."""
    visible = AuditFinding.objects.visible_to(scope_for(request))
    rows = CapaPlan.objects.select_related("finding__pair", "answer", "completion__check_made")
    return get_object_or_404(rows, pk=pk, finding__in=visible)


def _fact(plan: CapaPlan) -> Any:
    """The plan as rules judge it."""
    facts = load_findings([plan.finding])[plan.finding_id]
    return next(fact for fact in facts.plans if fact.plan_id == plan.pk)
