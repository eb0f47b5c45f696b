"""Registering a lot, and taking over one that was in progress at go-live."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.models import Entrustment
from cmo.catalogue.models import DeviceVersion
from cmo.clock import day_of
from cmo.parties.access import Can, Scope, holders_of, require, visible_pairs
from cmo.parties.pages import act, get_visible_or_404, not_yours, scope_for
from cmo.parties.views.form_page import form_page

from .. import actions
from ..forms import EntrustmentForm, LotForm, TakeOverForm
from ..models import Lot


def register_lot(request: HttpRequest) -> HttpResponse:
    """Choose the entrustment, then register the lot."""
    return _register(request, LotForm, "lot.registered", _("Register a lot"), "register_lot", _do_register)


def take_over_lot(request: HttpRequest) -> HttpResponse:
    """Choose the entrustment, then take over a lot whose production began before records here."""
    title = _("Take over a lot in progress")
    return _register(request, TakeOverForm, "lot.taken_over", title, "take_over_lot", _do_take_over)


def _do_register(entrustment: Entrustment, form: Any, by: Any, at: datetime) -> Lot:
    return actions.register_lot(entrustment=entrustment, content=form.content, by=by, at=at)


def _do_take_over(entrustment: Entrustment, form: Any, by: Any, at: datetime) -> Lot:
    note = form.cleaned_data["note"]
    return actions.take_over_lot(entrustment=entrustment, content=form.content, note=note, by=by, at=at)


def _register(request: HttpRequest, form_class: Any, verb: str, title: str, name: str, do: Any) -> HttpResponse:
    scope = scope_for(request)
    if not any((post.side, post.role) in holders_of(Can.REGISTER_LOT) for post in scope.posts):
        raise PermissionDenied(not_yours(Can.REGISTER_LOT).text())
    if not (chosen := request.GET.get("entrustment", "")).isdigit():
        return _choose(request, scope, title, name)
    entrustment = get_visible_or_404(request, Entrustment.objects.select_related("pair"), pk=int(chosen))
    require(request.user, Can.REGISTER_LOT, entrustment.pair, scope.on)
    version = DeviceVersion.objects.current_by_subject([entrustment.device_id]).get(entrustment.device_id)
    form = form_class(request.POST or None, version=version)
    if request.method == "POST" and form.is_valid():
        lot = act(
            request,
            form,
            verb,
            subject=entrustment,
            stream=entrustment.pair.stream,
            do=lambda at: do(
                entrustment, form, require(request.user, Can.REGISTER_LOT, entrustment.pair, day_of(at)), at
            ),
        )
        if lot:
            return redirect("releases:lot", lot.pk)
    kicker = f"{version or ''} · {entrustment.number}"
    back = reverse("releases:lots")
    return form_page(request, form, title=title, submit=title, kicker=kicker, back=back, draft=f"{name}-{chosen}")


def _choose(request: HttpRequest, scope: Scope, title: str, name: str) -> HttpResponse:
    """The first step: under which entrustment; a GET form, so that the choice stands in the address."""
    pairs = visible_pairs(scope).filter(contractor_id__in=sorted(scope.contractor_ids))
    rows = Entrustment.objects.filter(pair__in=pairs).order_by("-id")
    names = DeviceVersion.objects.current_by_subject(rows.values_list("device_id", flat=True))
    form = EntrustmentForm(entrustments=rows, names=names)
    if request.method == "POST":
        form = EntrustmentForm(request.POST, entrustments=rows, names=names)
        if form.is_valid():
            return redirect(f"{reverse(f'releases:{name}')}?entrustment={form.cleaned_data['entrustment'].pk}")
    lead = _("A lot is made under one entrustment: one device at one site of the contractor.")
    back = reverse("releases:lots")
    return form_page(request, form, title=title, submit=_("Enter the lot's data"), lead=lead, back=back)
