"""Acts that are signed or that end a proposal: confirming and turning down device data, determining a screening."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cmo import clock
from cmo.clock import day_of
from cmo.errors import blocking
from cmo.evidence.facts import attach_url_of
from cmo.parties import actions as parties_actions
from cmo.parties.access import Can, require_for
from cmo.parties.forms import ReasonForm
from cmo.parties.models import Side
from cmo.parties.pages import act, scope_for
from cmo.parties.sections import Preview, change_previews
from cmo.parties.trail_pages import post_word
from cmo.parties.views.form_page import form_page
from cmo.signing.actions import record_hash
from cmo.signing.forms import SigningForm
from cmo.signing.models import Meaning
from cmo.trail.actor import Actor

from .. import actions
from ..actions.screening import determination_of
from ..facts import determination_facts
from ..forms import DetermineForm
from ..known_codes import implantable_default
from ..models import Determination, Device, DeviceVersion, Screening
from ..rows import content_rows
from ..rules import blockers_to_determine, warnings_about_device


def _own_version_or_404(request: HttpRequest, pk: int) -> DeviceVersion:
    version = get_object_or_404(DeviceVersion.objects.select_related("device", "decision"), pk=pk)
    if version.device.registrant_id not in scope_for(request).registrant_ids:
        raise Http404
    return version


def confirm_version(request: HttpRequest, pk: int) -> HttpResponse:
    """The signing panel for proposed device data; a signature makes them the current ones."""
    version = _own_version_or_404(request, pk)
    owner, stream = version.device.registrant_id, version.device.stream
    by = require_for(request.user, Can.CONFIRM_BASE_DATA, owner, clock.today(), Side.REGISTRANT)
    form = SigningForm(
        request.POST or None,
        user=request.user,
        by=by,
        record_hash=record_hash(version),
        subject=version.device,
        stream=stream,
    )
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "device.version_confirmed",
            subject=version.device,
            stream=stream,
            do=lambda at: parties_actions.confirm_version(
                version=version,
                proof=form.proof,
                by=require_for(request.user, Can.CONFIRM_BASE_DATA, owner, day_of(at), Side.REGISTRANT),
                at=at,
            ),
        )
        if done:
            messages.success(request, _("Confirmed and in force: version %(number)s.") % {"number": version.number})
            return redirect("catalogue:device", version.device_id)
    default = implantable_default(version.classification_code, version.sub_catalogue)
    content = {name: getattr(version, name) for name in version.content_fields}
    context = _panel(form, by, record_hash(version), Meaning.CONFIRMS_BASE_DATA) | {
        "version": version,
        "rows": content_rows(version),
        "warnings": warnings_about_device(content, default, clock.today()),
        "page": reverse("catalogue:device", args=[version.device_id]),
        "previews": _previews(request, version),
    }
    return render(request, "catalogue/confirm_version.html", context)


def _previews(request: HttpRequest, version: DeviceVersion) -> list[Preview]:
    """What confirming would do; nothing for a proposal that has been decided."""
    return change_previews(version, scope_for(request), clock.now()) if version.state == "proposed" else []


def _panel(form: SigningForm, by: Actor, digest: str, meaning: Meaning) -> dict[str, Any]:
    post = post_word(by.post)
    return {
        "form": form,
        "hash": digest,
        "meaning": meaning.label,
        "signer": {"name": by.name, "organisation": by.organisation, "post": post, "side": ""},
        "shown_as": f"{by.name} · {post} · {by.organisation}",
    }


def turn_down_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn proposed device data down with a reason."""
    version = _own_version_or_404(request, pk)
    owner = version.device.registrant_id
    require_for(request.user, Can.CONFIRM_BASE_DATA, owner, clock.today(), Side.REGISTRANT)
    form = ReasonForm(request.POST or None)
    page = reverse("catalogue:device", args=[version.device_id])
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "device.version_turned_down",
            subject=version.device,
            stream=version.device.stream,
            do=lambda at: parties_actions.turn_down_version(
                version=version,
                reason=form.cleaned_data["reason"],
                by=require_for(request.user, Can.CONFIRM_BASE_DATA, owner, day_of(at), Side.REGISTRANT),
                at=at,
            ),
        )
        if done:
            return redirect(page)
    return form_page(
        request,
        form,
        title=_("Turn the proposal down"),
        submit=_("Turn the proposal down"),
        kicker=str(version),
        lead=_("The proposal stays on record; whoever proposed it reads your reason."),
        back=page,
    )


def determine(request: HttpRequest, pk: int) -> HttpResponse:
    """First the judgement and its reason, then the signature under exactly these."""
    rows = Screening.objects.filter(device__in=Device.objects.visible_to(scope_for(request)))
    screening = get_object_or_404(rows.select_related("device", "version"), pk=pk)
    by = require_for(request.user, Can.DETERMINE, screening.device.registrant_id, clock.today(), Side.REGISTRANT)
    form = DetermineForm(request.POST or None)
    typed = form.cleaned_data if request.method == "POST" and form.is_valid() else {"outcome": "allowed", "reason": ""}
    row = determination_of(screening=screening, by=by, at=clock.now(), **typed)
    findings = blocking(blockers_to_determine(determination_facts(row, clock.today())))
    attach_url = attach_url_of(f"catalogue.screening:{pk}", request.user, clock.today())
    context = {"screening": screening, "form": form, "findings": findings, "row": row, "attach_url": attach_url}
    if findings or not form.is_bound or not form.is_valid():
        return render(request, "catalogue/determine.html", context)
    return _sign_determination(request, row, form, by)


def _sign_determination(request: HttpRequest, row: Determination, typed: DetermineForm, by: Actor) -> HttpResponse:
    screening, stream = row.screening, row.screening.device.stream
    signing = SigningForm(
        request.POST if "seen_hash" in request.POST else None,
        user=request.user,
        by=by,
        record_hash=record_hash(row),
        subject=screening.device,
        stream=stream,
    )
    if signing.is_bound and signing.is_valid():
        done = act(
            request,
            signing,
            "screening.determined",
            subject=screening.device,
            stream=stream,
            do=lambda at: actions.determine(
                screening=screening,
                **typed.cleaned_data,
                proof=signing.proof,
                by=require_for(
                    request.user, Can.DETERMINE, screening.device.registrant_id, day_of(at), Side.REGISTRANT
                ),
                at=at,
            ),
        )
        if done:
            return redirect("catalogue:screening", screening.pk)
    context = _panel(signing, by, record_hash(row), Meaning.DETERMINES) | {"row": row, "typed": typed}
    page = reverse("catalogue:screening", args=[screening.pk])
    return render(request, "catalogue/sign_determination.html", context | {"screening": screening, "page": page})
