"""Importing and exporting the lists of one pair: choose, upload, watch the dry run, import, read the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.errors import Finding
from cmo.parties.access import Can, Scope, require
from cmo.parties.models import Pair
from cmo.parties.pages import act, reasons_against, scope_for
from cmo.parties.views.pairs import pair_context, visible_pair
from cmo.web import export
from cmo.web.shown import mark_of

from .. import actions
from ..actions.import_rows import TO_IMPORT, counts
from ..forms import ImportForm
from ..importing.columns import COLUMNS
from ..importing.kinds import KINDS
from ..importing.sheets import record_lines, report_lines, template_lines
from ..models import ImportRun
from ..states import IMPORT_ROWS, IMPORT_STATES

#: Rows of a report on one page.
PER_PAGE = 100


def _kind(kind: str) -> ImportRun.Kind:
    if kind not in KINDS:
        raise Http404
    return ImportRun.Kind(kind)


def _visible_run(request: HttpRequest, pk: int) -> ImportRun:
    """A run of the own organisation: a file may hold what the other side does not see yet. :raises Http404:"""
    scope = scope_for(request)
    rows = ImportRun.objects.visible_to(scope).filter(organisation_id__in=sorted(scope.organisation_ids))
    return get_object_or_404(rows.select_related("pair").defer("content"), pk=pk)


@require_safe
def imports(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be imported and exported in this pair, and the latest runs of the own organisation."""
    pair: Pair = visible_pair(request, pk)
    scope = scope_for(request)
    own = ImportRun.objects.filter(pair=pair, organisation_id__in=sorted(scope.organisation_ids))
    runs = own.defer("content", "report").order_by("-id")[:50]
    now = clock.now()
    context = pair_context(request, pair, "imports") | {
        "lists": [
            {"kind": key, "name": ImportRun.Kind(key).label, "against": reasons_against(scope, kind.can, pair)}
            for key, kind in KINDS.items()
        ],
        "runs": [{"run": run, "state": state_of(run, now)} for run in runs],
    }
    return render(request, "releases/imports.html", context)


def state_of(run: ImportRun, now: Any) -> Any:
    """Where a run stands, as tone and word."""
    return IMPORT_STATES["stopped" if run.stopped(now) else run.state]


def import_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Upload a file for a dry run."""
    pair: Pair = visible_pair(request, pk)
    chosen, can = _kind(kind), KINDS[_kind(kind)].can
    require(request.user, can, pair, clock.today())  # type: ignore[arg-type]
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        run = act(
            request,
            form,
            "import.tried",
            subject=pair,
            stream=pair.stream,
            do=lambda at: actions.try_import(
                pair=pair,
                kind=kind,
                upload=form.cleaned_data["upload"],
                by=require(request.user, can, pair, day_of(at)),  # type: ignore[arg-type]
                at=at,
            ),
        )
        if run:
            return redirect("releases:import_run", run.pk)
    context = {"pair": pair, "form": form, "kind": chosen, "name": chosen.label, "columns": COLUMNS[kind]}
    return render(request, "releases/import_file.html", context)


@require_safe
def import_template(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The heading, an example and what each column takes."""
    visible_pair(request, pk)
    return _download(request, template_lines(_kind(kind)), f"template-{kind}")


@require_safe
def export_list(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Every record of the pair in the columns of the import."""
    pair: Pair = visible_pair(request, pk)
    return _download(request, record_lines(pair, _kind(kind)), f"{pair.number}-{kind}")


def _download(request: HttpRequest, lines: Any, name: str) -> HttpResponse:
    wanted = request.GET.get("format", "xlsx")
    kind = wanted if wanted in {"xlsx", "csv"} else "xlsx"
    return export.response(lines, name=name, kind=kind, mark=mark_of(request))


@require_safe
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: how far it is, what came of every row, and the next step."""
    run = _visible_run(request, pk)
    scope, shown = scope_for(request), request.GET.get("state", "")
    rows = [row for row in run.report if shown in ("", row["state"])]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    titles = {column.key: column.title for column in COLUMNS[run.kind]}
    context = _progress(run) | {
        "shown": shown,
        "page": page,
        "rows": [_row(row, titles) for row in page],
        "against": _against(scope, run),
        "imported_by": ImportRun.objects.filter(tried=run).only("pk").first() if run.trial else None,
        "kind_name": ImportRun.Kind(run.kind).label,
    }
    return render(request, "releases/import_run.html", context)


def _row(row: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    changes = [change | {"title": titles.get(change["column"], "")} for change in row.get("changes", ())]
    return {**row, "state": IMPORT_ROWS[row["state"]], "changes": changes}


def _against(scope: Scope, run: ImportRun) -> list[Finding]:
    return reasons_against(scope, Can(KINDS[run.kind].can), run.pair)


def _progress(run: ImportRun) -> dict[str, Any]:
    """How far a run is, for its page and for the part that is asked for again."""
    now = clock.now()
    found = counts(run.report)
    stopped = run.stopped(now)
    return {
        "run": run,
        "state": state_of(run, now),
        "stopped": stopped,
        "not_taken_up": run.not_taken_up(now),
        "open": run.state in {"waiting", "running"} and not stopped,
        "counts": [{"key": key, "state": IMPORT_ROWS[key], "number": number} for key, number in found.items()],
        "to_import": sum(found[key] for key in TO_IMPORT),
        "steps": _steps(run, stopped=stopped),
    }


def _steps(run: ImportRun, *, stopped: bool) -> list[dict[str, Any]]:
    """Upload, dry run, import: where this run is among them."""
    current = "blocked" if stopped or run.state == "failed" else "done" if run.state == "done" else "current"
    counted = _("%(done)s of %(total)s rows") % {"done": f"{run.done:,}", "total": f"{run.total:,}"}
    steps = [
        {"name": _("File read"), "state": "done", "at": run.recorded_at},
        {"name": _("Dry run"), "state": current, "note": counted, "at": run.finished_at},
        {"name": _("Import"), "state": "todo"},
    ]
    if not run.trial:
        steps[1] = {"name": _("Dry run"), "state": "done", "url": reverse("releases:import_run", args=[run.tried_id])}
        steps[2] = {"name": _("Import"), "state": current, "note": counted, "at": run.finished_at}
    return steps


@require_safe
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of a run's page that changes while the queue works; once it is over the whole page is asked for."""
    run = _visible_run(request, pk)
    context = _progress(run)
    answer = render(request, "releases/import_progress.html", context)
    if not context["open"]:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def begin_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Import the rows of a dry run for good."""
    tried = _visible_run(request, pk)
    run = _go_on(request, tried, "import.begun", lambda by, at: actions.begin_import(tried=tried, by=by, at=at))
    return redirect("releases:import_run", run.pk if run else pk)


@require_POST
def continue_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a run whose worker died to another one."""
    run = _visible_run(request, pk)
    verb = "import.tried" if run.trial else "import.begun"
    _go_on(request, run, verb, lambda by, at: actions.continue_import(run=run, by=by, at=at))
    return redirect("releases:import_run", pk)


def _go_on(request: HttpRequest, run: ImportRun, verb: str, do: Any) -> Any:
    can = KINDS[run.kind].can
    return act(
        request,
        None,
        verb,
        subject=run,
        stream=run.pair.stream,
        do=lambda at: do(require(request.user, can, run.pair, day_of(at)), at),  # type: ignore[arg-type]
    )


@require_safe
def import_report(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of every row, with its reasons, as a file."""
    run = _visible_run(request, pk)
    return _download(request, report_lines(run), f"import-{run.pk}")
