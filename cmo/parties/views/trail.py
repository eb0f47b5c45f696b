"""The trail: filter, read as sentences, and check a chain while looking at it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from cmo.clock import SHANGHAI
from cmo.trail.models import EntryQuerySet
from cmo.trail.verbs import all_verbs
from cmo.trail.verify import Verdict, verify
from cmo.web.wording import is_chinese

from ..forms import TrailFilter
from ..pages import scope_for
from ..trail_pages import lines, sees_stream, stream_words, visible_entries

PER_PAGE = 50
#: What is wrong with a chain, in words.
FAULTS = {
    "altered": _("This entry was altered."),
    "missing": _("An entry is missing here."),
    "reordered": _("This entry does not follow from the one before it."),
    "truncated": _("The end of the chain is missing."),
    "forged_head": _("There are entries beyond the recorded end."),
}


@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Everything this person may read, newest first."""
    form = TrailFilter(request.GET or None, verbs=_verb_choices())
    rows = visible_entries(request.user, scope_for(request))
    if form.is_bound and form.is_valid():
        rows = _filtered(rows, form.cleaned_data)
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before[:18]))
    return _page(request, form, rows)


def _page(
    request: HttpRequest, form: TrailFilter, rows: EntryQuerySet, verdict: Verdict | None = None, stream: str = ""
) -> HttpResponse:
    stream = stream or request.GET.get("stream", "")
    found = list(rows[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    context: dict[str, Any] = {
        "form": form,
        "entries": lines(shown, verdict.ok if verdict else None),
        "older": shown[-1].pk if len(found) > PER_PAGE else None,
        "streams": sorted(stream_words({entry.stream for entry in shown}).items(), key=lambda row: row[1]),
        "chain": stream_words([stream])[stream],
        "verdict": verdict,
        "fault": FAULTS.get(verdict.first_bad.kind) if verdict and verdict.first_bad else "",
        "stream": stream,
    }
    return render(request, "parties/trail.html", context)


def _filtered(rows: EntryQuerySet, wanted: dict[str, Any]) -> EntryQuerySet:
    if wanted["stream"]:
        rows = rows.filter(stream=wanted["stream"])
    if wanted["person"]:
        rows = rows.filter(actor_name__icontains=wanted["person"])
    if wanted["verb"]:
        rows = rows.filter(verb=wanted["verb"])
    if wanted["since"]:
        rows = rows.filter(at_utc__gte=_utc_text(wanted["since"]))
    if wanted["until"]:
        rows = rows.filter(at_utc__lt=_utc_text(wanted["until"] + timedelta(days=1)))
    return rows.filter(payload__icontains=wanted["q"]) if wanted["q"] else rows


def _utc_text(day: date) -> str:
    """The beginning of a day in Shanghai as the trail writes moments."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC).isoformat(timespec="microseconds")


def _verb_choices() -> list[tuple[str, str]]:
    place = 0 if is_chinese() else 1
    return sorted(((verb, words[place]) for verb, words in all_verbs().items()), key=lambda row: row[1])


@require_POST
def verify_chain(request: HttpRequest) -> HttpResponse:
    """Check one chain from its first entry to its head, and show the result beside its newest entries."""
    stream = request.POST.get("stream", "")
    scope = scope_for(request)
    if not sees_stream(request.user, scope, stream):
        raise Http404
    form = TrailFilter({"stream": stream}, verbs=_verb_choices())
    rows = visible_entries(request.user, scope).filter(stream=stream)
    return _page(request, form, rows, verify([stream]), stream)
