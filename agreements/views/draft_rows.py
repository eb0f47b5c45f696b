"""Rows of a draft: kept while typing, edited, added, moved, removed and put back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cmo import clock
from cmo.errors import blocking
from cmo.parties.access import Can
from cmo.parties.pages import scope_for
from cmo.parties.views.form_page import form_page
from cmo.web.templatetags.look import moment_text

from .. import actions
from ..forms import AddClauseForm, ClauseForm, DutyForm, MoveForm, ObligationForm, SeenForm, WholeClauseForm
from ..forms.draft_rows import RowForm
from ..models import Agreement, AgreementDraft, DraftClause, DraftDuty, DraftObligation
from .drafting import draft_or_404, judged
from .records import act_in_pair, permitted

Row = DraftClause | DraftDuty | DraftObligation


@dataclass(frozen=True)
class RowKind:
    """One kind of rows: its model, its forms, its acts and what their pages say."""

    model: type[Row]
    typed: type[RowForm]
    edited: type[RowForm]
    added: type[RowForm]
    edit: Callable[..., Any]
    add: Callable[..., Any]
    remove: Callable[..., Any]
    keep_word: str | Promise
    add_word: str | Promise
    remove_word: str | Promise
    remove_lead: str | Promise


KINDS = {
    "clause": RowKind(
        DraftClause,
        ClauseForm,
        WholeClauseForm,
        AddClauseForm,
        actions.edit_draft_clause,
        actions.add_draft_clause,
        actions.remove_draft_clause,
        gettext_lazy("Keep the clause"),
        gettext_lazy("Add a clause"),
        gettext_lazy("Remove the clause"),
        gettext_lazy(
            "The clause leaves the draft; its text stays readable on the trail. Later clauses move up by one."
        ),
    ),
    "duty": RowKind(
        DraftDuty,
        DutyForm,
        DutyForm,
        DutyForm,
        actions.edit_draft_duty,
        actions.add_draft_duty,
        actions.remove_draft_duty,
        gettext_lazy("Keep the duty"),
        gettext_lazy("Add a duty"),
        gettext_lazy("Remove the duty"),
        gettext_lazy("The row leaves the matrix; its words stay readable on the trail."),
    ),
    "obligation": RowKind(
        DraftObligation,
        ObligationForm,
        ObligationForm,
        ObligationForm,
        actions.edit_draft_obligation,
        actions.add_draft_obligation,
        actions.remove_draft_obligation,
        gettext_lazy("Keep the obligation"),
        gettext_lazy("Add an obligation"),
        gettext_lazy("Remove the obligation"),
        gettext_lazy("The obligation leaves the draft; its words stay readable on the trail."),
    ),
}


def _row_or_404(request: HttpRequest, kind: str, pk: int) -> Any:
    """A row of a draft that this person may see. :raises Http404:"""
    visible = Agreement.objects.visible_to(scope_for(request))
    rows = KINDS[kind].model._default_manager.select_related("draft__agreement__pair")
    return get_object_or_404(rows, pk=pk, draft__agreement__in=visible)


def _clauses(draft: AgreementDraft) -> list[DraftClause]:
    return list(draft.clauses.order_by("position", "id"))


def _change(request: HttpRequest, form: Any, verb: str, agreement: Agreement, do: Any, **arguments: Any) -> Any:
    return act_in_pair(
        request,
        form,
        f"agreement.{verb}",
        can=Can.DRAFT_AGREEMENT,
        within=agreement.pair,
        subject=agreement,
        do=do,
        **arguments,
    )


@require_POST
def autosave(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Keep what was typed in one row; answers as JSON.

    200: ``edition``, ``saved_at``, ``findings``; 409: somebody changed it meanwhile, with who and the latest text;
    422: it cannot be kept as it is, with the reasons.
    """
    row = _row_or_404(request, kind, pk)
    agreement, words = row.draft.agreement, KINDS[kind]
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    form = words.typed(request.POST, row=row, clauses=_clauses(row.draft))
    if form.is_valid():
        seen = {"seen_edition": form.cleaned_data["seen_edition"], "content": form.content, kind: row}
        done = _change(request, form, f"{kind}_edited", agreement, words.edit, **seen)
        if done:
            return JsonResponse(_kept(done))
        if {finding.code for finding in form.findings} & {"edited_meanwhile", "removed_meanwhile"}:  # type: ignore[attr-defined]
            return _changed_meanwhile(kind, pk, form)
    return JsonResponse({"reasons": [str(error) for errors in form.errors.values() for error in errors]}, status=422)


def _kept(row: Any) -> dict[str, Any]:
    _facts, findings = judged(row.draft, clock.today())
    return {
        "edition": row.edition,
        "saved_at": moment_text(row.edited_at),
        "saved_by": row.edited_by_name,
        "findings": len(findings),
        "blocking": len(blocking(findings)),
    }


def _changed_meanwhile(kind: str, pk: int, form: Any) -> JsonResponse:
    """Who changed it, and the text as it stands now; without one it was removed."""
    latest = KINDS[kind].model._default_manager.filter(pk=pk).first()
    answer: dict[str, Any] = {"reasons": [finding.text() for finding in form.findings], "latest": None}
    if latest is not None:
        answer |= {
            "edited_by": latest.edited_by_name,
            "edited_at": moment_text(latest.edited_at),
            "edition": latest.edition,
            "latest": KINDS[kind].typed.sent_by(latest),
        }
    return JsonResponse(answer, status=409)


def edit_row(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """One row on a page of its own."""
    row = _row_or_404(request, kind, pk)
    agreement, words = row.draft.agreement, KINDS[kind]
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    # The fields under the text on the draft's page lack the elements of the guide: they stay as they are.
    shape = words.typed if request.POST.get("shown") == "in place" else words.edited
    form = shape(request.POST or None, row=row, clauses=_clauses(row.draft))
    if request.method == "POST" and form.is_valid():
        seen = {"seen_edition": form.cleaned_data["seen_edition"], "content": form.content, kind: row}
        if _change(request, form, f"{kind}_edited", agreement, words.edit, **seen):
            return _back_to(row, kind)
    return form_page(
        request,
        form,
        title=str(row),
        kicker=agreement.number,
        submit=str(words.keep_word),
        back=reverse("agreements:draft", args=[agreement.pk]),
        draft=f"{kind}-{row.pk}",
    )


def _back_to(row: Any, kind: str) -> HttpResponse:
    return redirect(reverse("agreements:draft", args=[row.draft.agreement_id]) + f"#{kind}-{row.key}")


def add_row(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A row of one's own."""
    agreement, draft = draft_or_404(request, pk)
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    words = KINDS[kind]
    form = words.added(request.POST or None, clauses=_clauses(draft))
    if request.method == "POST" and form.is_valid():
        place = {"position": form.cleaned_data["position"]} if kind == "clause" else {}
        done = _change(request, form, f"{kind}_added", agreement, words.add, draft=draft, content=form.content, **place)
        if done:
            return _back_to(done, kind)
    return form_page(
        request,
        form,
        title=str(words.add_word),
        kicker=agreement.number,
        submit=str(words.add_word),
        back=reverse("agreements:draft", args=[pk]),
        lead=_("It may be incomplete until the draft is offered for signature."),
        draft=f"{kind}-new",
    )


def remove_row(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Take one row out, after saying what that means."""
    row = _row_or_404(request, kind, pk)
    agreement, words = row.draft.agreement, KINDS[kind]
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    form = SeenForm(request.POST or None, initial={"seen_edition": row.edition})
    back = reverse("agreements:draft", args=[agreement.pk])
    if request.method == "POST" and form.is_valid():
        seen = {"seen_edition": form.cleaned_data["seen_edition"], kind: row}
        _change(request, form, f"{kind}_removed", agreement, words.remove, **seen)
        if form.is_valid():
            return redirect(back)
    page = {"title": str(row), "kicker": agreement.number, "lead": str(words.remove_lead), "back": back}
    return form_page(request, form, submit=str(words.remove_word), **page)


@require_POST
def move_clause(request: HttpRequest, pk: int) -> HttpResponse:
    """Another place in the order."""
    row = _row_or_404(request, "clause", pk)
    agreement = row.draft.agreement
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    form = MoveForm(request.POST)
    if form.is_valid():
        _change(request, None, "clause_moved", agreement, actions.move_draft_clause, clause=row, **form.cleaned_data)
    return _back_to(row, "clause")


@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a row that the draft lacks from its template."""
    agreement, draft = draft_or_404(request, pk)
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    kind, _colon, key = request.POST.get("row", "").partition(":")
    verb = f"{kind}_added" if kind in KINDS else "clause_added"
    done = _change(request, None, verb, agreement, actions.put_back_draft_row, draft=draft, kind=kind, key=key)
    back = reverse("agreements:draft", args=[pk])
    return redirect(f"{back}#{kind}-{key}" if done else back)
