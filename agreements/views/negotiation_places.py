"""What every page of a negotiation begins with: the agreement, the place of its draft, and how an act is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRefresh, reswap, retarget

from cmo import clock
from cmo.parties.access import Can, Scope, may
from cmo.parties.models import Pair, Side
from cmo.parties.pages import reasons_against, scope_for
from cmo.web.wording import bilingual

from ..facts.columns import MODELS, REMOVE, ROW_KINDS, TERMS, terms_of, values_of
from ..facts.places import covered_numbers
from ..models import Agreement, AgreementDraft, ChangeAnswer, ProposedChange
from ..negotiation_pieces import Piece, Words, marked, pieces_of
from ..negotiation_shown import NegotiationShown, shown_negotiation
from ..rules import blockers_to_act
from .records import act_in_pair

#: Names of fields that come in both languages and stand next to each other.
BILINGUAL = ("heading", "text", "duty", "what", "proof")
#: Codes of refusals after which the page shows what somebody else did meanwhile.
FASTER = frozenset({"edited_meanwhile", "removed_meanwhile", "change_answered"})


def negotiated_or_404(request: HttpRequest, pk: int) -> tuple[Agreement, AgreementDraft]:
    """An agreement with its draft. :raises Http404: none that this person may see, or one without a draft."""
    visible = Agreement.objects.visible_to(scope_for(request))
    draft = get_object_or_404(AgreementDraft.objects.select_related("agreement__pair"), agreement_id=pk)
    if not visible.filter(pk=pk).exists():
        raise Http404
    return draft.agreement, draft


def place_or_404(request: HttpRequest, draft: AgreementDraft, kind: str, slug: str) -> Any:
    """The row of the draft, or the draft itself for the terms.

    What somebody typed for a row that was removed meanwhile is not lost: sent, it meets the row as it was removed.

    :raises Http404: when there is no such place.
    """
    if kind == TERMS and slug == TERMS:
        return draft
    if kind not in ROW_KINDS:
        raise Http404
    row = MODELS[kind]._default_manager.select_related("draft").filter(draft=draft, key=slug).first()
    if row is None and request.method == "POST":
        row = _removed(draft, kind, slug)
    if row is None:
        raise Http404
    return row


def _removed(draft: AgreementDraft, kind: str, key: str) -> Any:
    rows = ProposedChange.objects.filter(agreement=draft.agreement_id, kind=kind, row_key=key, act=REMOVE)
    last = rows.filter(answer__outcome=ChangeAnswer.Outcome.ACCEPTED).order_by("-id").first()
    return MODELS[kind](draft=draft, key=key, edition=0, **last.before) if last else None


def change_or_404(request: HttpRequest, pk: int) -> ProposedChange:
    """A proposed change of an agreement that this person may see. :raises Http404:"""
    visible = Agreement.objects.visible_to(scope_for(request))
    rows = ProposedChange.objects.select_related("agreement__pair", "agreement__draft", "answer")
    return get_object_or_404(rows, pk=pk, agreement__in=visible)


def side_in(scope: Scope, pair: Pair) -> str:
    """The side of the pair on which this person has a post; empty for an outsider."""
    sides = {Side.REGISTRANT: pair.registrant_id, Side.CONTRACTOR: pair.contractor_id}
    found = [
        side.value for side, pk in sides.items() if any(p.side == side and p.organisation_id == pk for p in scope.posts)
    ]
    return found[0] if found else ""


def key_of(slug: str, kind: str) -> str:
    """The key of a row as models have it: the terms have none."""
    return "" if kind == TERMS else slug


def slug_of(key: str) -> str:
    """The key of a row as addresses have it; the terms are called by their kind."""
    return key or TERMS


def page_of(agreement: Agreement, kind: str = "", key: str = "") -> str:
    """Where the negotiation shows a place."""
    anchor = f"#{kind}-{key}" if key else f"#{kind}" if kind else ""
    return reverse("agreements:negotiation", args=[agreement.pk]) + anchor


def negotiate(
    request: HttpRequest,
    form: forms.Form | None,
    verb: str,
    agreement: Agreement,
    do: Callable[..., Any],
    /,
    **arguments: Any,
) -> Any:
    """Run one action of a negotiation; None when the form, or the messages, say why not."""
    return act_in_pair(
        request,
        form,
        f"negotiation.{verb}",
        can=Can.NEGOTIATE if verb == "remarked" else Can.DRAFT_AGREEMENT,
        within=agreement.pair,
        subject=agreement,
        do=do,
        **arguments,
    )


def act_page(
    request: HttpRequest,
    agreement: Agreement,
    form: forms.Form,
    kind: str = "",
    key: str = "",
    *,
    status: int = 200,
    **words: Any,
) -> HttpResponse:
    """The form of one act: in its row where the page asked for that, on a page of its own otherwise.

    ``words``: title, submit, lead, about (pieces), faster (pieces), draft.
    """
    pairs = [(form[f"{name}_zh"], form[f"{name}_en"]) for name in BILINGUAL if f"{name}_zh" in form.fields]
    beside = {field.name for pair in pairs for field in pair}
    context = {
        "agreement": agreement,
        "form": form,
        "pairs": pairs,
        "rest": [field for field in form.visible_fields() if field.name not in beside],
        "action": request.get_full_path(),
        "back": page_of(agreement, kind, key),
        **words,
    }
    if not in_place(request):
        return render(request, "agreements/negotiation_act.html", context, status=status)
    answer = render(request, "agreements/negotiation_form.html", context | {"in_place": True}, status=status)
    return retarget(reswap(answer, "innerHTML"), "closest .nego-slot") if request.method == "POST" else answer


def in_place(request: HttpRequest) -> bool:
    """Whether the page asked for a part of itself."""
    return bool(request.htmx)  # type: ignore[attr-defined]


def refused_status(form: forms.Form) -> int:
    """409 where somebody was faster; otherwise the form is shown, or shown again."""
    codes = {finding.code for finding in getattr(form, "findings", ())}
    return 409 if codes & FASTER else 200


def row_answer(
    request: HttpRequest, agreement: Agreement, kind: str, key: str, *, whole: bool = False, notice: str = ""
) -> HttpResponse:
    """After an act: the row as it stands, in place or on the page; ``whole``: other rows changed as well.

    ``notice``: why nothing was done, because somebody was faster.
    """
    if not in_place(request):
        if notice:
            messages.error(request, notice)
        return redirect(page_of(agreement, kind, key))
    if whole:
        return HttpResponseClientRefresh()
    shown = shown_negotiation(agreement, clock.today(), side_in(scope_for(request), agreement.pair))
    row = next((row for row in shown.rows if (row.kind, row.key) == (kind, key)), None)
    if row is None:
        return HttpResponseClientRefresh()
    context = {**row_context(request, agreement, shown), "row": row, "notice": notice}
    return render(request, "agreements/negotiation_swapped.html", context, status=409 if notice else 200)


def row_context(request: HttpRequest, agreement: Agreement, shown: NegotiationShown) -> dict[str, Any]:
    """What the row, the state of the round and the tree need."""
    scope, today = scope_for(request), clock.today()
    side = side_in(scope, agreement.pair)
    against = reasons_against(scope, Can.DRAFT_AGREEMENT, agreement.pair)
    may_act = not against and not blockers_to_act(shown.standing, side, today)
    return {
        "agreement": agreement,
        "shown": shown,
        "tree": shown.tree(),
        "may_act": may_act,
        "may_withdraw": not against,
        "may_remark": bool(may(scope, Can.NEGOTIATE, agreement.pair)),
    }


def present_pieces(draft: AgreementDraft, kind: str, key: str) -> list[Piece]:
    """A place as it stands, as the page prints it; nothing for one that is not there."""
    if kind == TERMS:
        values = terms_of(draft, covered_numbers(draft))
    else:
        row = MODELS[kind]._default_manager.filter(draft=draft, key=key).first()
        values = values_of(kind, row) if row is not None else {}
    return pieces_of(kind, values, values, _words(draft))


def proposed_pieces(draft: AgreementDraft, change: ProposedChange) -> list[Piece]:
    """A proposal with its changes marked in the text."""
    return marked(change.kind, change.act, change.before, change.after, _words(draft))


def _words(draft: AgreementDraft) -> Words:
    clauses = draft.clauses.order_by("position", "id")
    return Words({clause.key: f"{n} {bilingual(clause, 'heading')}" for n, clause in enumerate(clauses, 1)})
