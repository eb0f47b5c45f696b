"""Which export a click is about, judged anew each time: what somebody may not know of does not exist."""

from __future__ import annotations

import re

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from cmo import clock
from cmo.parties.pages import scope_for
from cmo.trail.actor import Actor
from cmo.web.shown import shows

from ..listed import state_of
from ..models import Export
from ..rights import may_read, may_take, taking, visible_exports

#: What a scope's number may hold and a file name should not.
_SEPARATING = re.compile(r"[^\w.-]+")


def visible_export(request: HttpRequest, pk: int) -> Export:
    """The export, when this person may know of it. :raises Http404:"""
    rows = visible_exports(scope_for(request)).select_related("pair", "pair__end")
    row = get_object_or_404(rows, pk=pk)
    shows(request, row)
    return row


def readable_export(request: HttpRequest, pk: int) -> Export:
    """The export, when this person may read what it says. :raises Http404:"""
    row = visible_export(request, pk)
    if not may_read(scope_for(request), row):
        raise Http404
    return row


def takeable_export(request: HttpRequest, pk: int) -> Export:
    """The export, when this person may carry it away.

    :raises Http404: when they may not even read it. :raises PermissionDenied: when they may read it on screen only.
    """
    row = readable_export(request, pk)
    if not may_take(scope_for(request), row):
        raise PermissionDenied(_("This dossier was opened to you for reading on screen. Its files stay here."))
    return row


def file_stem(row: Export) -> str:
    """``WT2025-0001_2026-11-22_zh_lot-H2611``: pair, day, language, scope, as its files are called when they are taken."""
    scope = _SEPARATING.sub("-", f"_{row.scope_kind}-{row.scope_key}") if row.scope_key else ""
    return f"{row.pair.number}_{row.as_of.isoformat()}_{row.language}{scope}"


def zip_name(row: Export) -> str:
    """The name under which the archive is taken."""
    return f"{file_stem(row)}.zip"


def actor_for(request: HttpRequest, row: Export) -> Actor:
    """Under which post, or as which outsider, this person deals with the export. :raises Http404: as nobody."""
    held = taking(request.user, row.pair, clock.today())
    if held is None:
        raise Http404
    return held.actor


def gone(request: HttpRequest, row: Export) -> HttpResponse:
    """Says that there is no file to read or take, why, and what to do."""
    state = state_of(row, clock.now())
    own = row.recorded_by_id == request.user.pk
    context = {"export": row, "why": state if state != "ready" else "damaged", "own": own}
    return render(request, "dossier/gone.html", context, status=410)
