"""The dossier of a pair: choose day, scope and language, see what would be inside, export; and what was exported before."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cmo import clock
from cmo.errors import Refused
from cmo.parties.facts import names_of
from cmo.parties.models import Pair
from cmo.parties.pages import act, scope_for
from cmo.parties.views.pairs import pair_context
from cmo.web.shown import mark_of, shows

from .. import actions
from ..forms import WishForm, kept_fields, limit_words, lots_like
from ..listed import listed, spoken
from ..models import Export
from ..preview import preview_of
from ..rights import Taking, taking, visible_exports

#: Earlier exports on one page.
PER_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """The form with what would be inside, and the exports of before; a POST exports."""
    row, held = readable_pair(request, pk)
    form = WishForm(_asked(request), pair=row, today=clock.today(), limits=held.limits)
    wish = form.wish() if form.is_bound and form.is_valid() else None
    if request.method == "POST" and wish:
        export = act(
            request,
            form,
            "dossier.asked",
            subject=row,
            stream=f"user:{held.actor.user_id}",
            do=lambda at: actions.ask_export(pair=row, wish=wish, by=held.actor, at=at, marked_for=mark_of(request)),
        )
        if export:
            return redirect("dossier:export", export.pk)
    context = _inside(row, form, held, wish)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "dossier/inside.html", context)
    return render(request, "dossier/pair.html", context | _page(request, row, held))


@require_safe
def lots(request: HttpRequest, pk: int) -> HttpResponse:
    """Numbers of lots that contain what was typed so far, to choose from."""
    row, held = readable_pair(request, pk)
    if held.limits:
        raise Http404
    return render(request, "dossier/lots.html", {"lots": lots_like(row, request.GET.get("lot", ""))})


def readable_pair(request: HttpRequest, pk: int) -> tuple[Pair, Taking]:
    """The pair, with what this person may do with its dossier. :raises Http404: where that is nothing."""
    row = get_object_or_404(Pair.objects.select_related("end"), pk=pk)
    held = taking(request.user, row, clock.today())
    if held is None:
        raise Http404
    shows(request, row)
    return row, held


def _asked(request: HttpRequest) -> Any:
    """What was typed; None where nothing was, and the form shows what is usual."""
    if request.method == "POST":
        return request.POST
    return request.GET if "as_of" in request.GET else None


def _inside(row: Pair, form: WishForm, held: Taking, wish: actions.Wish | None) -> dict[str, Any]:
    """What a dossier as asked for would hold; nothing is written."""
    context: dict[str, Any] = {"pair": row, "form": form, "takes": held.takes, "outside": held.outside}
    if wish is None:
        return context
    try:
        inside = preview_of(row, wish, clock.now())
    except Refused as refusal:
        return context | {"refused": refusal.findings}
    return context | {
        "inside": inside,
        "parts": [{"title": spoken(part.title), "count": part.count} for part in inside.sections],
        "notes": [spoken(note) for note in inside.notes],
        "wish": wish,
        "wished": limit_words(*wish.scope),
        "language_word": Export.Language(wish.language).label,
        "kept": list(kept_fields(form)),
        "takes": held.takes_scope(wish.scope),
    }


def _page(request: HttpRequest, row: Pair, held: Taking) -> dict[str, Any]:
    scope = scope_for(request)
    exports = visible_exports(scope).filter(pair=row).order_by("-pk")
    page = Paginator(exports, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "layout": "parties/pair_page.html" if scope.sees_pair(row) else "dossier/outside_page.html",
        "exports": listed(page, scope, clock.now()),
        "page": page,
        "held": held,
        "lots": lots_like(row, "") if not held.limits else [],
    }
    if scope.sees_pair(row):
        return context | pair_context(request, row, "dossier")
    names = names_of([row.registrant_id, row.contractor_id])
    parties = [names[pk] for pk in (row.registrant_id, row.contractor_id) if pk in names]
    return context | {"pair": row, "parties": parties}
