"""Uploading to a record and reading back; a record somebody may not see has no files for them (404)."""

from __future__ import annotations

import logging

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cmo import clock
from cmo.errors import Refused
from cmo.trail.actor import Actor
from cmo.web.shown import read_from_outside, shows

from . import actions, registry, store
from .forms import AttachForm
from .models import File

log = logging.getLogger(__name__)


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The file exactly as uploaded, always as a download, after its hash was compared again; nobody's mark is put on it."""
    file = get_object_or_404(File, pk=pk)
    if not registry.may_read(request.user, file.subject, clock.today()):
        raise Http404
    if read_from_outside(request):
        shows(request, registry.load(file.subject))
    content = store.open_intact(file.sha256)
    if content is None:
        return _damaged(request, file)
    response = FileResponse(content, content_type=file.content_type)
    response["Content-Length"] = str(file.size)
    response["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _damaged(request: HttpRequest, file: File) -> HttpResponse:
    user = request.user
    by = Actor(user_id=user.pk, name=user.get_full_name() or user.get_username())
    actions.record_damage(file, by=by, at=clock.now())
    log.error("evidence file %s is missing or altered in storage (sha256 %s)", file.pk, file.sha256)
    return render(request, "evidence/damaged.html", {"file": file}, status=500)


@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: HttpRequest, subject: str) -> HttpResponse:
    """Add a file to the record ``app.model:pk``; afterwards back to the page the person came from."""
    row, by = _record_and_actor(request, subject)
    back = _own_address(request, request.POST.get("next") or request.GET.get("next", ""))
    form = AttachForm(request.POST or None, request.FILES or None, subject=subject)
    if request.method == "POST" and form.is_valid():
        try:
            file = actions.attach(row, **form.cleaned_data, by=by, at=clock.now())
        except Refused as refusal:
            _place(form, refusal)
        else:
            return redirect(back) if back else render(request, "evidence/attached.html", {"file": file})
    return render(request, "evidence/attach.html", {"form": form, "record": row, "back": back})


def _record_and_actor(request: HttpRequest, subject: str) -> tuple[models.Model, Actor]:
    """:raises Http404: for a record this person does not see. :raises PermissionDenied: when they may not add to it."""
    today = clock.today()
    row = registry.load(subject) if registry.may_read(request.user, subject, today) else None
    if row is None:
        raise Http404
    try:
        return row, registry.writer_of(request.user, subject, today)
    except PermissionDenied as error:
        raise PermissionDenied(_("Your posts do not let you add files to this record.")) from error


def _place(form: AttachForm, refusal: Refused) -> None:
    """Show each reason at the field it is about."""
    fields = {"event_in_the_future": "event_on", "expires_before_event": "expires_on", "replaced_already": "replaces"}
    for finding in refusal.findings:
        field = fields.get(finding.code, "upload")
        form.add_error(field if field in form.fields else None, finding.text())


def _own_address(request: HttpRequest, address: str) -> str:
    """The address when it belongs to this site, else nothing."""
    here = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if here else ""
