"""Was somebody qualified there? Production days and key steps of an implantable lot minus presence (N38-08, invariant 7).

A production day is the Shanghai day from midnight to midnight. Presence counts while the posting is in force and the
person is trained and appointed; overlapping presence of several people counts once. A lot is judged on stays whose end
is on record: a check-in alone shows nobody's presence at anything, nor does a stay longer than :data:`LONGEST_STAY`, nor
what the same person is on record for at another site at the same time. Only a picture of the running day counts somebody who
is still there, up to now, and not once :data:`LONGEST_OPEN_STAY` has passed: a forgotten check-out is no presence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from cmo.clock import SHANGHAI, day_of

from ..facts.supervision import PostingFact, PresenceSpan, SupervisionFacts
from ..intervals import Interval, Union, holds, length, missing, union, within

#: Kinds of steps that need presence throughout; the caller leaves out steps of other parties that are approved for them.
SUPERVISED_KINDS = frozenset({"key", "special", "sterilisation"})
EVERY_DAY = "every_day"
#: A stay longer than this counts for nothing until its times are corrected: nobody watches over production for more than
#: a day on end, and whoever stays longer checks out and in again. A check-out entered days later shows that somebody
#: forgot it, not that anybody was there (N38-08).
LONGEST_STAY = timedelta(hours=24)
#: A check-in with no check-out is taken for a forgotten one after this time.
LONGEST_OPEN_STAY = LONGEST_STAY


@dataclass(frozen=True, slots=True)
class StepSpan:
    """One process step; which steps of other parties need no presence, the caller decides."""

    name: str
    kind: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """Production without qualified presence. ``kind`` ``day``: the whole production day, ``what`` is the minutes present
    and needed (``0/1``); ``step``: the uncovered part of a step, ``what`` is its name."""

    kind: str
    day: date
    starts_at: datetime
    ends_at: datetime
    what: str


def coverage_gaps(
    first_day: date,
    last_day: date,
    steps: Iterable[StepSpan],
    facts: SupervisionFacts,
    site_id: int,
    now: datetime,
    *,
    ahead: bool = False,
) -> tuple[Gap, ...]:
    """Every gap of one production window and its steps, by time, on stays that are over; only implantable lots need
    asking.

    A day is judged once it is over; with ``ahead`` every day of the window is judged on the presence so far.
    """
    return gaps_in(first_day, last_day, steps, facts, presence_at(facts, site_id), now, ahead=ahead)


def presence_at(facts: SupervisionFacts, site_id: int, now: datetime | None = None) -> Union:
    """The union of all qualified presence at a site; with ``now`` also of whoever is still there, up to now."""
    bounds = {posting.posting_id: _bounds(posting) for posting in facts.postings}
    spans = (span for span in facts.presence if span.site_id == site_id)
    return union(part for span in spans for part in _parts(span, *_clipped(span, *bounds[span.posting_id], now)))


def _parts(span: PresenceSpan, start: datetime, end: datetime) -> Iterable[Interval]:
    return missing(span.disputed, start, end) if span.disputed else ((start, end),)


def open_stays(facts: SupervisionFacts, site_id: int, first_day: date, last_day: date) -> tuple[PresenceSpan, ...]:
    """Stays at a site begun on these days, or within :data:`LONGEST_OPEN_STAY` before them, that lack their check-out."""
    begins, ends = production_day(first_day)[0] - LONGEST_OPEN_STAY, production_day(last_day)[1]
    spans = (span for span in facts.presence if span.site_id == site_id and span.ends_at is None)
    return tuple(span for span in spans if begins <= span.starts_at < ends)


def counted(span: PresenceSpan, posting: PostingFact, now: datetime | None = None) -> Interval:
    """The part of a stay that counts; empty (its end not after its start) when none does, as for a stay without
    check-out unless ``now`` counts whoever is still there."""
    return _clipped(span, *_bounds(posting), now)


def _bounds(posting: PostingFact) -> Interval:
    """From when to when presence under a posting counts."""
    return production_day(posting.qualified_from)[0], production_day(posting.ends_on)[1]


def _clipped(span: PresenceSpan, first: datetime, last: datetime, now: datetime | None) -> Interval:
    still_there = now if now is not None and now - span.starts_at <= LONGEST_OPEN_STAY else span.starts_at
    until = span.ends_at or still_there
    if until - span.starts_at > LONGEST_STAY:
        until = span.starts_at
    return max(span.starts_at, first), min(until, last)


def gaps_in(
    first_day: date,
    last_day: date,
    steps: Iterable[StepSpan],
    facts: SupervisionFacts,
    present: Union,
    now: datetime,
    *,
    ahead: bool = False,
) -> tuple[Gap, ...]:
    """As :func:`coverage_gaps` with the presence at the site already united, for many windows of one site."""
    found = [*_days(first_day, last_day, facts, present, now, ahead), *_steps(steps, present)]
    return tuple(sorted(found, key=lambda gap: (gap.starts_at, gap.kind, gap.what)))


def _days(
    first_day: date, last_day: date, facts: SupervisionFacts, present: Union, now: datetime, ahead: bool
) -> Iterator[Gap]:
    for number in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=number)
        start, end = production_day(day)
        if end > now and not ahead:
            return
        policy = facts.policy_on(day)
        minutes = int(length(within(present, start, end)).total_seconds() // 60)
        if policy.production_days == EVERY_DAY and minutes < policy.minimum_minutes:
            yield Gap("day", day, start, end, f"{minutes}/{policy.minimum_minutes}")


def _steps(steps: Iterable[StepSpan], present: Union) -> Iterator[Gap]:
    for step in steps:
        if step.kind not in SUPERVISED_KINDS:
            continue
        if step.starts_at == step.ends_at and not holds(present, step.starts_at):
            yield Gap("step", day_of(step.starts_at), step.starts_at, step.ends_at, step.name)
        for start, end in missing(present, step.starts_at, step.ends_at):
            yield Gap("step", day_of(start), start, end, step.name)


def production_day(day: date) -> Interval:
    """A Shanghai day from midnight to midnight, in UTC."""
    start = datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
    return start, start + timedelta(days=1)
