"""Answering what the other side proposed, one by one or several at once; taking back; remarks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cmo import clock
from cmo.parties.access import Can

from .. import actions
from ..facts.columns import CHANGE, ROW_KINDS, TERMS
from ..forms.negotiating import ChosenForm, DeclineForm, RemarkForm, WithdrawForm
from ..models import ProposedChange
from ..negotiation_shown import NegotiationShown, ProposalShown, RowShown, shown_negotiation
from .negotiation_places import (
    act_page,
    change_or_404,
    key_of,
    negotiate,
    negotiated_or_404,
    page_of,
    present_pieces,
    proposed_pieces,
    refused_status,
    row_answer,
)
from .records import permitted


@require_POST
def accept_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the other side's proposal into the draft."""
    change = change_or_404(request, pk)
    form = WithdrawForm({"reason": ""})
    form.is_valid()
    done = negotiate(request, form, "accepted", change.agreement, actions.answer_change, change=change, accepted=True)
    if done:
        return row_answer(request, change.agreement, change.kind, change.row_key, whole=change.act != CHANGE)
    return _not_done(request, change, form)


def decline_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline the other side's proposal and say why."""
    change = change_or_404(request, pk)
    permitted(request, Can.DRAFT_AGREEMENT, change.agreement.pair)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = {"change": change, "accepted": False, "reason": form.cleaned_data["reason"]}
        if negotiate(request, form, "declined", change.agreement, actions.answer_change, **answer):
            return row_answer(request, change.agreement, change.kind, change.row_key)
    words = {"title": _("Decline the proposed change"), "submit": _("Decline the change")}
    return _about_change(request, change, form, **words)


def withdraw_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a proposal of the own side."""
    change = change_or_404(request, pk)
    permitted(request, Can.DRAFT_AGREEMENT, change.agreement.pair)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {"change": change, "reason": form.cleaned_data["reason"]}
        if negotiate(request, form, "withdrawn", change.agreement, actions.withdraw_change, **said):
            return row_answer(request, change.agreement, change.kind, change.row_key)
    words = {"title": _("Withdraw the proposal"), "submit": _("Withdraw the proposal")}
    return _about_change(request, change, form, **words)


def remark_on_row(request: HttpRequest, pk: int, kind: str, slug: str) -> HttpResponse:
    """A remark on a place of the draft; at any time, by either side."""
    agreement, draft = negotiated_or_404(request, pk)
    key = key_of(slug, kind)
    if kind not in (*ROW_KINDS, TERMS):
        raise Http404
    permitted(request, Can.NEGOTIATE, agreement.pair)
    form = RemarkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {"agreement": agreement, "kind": kind, "row_key": key, "text": form.cleaned_data["text"]}
        if negotiate(request, form, "remarked", agreement, actions.remark, **said):
            return row_answer(request, agreement, kind, key)
    words = {"title": _("Remark"), "submit": _("Leave the remark"), "lead": _("Both sides read it at once.")}
    about = present_pieces(draft, kind, key)
    return act_page(request, agreement, form, kind, key, about=about, draft=f"remark-{kind}-{key}", **words)


def accept_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """The proposals that were ticked, once more with their texts; accepted all together or not at all."""
    agreement, _draft = negotiated_or_404(request, pk)
    by = permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    shown = shown_negotiation(agreement, clock.today(), by.side)
    asked = request.POST if request.method == "POST" else request.GET
    form = ChosenForm(asked)
    wanted = form.cleaned_data["change"] if form.is_valid() else []
    if request.method == "POST" and wanted:
        changes = list(ProposedChange.objects.filter(agreement=agreement, pk__in=wanted).order_by("id"))
        if negotiate(request, form, "accepted", agreement, actions.accept_changes, changes=changes):
            return redirect(page_of(agreement))
    chosen = [(row, one) for row, one in _answerable(shown) if one.pk in wanted]
    context = {"agreement": agreement, "form": form, "chosen": chosen, "back": page_of(agreement)}
    return render(request, "agreements/negotiation_accept.html", context, status=refused_status(form))


def _answerable(shown: NegotiationShown) -> list[tuple[RowShown, ProposalShown]]:
    """Every open proposal that the reader's side can answer, in the order of the draft."""
    return [(row, one) for row in shown.rows for one in row.open if not one.mine]


def _about_change(request: HttpRequest, change: ProposedChange, form: forms.Form, **words: Any) -> HttpResponse:
    """The form of an answer; where somebody was faster with what the draft says now."""
    status, draft = refused_status(form), change.agreement.draft
    pieces = proposed_pieces(draft, change)
    words |= {"faster": present_pieces(draft, change.kind, change.row_key)} if status == 409 else {"about": pieces}
    kept = f"answer-{change.pk}"
    return act_page(request, change.agreement, form, change.kind, change.row_key, status=status, draft=kept, **words)


def _not_done(request: HttpRequest, change: ProposedChange, form: forms.Form) -> HttpResponse:
    sentences = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return row_answer(request, change.agreement, change.kind, change.row_key, notice=sentences)
