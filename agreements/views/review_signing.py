"""One offered review: its frozen text, figures, signatures and actions; signing it, returning it, performing an action."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cmo import clock
from cmo.errors import Finding
from cmo.parties.access import Can, may
from cmo.parties.models import Role, Side
from cmo.parties.pages import get_visible_or_404, reasons_against, scope_for
from cmo.parties.trail_pages import entries_for, post_word
from cmo.parties.views.form_page import form_page
from cmo.signing.actions import record_hash
from cmo.signing.facts import signatures_under
from cmo.signing.forms import SigningForm
from cmo.signing.models import Meaning
from cmo.signing.statement import STATEMENT, VERSION
from cmo.trail.actor import Actor

from .. import actions
from ..facts.reviews import ReviewFacts, load_review_facts
from ..forms import ReasonForm
from ..forms.reviews import ActionDoneForm
from ..models import AgreementReview, ReviewAction
from ..rules.review import blockers_to_perform, blockers_to_return_review, blockers_to_sign_review
from ..states import review_state
from .records import act_in_pair, permitted
from .reviews import grouped


def review_or_404(request: HttpRequest, pk: int) -> AgreementReview:
    """:raises Http404: when there is none that this person may see."""
    rows = AgreementReview.objects.select_related("pair__end", "agreement", "returned")
    return get_visible_or_404(request, rows, pk=pk)


@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The review as it was frozen, who signed it, what it decided, and what can be done next."""
    row = review_or_404(request, pk)
    facts, body = load_review_facts(row), row.content
    context = {
        "review": row,
        "agreement": row.agreement,
        "body": body,
        "facts": facts,
        "state": review_state(facts),
        "figure_groups": grouped(body["figures"]),
        "actions": _action_rows(request, row, facts),
        "signatures": _places(row, facts),
        "hash": record_hash(row),
        "today": clock.today(),
        "against_signing": _against(request, row, facts, signing=True),
        "against_returning": _against(request, row, facts, signing=False),
        "entries": entries_for(row),
    }
    return render(request, "agreements/review.html", context)


def _action_rows(request: HttpRequest, row: AgreementReview, facts: ReviewFacts) -> list[dict[str, Any]]:
    post, today = may(scope_for(request), Can.PERFORM_REVIEW_ACTION, row.pair), clock.today()
    not_theirs = reasons_against(scope_for(request), Can.PERFORM_REVIEW_ACTION, row.pair)
    found = []
    for one in ReviewAction.objects.filter(review=row).select_related("done").order_by("position"):
        done = getattr(one, "done", None)
        blockers = blockers_to_perform(facts, one.side, post.side, done is not None, today, "-", today) if post else []
        found.append({"row": one, "done": done, "against": not_theirs or blockers})
    return found


def _places(row: AgreementReview, facts: ReviewFacts) -> list[dict[str, Any]]:
    """One place per side, with the signature that stands there."""
    given = {state.signature.side: state for state in next(iter(signatures_under([row]).values()))}
    waiting = Role.QUALITY_MANAGER.label if facts.state == "waiting" else ""
    return [
        {
            "label": side.label,
            "signature": given.get(side.value),
            "waiting_for": "" if side.value in given else waiting,
        }
        for side in Side
    ]


def _against(request: HttpRequest, row: AgreementReview, facts: ReviewFacts, *, signing: bool) -> list[Finding]:
    against = reasons_against(scope_for(request), Can.SIGN_REVIEW, row.pair)
    if against:
        return against
    if not signing:
        return blockers_to_return_review(facts, "-")
    by = permitted(request, Can.SIGN_REVIEW, row.pair)
    return blockers_to_sign_review(facts, by.side, by.user_id)


def sign_review(request: HttpRequest, pk: int) -> HttpResponse:
    """The signing panel of quality."""
    row = review_or_404(request, pk)
    pair, digest = row.pair, record_hash(row)
    by = permitted(request, Can.SIGN_REVIEW, pair)
    form = SigningForm(
        request.POST or None, user=request.user, by=by, record_hash=digest, subject=row, stream=pair.stream
    )
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "review.signed",
            can=Can.SIGN_REVIEW,
            within=pair,
            subject=row,
            do=actions.sign_review,
            review=row,
            proof=form.proof,
        )
        if done:
            messages.info(request, _("Your signature is on record."))
            return redirect("agreements:review", pk)
    return render(request, "agreements/sign_review.html", _panel(row, by, digest) | {"form": form})


def _panel(row: AgreementReview, by: Actor, digest: str) -> dict[str, Any]:
    post, side = post_word(by.post), Side(by.side).label
    last = len(load_review_facts(row).signers) == 1
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return {
        "row": row,
        "body": row.content,
        "hash": digest,
        "meaning": Meaning.AGREES_REVIEW.label,
        "signer": {"name": by.name, "organisation": by.organisation, "post": post, "side": side},
        "shown_as": f"{by.name} · {post} · {by.organisation}",
        "consequence": _(
            "With your signature the review is concluded and its actions are owed; the next is due in a year."
        )
        if last
        else _("Once the other side has signed too, the review is concluded and its actions are owed."),
        "statement": STATEMENT[language],
        "statement_version": VERSION,
        "page": reverse("agreements:review", args=[row.pk]),
    }


def return_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the review, or take it back, with the reason."""
    row = review_or_404(request, pk)
    permitted(request, Can.SIGN_REVIEW, row.pair)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "review.returned",
            can=Can.SIGN_REVIEW,
            within=row.pair,
            subject=row,
            do=actions.return_review,
            review=row,
            reason=form.cleaned_data["reason"],
        )
        if done:
            return redirect("agreements:review", pk)
    return form_page(
        request,
        form,
        title=_("Return the review"),
        kicker=row.number,
        lead=_("It is closed without effect; the registrant changes the draft and offers it again."),
        submit=_("Return the review"),
        back=reverse("agreements:review", args=[pk]),
    )


def perform_review_action(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that an action was carried out."""
    visible = AgreementReview.objects.all().visible_to(scope_for(request))
    action = get_object_or_404(ReviewAction.objects.select_related("review__pair"), pk=pk, review__in=visible)
    row = action.review
    permitted(request, Can.PERFORM_REVIEW_ACTION, row.pair)
    form = ActionDoneForm(request.POST or None, initial={"done_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        done = act_in_pair(
            request,
            form,
            "review.action_done",
            can=Can.PERFORM_REVIEW_ACTION,
            within=row.pair,
            subject=row,
            do=actions.perform_review_action,
            action=action,
            **form.cleaned_data,
        )
        if done:
            return redirect("agreements:review", row.pk)
    return form_page(
        request,
        form,
        title=_("Record the action as done"),
        kicker=f"{row.number} · {action.position}",
        lead=action.what,
        submit=_("Record the action as done"),
        back=reverse("agreements:review", args=[row.pk]),
    )
