"""Proposing to change, add, remove or move a place of a draft under negotiation, and answering a proposal by another."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cmo.parties.access import Can

from .. import actions
from ..facts.columns import (
    ADD,
    CHANGE,
    CLAUSE,
    COLUMNS,
    DUTY,
    LETTERS,
    MOVE,
    OBLIGATION,
    REMOVE,
    ROW_KINDS,
    TERMS,
)
from ..forms.draft_rows import RowForm
from ..forms.negotiating import (
    ClauseAdditionForm,
    ClauseProposalForm,
    DutyProposalForm,
    MoveProposalForm,
    ObligationProposalForm,
    RemovalForm,
    TermsProposalForm,
)
from ..models import Agreement, AgreementDraft, DraftClause, ProposedChange
from .agreements import coverable
from .negotiation_places import (
    act_page,
    change_or_404,
    key_of,
    negotiate,
    negotiated_or_404,
    place_or_404,
    present_pieces,
    refused_status,
    row_answer,
)
from .records import permitted


@dataclass(frozen=True)
class ProposalKind:
    """One kind of rows: the form that proposes another text, the form that proposes a new row, and their words."""

    changed: type[RowForm]
    added: type[RowForm]
    change_word: str | Promise
    add_word: str | Promise
    remove_word: str | Promise


KINDS = {
    CLAUSE: ProposalKind(
        ClauseProposalForm,
        ClauseAdditionForm,
        gettext_lazy("Propose another text for the clause"),
        gettext_lazy("Propose a clause"),
        gettext_lazy("Propose to remove the clause"),
    ),
    DUTY: ProposalKind(
        DutyProposalForm,
        DutyProposalForm,
        gettext_lazy("Propose a change of the duty"),
        gettext_lazy("Propose a duty"),
        gettext_lazy("Propose to remove the duty"),
    ),
    OBLIGATION: ProposalKind(
        ObligationProposalForm,
        ObligationProposalForm,
        gettext_lazy("Propose a change of the obligation"),
        gettext_lazy("Propose an obligation"),
        gettext_lazy("Propose to remove the obligation"),
    ),
}


def propose_change(request: HttpRequest, pk: int, kind: str, slug: str) -> HttpResponse:
    """Another text, other parts or other terms for a place of the draft."""
    agreement, draft = negotiated_or_404(request, pk)
    place = place_or_404(request, draft, kind, slug)
    by = permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    own = _open_of(agreement, kind, key_of(slug, kind), by.side)
    return _text_page(request, agreement, draft, kind, place, basis=own)


def counter_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another text in answer to the other side's proposal, which it is declined by."""
    change = change_or_404(request, pk)
    agreement, draft = change.agreement, change.agreement.draft
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    if change.act == ADD:
        return _addition_page(request, agreement, draft, change.kind, countered=change)
    if change.act != CHANGE:
        raise Http404
    place = place_or_404(request, draft, change.kind, change.row_key or TERMS)
    return _text_page(request, agreement, draft, change.kind, place, basis=change, countered=change)


def propose_addition(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A row that the draft does not have; ``?after=``: key of the clause it shall follow."""
    agreement, draft = negotiated_or_404(request, pk)
    if kind not in ROW_KINDS:
        raise Http404
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    return _addition_page(request, agreement, draft, kind)


def propose_removal(request: HttpRequest, pk: int, kind: str, slug: str) -> HttpResponse:
    """Taking a row out; a duty that the law fixes stays, and the page says so."""
    agreement, draft = negotiated_or_404(request, pk)
    if kind not in ROW_KINDS:
        raise Http404
    row = place_or_404(request, draft, kind, slug)
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    form = RemovalForm(request.POST or None, initial={"seen_edition": row.edition})
    if request.method == "POST" and form.is_valid():
        done = _propose(request, form, agreement, kind, REMOVE, slug, {}, form.cleaned_data)
        if done:
            return row_answer(request, agreement, kind, slug)
    words = {"title": KINDS[kind].remove_word, "lead": _("It leaves the draft when the other side accepts.")}
    return _page(request, agreement, draft, form, kind, slug, about=present_pieces(draft, kind, slug), row=row, **words)


def propose_move(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Another place for a clause."""
    agreement, draft = negotiated_or_404(request, pk)
    row = place_or_404(request, draft, CLAUSE, slug)
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    form = MoveProposalForm(
        request.POST or None, row=row, clauses=_clauses(draft), initial={"seen_edition": row.edition}
    )
    if request.method == "POST" and form.is_valid():
        after = {"position": form.cleaned_data["position"]}
        if _propose(request, form, agreement, CLAUSE, MOVE, slug, after, form.cleaned_data):
            return row_answer(request, agreement, CLAUSE, slug)
    title = _("Propose another place for the clause")
    return _page(
        request, agreement, draft, form, CLAUSE, slug, title=title, about=present_pieces(draft, CLAUSE, slug), row=row
    )


def _text_page(
    request: HttpRequest,
    agreement: Agreement,
    draft: AgreementDraft,
    kind: str,
    row: Any,
    *,
    basis: ProposedChange | None,
    countered: ProposedChange | None = None,
) -> HttpResponse:
    """The form that holds another text for a place; it begins with ``basis``, a proposal to go on from."""
    key = key_of(getattr(row, "key", ""), kind)
    form = _change_form(request, agreement, draft, kind, row, basis)
    if request.method == "POST" and form.is_valid():
        after = {name: value for name, value in form.content.items() if name in COLUMNS[kind]}
        if _propose(request, form, agreement, kind, CHANGE, key, after, form.cleaned_data, replaces=countered):
            return row_answer(request, agreement, kind, key)
    title = KINDS[kind].change_word if kind != TERMS else _("Propose other terms")
    lead = _("The other side's proposal is answered by yours; it stays readable in the history.") if countered else ""
    about = present_pieces(draft, kind, key) if basis or kind != CLAUSE else None
    return _page(request, agreement, draft, form, kind, key, title=title, lead=lead, about=about, row=row)


def _addition_page(
    request: HttpRequest,
    agreement: Agreement,
    draft: AgreementDraft,
    kind: str,
    *,
    countered: ProposedChange | None = None,
) -> HttpResponse:
    clauses = _clauses(draft)
    initial = _as_typed(kind, countered.after) if countered else _after(request, clauses)
    form = KINDS[kind].added(request.POST or None, clauses=clauses, initial=initial)
    if request.method == "POST" and form.is_valid():
        after = form.content | ({"position": form.cleaned_data["position"]} if kind == CLAUSE else {})
        key = countered.row_key if countered else ""
        seen = form.cleaned_data | {"seen_edition": 0}
        done = _propose(request, form, agreement, kind, ADD, key, after, seen, replaces=countered)
        if done:
            return row_answer(request, agreement, kind, done.row_key, whole=not countered)
    lead = _("It joins the draft when the other side accepts; both languages may still be completed by proposals.")
    about_key = countered.row_key if countered else ""
    return _page(request, agreement, draft, form, kind, about_key, title=KINDS[kind].add_word, lead=lead)


def _propose(
    request: HttpRequest,
    form: forms.Form,
    agreement: Agreement,
    kind: str,
    act: str,
    key: str,
    after: Mapping[str, Any],
    typed: Mapping[str, Any],
    *,
    replaces: ProposedChange | None = None,
) -> ProposedChange | None:
    done: ProposedChange | None = negotiate(
        request,
        form,
        "proposed",
        agreement,
        actions.propose_change,
        agreement=agreement,
        kind=kind,
        act=act,
        row_key=key,
        seen_edition=typed["seen_edition"],
        after=after,
        reason=typed["reason"],
        replaces=replaces,
    )
    return done


def _page(
    request: HttpRequest,
    agreement: Agreement,
    draft: AgreementDraft,
    form: forms.Form,
    kind: str,
    key: str,
    *,
    row: Any = None,
    **words: Any,
) -> HttpResponse:
    """The form of a proposal; where somebody was faster with what the draft says now, ready to be sent again."""
    status = refused_status(form)
    if status == 409 and row is not None and row.pk:
        row.refresh_from_db()
        sent = request.POST.copy()
        sent["seen_edition"] = str(row.edition)
        form.data = sent
        words |= {"faster": present_pieces(draft, kind, key), "about": None}
    kept = f"{kind}-{key}"
    return act_page(request, agreement, form, kind, key, status=status, submit=_("Propose it"), draft=kept, **words)


def _change_form(
    request: HttpRequest, agreement: Agreement, draft: AgreementDraft, kind: str, row: Any, basis: ProposedChange | None
) -> Any:
    data = request.POST or None
    if kind == TERMS:
        return TermsProposalForm.going_on(draft, coverable(agreement.pair), basis.after if basis else {}, data)
    shown = copy(row)
    for name, value in (basis.after if basis else {}).items():
        if name in COLUMNS[kind]:
            setattr(shown, name, value)
    return KINDS[kind].changed(data, row=shown, clauses=_clauses(draft))  # type: ignore[call-arg]


def _as_typed(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a proposed row as the fields of its form hold them."""
    letters = {name: list(values.get(name, "")) for name in LETTERS} if kind == DUTY else {}
    return {**values, **letters}


def _after(request: HttpRequest, clauses: list[DraftClause]) -> dict[str, int]:
    """The place after the clause that the address names."""
    keys = [clause.key for clause in clauses]
    after = request.GET.get("after", "")
    return {"position": keys.index(after) + 2} if after in keys else {}


def _open_of(agreement: Agreement, kind: str, key: str, side: str) -> ProposedChange | None:
    """What this side proposed for the place and nobody answered: a further proposal goes on from it."""
    rows = ProposedChange.objects.filter(agreement=agreement, kind=kind, row_key=key, side=side, act=CHANGE)
    return rows.filter(answer__isnull=True).order_by("-id").first()


def _clauses(draft: AgreementDraft) -> list[DraftClause]:
    return list(draft.clauses.order_by("position", "id"))
