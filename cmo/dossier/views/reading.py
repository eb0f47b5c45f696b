"""A dossier read on screen from its own ``dossier.json``, section by section. What was shown to whom is on the trail: once
for each section, person and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.clock import SHANGHAI, day_of
from cmo.errors import Refused
from cmo.paper.plain import visible
from cmo.paper.words import Language
from cmo.parties.pages import scope_for
from cmo.trail.models import Entry
from cmo.web.wording import is_chinese

from .. import actions
from ..archive import dossier_data, evidence_of
from ..listed import state_of
from ..models import EVIDENCE, Export
from ..rights import may_take
from ..shown import Asked, Data, contents, in_one, paragraphs, path_to, said, shown, turned
from .access import actor_for, gone, readable_export

#: Name under which the first page is on the trail.
COVER = "cover"


@require_safe
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """The first page: whose dossier this is, what it is bound to, what it contains."""
    row = readable_export(request, pk)
    return _page(request, row, (), COVER)


@require_safe
def section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """One section."""
    row = readable_export(request, pk)
    path = path_to(dossier_data(row).get("sections", ()), section)
    if not path and state_of(row, clock.now()) == "ready" and dossier_data(row):
        raise Http404
    return _page(request, row, path, section)


def _page(request: HttpRequest, row: Export, path: Sequence[Data], name: str) -> HttpResponse:
    if state_of(row, clock.now()) in {"waiting", "running", "stopped", "failed", "cancelled"}:
        return redirect("dossier:export", row.pk)
    data = dossier_data(row)
    if not data or not _noted(request, row, name):
        return gone(request, row)
    asked = _asked(request)
    context = _around(request, row, data, path, asked)
    if not path:
        return render(request, "dossier/read_cover.html", context | _cover(data, asked.language))
    context |= {"shown": shown(path[-1], asked), "key": path[-1]["key"]}
    if path[-1]["key"] == EVIDENCE:
        context["files"] = [_file(one) for one in evidence_of(row)]
    return render(request, "dossier/read_section.html", context)


def _file(one: Mapping[str, Any]) -> dict[str, Any]:
    """An evidence file of the manifest; what people called it is shown as it reads."""
    return {**one, "title": visible(one["title"]), "name": visible(one.get("name", ""))}


def _asked(request: HttpRequest) -> Asked:
    """The language of the address, by default the reader's; one page of one table."""
    wanted: Language = "both" if request.GET.get("lang") == "both" else _own_language()
    page = request.GET.get("page", "")
    return Asked(wanted, request.GET.get("table", ""), int(page) if page.isdecimal() and len(page) < 9 else 1)


def _own_language() -> Language:
    return "zh" if is_chinese() else "en"


def _noted(request: HttpRequest, row: Export, name: str) -> bool:
    """Put on the trail that this person reads this section today; False when there is no file to read any more."""
    at = clock.now()
    if name in _read_today(request.user.pk or 0, row, at):
        return True
    try:
        actions.record_read(export=row, section=name, by=actor_for(request, row), at=at)
    except Refused:
        return False
    return True


def _read_today(user_id: int, row: Export, at: datetime) -> set[str]:
    """Names of the sections that this person has read of the export since midnight in China."""
    begins = datetime.combine(day_of(at), time(), SHANGHAI).astimezone(UTC).isoformat(timespec="microseconds")
    entries = Entry.objects.filter(
        stream=f"user:{user_id}", verb="dossier.read", subject=f"dossier.export:{row.pk}", at_utc__gte=begins
    )
    return {entry.content["data"]["section"] for entry in entries.only("payload")}


def _around(
    request: HttpRequest, row: Export, data: dict[str, Any], path: Sequence[Data], asked: Asked
) -> dict[str, Any]:
    """What stands around every section: heading, contents, the sections before and after, the other languages."""
    both, own = asked.language == "both", _own_language()
    before, after = turned(data["sections"], path[-1]["key"] if path else "", own)
    return {
        "export": row,
        "language": asked.language,
        "heading": in_one(data["title"], own),
        "scope_words": said(data.get("scope"), asked.language),
        "contents": contents(data, path, own),
        "at_cover": not path,
        "previous": before,
        "next": after,
        "kept": "?lang=both" if both else "",
        "other_language": _("One language") if both else _("Chinese and English side by side"),
        "other_address": request.path if both else f"{request.path}?lang=both",
        "takes": may_take(scope_for(request), row),
    }


def _cover(data: dict[str, Any], language: Language) -> dict[str, Any]:
    return {
        "parties": [said(data["registrant"], language), said(data["contractor"], language)],
        "notes": [paragraphs(note, language) for note in data["notes"]],
        "pin": data["pin"],
    }
