"""One export: how far it is while the queue works on it, then its files and how to check them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cmo import clock
from cmo.parties.pages import act, scope_for
from cmo.trail.actor import Actor
from cmo.web.wording import in_language

from .. import actions
from ..cover import groups
from ..forms import limit_words
from ..listed import STATES, state_of
from ..models import Export
from ..rights import may_read, may_take
from ..wording import STEPS
from .access import actor_for, visible_export, zip_name

#: States in which nothing changes any more unless somebody does something.
_OPEN = {"waiting", "running"}
#: States of an export that was made, whatever became of its file.
_MADE = {"ready", "expired", "damaged"}


@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """One export: its progress while it is made, then its files, what they are bound to and how to check them."""
    row = visible_export(request, pk)
    context = _progress(request, row)
    if context["reads"]:
        context |= {"files": row.files.order_by("pk"), "head_groups": groups(row.head), "zip_name": zip_name(row)}
    return render(request, "dossier/export.html", context)


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of an export's page that changes while the queue works; once it is over the whole page is asked for."""
    context = _progress(request, visible_export(request, pk))
    answer = render(request, "dossier/progress.html", context)
    if not context["open"]:
        answer["HX-Refresh"] = "true"
    return answer


def _progress(request: HttpRequest, row: Export) -> dict[str, Any]:
    """How far an export is, and what this person may do with it."""
    now, scope = clock.now(), scope_for(request)
    state = state_of(row, now)
    own = row.recorded_by_id == request.user.pk
    return {
        "export": row,
        "state": STATES[state],
        "standing": state,
        "open": state in _OPEN,
        "not_taken_up": row.not_taken_up(now),
        "scope_words": limit_words(row.scope_kind, row.scope_key),
        "problem": in_language({"zh": row.problem_zh, "en": row.problem_en}),
        "steps": _steps(row, state),
        "sections": _sections(row, state),
        "own": own,
        "outside": row.organisation_id is None,
        "may_cancel": own and state in _OPEN,
        "may_again": own and (state not in {"running", "waiting", "ready"} or row.not_taken_up(now)),
        "reads": state == "ready" and may_read(scope, row),
        "takes": state == "ready" and may_take(scope, row),
        "kept_days": settings.DOSSIER_KEPT_DAYS,
    }


#: The stages that a reader tells apart, with the steps of the work that belong to each; sections of the dossier are "pdf".
_STAGES = {"read": ("collecting",), "pdf": ("binding",), "word": ("docx",), "pack": ("json", "archive")}


def _stage(step: str) -> str:
    return next((stage for stage, steps in _STAGES.items() if step in steps), "pdf")


def _steps(row: Export, state: str) -> list[dict[str, Any]]:
    """Named stages from reading the records to ready, for ``<c-progress>``."""
    names = {
        "read": _("Reading the records"),
        "pdf": _("Sections and PDF"),
        "word": _("Word file"),
        "pack": _("Packing with evidence and chain"),
        "ready": _("Ready"),
    }
    order = list(names)
    reached = len(order) if state in _MADE else order.index(_stage(row.step)) if row.step else 0
    here = {"running": "current", "waiting": "todo"}.get(state, "blocked")
    found: list[dict[str, Any]] = []
    for place, key in enumerate(order):
        done = "done" if place < reached else here if place == reached else "todo"
        found.append({"name": names[key], "state": done, "note": _step_words(row) if done == "current" else ""})
    if state in _MADE:
        found[-1]["at"] = row.finished_at
    return found


def _step_words(row: Export) -> str:
    """What the worker is at: a section by its title, or a step by its name."""
    titles = {one["key"]: one for one in row.contents}
    if row.step in titles:
        return in_language(titles[row.step])
    words = STEPS.get(row.step)
    return in_language(words) if words and row.step != "collecting" else ""


def _sections(row: Export, state: str) -> list[dict[str, Any]]:
    """The contents in the reader's language; while the PDF is made, which of them are done."""
    keys = [one["key"] for one in row.contents]
    if state in _MADE or row.step not in keys:
        reached = len(keys) if _stage(row.step) != "read" and row.step else 0
    else:
        reached = keys.index(row.step)
    return [_section(one, place, reached, running=state == "running") for place, one in enumerate(row.contents)]


def _section(one: Mapping[str, Any], place: int, reached: int, *, running: bool) -> dict[str, Any]:
    state = "done" if place < reached else "current" if running and place == reached else "todo"
    return {"key": one["key"], "title": in_language(one), "count": one["count"], "state": state}


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call the export off; its worker leaves nothing."""
    row = visible_export(request, pk)
    _do(request, row, "dossier.cancelled", lambda by, at: actions.cancel_export(export=row, by=by, at=at))
    return redirect("dossier:export", pk)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the export made again, after it failed, was called off or its file went."""
    row = visible_export(request, pk)
    made = _do(request, row, "dossier.asked_again", lambda by, at: actions.ask_again(export=row, by=by, at=at))
    return redirect("dossier:export", made.pk if made else pk)


def _do(request: HttpRequest, row: Export, verb: str, do: Callable[[Actor, Any], Export]) -> Export | None:
    by = actor_for(request, row)
    return act(request, None, verb, subject=row, stream=f"user:{by.user_id}", do=lambda at: do(by, at))
