"""Holds: the list over all pairs, placing, vetoing, lifting; and the pair's yearly duties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.errors import Finding
from cmo.evidence.facts import files_of
from cmo.parties.access import Can, may
from cmo.parties.facts import current_sites
from cmo.parties.models import Pair, Side
from cmo.parties.pages import reasons_against, scope_for
from cmo.parties.sections import Preview, change_previews, record_links
from cmo.parties.tenancy import tenant
from cmo.parties.trail_pages import entries_for
from cmo.parties.views.form_page import form_page
from cmo.parties.views.pairs import pair_context
from cmo.web import wording

from .. import actions
from ..forms import HoldFilter, HoldForm, PairDutyForm, ReasonForm, site_choices
from ..hold_guards import against_lifting
from ..labels import labels_for
from ..models import Hold, PairDuty
from ..other_holds import other_holds
from ..rules.hold import blockers_to_lift
from ..states import hold_state
from ..tables import HoldTable
from .agreements import coverable
from .records import act_in_pair, hold_or_404, pair_or_404, permitted, upload_page


@require_safe
def holds(request: HttpRequest) -> HttpResponse:
    """Every hold this person sees; the open ones first shown."""
    form = HoldFilter(request.GET if "q" in request.GET or "state" in request.GET else {"state": "open"})
    rows = Hold.objects.visible_to(scope_for(request)).select_related("entrustment", "lift")
    if form.is_valid():
        if words := form.cleaned_data["q"].strip():
            rows = rows.filter(models.Q(reason__icontains=words) | models.Q(pair__number__icontains=words))
        if form.cleaned_data["state"] == "open":
            rows = rows.filter(lift__isnull=True)
    table = HoldTable.for_request(request, rows, on=clock.today())
    if download := table.export_for(request):
        return download
    context = {"table": table, "form": form, "others": other_holds(scope_for(request))}
    return render(request, "agreements/holds.html", context)


@require_safe
def pair_holds(request: HttpRequest, pk: int) -> HttpResponse:
    """The holds of one pair and its yearly duties."""
    pair = pair_or_404(request, pk)
    rows = Hold.objects.filter(pair=pair).select_related("entrustment", "lift")
    table = HoldTable.for_request(request, rows, on=clock.today())
    if download := table.export_for(request):
        return download
    scope, duties = scope_for(request), list(PairDuty.objects.filter(pair=pair).order_by("-done_on", "-id")[:20])
    files = files_of(duties)
    latest = {row.kind: row.pk for row in reversed(duties)}
    context = pair_context(request, pair, "holds") | {
        "table": table,
        "others": other_holds(scope, pair),
        "duties": [(row, files[f"agreements.pairduty:{row.pk}"], latest[row.kind] == row.pk) for row in duties],
        "against_placing": reasons_against(scope, Can.PLACE_HOLD, pair),
        "against_veto": reasons_against(scope, Can.VETO, pair),
        "against_duty": reasons_against(scope, Can.RECORD_YEARLY_DUTY, pair),
    }
    return render(request, "agreements/pair_holds.html", context)


@require_safe
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """One hold: what it stops, why, who placed and who lifted it."""
    row = hold_or_404(request, pk)
    context = {
        "hold": row,
        "state": hold_state(row),
        "scope": scope_words(row),
        "lift": getattr(row, "lift", None),
        "against_lifting": _against_lifting(request, row),
        "entries": entries_for(row),
        "links": record_links(row),
    }
    return render(request, "agreements/hold.html", context)


def _against_lifting(request: HttpRequest, row: Hold) -> list[Finding]:
    """Why this person may not lift it: no post for that, or one of the other side."""
    scope = scope_for(request)
    post = may(scope, Can.LIFT_HOLD, row.pair)
    if post is None:
        return reasons_against(scope, Can.LIFT_HOLD, row.pair)
    return [*blockers_to_lift(hasattr(row, "lift"), row.side, post.side, reason="-"), *against_lifting(row)]


def scope_words(row: Hold) -> str:
    """What a hold locks, in words."""
    if row.entrustment is not None:
        return row.entrustment.number
    return labels_for([row]).site(row.site_id) if row.site_id else _("the whole pair")


def place_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock the pair, a site or an entrustment."""
    title = _("Place a hold")
    lead = _("Releases in its scope stop at once, until quality of your side lifts it.")
    return _place(request, pk, Can.PLACE_HOLD, "hold.placed", title, lead, actions.place_hold)


def veto(request: HttpRequest, pk: int) -> HttpResponse:
    """The management representative's veto."""
    title = _("Veto market release")
    lead = _("The management representative's veto stops releases in its scope at once.")
    return _place(request, pk, Can.VETO, "hold.vetoed", title, lead, actions.veto)


def _place(
    request: HttpRequest, pk: int, can: Can, verb: str, title: str, lead: str, do: Callable[..., Hold]
) -> HttpResponse:
    pair = pair_or_404(request, pk)
    permitted(request, can, pair)
    sites = site_choices(current_sites([pair.contractor_id]))
    initial = {"scope": request.GET.get("scope", "pair")}
    form = HoldForm(request.POST or None, pair=pair, entrustments=coverable(pair), sites=sites, initial=initial)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"pair": pair, **form.content}
        done = act_in_pair(request, form, verb, can=can, within=pair, subject=pair, do=do, **given)
        if done:
            return redirect("agreements:hold", done.pk)
    back = reverse("agreements:pair_holds", args=[pk])
    previews = _previews(request, form, pair)
    words = {"title": title, "kicker": pair.number, "lead": lead, "submit": title}
    return form_page(request, form, back=back, previews=previews, **words)


def _previews(request: HttpRequest, form: HoldForm, pair: Pair) -> list[Preview]:
    """What locking the chosen scope (at first the whole pair) would do."""
    asked, known = form["scope"].value(), dict(form.fields["scope"].choices)  # type: ignore[attr-defined]
    kind, _dash, pk = (asked if asked in known else "pair").partition("-")
    now = clock.now()
    recorded = {"recorded_by_name": "—", "recorded_at": now, "side": Side.REGISTRANT, "reason": "—"}
    row = Hold(**tenant(pair), **({f"{kind}_id": int(pk)} if pk else {}), kind=Hold.Kind.HOLD, **recorded)
    return change_previews(row, scope_for(request), now)


def lift_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Quality of the placing side lifts it."""
    row = hold_or_404(request, pk)
    permitted(request, Can.LIFT_HOLD, row.pair)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "hold.lifted",
            can=Can.LIFT_HOLD,
            within=row.pair,
            subject=row,
            do=actions.lift_hold,
            hold=row,
            reason=form.cleaned_data["reason"],
        )
        if done:
            return redirect("agreements:hold", pk)
    title = _("Lift the hold")
    back = reverse("agreements:hold", args=[pk])
    lead = _("Say what was found out and why releases may go on.")
    lead = " · ".join([*(link.label for link in record_links(row)), lead])
    return form_page(request, form, title=title, kicker=str(row), lead=lead, submit=title, back=back)


def record_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry over the last yearly audit or review from before the pair was taken in here."""
    pair = pair_or_404(request, pk)
    permitted(request, Can.RECORD_YEARLY_DUTY, pair)
    form = PairDutyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "pair.duty_recorded",
            can=Can.RECORD_YEARLY_DUTY,
            within=pair,
            subject=pair,
            do=actions.record_pair_duty,
            pair=pair,
            **form.cleaned_data,
        )
        if done:
            return redirect("agreements:pair_holds", pk)
    title = _("Carry over an earlier audit or review")
    lead = _(
        "Only what was done before this pair was taken in here on %(day)s. Later audits are recorded by their signed report, "
        "later reviews by the signatures of both sides."
    ) % {"day": wording.day(pair.created_at)}
    back = reverse("agreements:pair_holds", args=[pk])
    return upload_page(request, form, title=title, kicker=pair.number, lead=lead, submit=title, back=back)
