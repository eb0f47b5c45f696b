"""Postings, presence on site and the pair's policy: who may be posted, and which entries may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from cmo.clock import SHANGHAI, day_of
from cmo.errors import Finding

from ..facts.posting import PostingRequest
from ..facts.supervision import EntryFact, PostingFact, stays
from ..wording import finding
from .coverage import LONGEST_STAY

IN, OUT = "in", "out"
LATE = timedelta(days=1)


def blockers_to_post(facts: PostingRequest, today: date) -> list[Finding]:
    """Every reason against the posting, and every point to look at."""
    found = [finding("pair_ended", ended_on=facts.pair_ended_on.isoformat())] if facts.pair_ended_on else []
    if facts.ends_on < facts.starts_on:
        found.append(finding("posting_backwards"))
    if not facts.holds_post:
        found.append(finding("not_a_resident_supervisor", person=facts.person, day=facts.judged_on.isoformat()))
    if facts.duties is None:
        code = "posting_duties_on_paper" if facts.on_paper else "posting_without_duties"
        found.append(finding(code, starts_on=facts.judged_on.isoformat()))
    if not facts.deputy_fits:
        found.append(finding("deputy_does_not_fit"))
    return [*found, *_proofs(facts, today), *_overlaps(facts), *_cover(facts)]


def _proofs(facts: PostingRequest, today: date) -> Iterator[Finding]:
    qualified_from = max(facts.trained_on, facts.appointed_on)
    if qualified_from > today:
        yield finding("proof_of_posting_in_future")
    elif qualified_from > facts.starts_on:
        yield finding("qualified_only_later", qualified_from=qualified_from.isoformat())
    if facts.starts_on < today:
        yield finding("posting_recorded_late", starts_on=facts.starts_on.isoformat())


def _overlaps(facts: PostingRequest) -> Iterator[Finding]:
    for same_place, other in facts.others:
        if other.starts_on <= facts.ends_on and facts.starts_on <= other.ends_on:
            days = {"starts_on": other.starts_on.isoformat(), "ends_on": other.ends_on.isoformat()}
            yield finding("posted_there_already" if same_place else "posted_elsewhere", person=facts.person, **days)


def _cover(facts: PostingRequest) -> Iterator[Finding]:
    if facts.duties is not None and facts.ends_on > facts.duties.last_day:
        last_day = facts.duties.last_day.isoformat()
        yield finding("posting_beyond_cover", ends_on=facts.ends_on.isoformat(), last_day=last_day)


def blockers_to_end_posting(
    facts: PostingFact, ended: bool, last_day: date, present: Sequence[datetime], reason: str
) -> list[Finding]:
    """Reasons against an early end: ended before, outside the posting, presence on record after it, no reason."""
    found = [finding("posting_ended_already")] if ended else []
    if not facts.starts_on <= last_day <= facts.ends_on:
        days = {"starts_on": facts.starts_on.isoformat(), "ends_on": facts.ends_on.isoformat()}
        found.append(finding("posting_end_outside", **days))
    later = [day_of(instant) for instant in present if day_of(instant) > last_day]
    if later:
        found.append(finding("presence_after_end", last_day=last_day.isoformat(), day=max(later).isoformat()))
    return found if reason.strip() else [*found, finding("reason_needed")]


def blockers_to_record_presence(
    kind: str,
    event_at: datetime,
    at: datetime,
    posting: PostingFact,
    entries: Sequence[EntryFact],
    elsewhere_since: datetime | None,
) -> list[Finding]:
    """Reasons against a check-in or check-out, and what to look at. ``entries``: those of the posting that count, by
    time; ``elsewhere_since``: since when the person is checked in under another posting."""
    found = _moment(event_at, at, posting)
    before = [entry for entry in entries if entry.event_at <= event_at]
    after = [entry for entry in entries if entry.event_at > event_at]
    if kind == IN:
        return [*found, *_checking_in(before, elsewhere_since)]
    return [*found, *_checking_out(before, after, event_at)]


def blockers_to_state_for_another(person: str, rests_on: str) -> list[Finding]:
    """An entry for somebody else names the record that it was taken from."""
    return [] if rests_on else [finding("presence_rests_on_nothing", person=person)]


def _moment(event_at: datetime, at: datetime, posting: PostingFact) -> list[Finding]:
    found, day = [], day_of(event_at)
    if event_at > at:
        found.append(finding("presence_in_future"))
    if not posting.in_force_on(day):
        days = {"starts_on": posting.starts_on.isoformat(), "ends_on": posting.ends_on.isoformat()}
        found.append(finding("presence_outside_posting", day=day.isoformat(), **days))
    if at - event_at > LATE:
        found.append(finding("presence_recorded_late", event_at=_spoken(event_at)))
    return found


def _checking_in(before: Sequence[EntryFact], elsewhere_since: datetime | None) -> Iterator[Finding]:
    if before and before[-1].kind == IN:
        yield finding("checked_in_already", since=_spoken(before[-1].event_at))
    if elsewhere_since is not None:
        yield finding("checked_in_elsewhere", since=_spoken(elsewhere_since))


def _checking_out(before: Sequence[EntryFact], after: Sequence[EntryFact], event_at: datetime) -> Iterator[Finding]:
    if not before or before[-1].kind != IN:
        yield finding("not_checked_in")
    elif event_at - before[-1].event_at > LONGEST_STAY:
        yield finding("stay_is_long")
    if after and after[0].kind == OUT:
        yield finding("checked_out_already", at=_spoken(after[0].event_at))


def blockers_to_be_elsewhere(
    before: Sequence[EntryFact], after: Sequence[EntryFact], elsewhere: Sequence[Sequence[EntryFact]]
) -> list[Finding]:
    """Reasons against a stay that an entry or correction makes or lengthens while the person is on record elsewhere.

    ``before``, ``after``: the entries around the one in question as they were and would be; ``elsewhere``: those that
    count under each other posting of the person, of any pair, whose site is not told (invariant 12).
    """
    known = [(begun.event_at, ended.event_at) for begun, ended in stays(before) if ended]
    others = [stay for entries in elsewhere for stay in stays(entries)]
    for begun, ended in stays(after):
        if ended is None or any(first <= begun.event_at and ended.event_at <= last for first, last in known):
            continue
        for there, left in others:
            if there.event_at < ended.event_at and (left is None or begun.event_at < left.event_at):
                words = {"since": _spoken(there.event_at), "until": _spoken(left.event_at) if left else "…"}
                return [finding("stay_elsewhere_meanwhile", **words)]
    return []


def blockers_to_correct_presence(
    entry: EntryFact | None,
    event_at: datetime,
    at: datetime,
    posting: PostingFact,
    entries: Sequence[EntryFact],
    void: bool,
    reason: str,
) -> list[Finding]:
    """Reasons against a correction. ``entry``: the one to correct, None when it no longer counts."""
    found = [] if reason.strip() else [finding("reason_needed")]
    if entry is None:
        return [finding("presence_corrected_already"), *found]
    if void:
        return found
    found += [point for point in _moment(event_at, at, posting) if point.blocks]
    number = entries.index(entry)
    too_early = number > 0 and event_at < entries[number - 1].event_at
    too_late = number + 1 < len(entries) and event_at > entries[number + 1].event_at
    return [*found, finding("presence_out_of_order")] if too_early or too_late else found


def blockers_to_set_policy(effective_from: date, today: date, reason: str) -> list[Finding]:
    """Reasons against a policy: backdated, no reason."""
    found = [finding("policy_in_past")] if effective_from < today else []
    return found if reason.strip() else [*found, finding("reason_needed")]


def _spoken(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
