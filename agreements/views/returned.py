"""Word files that came back: uploading one, what was found in it, taking over what was chosen, putting it aside."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cmo import clock
from cmo.clock import day_of
from cmo.errors import Refused
from cmo.paper.files import CONTENT_TYPES
from cmo.paper.word.opening import MOST_BYTES
from cmo.parties.access import Can, require
from cmo.parties.pages import act, reasons_against, scope_for
from cmo.parties.trail_pages import entries_for
from cmo.parties.views.form_page import form_page

from .. import actions
from ..actions.returned_files import right_to_take
from ..facts.rounds import load_standing
from ..forms import ReasonForm
from ..forms.returned import ReturnForm, TakeOverForm
from ..models import Agreement, ReturnedFile
from ..returned_shown import first_choice, shown
from ..rules import blockers_out_of_turn
from ..word.uploading import Limited
from ..wording import finding
from .drafting import draft_or_404
from .records import permitted

#: Before what an end names whose comments became remarks.
_REMARKS = "remarks:"


def file_or_404(request: HttpRequest, pk: int) -> ReturnedFile:
    """A file of an organisation where this person has a post. :raises Http404: also for the other side's."""
    scope = scope_for(request)
    rows = ReturnedFile.objects.visible_to(scope).filter(organisation_id__in=scope.organisation_ids)
    return get_object_or_404(rows.select_related("agreement__pair", "agreement__draft", "end").defer("content"), pk=pk)


@csrf_exempt  # the token is read with the form, once the limit stands before it
def return_word(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Upload a Word file that came back."""
    limit = Limited(MOST_BYTES)
    request.upload_handlers.insert(0, limit)
    return _return_word(request, pk, limit)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def _return_word(request: HttpRequest, pk: int, limit: Limited) -> HttpResponseBase:
    agreement, _draft = draft_or_404(request, pk)
    by = permitted(request, Can.NEGOTIATE, agreement.pair)
    sent = request.method == "POST"
    form = ReturnForm(request.POST, request.FILES) if sent else ReturnForm()
    if sent and (form.is_valid() or limit.too_large):
        last = ReturnedFile.objects.order_by("-id").values_list("id", flat=True).first() or 0
        row = _taken(request, agreement, form, limit, f"organisation:{by.organisation_id}")
        if row is not None:
            again = "?again=1" if row.pk <= last else ""
            return redirect(reverse("agreements:returned_file", args=[row.pk]) + again)
    own = ReturnedFile.objects.filter(agreement=agreement, organisation_id=by.organisation_id or 0)
    files = own.select_related("end").defer("content", "base", "report").order_by("-id")
    context = {"agreement": agreement, "form": form, "files": files, "back": reverse("agreements:draft", args=[pk])}
    return render(request, "agreements/returned_upload.html", context)


def _taken(
    request: HttpRequest, agreement: Agreement, form: ReturnForm, limit: Limited, stream: str
) -> ReturnedFile | None:
    def at_once(at: datetime) -> ReturnedFile:
        by = require(request.user, Can.NEGOTIATE, agreement.pair, day_of(at))
        if limit.too_large:
            raise Refused([finding("word_too_large", limit=str(MOST_BYTES // (1024 * 1024)))])
        upload = form.cleaned_data["upload"]
        return actions.take_returned_file(agreement=agreement, file=upload.file, name=upload.name or "", by=by, at=at)

    if limit.too_large:
        form.errors.pop("upload", None)
    return act(request, form, "negotiation.file_returned", subject=agreement, stream=stream, do=at_once)


@require_safe
def returned_file(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found in the file, clause by clause."""
    row = file_or_404(request, pk)
    return _page(request, row, None)


@require_POST
def take_over_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over what was chosen: proposals in a negotiation, changes of the draft before one."""
    row = file_or_404(request, pk)
    agreement = row.agreement
    permitted(request, Can.NEGOTIATE, agreement.pair)
    form = _form(request, row, request.POST)
    if form.is_valid():
        choice = form.choice
        can = right_to_take(choice["chosen"], choice["mapped"])
        permitted(request, can, agreement.pair)
        done = act(
            request,
            form,
            "negotiation.file_taken_over",
            subject=row,
            stream=f"organisation:{row.organisation_id}",
            do=lambda at: actions.take_over_changes(
                file=row,
                **choice,
                by=require(request.user, can, agreement.pair, day_of(at)),
                at=at,
            ),
        )
        if done:
            return redirect("agreements:returned_file", pk)
    return _page(request, row, form)


def put_file_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Take nothing over, and say why."""
    row = file_or_404(request, pk)
    permitted(request, Can.NEGOTIATE, row.agreement.pair)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act(
            request,
            form,
            "negotiation.file_put_aside",
            subject=row,
            stream=f"organisation:{row.organisation_id}",
            do=lambda at: actions.put_file_aside(
                file=row,
                reason=form.cleaned_data["reason"],
                by=require(request.user, Can.NEGOTIATE, row.agreement.pair, day_of(at)),
                at=at,
            ),
        )
        if done:
            return redirect("agreements:returned_file", pk)
    return form_page(
        request,
        form,
        title=_("Put the file aside"),
        kicker=row.file_name,
        lead=_("Nothing of it is taken over. The file and what was found in it stay readable for your organisation."),
        submit=_("Put the file aside"),
        back=reverse("agreements:returned_file", args=[pk]),
    )


@require_safe
def returned_content(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself, as it was uploaded."""
    row = file_or_404(request, pk)
    content = BytesIO(bytes(row.content))
    response = FileResponse(content, as_attachment=True, filename=row.file_name, content_type=CONTENT_TYPES["docx"])
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _form(request: HttpRequest, row: ReturnedFile, data: Any) -> TakeOverForm:
    standing = load_standing(row.agreement)
    return TakeOverForm(data, report=row.report, clauses=_clauses(row), reasoned=standing.open)


def _clauses(row: ReturnedFile) -> list[Any]:
    return list(row.agreement.draft.clauses.order_by("position", "id"))


def _page(request: HttpRequest, row: ReturnedFile, form: TakeOverForm | None) -> HttpResponse:
    rows = _clauses(row)
    standing = load_standing(row.agreement)
    picked: dict[str, list[str]] = {"chosen": first_choice(row.report, rows), "remarks": []}
    end = getattr(row, "end", None)
    if end is not None:
        remarks = [one.removeprefix(_REMARKS) for one in end.chosen if one.startswith(_REMARKS)]
        picked = {"chosen": end.chosen, "remarks": remarks}
    elif form is not None:
        picked = {name: request.POST.getlist(name) for name in picked}
    form = form or _form(request, row, None)
    scope, pair = scope_for(request), row.agreement.pair
    against = reasons_against(scope, Can.DRAFT_AGREEMENT, pair) or blockers_out_of_turn(
        standing, row.side, clock.today()
    )
    context = {
        "file": row,
        "agreement": row.agreement,
        "end": end,
        "shown": shown(row, rows, form, picked),
        "rows": rows,
        "form": form,
        "proposing": standing.open,
        "proposals": end is not None and row.proposals.exists(),
        "against": against,
        "against_remarks": reasons_against(scope, Can.NEGOTIATE, pair),
        "again": "again" in request.GET,
        "entries": entries_for(row),
    }
    return render(request, "agreements/returned_file.html", context)
