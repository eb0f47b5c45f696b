"""Yearly reviews of agreements: one that is due, one that waits for a signature, actions that a review decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may
from cmo.parties.models import Pair

from ..facts.reviews import ReviewStanding, standings_of
from ..models import Agreement, AgreementReview, ReviewAction
from ..rules.review import review_due_on
from .making import C, R, is_side_of, owner, pair_duty

N38 = "N38-15"
#: From so many days before its last day a review, or an action, waits on somebody.
AHEAD = timedelta(days=30)
ACTION_AHEAD = timedelta(days=14)


def waiting_reviews(scope: Scope, pairs: Mapping[int, Pair], on: date) -> Iterator[Duty]:
    """What this person can do now; a constant number of queries."""
    standings = standings_of(_in(scope, pairs))
    for facts in standings.values():
        yield from _to_sign(scope, pairs[facts.pair_id], facts)
        yield from _to_write(scope, pairs[facts.pair_id], facts, on)
    for action in _open_actions(scope, pairs):
        pair = pairs[action.review.pair_id]
        post = may(scope, Can.PERFORM_REVIEW_ACTION, pair)
        if post and post.side == action.side and action.due_on <= on + ACTION_AHEAD:
            yield _action(scope, pair, action, on)


def coming_reviews(scope: Scope, pairs: Mapping[int, Pair], on: date, until: date) -> Iterator[Duty]:
    """Reviews and actions that fall due up to ``until``, the overdue ones with them; a constant number of queries."""
    standings = standings_of(_in(scope, pairs))
    for facts in standings.values():
        due_on = review_due_on(facts, on)
        if due_on is not None and due_on <= until:
            yield _review(scope, pairs[facts.pair_id], facts, due_on, on)
    for action in _open_actions(scope, pairs):
        pair = pairs[action.review.pair_id]
        if action.due_on <= until and is_side_of(scope, pair, action.side):
            yield _action(scope, pair, action, on)


def _in(scope: Scope, pairs: Mapping[int, Pair]) -> Any:
    """Agreements of the pairs that this person sees and that have not ended."""
    return Agreement.objects.visible_to(scope).filter(pair__end__isnull=True) if pairs else Agreement.objects.none()


def _to_sign(scope: Scope, pair: Pair, facts: ReviewStanding) -> Iterator[Duty]:
    review, post = facts.waiting, may(scope, Can.SIGN_REVIEW, pair)
    if review is None or post is None or post.side in review.signers or scope.user_id in review.signers.values():
        return
    yield pair_duty(
        *(scope, Kind.SIGN, _("Sign the yearly review"), f"{review.number} · {facts.agreement_number}"),
        reverse("agreements:review", args=[review.review_id]),
        pair,
        code="review_signature",
        citation=N38,
        owners=owner(pair, *({R, C} - review.signers.keys())),
        since=review.offered_on,
    )


def _to_write(scope: Scope, pair: Pair, facts: ReviewStanding, on: date) -> Iterator[Duty]:
    """The review that is due soon or overdue, for whoever writes it, until it is offered."""
    due_on = review_due_on(facts, on)
    if due_on is None or facts.waiting is not None or due_on > on + AHEAD:
        return
    if may(scope, Can.DRAFT_REVIEW, pair):
        yield _review(scope, pair, facts, due_on, on)


def _review(scope: Scope, pair: Pair, facts: ReviewStanding, due_on: date, on: date) -> Duty:
    url = f"{reverse('agreements:pair_reviews', args=[pair.pk])}#agreement-{facts.agreement_id}"
    return pair_duty(
        *(scope, Kind.REPORT, _("Review the quality agreement"), facts.agreement_number, url, pair),
        code="yearly_review",
        citation=N38,
        owners=owner(pair, R, C),
        due_on=due_on,
        tone="bad" if due_on < on else "pending",
    )


def _open_actions(scope: Scope, pairs: Mapping[int, Pair]) -> Iterator[ReviewAction]:
    """Actions of concluded reviews that nobody has carried out, the earliest due first."""
    signed = AgreementReview.objects.visible_to(scope).annotate(given=Count("signatures")).filter(given=len((R, C)))
    rows = ReviewAction.objects.filter(review__in=signed.values("pk"), done__isnull=True).select_related("review")
    for row in rows.defer("review__body").order_by("due_on", "id"):
        if row.review.pair_id in pairs:
            yield row


def _action(scope: Scope, pair: Pair, action: ReviewAction, on: date) -> Duty:
    url = f"{reverse('agreements:review', args=[action.review_id])}#action-{action.pk}"
    return pair_duty(
        *(scope, Kind.REPORT, _("Carry out an action from a review"), f"{action.review.number} · {action.what[:80]}"),
        url,
        pair,
        code="review_action",
        citation=N38,
        owners=owner(pair, action.side),
        due_on=action.due_on,
        tone="bad" if action.due_on < on else "pending",
    )
