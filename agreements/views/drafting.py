"""The working draft: texts in both languages, matrix, obligations, term and coverage, and offering it for signature."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cmo import clock
from cmo.errors import Finding, blocking
from cmo.parties.access import Can
from cmo.parties.models import Side
from cmo.parties.pages import reasons_against, scope_for
from cmo.parties.views.form_page import form_page

from .. import actions
from ..editor import cells_of, count_at, coverage_map, lacking, tones_of
from ..facts import DraftFacts, load_concluded_facts, load_draft_facts, template_of
from ..facts.rounds import load_standing
from ..forms import DraftTermsForm, OrderForm
from ..forms.draft_rows import clause_choices
from ..labels import labels_for
from ..models import Agreement, AgreementDraft
from ..models.obligation import Frequency
from ..negotiation_shown import remarked_rows
from ..rules import blockers_after_the_end, blockers_out_of_turn, blockers_to_edit_directly, blockers_to_offer
from ..states import cap_word
from .agreements import coverable
from .negotiation_places import side_in
from .records import act_in_pair, agreement_or_404, permitted


def draft_or_404(request: HttpRequest, pk: int) -> tuple[Agreement, AgreementDraft]:
    """An agreement with its draft. :raises Http404: also for one without a draft."""
    agreement = agreement_or_404(request, pk)
    return agreement, get_object_or_404(AgreementDraft, agreement=agreement)


@require_safe
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Both languages side by side, the matrix with its locks, the obligations, and what stands against offering."""
    agreement, row = draft_or_404(request, pk)
    facts, findings = judged(row, clock.today())
    clauses = list(row.clauses.order_by("position", "id"))
    labels = labels_for([agreement])
    context = {
        **_judgement(request, agreement, facts, findings),
        "draft": row,
        "registrant_name": labels.organisation(agreement.registrant_id),
        "contractor_name": labels.organisation(agreement.contractor_id),
        "clauses": list(enumerate(clauses, 1)),
        "clause_choices": clause_choices(clauses),
        "clause_keys": {clause.key for clause in clauses},
        "duties": [(duty, cells_of(duty)) for duty in row.duties.order_by("position", "id")],
        "obligations": row.obligations.order_by("position", "id"),
        "sides": Side.choices,
        "frequencies": Frequency.choices,
        "covered": [{"fact": c, "cap": cap_word(c.capped_by)} for c in facts.covered],
        "order": OrderForm.of(row),
        "lacking": lacking(template_of(row), facts),
        "remarked": remarked_rows(agreement, clock.today(), side_in(scope_for(request), agreement.pair)),
    }
    return render(request, "agreements/draft.html", context)


@require_safe
def draft_findings(request: HttpRequest, pk: int) -> HttpResponse:
    """The parts of the page that change with every kept text: tree, coverage of the guide, findings, offering."""
    agreement, row = draft_or_404(request, pk)
    facts, findings = judged(row, clock.today())
    return render(request, "agreements/draft_findings.html", _judgement(request, agreement, facts, findings))


def judged(row: AgreementDraft, on: date) -> tuple[DraftFacts, list[Finding]]:
    """The draft as it stands and everything against offering it."""
    facts = load_draft_facts(row, on)
    ended = blockers_after_the_end(load_concluded_facts(row.agreement))
    return facts, [*ended, *blockers_to_offer(facts, on)]


def _judgement(
    request: HttpRequest, agreement: Agreement, facts: DraftFacts, findings: list[Finding]
) -> dict[str, Any]:
    tones, squares = tones_of(findings), coverage_map(facts)
    against = reasons_against(scope_for(request), Can.DRAFT_AGREEMENT, agreement.pair)
    standing = load_standing(agreement)
    turn = blockers_out_of_turn(standing, side_in(scope_for(request), agreement.pair), clock.today())
    return {
        "agreement": agreement,
        "findings": findings,
        "blocking": blocking(findings),
        "tree": [(clause, tones.get(f"clause-{clause.key}", "good")) for clause in facts.clauses],
        "squares": squares,
        "squares_covered": sum(square.tone == "good" for square in squares),
        "matrix_faults": count_at(findings, "duty"),
        "obligation_faults": count_at(findings, "obligation"),
        "negotiated": standing.open,
        "rounds": standing.round,
        "against_drafting": against or blockers_to_edit_directly(standing.open),
        "against_offering": against or turn,
        "against_handing_over": against or turn,
    }


def draft_terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Term and coverage."""
    agreement, row = draft_or_404(request, pk)
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


def set_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Which side signs first."""
    agreement, row = draft_or_404(request, pk)
    permitted(request, Can.DRAFT_AGREEMENT, agreement.pair)
    form = OrderForm.of(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "agreement.order_set",
            can=Can.DRAFT_AGREEMENT,
            within=agreement.pair,
            subject=agreement,
            do=actions.set_signing_order,
            draft=row,
            **form.cleaned_data,
        )
        if done:
            return redirect("agreements:draft", pk)
    back = reverse("agreements:draft", args=[pk])
    title = _("Order of signing")
    return form_page(request, form, title=title, kicker=agreement.number, submit=_("Keep the order"), back=back)


@require_POST
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the draft as the next revision, for both sides to sign."""
    agreement, _row = draft_or_404(request, pk)
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
