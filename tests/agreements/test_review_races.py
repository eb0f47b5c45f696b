"""Real processes on PostgreSQL: a review is offered once, signed once per side, concluded once, its actions done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agreements import actions
from agreements.facts.reviews import load_review_facts
from agreements.models import AgreementReview, PairDuty, ReviewActionDone, ReviewSignature
from cmo.clock import day_of
from cmo.errors import Refused
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make
from tests.agreements import build
from tests.agreements import build_reviews as reviews
from tests.agreements.build_reviews import AT, C, R
from tests.processes import race

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("postgres"), pytest.mark.django_db(transaction=True)]


def attempt(call: Callable[[], Any]) -> str:
    """``done``, or the first reason against it."""
    try:
        call()
    except Refused as refusal:
        return refusal.codes[0]
    return "done"


def test_both_sides_sign_at_once_and_the_review_is_concluded_once() -> None:
    world = build.world()
    review = reviews.offered(world.relation, build.concluded(world, [world.entrust()]).agreement)
    proof, actors = make.proof(review), [reviews.actor(world.relation, side) for side in (R, C)]
    answers = race(lambda n: attempt(lambda: actions.sign_review(review=review, proof=proof, by=actors[n % 2], at=AT)))
    assert sorted(answers) == ["done"] * 2 + ["side_signed_already"] * 6
    assert sorted(ReviewSignature.objects.values_list("side", flat=True)) == [C, R]
    assert load_review_facts(review).state == "concluded"
    entries = Entry.objects.filter(verb="review.signed").order_by("seq")
    assert [entry.content["data"]["concluded"] for entry in entries] == [False, True]
    assert PairDuty.objects.get().reference == review.number
    assert verify([world.pair.stream]).ok


def test_a_second_signature_and_a_return_never_both_happen() -> None:
    world = build.world()
    review = reviews.offered(world.relation, build.concluded(world, [world.entrust()]).agreement)
    reviews.signed(world.relation, review, R)
    proof, by = make.proof(review), reviews.actor(world.relation, C)

    def step(number: int) -> str:
        if number % 2:
            return attempt(lambda: actions.sign_review(review=review, proof=proof, by=by, at=AT))
        return attempt(lambda: actions.return_review(review=review, reason="缺少灭菌情况", by=by, at=AT))

    assert race(step).count("done") == 1
    facts = load_review_facts(review)
    assert facts.returned is (facts.state != "concluded")
    assert PairDuty.objects.count() == (facts.state == "concluded")


def test_of_many_offers_one_freezes_the_review() -> None:
    world = build.world()
    agreement = build.concluded(world, [world.entrust()]).agreement
    draft = reviews.kept(world.relation, reviews.begun(world.relation, agreement))
    by = reviews.actor(world.relation, R)
    answers = race(
        lambda _n: attempt(lambda: actions.offer_review(draft=draft, seen_edition=draft.edition, by=by, at=AT))
    )
    assert sorted(answers) == ["done"] + ["review_waiting"] * 7
    assert AgreementReview.objects.count() == 1


def test_of_many_who_keep_the_same_edition_one_is_kept() -> None:
    world = build.world()
    draft = reviews.begun(world.relation, build.concluded(world, [world.entrust()]).agreement)
    answers = race(
        lambda n: attempt(lambda: reviews.kept(world.relation, draft, seen_edition=1, conclusion=f"第{n}稿"))
    )
    assert sorted(answers) == ["done"] + ["edited_meanwhile"] * 7


def test_an_action_is_done_once_however_many_click() -> None:
    world = build.world()
    review = reviews.concluded(world.relation, build.concluded(world, [world.entrust()]).agreement)
    action, by = review.actions.get(side=C), reviews.actor(world.relation, C)
    answers = race(
        lambda _n: attempt(
            lambda: actions.perform_review_action(action=action, done_on=day_of(AT), note="已修订", by=by, at=AT)
        )
    )
    assert sorted(answers) == ["done"] + ["review_action_done"] * 7
    assert ReviewActionDone.objects.count() == 1
