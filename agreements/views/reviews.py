"""Yearly reviews of a pair's agreements: the list, beginning one, writing it and offering it for signature."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cmo import clock
from cmo.errors import Finding
from cmo.parties.access import Can
from cmo.parties.pages import reasons_against, scope_for
from cmo.parties.trail_pages import entries_for
from cmo.parties.views.pairs import pair_context

from .. import actions
from ..facts.reviews import ReviewStanding, load_standings
from ..figures import GROUPS, Figure, year_figures
from ..forms.reviews import ReviewForm
from ..models import Agreement, AgreementReview, ReviewAction, ReviewDraft
from ..review_body import Written
from ..rules.review import blockers_to_begin_review, blockers_to_offer_review, review_due_on
from ..states import review_state
from .records import act_in_pair, agreement_or_404, pair_or_404, permitted


@require_safe
def pair_reviews(request: HttpRequest, pk: int) -> HttpResponse:
    """Each agreement of the pair with its reviews: when the next one is due, the one being written, the actions."""
    pair, on = pair_or_404(request, pk), clock.today()
    agreements = list(Agreement.objects.filter(pair=pair).order_by("-id"))
    standings = load_standings([row.pk for row in agreements])
    against = reasons_against(scope_for(request), Can.DRAFT_REVIEW, pair)
    context = pair_context(request, pair, "reviews") | {
        "agreements": [_standing_row(row, standings[row.pk], against, on) for row in agreements],
        "owed": _owed(standings),
        "today": on,
    }
    return render(request, "agreements/pair_reviews.html", context)


def _standing_row(row: Agreement, facts: ReviewStanding, against: list[Finding], on: date) -> dict[str, Any]:
    return {
        "agreement": row,
        "facts": facts,
        "due_on": review_due_on(facts, on),
        "reviews": [(review, review_state(review)) for review in reversed(facts.reviews)],
        "against_beginning": against or blockers_to_begin_review(facts, on),
    }


def _owed(standings: dict[int, ReviewStanding]) -> Any:
    """Actions of concluded reviews, those that are open first."""
    ids = [one.review_id for facts in standings.values() for one in facts.reviews if one.state == "concluded"]
    rows = ReviewAction.objects.filter(review_id__in=ids).select_related("review", "done")
    return sorted(rows, key=lambda row: (hasattr(row, "done"), row.due_on, row.pk))


@require_POST
def begin_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next review of an agreement."""
    row = agreement_or_404(request, pk)
    permitted(request, Can.DRAFT_REVIEW, row.pair)
    done = act_in_pair(
        request,
        None,
        "review.begun",
        can=Can.DRAFT_REVIEW,
        within=row.pair,
        subject=row,
        do=actions.begin_review,
        agreement=row,
    )
    return redirect("agreements:review_draft", pk) if done else redirect("agreements:pair_reviews", row.pair_id)


def review_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The review being written: the year's figures with links, the five parts, the conclusion, the actions."""
    agreement, draft = _draft_or_404(request, pk)
    if request.method == "POST":
        permitted(request, Can.DRAFT_REVIEW, agreement.pair)
    form = ReviewForm(draft, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _kept(request, form, draft):
        if "offer" not in request.POST:
            messages.info(request, _("The review is kept."))
            return redirect("agreements:review_draft", pk)
        draft = ReviewDraft.objects.select_related("agreement__pair").get(pk=draft.pk)
        review = _offered(request, form, draft)
        if review is not None:
            return redirect("agreements:review", review.pk)
        form = _shown_again(form, draft)
    return render(request, "agreements/review_draft.html", _draft_context(request, agreement, draft, form))


def _draft_or_404(request: HttpRequest, pk: int) -> tuple[Agreement, ReviewDraft]:
    agreement = agreement_or_404(request, pk)
    return agreement, get_object_or_404(ReviewDraft.objects.select_related("agreement__pair"), agreement=agreement)


def _kept(request: HttpRequest, form: ReviewForm, draft: ReviewDraft) -> ReviewDraft | None:
    """The draft with what was typed; None when the form now says why not, with everything typed still in it."""
    return act_in_pair(
        request,
        form,
        "review.edited",
        can=Can.DRAFT_REVIEW,
        within=draft.agreement.pair,
        subject=draft.agreement,
        do=actions.save_review,
        draft=draft,
        seen_edition=form.cleaned_data["seen_edition"],
        period_from=form.cleaned_data["period_from"],
        period_to=form.cleaned_data["period_to"],
        written=form.written,
    )


def _offered(request: HttpRequest, form: ReviewForm, draft: ReviewDraft) -> AgreementReview | None:
    return act_in_pair(
        request,
        form,
        "review.offered",
        can=Can.DRAFT_REVIEW,
        within=draft.agreement.pair,
        subject=draft.agreement,
        do=actions.offer_review,
        draft=draft,
        seen_edition=draft.edition,
    )


def _shown_again(refused: ReviewForm, draft: ReviewDraft) -> ReviewForm:
    """The form over the draft as it was just kept, with the reasons why it was not offered."""
    form = ReviewForm(draft)
    form.findings = refused.findings  # type: ignore[attr-defined]
    return form


def _draft_context(request: HttpRequest, agreement: Agreement, draft: ReviewDraft, form: ReviewForm) -> dict[str, Any]:
    facts, on = load_standings([agreement.pk])[agreement.pk], clock.today()
    first, last = draft.period_from, draft.period_to
    missing = blockers_to_offer_review(facts, first, last, Written.of(draft.content), on)
    figures = year_figures([agreement.pair_id], first, last)[agreement.pair_id]
    return {
        "agreement": agreement,
        "draft": draft,
        "form": form,
        "facts": facts,
        "figure_groups": grouped(figures),
        "findings": getattr(form, "findings", missing),
        "stale": "edited_meanwhile" in {one.code for one in getattr(form, "findings", ())},
        "against_writing": reasons_against(scope_for(request), Can.DRAFT_REVIEW, agreement.pair),
        "entries": entries_for(agreement),
    }


def grouped(figures: Any) -> list[tuple[Any, list[Any]]]:
    """Figures (or their frozen dictionaries) by group, each with the group's name in both languages."""
    found = []
    for group, rows in groupby(figures, key=lambda row: row.group if isinstance(row, Figure) else row["group"]):
        name_zh, name_en = GROUPS[group]
        found.append(({"name_zh": name_zh, "name_en": name_en}, list(rows)))
    return found
