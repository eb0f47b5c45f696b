"""UDI device identifiers: the registry of one device, the list of all, and the acts on them."""

from __future__ import annotations

from collections.abc import Callable
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
from cmo.parties.models import Side, SiteVersion
from cmo.parties.pages import act, get_visible_or_404, reasons_against, scope_for
from cmo.parties.views.form_page import day_previews, form_page
from cmo.trail.actor import Actor
from cmo.web.wording import bilingual

from .. import actions
from ..facts_identifiers import load_identifiers, sites_for
from ..forms import IdentifierFilter, IdentifierForm, RetireIdentifierForm, StepForm
from ..models import Device, DeviceIdentifier, DeviceVersion, IdentifierEvent
from ..rows_identifiers import identifier_lines, identifier_name, lanes, trees
from ..rules.identifiers import udi_due, udi_due_from
from ..tables import IdentifierTable
from .devices import device_context, registry_findings


@require_safe
def all_identifiers(request: HttpRequest) -> HttpResponse:
    """Every DI of the own devices and of those shared here."""
    form = IdentifierFilter(request.GET)
    form.full_clean()
    rows = identifier_lines(Device.objects.visible_to(scope_for(request)), form.cleaned_data)
    table = IdentifierTable.for_request(request, rows)
    if download := table.export_for(request):
        return download
    return render(request, "catalogue/identifiers.html", {"table": table, "form": form})


@require_safe
def device_identifiers(request: HttpRequest, pk: int) -> HttpResponse:
    """The registry of one device: its packages by model, what is missing, and what happened when."""
    row = get_visible_or_404(request, Device.objects, pk=pk)
    context = device_context(request, row, "device_identifiers")
    facts, confirmed, today = load_identifiers([pk]).get(pk, ()), context["confirmed"], context["today"]
    kind = (confirmed.device_class, confirmed.sub_catalogue, confirmed.udi_listed) if confirmed else None
    context |= {
        "findings": registry_findings(row, confirmed, today),
        "due_from": udi_due_from(*kind) if kind else None,
        "due": udi_due(*kind, today).answer if kind else None,
        "trees": trees(facts),
        "lanes": lanes(facts),
        "against": reasons_against(scope_for(request), Can.REGISTER_IDENTIFIER, row.registrant, Side.REGISTRANT),
        "reasons_for_another": DeviceIdentifier.NewBecause.labels,
    }
    return render(request, "catalogue/identifiers_of_device.html", context)


def assign_identifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Assign a DI to one model on one package level."""
    row = get_visible_or_404(request, Device.objects, pk=pk)
    require_for(request.user, Can.REGISTER_IDENTIFIER, row.registrant_id, clock.today(), Side.REGISTRANT)
    form = _form(request, row)
    title = _("Assign a DI")
    lead = _("Order: assign, submit in the registration system, mark, upload before marketing, keep up to date.")
    return _act(
        request,
        form,
        row,
        "device.identifier_assigned",
        title,
        lambda by, at: actions.assign_identifier(device=row, content=dict(form.cleaned_data), by=by, at=at),
        lead=lead,
        draft=f"identifier-{pk}",
    )


def _form(request: HttpRequest, row: Device) -> IdentifierForm:
    """The form with the device's models, its DIs and the places where it may be made."""
    version = DeviceVersion.objects.current().filter(device=row).first()
    facts = {fact.identifier_id: fact for fact in load_identifiers([row.pk]).get(row.pk, ())}
    known = [(i, identifier_name(facts[i.pk])) for i in DeviceIdentifier.objects.filter(device=row).order_by("id")]
    sites = sites_for(row).order_by("id")
    names = SiteVersion.objects.current_by_subject(sites)
    return IdentifierForm(
        request.POST or None,
        models=version.models_and_specifications if version else [],
        identifiers=known,
        sites=(sites.filter(pk__in=names), {pk: bilingual(found, "name") for pk, found in names.items()}),
        initial={"assigned_on": clock.today(), "model": request.GET.get("model", "")},
    )


def submit_identifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the submission in the registration system."""
    row = _identifier(request, pk)
    form = StepForm(request.POST or None, initial={"event_on": clock.today()})
    return _act(
        request,
        form,
        row.device,
        "device.identifier_submitted",
        _("Record the submission"),
        lambda by, at: actions.submit_identifier(identifier=row, **form.cleaned_data, by=by, at=at),
        kicker=f"{row.code} · {row.model}",
        lead=_("The DI of the smallest sales unit is stated at registration, renewal and change registration."),
    )


def upload_identifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the upload to the national database."""
    row = _identifier(request, pk)
    form = StepForm(request.POST or None, initial={"event_on": clock.today()})
    return _act(
        request,
        form,
        row.device,
        "device.identifier_uploaded",
        _("Record the upload"),
        lambda by, at: actions.upload_identifier(identifier=row, **form.cleaned_data, by=by, at=at),
        kicker=f"{row.code} · {row.model}",
        lead=_("Nothing is marketed before its data are in the national database."),
    )


def retire_identifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop using a DI, for good."""
    row = _identifier(request, pk)
    form = RetireIdentifierForm(request.POST or None, initial={"event_on": clock.today()})
    return _act(
        request,
        form,
        row.device,
        "device.identifier_retired",
        _("Retire the DI"),
        lambda by, at: actions.retire_identifier(identifier=row, **form.cleaned_data, by=by, at=at),
        kicker=f"{row.code} · {row.model}",
        lead=_(
            "This is final. A product that may come back unchanged keeps its DI: leave it standing while it is off "
            "the market."
        ),
        **_previews(request, form, row),
    )


def _previews(request: HttpRequest, form: RetireIdentifierForm, row: DeviceIdentifier) -> dict[str, Any]:
    """What retiring it from this day on would do; nothing when it was retired before."""
    retired = IdentifierEvent.Kind.RETIRED
    if row.events.filter(kind=retired).exists():
        return {}

    def event(day: date, at: datetime) -> IdentifierEvent:
        recorded = {"recorded_by_name": "—", "recorded_at": at}
        return IdentifierEvent(identifier=row, kind=retired, event_on=day, reference="—", **recorded)

    return day_previews(request, form, "event_on", event)


def _identifier(request: HttpRequest, pk: int) -> DeviceIdentifier:
    """A DI of a visible device whose registry this person keeps. :raises Http404: :raises PermissionDenied:"""
    visible = Device.objects.visible_to(scope_for(request))
    row = get_object_or_404(DeviceIdentifier.objects.filter(device__in=visible).select_related("device"), pk=pk)
    require_for(request.user, Can.REGISTER_IDENTIFIER, row.registrant_id, clock.today(), Side.REGISTRANT)
    return row


def _act(
    request: HttpRequest,
    form: forms.Form,
    device: Device,
    verb: str,
    title: str,
    do: Callable[[Actor, datetime], Any],
    **page: Any,
) -> HttpResponse:
    """Show one form; on POST call one action under the post that allows it, then return to the registry."""
    owner, back = device.registrant_id, reverse("catalogue:device_identifiers", args=[device.pk])
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            verb,
            subject=device,
            stream=device.stream,
            do=lambda at: do(
                require_for(request.user, Can.REGISTER_IDENTIFIER, owner, day_of(at), Side.REGISTRANT), at
            ),
        )
        if done:
            return redirect(back)
    return form_page(request, form, title=title, submit=title, back=back, **page)
