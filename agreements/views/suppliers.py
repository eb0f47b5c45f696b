"""Approved key suppliers and outside processes: the list of a pair, approving, taking back."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.errors import Finding
from cmo.evidence.facts import files_of, panel_of
from cmo.parties.access import Can
from cmo.parties.pages import get_visible_or_404, reasons_against, scope_for
from cmo.parties.states import State
from cmo.parties.trail_pages import entries_for
from cmo.parties.views.form_page import form_page
from cmo.parties.views.pairs import pair_context

from .. import actions
from ..forms.supervision import LastDayForm, SupplierForm
from ..models import SupplierApproval
from ..wording import finding
from .records import act_in_pair, pair_or_404, permitted, upload_page

#: An approval that ends within this time is shown as due.
SOON = timedelta(days=60)


def supplier_state(row: SupplierApproval, on: date) -> State:
    """Whether an approval counts on a day."""
    end = row.end
    if end is not None and on > end.last_day:
        return State("bad", _("approval taken back"))
    if on < row.approved_from:
        return State("idle", _("begins later"))
    if on > row.approved_until:
        return State("bad", _("expired"))
    soon = end is not None or row.approved_until <= on + SOON
    return State("pending", _("expires soon")) if soon else State("good", _("approved"))


@require_safe
def pair_suppliers(request: HttpRequest, pk: int) -> HttpResponse:
    """What the contractor buys or has done elsewhere, and whom the registrant approved for it."""
    pair, on = pair_or_404(request, pk), clock.today()
    rows = list(
        SupplierApproval.objects.filter(pair=pair).prefetch_related("ends").order_by("scope", "supplier", "-id")
    )
    files = files_of(rows)
    shown = [
        {"row": row, "state": supplier_state(row, on), "files": len(files[f"agreements.supplierapproval:{row.pk}"])}
        for row in rows
    ]
    context = pair_context(request, pair, "suppliers") | {
        "rows": shown,
        "against_approving": reasons_against(scope_for(request), Can.APPROVE_SUPPLIER, pair),
    }
    return render(request, "agreements/pair_suppliers.html", context)


def approve_supplier(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a supplier after its audit."""
    pair = pair_or_404(request, pk)
    permitted(request, Can.APPROVE_SUPPLIER, pair)
    form = SupplierForm(request.POST or None, request.FILES or None, initial={"approved_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "supplier.approved",
            can=Can.APPROVE_SUPPLIER,
            within=pair,
            subject=pair,
            do=actions.approve_supplier,
            pair=pair,
            content=form.content,
            upload=form.cleaned_data["upload"],
        )
        if done:
            return redirect("agreements:supplier", done.pk)
    title = _("Approve a supplier")
    lead = _("For key items bought by the contractor the registrant fixes acceptance criteria and audits the supplier.")
    back = reverse("agreements:pair_suppliers", args=[pk])
    return upload_page(request, form, title=title, kicker=pair.number, lead=lead, submit=title, back=back)


def _supplier_or_404(request: HttpRequest, pk: int) -> SupplierApproval:
    return get_visible_or_404(request, SupplierApproval.objects.select_related("pair"), pk=pk)


@require_safe
def supplier(request: HttpRequest, pk: int) -> HttpResponse:
    """One approval with its audit report."""
    row, on = _supplier_or_404(request, pk), clock.today()
    context = {
        "row": row,
        "end": row.end,
        "over": row.end is not None and row.end.last_day < on,
        "state": supplier_state(row, on),
        "panel": panel_of(row, request.user, on),
        "entries": entries_for(row),
        "against_ending": _against_ending(request, row),
    }
    return render(request, "agreements/supplier.html", context)


def _against_ending(request: HttpRequest, row: SupplierApproval) -> list[Finding]:
    end = row.end
    if end is not None and end.last_day < clock.today():
        return [finding("supplier_ended_already", last_day=end.last_day.isoformat())]
    return reasons_against(scope_for(request), Can.APPROVE_SUPPLIER, row.pair)


def end_supplier_approval(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an approval back."""
    row = _supplier_or_404(request, pk)
    permitted(request, Can.APPROVE_SUPPLIER, row.pair)
    form = LastDayForm(request.POST or None, initial={"last_day": clock.today()})
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "supplier.approval_ended",
            can=Can.APPROVE_SUPPLIER,
            within=row.pair,
            subject=row,
            do=actions.end_supplier_approval,
            approval=row,
            **form.cleaned_data,
        )
        if done:
            return redirect("agreements:supplier", pk)
    title = _("Take the approval back")
    lead = _("After the last day the approval no longer counts. To stop at once, give yesterday.")
    back = reverse("agreements:supplier", args=[pk])
    return form_page(request, form, title=title, kicker=str(row), lead=lead, submit=title, back=back)
