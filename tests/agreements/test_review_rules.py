"""When a review is due, which periods it may have, and what stands against offering it, at the edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from agreements.facts.reviews import ReviewFacts, ReviewStanding
from agreements.review_body import PARTS, Written
from agreements.rules.review import (
    blockers_to_begin_review,
    blockers_to_offer_review,
    blockers_to_perform,
    blockers_to_return_review,
    blockers_to_sign_review,
    default_period,
    longest_until,
    next_period,
    review_due_on,
)

DAY = timedelta(days=1)
TODAY = date(2027, 5, 31)
BEGAN = date(2026, 6, 1)
NEVER = date(2030, 1, 1)
STANDING = ReviewStanding(1, "QA2026-000001", 1, BEGAN, NEVER, None)
REVIEW = ReviewFacts(7, "AR2027-000001", 1, 1, BEGAN, TODAY, TODAY, {}, False, None)
CONCLUDED = replace(REVIEW, signers={"registrant": 1, "contractor": 2}, concluded_on=TODAY)
COMPLETE = Written(dict.fromkeys(PARTS, ("yes", "")), "协议继续适用。", ())


def codes(found: list) -> list[str]:
    return [one.code for one in found]


def offer(
    first: date = BEGAN, last: date = TODAY, written: Written = COMPLETE, facts: ReviewStanding = STANDING
) -> list:
    return codes(blockers_to_offer_review(facts, first, last, written, TODAY))


def judged(part: str, verdict: str, text: str = "") -> Written:
    return replace(COMPLETE, parts=dict(COMPLETE.parts) | {part: (verdict, text)})


def test_a_complete_review_of_twelve_months_has_nothing_against_it() -> None:
    assert offer() == []


@pytest.mark.parametrize("part", list(PARTS))
def test_every_part_has_to_be_judged(part: str) -> None:
    assert offer(written=judged(part, "")) == ["review_part_unjudged"]


@pytest.mark.parametrize("verdict", ["with_actions", "no"])
def test_what_is_not_given_needs_a_reason_and_an_action(verdict: str) -> None:
    assert offer(written=judged("practice", verdict)) == ["review_part_unexplained", "review_without_actions"]
    explained = judged("practice", verdict, "检验频次低于约定。")
    assert offer(written=explained) == ["review_without_actions"]
    assert offer(written=replace(explained, actions=(("恢复约定的频次。", "contractor", TODAY),))) == []


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (("", "contractor", TODAY), ["review_action_incomplete"]),
        (("修订规程。", "", TODAY), ["review_action_incomplete"]),
        (("修订规程。", "supplier", TODAY), ["review_action_incomplete"]),
        (("修订规程。", "contractor", None), ["review_action_incomplete"]),
        (("修订规程。", "contractor", TODAY - DAY), ["review_action_in_past"]),
        (("修订规程。", "contractor", TODAY), []),
    ],
)
def test_an_action_says_what_who_and_by_when_and_is_not_over(action: tuple, code: list[str]) -> None:
    assert offer(written=replace(COMPLETE, actions=(action,))) == code


def test_a_review_needs_a_conclusion() -> None:
    assert offer(written=replace(COMPLETE, conclusion="")) == ["review_without_conclusion"]


def test_a_period_ends_today_at_the_latest_and_not_before_it_begins() -> None:
    assert offer(last=TODAY + DAY) == ["review_period_in_future"]
    assert offer(first=BEGAN, last=BEGAN) == []
    assert "review_period_backwards" in offer(first=BEGAN, last=BEGAN - DAY)


def test_a_period_lasts_thirteen_months_and_not_a_day_longer() -> None:
    first = date(2026, 4, 30)
    assert longest_until(first) == date(2027, 5, 29)
    assert offer(first=first, last=date(2027, 5, 29)) == []
    assert offer(first=first, last=date(2027, 5, 30)) == ["review_period_too_long"]


def test_days_that_no_review_covers_are_pointed_out_without_stopping() -> None:
    found = blockers_to_offer_review(STANDING, BEGAN + DAY, TODAY, COMPLETE, TODAY)
    assert [(one.code, one.severity) for one in found] == [("review_leaves_days", "warns")]


def test_a_period_that_was_reviewed_is_not_reviewed_again() -> None:
    facts = replace(STANDING, reviews=(replace(CONCLUDED, period_to=TODAY - DAY),))
    assert offer(first=TODAY, last=TODAY, facts=facts) == []
    assert offer(first=BEGAN, last=TODAY - DAY, facts=facts) == ["review_period_reviewed"]


def test_the_next_period_leaves_no_day_out_and_is_never_too_long() -> None:
    assert next_period(STANDING, TODAY) == (BEGAN, TODAY)
    later = longest_until(BEGAN)
    assert next_period(STANDING, later) == (BEGAN, later)
    assert next_period(STANDING, later + DAY) == (BEGAN, date(2027, 5, 31))
    reviewed = replace(STANDING, reviews=(CONCLUDED,))
    assert next_period(reviewed, TODAY + 40 * DAY) == (TODAY + DAY, TODAY + 40 * DAY)


def test_the_twelve_months_that_end_on_a_leap_day_begin_on_the_first_of_march() -> None:
    assert default_period(date(2028, 2, 29)) == (date(2027, 3, 1), date(2028, 2, 29))
    assert default_period(date(2027, 5, 31)) == (date(2026, 6, 1), date(2027, 5, 31))


def test_a_review_is_due_twelve_months_after_the_first_day_and_after_each_review() -> None:
    assert review_due_on(STANDING, TODAY) == date(2027, 6, 1)
    assert review_due_on(replace(STANDING, reviews=(CONCLUDED,)), TODAY) == date(2028, 5, 31)
    assert review_due_on(replace(STANDING, recorded_due_on=date(2027, 9, 1)), TODAY) == date(2027, 9, 1)
    assert review_due_on(replace(STANDING, first_day=None), TODAY) is None
    assert review_due_on(replace(STANDING, pair_ended_on=TODAY), TODAY) is None


def test_no_review_is_due_once_the_agreement_is_over_or_ends_before_that_day() -> None:
    due_on = date(2027, 6, 1)
    assert review_due_on(replace(STANDING, ended_on=due_on), TODAY) is None
    assert review_due_on(replace(STANDING, ended_on=due_on + DAY), TODAY) == due_on
    assert review_due_on(replace(STANDING, ended_on=due_on + DAY), due_on + DAY) is None


def test_beginning_is_refused_with_every_reason_at_once() -> None:
    waiting = replace(STANDING, reviews=(replace(CONCLUDED, period_to=TODAY), REVIEW), pair_ended_on=TODAY)
    assert codes(blockers_to_begin_review(waiting, TODAY)) == ["pair_ended", "review_waiting", "review_too_early"]
    assert codes(blockers_to_begin_review(replace(STANDING, first_day=TODAY + DAY), TODAY)) == [
        "review_before_agreement"
    ]
    assert codes(blockers_to_begin_review(replace(STANDING, draft_from=BEGAN, draft_to=TODAY), TODAY)) == [
        "review_being_written"
    ]


def test_a_draft_that_was_concluded_is_no_longer_being_written() -> None:
    drafted = replace(STANDING, draft_from=BEGAN, draft_to=TODAY)
    assert drafted.being_written
    assert not replace(drafted, reviews=(CONCLUDED,)).being_written


def test_a_side_signs_once_nobody_for_both_and_no_returned_review() -> None:
    one = replace(REVIEW, signers={"registrant": 5})
    assert codes(blockers_to_sign_review(one, "contractor", 6)) == []
    assert codes(blockers_to_sign_review(one, "registrant", 6)) == ["side_signed_already"]
    assert codes(blockers_to_sign_review(one, "contractor", 5)) == ["same_person_both_sides"]
    assert codes(blockers_to_sign_review(replace(one, returned=True), "contractor", 6)) == ["review_returned"]


def test_returning_needs_a_reason_and_an_open_review() -> None:
    assert codes(blockers_to_return_review(REVIEW, "缺灭菌情况")) == []
    assert codes(blockers_to_return_review(REVIEW, "  ")) == ["reason_needed"]
    assert codes(blockers_to_return_review(CONCLUDED, "缺灭菌情况")) == ["review_concluded"]


def test_an_action_is_done_by_its_own_side_until_today() -> None:
    def found(side: str = "contractor", done: bool = False, on: date = TODAY, note: str = "已修订") -> list[str]:
        return codes(blockers_to_perform(CONCLUDED, "contractor", side, done, on, note, TODAY))

    assert found() == []
    assert found(side="registrant") == ["review_action_of_other_side"]
    assert found(done=True) == ["review_action_done"]
    assert found(on=TODAY + DAY) == ["event_in_future"]
    assert found(note=" ") == ["review_action_needs_note"]
