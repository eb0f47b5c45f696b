"""When a yearly review may be written, offered, signed and returned, and its actions carried out (N38-15).

The law asks for a review every year. A period lasts at most thirteen months: twelve, and one more so that the review may
close with a month or wait for the last lot without leaving days that nobody reviews; the next one is due twelve months
after the second signature all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from cmo.errors import Finding
from cmo.workdays import add_months

from ..facts.entrustment import EntrustmentFacts
from ..facts.reviews import ReviewFacts, ReviewStanding
from ..review_body import PARTS, VERDICTS, Verdict, Written
from ..wording import finding
from .hold import a_year_after
from .signing import SIDES
from .state import SIDE_ZH

DAY = timedelta(days=1)
MONTHS, TOLERATED = 12, 1


def longest_until(first: date) -> date:
    """The last day that a period beginning on ``first`` may have."""
    return add_months(first, MONTHS + TOLERATED) - DAY


def default_period(today: date) -> tuple[date, date]:
    """The twelve months that end today."""
    return add_months(today + DAY, -MONTHS), today


def next_period(facts: ReviewStanding, today: date) -> tuple[date, date]:
    """From the day after the last review, or the agreement's first day, until today or for at most twelve months."""
    first = facts.last.period_to + DAY if facts.last else facts.first_day or today
    return first, today if today <= longest_until(first) else add_months(first, MONTHS) - DAY


def review_due_on(facts: ReviewStanding, on: date) -> date | None:
    """Twelve months after the last review of the agreement, or after its first day; None when it is over before that or
    on the day asked about.

    A review of the pair recorded by hand counts for every agreement of the pair.
    """
    if facts.first_day is None or facts.pair_ended_on is not None:
        return None
    done = facts.last.concluded_on if facts.last and facts.last.concluded_on else facts.first_day
    due_on = max(a_year_after(done), facts.recorded_due_on or date.min)
    return due_on if max(due_on, on) < (facts.ended_on or date.max) else None


def review_due_of(facts: EntrustmentFacts, on: date) -> tuple[date, bool]:
    """The earliest day by which an agreement that covers the entrustment on ``on`` was to be reviewed, and whether any of
    its reviews is on record; of those that cover it no more, the last one. A review of another agreement of the pair
    discharges nothing: each is reviewed every year (N38-15).
    """
    running = [one for one in facts.reviewed if one.first_day <= on <= one.last_day]
    held = running or sorted(facts.reviewed, key=lambda one: one.last_day)[-1:]
    due = [(max(one.due_on or date.min, a_year_after(one.first_day)), one.due_on is not None) for one in held]
    known = facts.review_due_on
    return min(due, default=(known or a_year_after(facts.starts_on), known is not None))


def blockers_to_begin_review(facts: ReviewStanding, today: date) -> list[Finding]:
    """Reasons against beginning: nothing in force yet, one is written or waits, nothing left to review."""
    found = list(_closed(facts))
    if facts.first_day is None or facts.first_day > today:
        found.append(finding("review_before_agreement"))
    if facts.waiting:
        found.append(finding("review_waiting", number=facts.waiting.number))
    elif facts.being_written:
        found.append(finding("review_being_written"))
    if facts.last and facts.last.period_to >= today:
        found.append(finding("review_too_early", last=facts.last.period_to.isoformat()))
    return found


def _closed(facts: ReviewStanding | ReviewFacts) -> Iterator[Finding]:
    if facts.pair_ended_on is not None:
        yield finding("pair_ended", ended_on=facts.pair_ended_on.isoformat())


def blockers_to_keep_review(facts: ReviewStanding, first: date, last: date) -> list[Finding]:
    """Reasons against keeping the draft as typed: it waits for signatures, or the period cannot be one."""
    found = [finding("review_waiting", number=facts.waiting.number)] if facts.waiting else []
    if last < first:
        found.append(finding("review_period_backwards", first=first.isoformat(), last=last.isoformat()))
    if facts.last and last <= facts.last.period_to:
        found.append(finding("review_period_reviewed", last=facts.last.period_to.isoformat()))
    return found


def blockers_to_offer_review(
    facts: ReviewStanding, first: date, last: date, written: Written, today: date
) -> list[Finding]:
    """Reasons against offering, and what to look at: the period, the five parts, the conclusion and the actions."""
    return [
        *_closed(facts),
        *blockers_to_keep_review(facts, first, last),
        *_of_period(facts, first, last, today),
        *_of_parts(written),
        *_of_actions(written, today),
    ]


def _of_period(facts: ReviewStanding, first: date, last: date, today: date) -> Iterator[Finding]:
    if last > today:
        yield finding("review_period_in_future", last=last.isoformat())
    if last > longest_until(first):
        yield finding("review_period_too_long", longest=longest_until(first).isoformat())
    begins = facts.last.period_to + DAY if facts.last else facts.first_day
    if begins is not None and first > begins:
        yield finding("review_leaves_days", first=begins.isoformat(), last=(first - DAY).isoformat())


def _of_parts(written: Written) -> Iterator[Finding]:
    for part, (verdict, text) in written.parts.items():
        words = {"part": PARTS[part][0], "part_en": PARTS[part][1]}
        if not verdict:
            yield finding("review_part_unjudged", **words)
        elif verdict != Verdict.YES and not text:
            zh, en = VERDICTS[verdict]
            yield finding("review_part_unexplained", **words, verdict=zh, verdict_en=en)
    if not written.conclusion:
        yield finding("review_without_conclusion")


def _of_actions(written: Written, today: date) -> Iterator[Finding]:
    if not written.actions and any(
        verdict in {Verdict.NO, Verdict.WITH_ACTIONS} for verdict, _ in written.parts.values()
    ):
        yield finding("review_without_actions")
    for number, (what, side, due_on) in enumerate(written.actions, 1):
        if not what or side not in SIDES or due_on is None:
            yield finding("review_action_incomplete", number=number)
        elif due_on < today:
            yield finding("review_action_in_past", number=number, due_on=due_on.isoformat())


def blockers_to_sign_review(facts: ReviewFacts, side: str, user_id: int | None) -> list[Finding]:
    """Reasons against signing for ``side`` (the hash that was seen is judged by the signature itself)."""
    found = list(_closed(facts))
    if facts.returned:
        found.append(finding("review_returned", number=facts.number))
    if side in facts.signers:
        found.append(finding("side_signed_already"))
    if any(signer == user_id for other, signer in facts.signers.items() if other != side):
        found.append(finding("same_person_both_sides"))
    return found


def blockers_to_return_review(facts: ReviewFacts, reason: str) -> list[Finding]:
    """Reasons against returning: returned before, concluded, no reason."""
    found = []
    if facts.returned:
        found.append(finding("review_returned", number=facts.number))
    if facts.state == "concluded":
        found.append(finding("review_concluded", number=facts.number))
    if not reason.strip():
        found.append(finding("reason_needed"))
    return found


def blockers_to_perform(
    facts: ReviewFacts, action_side: str, side: str, done: bool, done_on: date, note: str, today: date
) -> list[Finding]:
    """Reasons against recording an action as done: not owed, the other side's, done before, in the future, no words."""
    found = [finding("review_action_done")] if done else []
    if facts.state != "concluded":
        found.append(finding("review_not_concluded", number=facts.number))
    if action_side != side:
        found.append(finding("review_action_of_other_side", side=action_side, side_zh=SIDE_ZH[action_side]))
    if done_on > today:
        found.append(finding("event_in_future", event_on=done_on.isoformat()))
    if not note.strip():
        found.append(finding("review_action_needs_note"))
    return found
