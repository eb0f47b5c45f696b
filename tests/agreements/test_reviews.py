"""Writing, offering, signing and returning a yearly review, and carrying out what it decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from agreements import actions
from agreements.facts.reviews import load_standings
from agreements.models import AgreementReview, PairDuty, ReviewAction, ReviewDraft, ReviewReturn, ReviewSignature
from cmo.clock import day_of
from cmo.errors import Refused
from cmo.trail.canonical import sha256
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make, replay
from tests.agreements import build
from tests.agreements import build_reviews as reviews
from tests.agreements.build_reviews import AT, DUE, C, R

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@replay.kept
def _world() -> Any:
    built = build.world()
    return built, build.concluded(built, [built.entrust()]).agreement


@pytest.fixture
def world() -> Any:
    return _world()


def codes(call: Callable[[], Any]) -> set[str]:
    with pytest.raises(Refused) as refused:
        call()
    return set(refused.value.codes)


def test_the_first_review_covers_the_time_since_the_agreement_began(world: Any) -> None:
    built, agreement = world
    draft = reviews.begun(built.relation, agreement)
    assert (draft.period_from, draft.period_to) == (make.TODAY, day_of(AT))
    assert Entry.objects.filter(verb="review.begun").count() == 1


def test_nothing_is_reviewed_before_both_sides_have_signed(world: Any) -> None:
    built, _agreement = world
    waiting = build.offered(built, [built.entrust(device=build.second_device(built))]).agreement
    assert codes(lambda: reviews.begun(built.relation, waiting)) == {"review_before_agreement"}


def test_a_review_is_begun_once(world: Any) -> None:
    built, agreement = world
    reviews.begun(built.relation, agreement)
    assert codes(lambda: reviews.begun(built.relation, agreement)) == {"review_being_written"}
    assert ReviewDraft.objects.count() == 1


def test_somebody_who_saw_an_older_edition_is_told_and_overwrites_nothing(world: Any) -> None:
    built, agreement = world
    draft = reviews.begun(built.relation, agreement)
    reviews.kept(built.relation, draft, conclusion="第一人的结论")
    assert codes(lambda: reviews.kept(built.relation, draft, seen_edition=1, conclusion="第二人的结论")) == {
        "edited_meanwhile"
    }
    draft.refresh_from_db()
    assert draft.content["conclusion"] == "第一人的结论"


def test_keeping_what_was_kept_already_leaves_edition_and_trail_alone(world: Any) -> None:
    built, agreement = world
    draft = reviews.kept(built.relation, reviews.begun(built.relation, agreement))
    again = reviews.kept(built.relation, draft)
    assert again.edition == draft.edition
    assert Entry.objects.filter(verb="review.edited").count() == 1


def test_offering_names_everything_that_is_missing(world: Any) -> None:
    built, agreement = world
    draft = reviews.begun(built.relation, agreement)
    assert codes(lambda: reviews.offered_again(built.relation, draft)) == {
        "review_part_unjudged",
        "review_without_conclusion",
    }
    assert not AgreementReview.objects.exists()


def test_an_offered_review_freezes_figures_parts_and_actions(world: Any) -> None:
    built, agreement = world
    review = reviews.offered(built.relation, agreement)
    body = review.content
    assert review.body_hash == sha256(review.body)
    assert body["agreement"]["number"] == agreement.number
    assert body["agreement"]["revision"] == 1
    assert [part["part"] for part in body["parts"]] == [
        "suitability",
        "adequacy",
        "effectiveness",
        "documents",
        "practice",
    ]
    assert {row["key"] for row in body["figures"]} >= {"lots_made", "holds", "coverage_gaps", "obligations_missed"}
    assert [(row.position, row.side, row.due_on) for row in ReviewAction.objects.order_by("position")] == [
        (1, C, DUE),
        (2, R, DUE),
    ]


def test_while_a_review_waits_its_draft_stays_as_it_is_and_no_other_is_offered(world: Any) -> None:
    built, agreement = world
    reviews.offered(built.relation, agreement)
    draft = agreement.review_draft
    assert codes(lambda: reviews.kept(built.relation, draft, conclusion="改")) == {"review_waiting"}
    assert codes(lambda: reviews.offered_again(built.relation, draft)) == {"review_waiting"}
    assert codes(lambda: reviews.begun(built.relation, agreement)) == {"review_waiting"}


def test_the_second_signature_concludes_the_review_and_records_the_yearly_duty(world: Any) -> None:
    built, agreement = world
    review = reviews.offered(built.relation, agreement)
    reviews.signed(built.relation, review, R)
    assert not PairDuty.objects.exists()
    later = AT + 3 * DAY
    reviews.signed(built.relation, review, C, at=later)
    duty = PairDuty.objects.get()
    assert (duty.kind, duty.done_on, duty.reference) == ("review", day_of(later), review.number)
    assert duty.next_due_on == day_of(later).replace(year=day_of(later).year + 1)
    assert [
        entry.content["data"]["concluded"] for entry in Entry.objects.filter(verb="review.signed").order_by("seq")
    ] == [
        False,
        True,
    ]
    assert Entry.objects.filter(verb="pair.duty_recorded").count() == 1
    assert verify([built.pair.stream]).ok


@pytest.mark.parametrize("first", [R, C])
def test_either_side_may_sign_first_and_the_other_concludes(world: Any, first: str) -> None:
    built, agreement = world
    review = reviews.offered(built.relation, agreement)
    for side in (first, C if first == R else R):
        reviews.signed(built.relation, review, side)
    assert load_standings([agreement.pk])[agreement.pk].last.number == review.number
    assert PairDuty.objects.get().recorded_by_name != ""


def test_a_review_of_29_february_is_due_again_on_28_february(world: Any) -> None:
    built, agreement = world
    leap = AT.replace(year=2028, month=2, day=29)
    reviews.concluded(
        built.relation,
        agreement,
        at=leap,
        first=date(2027, 3, 1),
        last=date(2028, 2, 29),
        actions=(("修订检验规程。", C, date(2028, 5, 1)),),
    )
    assert PairDuty.objects.get().next_due_on == date(2029, 2, 28)


def test_a_side_signs_once_and_nobody_for_both(world: Any) -> None:
    built, agreement = world
    review = reviews.offered(built.relation, agreement)
    reviews.signed(built.relation, review, R)
    assert codes(lambda: reviews.signed(built.relation, review, R)) == {"side_signed_already"}


def test_the_database_refuses_a_second_signature_of_one_person_and_one_after_the_return(world: Any) -> None:
    built, agreement = world
    review = reviews.offered(built.relation, agreement)
    signature = reviews.signed(built.relation, review, R)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewSignature(review=review, side=C, signature=signature).save(force_insert=True)


def test_only_quality_signs_and_only_the_registrant_writes(world: Any) -> None:
    built, agreement = world
    with pytest.raises(PermissionDenied):
        actions.begin_review(agreement=agreement, by=reviews.actor(built.relation, C), at=AT)
    review = reviews.offered(built.relation, agreement)
    for side, role in ((R, "viewer"), (C, "signatory"), (R, "management_representative")):
        with pytest.raises(PermissionDenied):
            actions.sign_review(
                review=review, proof=make.proof(review), by=reviews.actor(built.relation, side, role), at=AT
            )


def test_the_management_representative_may_write_the_review(world: Any) -> None:
    built, agreement = world
    by = reviews.actor(built.relation, R, "management_representative")
    assert actions.begin_review(agreement=agreement, by=by, at=AT).edited_by_name == by.name


@pytest.mark.parametrize("side", [R, C])
def test_a_returned_review_is_signed_by_nobody_and_offered_anew(world: Any, side: str) -> None:
    built, agreement = world
    review = reviews.offered(built.relation, agreement)
    by = reviews.actor(built.relation, side)
    assert codes(lambda: actions.return_review(review=review, reason=" ", by=by, at=AT)) == {"reason_needed"}
    actions.return_review(review=review, reason="缺少灭菌外协情况。", by=by, at=AT)
    assert codes(lambda: reviews.signed(built.relation, review, C)) == {"review_returned"}
    assert codes(lambda: actions.return_review(review=review, reason="再退", by=by, at=AT)) == {"review_returned"}
    draft = reviews.kept(built.relation, agreement.review_draft, conclusion="已补充灭菌外协情况。")
    again = reviews.offered_again(built.relation, draft)
    assert again.number != review.number
    assert again.content["conclusion"] == "已补充灭菌外协情况。"
    assert ReviewReturn.objects.count() == 1


def test_a_concluded_review_is_returned_no_more(world: Any) -> None:
    built, agreement = world
    review = reviews.concluded(built.relation, agreement)
    by = reviews.actor(built.relation, C)
    assert codes(lambda: actions.return_review(review=review, reason="太晚", by=by, at=AT)) == {"review_concluded"}
    row = ReviewReturn(review=review, reason="x", recorded_by_name="x", recorded_at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)


def test_the_next_review_begins_on_the_day_after_the_last_ended(world: Any) -> None:
    built, agreement = world
    review = reviews.concluded(built.relation, agreement)
    assert codes(lambda: reviews.begun(built.relation, agreement)) == {"review_too_early"}
    later = AT + 300 * DAY
    draft = reviews.begun(built.relation, agreement, at=later)
    assert (draft.period_from, draft.period_to) == (review.period_to + DAY, day_of(later))
    assert draft.content["conclusion"] == ""
    assert ReviewDraft.objects.count() == 1


def test_an_action_is_carried_out_once_by_its_own_side_after_the_second_signature(world: Any) -> None:
    built, agreement = world
    review = reviews.offered(built.relation, agreement)
    theirs, ours = review.actions.order_by("position")
    assert codes(lambda: reviews.performed(built.relation, theirs)) == {"review_not_concluded"}
    for side in (R, C):
        reviews.signed(built.relation, review, side)
    reviews.performed(built.relation, theirs)
    assert codes(lambda: reviews.performed(built.relation, theirs)) == {"review_action_done"}
    by = reviews.actor(built.relation, C)
    assert codes(
        lambda: actions.perform_review_action(action=ours, done_on=day_of(AT) + DAY, note=" ", by=by, at=AT)
    ) == {"review_action_of_other_side", "event_in_future", "review_action_needs_note"}
    assert Entry.objects.filter(verb="review.action_done").count() == 1


def test_nothing_of_a_review_is_changed_or_deleted(world: Any) -> None:
    built, agreement = world
    review = reviews.concluded(built.relation, agreement)
    done = reviews.performed(built.relation, review.actions.get(position=1))
    for row in (review, review.signatures.first(), review.actions.first(), done):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).delete()
