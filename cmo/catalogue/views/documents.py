"""The technical file list of a device and its label and IFU versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.parties.access import Can, require_for
from cmo.parties.models import Side
from cmo.parties.pages import act, get_visible_or_404, reasons_against, scope_for
from cmo.parties.states import State
from cmo.parties.views.form_page import day_previews, form_page

from .. import actions
from ..forms import DocumentForm, LabelForm, WithdrawLabelForm
from ..models import Device, LabelVersion, LabelWithdrawal, TechnicalDocument
from .devices import device_context


@require_safe
def documents(request: HttpRequest, pk: int) -> HttpResponse:
    """Documents by kind, and label and IFU versions with the days they may be used."""
    row = get_visible_or_404(request, Device.objects, pk=pk)
    context = device_context(request, row, "device_documents")
    labels = LabelVersion.objects.filter(device=row).select_related("withdrawal").order_by("kind", "-effective_from")
    context |= {
        "documents": TechnicalDocument.objects.filter(device=row).order_by("kind", "reference", "-effective_from"),
        "labels": [{"label": label, "state": label_state(label, context["today"])} for label in labels],
        "against_listing": reasons_against(scope_for(request), Can.PROPOSE_BASE_DATA, row.registrant, Side.REGISTRANT),
    }
    return render(request, "catalogue/documents.html", context)


def label_state(label: LabelVersion, on: date) -> State:
    """Whether a label or IFU version may be used on a day."""
    withdrawal = getattr(label, "withdrawal", None)
    ends = [day for day in (label.effective_to, withdrawal.last_used_on if withdrawal else None) if day]
    if on < label.effective_from:
        return State("idle", _("not yet in use"))
    return State("idle", _("no longer used")) if ends and on > min(ends) else State("good", _("in use"))


def add_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a line to the technical file list."""
    row = get_visible_or_404(request, Device.objects, pk=pk)
    form = DocumentForm(request.POST or None)
    return _list(request, row, form, "device.document_listed", _("List a technical document"))


def add_label(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a label or IFU version."""
    row = get_visible_or_404(request, Device.objects, pk=pk)
    form = LabelForm(request.POST or None)
    return _list(request, row, form, "device.label_listed", _("List a label or IFU version"))


def _list(request: HttpRequest, row: Device, form: forms.ModelForm, verb: str, title: str) -> HttpResponse:
    require_for(request.user, Can.PROPOSE_BASE_DATA, row.registrant_id, clock.today(), Side.REGISTRANT)
    page = reverse("catalogue:device_documents", args=[row.pk])
    if request.method == "POST" and form.is_valid():

        def do(at: Any) -> Any:
            by = require_for(request.user, Can.PROPOSE_BASE_DATA, row.registrant_id, day_of(at), Side.REGISTRANT)
            is_label = isinstance(form, LabelForm)
            listing: Any = actions.list_label_version if is_label else actions.list_technical_document
            return listing(device=row, content=dict(form.cleaned_data), by=by, at=at)

        if act(request, form, verb, subject=row, stream=row.stream, do=do):
            return redirect(page)
    return form_page(request, form, title=title, submit=title, back=page)


def withdraw_label(request: HttpRequest, pk: int) -> HttpResponse:
    """Say until when a label or IFU version may be used."""
    visible = Device.objects.visible_to(scope_for(request))
    row = get_object_or_404(LabelVersion.objects.filter(device__in=visible).select_related("device"), pk=pk)
    owner = row.device.registrant_id
    require_for(request.user, Can.PROPOSE_BASE_DATA, owner, clock.today(), Side.REGISTRANT)
    form = WithdrawLabelForm(request.POST or None)
    page = reverse("catalogue:device_documents", args=[row.device_id])
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "device.label_withdrawn",
            subject=row.device,
            stream=row.device.stream,
            do=lambda at: actions.withdraw_label_version(
                label=row,
                **form.cleaned_data,
                by=require_for(request.user, Can.PROPOSE_BASE_DATA, owner, day_of(at), Side.REGISTRANT),
                at=at,
            ),
        )
        if done:
            return redirect(page)
    title = _("Withdraw a label or IFU version")
    foretold = {} if hasattr(row, "withdrawal") else _previews(request, form, row)
    return form_page(request, form, title=title, submit=title, kicker=str(row), back=page, **foretold)


def _previews(request: HttpRequest, form: WithdrawLabelForm, row: LabelVersion) -> dict[str, Any]:
    """What withdrawing it with this last day would do."""

    def withdrawal(day: date, at: datetime) -> LabelWithdrawal:
        return LabelWithdrawal(label=row, last_used_on=day, reason="—", recorded_by_name="—", recorded_at=at)

    return day_previews(request, form, "last_used_on", withdrawal)
