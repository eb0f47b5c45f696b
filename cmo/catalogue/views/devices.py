"""Devices: the list, one device with its versions, shares and trail, and proposing new data."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.errors import Finding
from cmo.evidence.facts import panel_of
from cmo.parties.access import Can, require, require_for, visible_pairs
from cmo.parties.facts import names_of
from cmo.parties.forms import ReasonForm
from cmo.parties.models import Organisation, Side
from cmo.parties.pages import act, get_visible_or_404, reasons_against, scope_for
from cmo.parties.sections import record_links
from cmo.parties.states import version_state
from cmo.parties.trail_pages import entries_for
from cmo.parties.views.form_page import form_page
from cmo.signing.facts import signatures_under
from cmo.web.wording import bilingual

from .. import actions
from ..facts import screening_states
from ..facts_identifiers import load_identifiers
from ..forms import DeviceFilter, DeviceForm, ShareForm, choice_of_pairs
from ..models import Device, DeviceShare, DeviceVersion
from ..rows import content_rows, device_rows_for
from ..rules import findings_of_screening
from ..rules.identifiers import findings_about_device, udi_due
from ..states import certificate_state, verdict_state
from ..tables import DeviceTable


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """Own devices and those that registrants share with this contractor."""
    form = DeviceFilter(request.GET)
    form.full_clean()
    scope, today = scope_for(request), clock.today()
    rows = device_rows_for(Device.objects.visible_to(scope), form.cleaned_data, today)
    table = DeviceTable.for_request(request, rows, order_by="name")
    if download := table.export_for(request):
        return download
    own = [pk for pk in sorted(scope.registrant_ids) if scope.limited_to is None]
    context = {
        "table": table,
        "form": form,
        "own": list(names_of(own).values()),
        "open": DeviceVersion.objects.undecided().filter(device__registrant_id__in=own).order_by("id"),
    }
    return render(request, "catalogue/devices.html", context)


def is_own(request: HttpRequest, device: Device) -> bool:
    """Whether this person sees the device as its registrant does: proposals, trail, evidence."""
    scope = scope_for(request)
    return scope.limited_to is None and device.registrant_id in scope.registrant_ids


def device_context(request: HttpRequest, device: Device, current: str) -> dict[str, Any]:
    """What every page of a device shows on top."""
    versions = list(DeviceVersion.objects.filter(device=device).select_related("decision").order_by("-number"))
    confirmed = next((v for v in versions if v.state == "confirmed"), None)
    own = is_own(request, device)
    today = clock.today()
    return {
        "device": device,
        "links": record_links(device),
        "data": confirmed or (versions[0] if own and versions else None),
        "confirmed": confirmed,
        "versions": versions if own else [v for v in versions if v.state == "confirmed"],
        "own": own,
        "today": today,
        "certificate": certificate_state(confirmed, today) if confirmed else None,
        "tabs": _tabs(device, current, own),
        "registrant": names_of([device.registrant_id]).get(device.registrant_id),
    }


def _tabs(device: Device, current: str, own: bool) -> list[dict[str, Any]]:
    names = {
        "device": _("Device"),
        "device_versions": _("Versions"),
        "device_documents": _("Technical file and labels"),
        "device_identifiers": _("UDI"),
        "device_screenings": _("Screenings"),
        "device_trail": _("Trail"),
    }
    return [
        {"label": label, "url": reverse(f"catalogue:{name}", args=[device.pk]), "current": name == current}
        for name, label in names.items()
        if own or name != "device_trail"
    ]


@require_safe
def device(request: HttpRequest, pk: int) -> HttpResponse:
    """One device: what it is, its certificate, whether it may be entrusted, with whom it is shared."""
    row = get_visible_or_404(request, Device.objects, pk=pk)
    context = device_context(request, row, "device")
    state = screening_states([row.pk], context["today"]).get(row.pk)
    scope = scope_for(request)
    shares = DeviceShare.objects.standing().visible_to(scope).filter(device=row).select_related("pair")
    context |= {
        "rows": content_rows(context["data"]) if context["data"] else [],
        "open": [v for v in context["versions"] if v.state == "proposed"],
        "state": state,
        "verdict": verdict_state(state.outcome) if state else None,
        "findings": findings_of_screening(state.result, state.determined) if state else [],
        "shares": _share_rows(shares),
        "udi_findings": registry_findings(row, context["confirmed"], context["today"]),
        "evidence": panel_of(row, request.user, context["today"]) if context["own"] else None,
        "against_proposing": reasons_against(scope, Can.PROPOSE_BASE_DATA, row.registrant, Side.REGISTRANT),
        "against_sharing": reasons_against(scope, Can.SHARE_DEVICE, row.registrant, Side.REGISTRANT),
    }
    return render(request, "catalogue/device.html", context)


def registry_findings(device: Device, confirmed: DeviceVersion | None, on: date) -> list[Finding]:
    """What the UDI registry of a device with confirmed data lacks on a day (E5, E9)."""
    if confirmed is None:
        return []
    due = udi_due(confirmed.device_class, confirmed.sub_catalogue, confirmed.udi_listed, on)
    facts = load_identifiers([device.pk]).get(device.pk, ())
    return findings_about_device(confirmed.models_and_specifications, facts, due.demanded, on)


def _share_rows(shares: models.QuerySet[DeviceShare]) -> list[dict[str, Any]]:
    shares = list(shares)  # type: ignore[assignment]
    names = names_of({share.contractor_id for share in shares})
    return [{"share": share, "contractor": names.get(share.contractor_id)} for share in shares]


@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """All versions with what changed and who signed."""
    row = get_visible_or_404(request, Device.objects, pk=pk)
    context = device_context(request, row, "device_versions")
    signed = signatures_under(context["versions"])
    older = [*context["versions"][1:], None]
    context["history"] = [
        {
            "version": version,
            "state": version_state(version),
            "changes": _changes(version, before),
            "signatures": signed[f"catalogue.deviceversion:{version.pk}"],
        }
        for version, before in zip(context["versions"], older, strict=True)
    ]
    return render(request, "catalogue/versions.html", context)


def _changes(version: DeviceVersion, before: DeviceVersion | None) -> list[dict[str, str]]:
    if before is None:
        return []
    old = {row["term"]: row["value"] for row in content_rows(before)}
    return [row | {"before": old[row["term"]]} for row in content_rows(version) if row["value"] != old[row["term"]]]


@require_safe
def trail(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened to the device, for its registrant."""
    row = get_visible_or_404(request, Device.objects, pk=pk)
    if not is_own(request, row):
        raise Http404
    context = device_context(request, row, "device_trail") | {"entries": entries_for(row)}
    return render(request, "catalogue/trail.html", context)


def open_device(request: HttpRequest, registrant: int) -> HttpResponse:
    """Enter a certificate or filing of the own organisation."""
    scope = scope_for(request)
    if registrant not in scope.registrant_ids:
        raise Http404
    owner = get_object_or_404(Organisation, pk=registrant)
    require_for(request.user, Can.PROPOSE_BASE_DATA, owner, clock.today(), Side.REGISTRANT)
    return _device_form(request, owner, None, DeviceForm(request.POST or None))


def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a new state of a device, starting from its latest data."""
    row = get_visible_or_404(request, Device.objects, pk=pk)
    require_for(request.user, Can.PROPOSE_BASE_DATA, row.registrant_id, clock.today(), Side.REGISTRANT)
    latest = DeviceVersion.objects.filter(device=row).order_by("-number").first()
    current = DeviceVersion.objects.current().filter(device=row).first() or latest
    content = {name: getattr(current, name) for name in DeviceVersion.content_fields}
    return _device_form(request, row.registrant, row, DeviceForm(request.POST or None, content=content))


def _device_form(request: HttpRequest, owner: Organisation, row: Device | None, form: DeviceForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        content, reason = form.content(), form.cleaned_data["reason"]

        def do(at: Any) -> DeviceVersion:
            by = require_for(request.user, Can.PROPOSE_BASE_DATA, owner, day_of(at), Side.REGISTRANT)
            if row is None:
                return actions.open_device(registrant=owner, content=content, reason=reason, by=by, at=at)
            return actions.propose_device_version(device=row, content=content, reason=reason, by=by, at=at)

        stream = f"organisation:{owner.pk}"
        if done := act(request, form, "device.version_proposed", subject=row or owner, stream=stream, do=do):
            messages.info(request, _("Proposed. Another quality person of your organisation confirms it now."))
            return redirect("catalogue:device", done.device_id)
    title = _("Propose new device data") if row else _("Enter a device")
    return form_page(
        request,
        form,
        title=title,
        submit=title,
        kicker=str(names_of([owner.pk]).get(owner.pk, "")),
        lead=_("A second quality person confirms them with a signature; until then the present data stay in force."),
        back=reverse("catalogue:device", args=[row.pk]) if row else reverse("catalogue:devices"),
        draft=f"device-{row.pk if row else 'new'}",
    )


def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the device to the contractor of one pair."""
    row = get_visible_or_404(request, Device.objects, pk=pk)
    require_for(request.user, Can.SHARE_DEVICE, row.registrant_id, clock.today(), Side.REGISTRANT)
    shared = DeviceShare.objects.standing().filter(device=row).values("pair_id")
    pairs = visible_pairs(scope_for(request)).filter(registrant_id=row.registrant_id, end__isnull=True)
    found = {pair.pk: pair for pair in pairs.exclude(pk__in=shared).order_by("number")}
    names = names_of({pair.contractor_id for pair in found.values()})
    choice = choice_of_pairs([(pk, p.number, names.get(p.contractor_id)) for pk, p in found.items()])
    form = ShareForm(request.POST or None, pairs=choice)
    if request.method == "POST" and form.is_valid():
        pair = found[int(form.cleaned_data["pair"])]
        done = act(
            request,
            form,
            "device.shared",
            subject=row,
            stream=pair.stream,
            do=lambda at: actions.share_device(
                pair=pair, device=row, by=require(request.user, Can.SHARE_DEVICE, pair, day_of(at)), at=at
            ),
        )
        if done:
            return redirect("catalogue:device", row.pk)
    return form_page(
        request,
        form,
        title=_("Share the device with a contractor"),
        submit=_("Share the device"),
        kicker=_title(row),
        lead=_("The contractor then reads the confirmed data, labels and technical file list of this device."),
        back=reverse("catalogue:device", args=[row.pk]),
    )


def withdraw_share(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a share back."""
    row = get_object_or_404(DeviceShare.objects.visible_to(scope_for(request)).select_related("pair", "device"), pk=pk)
    require(request.user, Can.SHARE_DEVICE, row.pair, clock.today())
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "device.share_withdrawn",
            subject=row.device,
            stream=row.pair.stream,
            do=lambda at: actions.withdraw_share(
                share=row,
                reason=form.cleaned_data["reason"],
                by=require(request.user, Can.SHARE_DEVICE, row.pair, day_of(at)),
                at=at,
            ),
        )
        if done:
            return redirect("catalogue:device", row.device_id)
    return form_page(
        request,
        form,
        title=_("Withdraw the share"),
        submit=_("Withdraw the share"),
        kicker=f"{_title(row.device)} · {row.pair}",
        lead=_("The contractor no longer sees this device; agreements and lots that name it stay as they are."),
        back=reverse("catalogue:device", args=[row.device_id]),
    )


def _title(device: Device) -> str:
    version = DeviceVersion.objects.current().filter(device=device).first()
    return bilingual(version, "name") if version else _("device not confirmed yet")
