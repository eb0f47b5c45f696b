"""Opening an entrustment in three short steps; the findings shrink as facts arrive, the button counts what is left."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cmo import clock
from cmo.errors import Finding, blocking
from cmo.parties.access import Can, holders_of, may, visible_pairs
from cmo.parties.models import Pair
from cmo.parties.pages import not_yours, scope_for

from .. import actions
from ..facts import load_opening_facts
from ..forms import OpenForm
from ..models import Entrustment
from ..rules import blockers_to_open_entrustment
from .records import act_in_pair


@require_http_methods(["GET", "HEAD", "POST"])
def open_entrustment(request: HttpRequest) -> HttpResponse:
    """Choose pair, device, site and first day; see every blocker; open it."""
    pairs = _pairs(request)
    form = OpenForm(request.POST or request.GET, pairs=pairs, today=clock.today())
    complete = form.is_valid()
    pair = form.chosen_pair
    if request.method == "POST" and complete and pair is not None:
        row = _open(request, form, pair)
        if row is not None:
            return redirect("agreements:entrustment", row.pk)
    findings = _findings(form, pair) if complete and pair is not None else []
    if request.method != "POST":
        form.errors.clear()  # what is not chosen yet is no mistake
    context = {
        "form": form,
        "bound_by_person": request.method == "POST",
        "findings": findings,
        "blockers": len(blocking(findings)),
        "complete": complete,
        "steps": _steps(form, complete and not blocking(findings)),
        "pairs": pairs,
    }
    template = "agreements/opening.html" if request.htmx else "agreements/open_entrustment.html"  # type: ignore[attr-defined]
    return render(request, template, context)


def _pairs(request: HttpRequest) -> list[Pair]:
    """The pairs that have not ended and in which this person may open entrustments.

    :raises PermissionDenied: for people without any post that may.
    """
    scope = scope_for(request)
    if not any((post.side, post.role) in holders_of(Can.OPEN_ENTRUSTMENT) for post in scope.posts):
        raise PermissionDenied(not_yours(Can.OPEN_ENTRUSTMENT).text())
    rows = visible_pairs(scope).filter(end__isnull=True).order_by("id")
    return [row for row in rows if may(scope, Can.OPEN_ENTRUSTMENT, row)]


def _open(request: HttpRequest, form: OpenForm, pair: Pair) -> Entrustment | None:
    return act_in_pair(
        request,
        form,
        "entrustment.opened",
        can=Can.OPEN_ENTRUSTMENT,
        within=pair,
        subject=pair,
        do=actions.open_entrustment,
        pair=pair,
        **form.content,
    )


def _findings(form: OpenForm, pair: Pair) -> list[Finding]:
    content = form.content
    facts = load_opening_facts(pair, content["device"], content["site"], clock.today(), content["starts_on"])
    return blockers_to_open_entrustment(facts)


def _steps(form: OpenForm, ready: bool) -> list[dict[str, Any]]:
    """The three steps: what, where, and everything in order."""
    what = bool(form.data.get("pair") and form.data.get("device"))
    where = what and bool(form.data.get("site"))
    done = [what, where, ready]
    names = [_("Pair and device"), _("Site and first day"), _("Nothing stands against it")]
    first_open = next((n for n, is_done in enumerate(done) if not is_done), None)
    return [
        {"name": name, "state": "done" if done[n] else "current" if n == first_open else "todo"}
        for n, name in enumerate(names)
    ]
