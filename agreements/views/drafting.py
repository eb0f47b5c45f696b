"""The working draft: clause tree, responsibility matrix, term and coverage, and offering it for signature."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cmo import clock
from cmo.errors import blocking
from cmo.parties.access import Can
from cmo.parties.pages import reasons_against, scope_for
from cmo.parties.views.form_page import form_page

from .. import actions
from ..facts import load_draft_facts
from ..forms import ClauseForm, DraftTermsForm, DutyForm
from ..labels import labels_for
from ..models import Agreement, AgreementDraft, DraftClause, DraftDuty
from ..rules import blockers_to_offer
from ..states import cap_word
from .agreements import coverable
from .records import act_in_pair, agreement_or_404, draft_part_or_404, permitted


def _draft_or_404(request: HttpRequest, pk: int) -> tuple[Agreement, AgreementDraft]:
    agreement = agreement_or_404(request, pk)
    return agreement, get_object_or_404(AgreementDraft, agreement=agreement)


@require_safe
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Clauses side by side in both languages, the matrix with its locks, and what still stands against offering."""
    agreement, row = _draft_or_404(request, pk)
    on = clock.today()
    facts = load_draft_facts(row, on)
    findings = blockers_to_offer(facts, on)
    labels = labels_for([agreement])
    incomplete = {c.key for c in facts.clauses if not (c.complete_zh and c.complete_en)}
    context = {
        "agreement": agreement,
        "draft": row,
        "registrant_name": labels.organisation(agreement.registrant_id),
        "contractor_name": labels.organisation(agreement.contractor_id),
        "clauses": [
            {"row": c, "position": n, "complete": c.key not in incomplete}
            for n, c in enumerate(row.clauses.order_by("position", "id"), 1)
        ],
        "duties": row.duties.order_by("position", "id"),
        "covered": [{"fact": c, "cap": cap_word(c.capped_by)} for c in facts.covered],
        "findings": findings,
        "blocking": blocking(findings),
        "against_drafting": reasons_against(scope_for(request), Can.DRAFT_AGREEMENT, agreement.pair),
        "today": on,
    }
    return render(request, "agreements/draft.html", context)


def draft_terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Term and coverage."""
    agreement, row = _draft_or_404(request, pk)
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    form = DraftTermsForm.of(row, coverable(agreement.pair), request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "agreement.terms_set",
            can=Can.DRAFT_AGREEMENT,
            within=agreement.pair,
            subject=agreement,
            do=actions.set_draft_terms,
            draft=row,
            seen_edition=form.cleaned_data["seen_edition"],
            starts_on=form.cleaned_data["starts_on"],
            ends_on=form.cleaned_data["ends_on"],
            entrustments=form.rows,
        )
        if done:
            return redirect("agreements:draft", pk)
    title = _("Term and coverage")
    back = reverse("agreements:draft", args=[pk])
    return form_page(request, form, title=title, kicker=agreement.number, submit=_("Keep term and coverage"), back=back)


def edit_clause(request: HttpRequest, pk: int) -> HttpResponse:
    """One clause in both languages."""
    row = draft_part_or_404(request, DraftClause, pk)
    form = ClauseForm.of(row, request.POST or None)  # type: ignore[arg-type]
    verb, do = "agreement.clause_edited", actions.edit_draft_clause
    return _edit(request, row, form, verb, do, "clause", _("Keep the clause"))


def edit_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """One row of the matrix."""
    row = draft_part_or_404(request, DraftDuty, pk)
    form = DutyForm.of(row, request.POST or None)  # type: ignore[arg-type]
    return _edit(request, row, form, "agreement.duty_edited", actions.edit_draft_duty, "duty", _("Keep the duty"))


def _edit(
    request: HttpRequest, row: DraftClause | DraftDuty, form: Any, verb: str, do: Any, name: str, submit: str
) -> HttpResponse:
    agreement = row.draft.agreement
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            verb,
            can=Can.DRAFT_AGREEMENT,
            within=agreement.pair,
            subject=agreement,
            do=do,
            seen_edition=form.cleaned_data["seen_edition"],
            content=form.content,
            **{name: row},
        )
        if done:
            return redirect(reverse("agreements:draft", args=[agreement.pk]) + f"#{name}-{row.key}")
    back = reverse("agreements:draft", args=[agreement.pk])
    title = str(row)
    return form_page(
        request,
        form,
        title=title,
        kicker=agreement.number,
        submit=submit,
        back=back,
        draft=f"{name}-{row.pk}-{row.edition}",
    )


@require_POST
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the draft as the next revision, for both sides to sign."""
    agreement, _row = _draft_or_404(request, pk)
    done = act_in_pair(
        request,
        None,
        "agreement.offered",
        can=Can.DRAFT_AGREEMENT,
        within=agreement.pair,
        subject=agreement,
        do=actions.offer_for_signature,
        agreement=agreement,
    )
    return redirect("agreements:revision", done.pk) if done else redirect("agreements:draft", pk)
