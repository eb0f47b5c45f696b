"""Coverage by interval algebra: against a brute-force model of single minutes, and at every edge by hand."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements.facts.supervision import DEFAULT_POLICY, PolicyFact, PostingFact, PresenceSpan, SupervisionFacts
from agreements.intervals import holds, length, missing, union, within
from agreements.rules.coverage import (
    LONGEST_OPEN_STAY,
    Gap,
    StepSpan,
    coverage_gaps,
    open_stays,
    presence_at,
    production_day,
)
from cmo.clock import SHANGHAI

DAY = date(2026, 6, 1)
ZERO = datetime(2026, 6, 1, tzinfo=SHANGHAI)
SITE = 7
LATER = ZERO + timedelta(days=60)
MINUTES = 3 * 24 * 60


def minute(number: int) -> datetime:
    return (ZERO + timedelta(minutes=number)).astimezone(UTC)


def hour(day: int, at: float) -> datetime:
    return ZERO + timedelta(days=day - 1, hours=at)


def posting(pk: int = 1, **changes: object) -> PostingFact:
    given = {
        "posting_id": pk,
        "person_id": pk,
        "person": f"派驻{pk}",
        "site_id": SITE,
        "starts_on": DAY - timedelta(days=30),
        "ends_on": DAY + timedelta(days=60),
        "trained_on": DAY - timedelta(days=40),
        "appointed_on": DAY - timedelta(days=35),
        "deputy_for_id": None,
    }
    return PostingFact(**(given | changes))  # type: ignore[arg-type]


def span(starts_at: datetime, ends_at: datetime | None, pk: int = 1, site_id: int = SITE) -> PresenceSpan:
    return PresenceSpan(pk, f"派驻{pk}", site_id, starts_at, ends_at, qualified=True)


def facts(*spans: PresenceSpan, postings: tuple[PostingFact, ...] = (), policies: tuple[PolicyFact, ...] = ()):
    return SupervisionFacts(policies, postings or (posting(1), posting(2)), spans)


def policy(from_: date = date(2020, 1, 1), days: str = "every_day", minutes: int = 1) -> PolicyFact:
    return PolicyFact(from_, days, minutes, 90)


def step(starts_at: datetime, ends_at: datetime, kind: str = "key") -> StepSpan:
    return StepSpan("等离子喷涂", kind, starts_at, ends_at)


def gaps(known: SupervisionFacts, first: int = 1, last: int = 1, *steps: StepSpan, now: datetime = LATER, **more: bool):
    def day(n: int) -> date:
        return DAY + timedelta(days=n - 1)

    return coverage_gaps(day(first), day(last), steps, known, SITE, now, **more)


# ---- algebra against single minutes

_INTERVALS = st.lists(st.tuples(st.integers(0, MINUTES), st.integers(0, MINUTES)).map(sorted).map(tuple), max_size=12)


def _covered(spans: list[tuple[int, int]]) -> set[int]:
    return {number for start, end in spans for number in range(start, end)}


@settings(max_examples=150, deadline=None)
@given(_INTERVALS, st.integers(0, MINUTES), st.integers(0, MINUTES))
def test_union_part_rest_and_instant_agree_with_counting_minutes(spans, one, other) -> None:
    start, end = sorted((one, other))
    covered = _covered(spans)
    whole = union((minute(a), minute(b)) for a, b in spans)
    assert length(whole) == timedelta(minutes=len(covered))
    assert all(a[1] < b[0] for a, b in itertools.pairwise(whole))
    window = set(range(start, end))
    assert length(within(whole, minute(start), minute(end))) == timedelta(minutes=len(covered & window))
    assert length(missing(whole, minute(start), minute(end))) == timedelta(minutes=len(window - covered))
    assert holds(whole, minute(start)) == (start in covered)


@settings(max_examples=120, deadline=None)
@given(
    _INTERVALS,
    _INTERVALS,
    st.lists(st.sampled_from(["every_day", "steps_only"]), min_size=3, max_size=3),
    st.integers(1, 600),
)
def test_gaps_agree_with_counting_minutes(spans, steps, policies, minimum) -> None:
    rows = tuple(policy(DAY + timedelta(days=n), word, minimum) for n, word in enumerate(policies))
    known = facts(*(span(minute(a), minute(b), 1 + n % 2) for n, (a, b) in enumerate(spans)), policies=rows)
    found = gaps(known, 1, 3, *(step(minute(a), minute(b)) for a, b in steps))
    covered = _covered([(a, b) for a, b in spans if b - a <= 24 * 60])
    short = [
        DAY + timedelta(days=n)
        for n, word in enumerate(policies)
        if word == "every_day" and len(covered & set(range(n * 1440, (n + 1) * 1440))) < minimum
    ]
    assert [gap.day for gap in found if gap.kind == "day"] == short
    uncovered = sum(len(set(range(a, b)) - covered) for a, b in steps)
    instants = sum(a == b and a not in covered for a, b in steps)
    step_gaps = [gap for gap in found if gap.kind == "step"]
    assert sum(((gap.ends_at - gap.starts_at) for gap in step_gaps), timedelta()) == timedelta(minutes=uncovered)
    assert sum(gap.starts_at == gap.ends_at for gap in step_gaps) == instants


# ---- edges of steps

EIGHT_TO_SIX = (hour(1, 8), hour(1, 18))


@pytest.mark.parametrize(
    ("spans", "wanted", "uncovered_hours"),
    [
        pytest.param([(8, 18)], (8, 18), 0, id="exactly as long"),
        pytest.param([(8, 12), (12, 18)], (9, 17), 0, id="adjacent stays join"),
        pytest.param([(8, 12), (12.5, 18)], (9, 17), 0.5, id="half an hour between stays"),
        pytest.param([(8, 14), (10, 18)], (9, 17), 0, id="overlapping stays"),
        pytest.param([(9, 18)], (8, 10), 1, id="begins before anybody came"),
        pytest.param([(8, 17)], (16, 18), 1, id="ends after everybody left"),
        pytest.param([(20, 30)], (23, 26), 0, id="across midnight"),
        pytest.param([(20, 24), (24, 30)], (23, 26), 0, id="two stays that meet at midnight"),
        pytest.param([], (8, 9), 1, id="nobody"),
        pytest.param([(8, 8)], (8, 9), 1, id="a stay without length"),
    ],
)
def test_a_step_is_covered_whole_or_leaves_a_gap(spans, wanted, uncovered_hours) -> None:
    known = facts(*(span(hour(1, a), hour(1, b), 1 + n % 2) for n, (a, b) in enumerate(spans)))
    found = [gap for gap in gaps(known, 1, 1, step(hour(1, wanted[0]), hour(1, wanted[1]))) if gap.kind == "step"]
    assert sum(((g.ends_at - g.starts_at) for g in found), timedelta()) == timedelta(hours=uncovered_hours)


@pytest.mark.parametrize(("at", "covered"), [(8, True), (12, True), (18, False), (7.9, False)])
def test_a_step_without_length_is_covered_within_or_at_the_start_of_a_stay(at: float, covered: bool) -> None:
    found = gaps(facts(span(*EIGHT_TO_SIX)), 1, 1, step(hour(1, at), hour(1, at)))
    assert [gap.kind for gap in found] == ([] if covered else ["step"])


@pytest.mark.parametrize(
    ("kind", "is_gap"), [("key", True), ("special", True), ("sterilisation", True), ("ordinary", False)]
)
def test_only_key_special_and_sterilisation_steps_need_presence_throughout(kind: str, is_gap: bool) -> None:
    known = facts(span(*EIGHT_TO_SIX))
    assert bool(gaps(known, 1, 1, step(hour(1, 19), hour(1, 20), kind))) is is_gap


def test_a_gap_of_a_step_is_the_uncovered_part_with_the_day_on_which_it_begins() -> None:
    known = facts(span(hour(1, 8), hour(1, 23)), span(hour(2, 1), hour(2, 9)))
    assert gaps(known, 1, 2, step(hour(1, 22), hour(2, 2))) == (
        Gap("step", DAY, hour(1, 23), hour(2, 1), "等离子喷涂"),
    )


# ---- edges of days


@pytest.mark.parametrize(
    ("minutes", "needed", "is_gap"), [(1, 1, False), (0, 1, True), (59, 60, True), (60, 60, False)]
)
def test_a_day_needs_the_minutes_of_the_policy(minutes: int, needed: int, is_gap: bool) -> None:
    known = facts(span(hour(1, 8), hour(1, 8) + timedelta(minutes=minutes)), policies=(policy(minutes=needed),))
    found = gaps(known)
    assert [gap.what for gap in found] == ([f"{minutes}/{needed}"] if is_gap else [])


def test_overlapping_presence_counts_once() -> None:
    known = facts(span(hour(1, 8), hour(1, 9)), span(hour(1, 8), hour(1, 9), 2), policies=(policy(minutes=61),))
    assert [gap.what for gap in gaps(known)] == ["60/61"]


def test_presence_across_midnight_counts_on_both_days() -> None:
    known = facts(span(hour(1, 22), hour(2, 3)), policies=(policy(minutes=120),))
    assert gaps(known, 1, 2) == ()
    assert [g.what for g in gaps(facts(span(hour(1, 22.5), hour(2, 3)), policies=(policy(minutes=120),)), 1, 2)] == [
        "90/120"
    ]


def test_a_stay_that_ends_at_midnight_is_no_presence_on_the_next_day() -> None:
    assert [gap.day for gap in gaps(facts(span(hour(1, 8), hour(1, 24))), 1, 2)] == [DAY + timedelta(days=1)]


def test_the_policy_in_force_on_the_day_counts() -> None:
    rows = (policy(DAY, "steps_only"), policy(DAY + timedelta(days=1), "every_day"))
    assert [gap.day for gap in gaps(facts(policies=rows), 0, 2)] == [DAY - timedelta(days=1), DAY + timedelta(days=1)]


def test_before_the_first_policy_every_day_needs_one_minute() -> None:
    assert (DEFAULT_POLICY.production_days, DEFAULT_POLICY.minimum_minutes) == ("every_day", 1)
    assert SupervisionFacts().policy_on(DAY) == DEFAULT_POLICY


@pytest.mark.parametrize(("now", "ahead", "days"), [(12, False, 0), (24, False, 1), (12, True, 2), (0, True, 2)])
def test_a_day_is_judged_once_it_is_over_unless_asked_ahead(now: float, ahead: bool, days: int) -> None:
    assert len(gaps(facts(), 1, 2, now=hour(1, now), ahead=ahead)) == days


# ---- whose presence counts


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"starts_on": DAY}, True),
        ({"starts_on": DAY + timedelta(days=1)}, False),
        ({"ends_on": DAY}, True),
        ({"ends_on": DAY - timedelta(days=1)}, False),
        ({"trained_on": DAY}, True),
        ({"trained_on": DAY + timedelta(days=1)}, False),
        ({"appointed_on": DAY}, True),
        ({"appointed_on": DAY + timedelta(days=1)}, False),
    ],
)
def test_presence_counts_while_posted_trained_and_appointed(changes: dict, counts: bool) -> None:
    assert (gaps(facts(span(*EIGHT_TO_SIX), postings=(posting(**changes),))) == ()) is counts


def test_presence_at_another_site_covers_nothing() -> None:
    known = facts(span(*EIGHT_TO_SIX, site_id=SITE + 1), postings=(posting(site_id=SITE + 1),))
    assert [gap.kind for gap in gaps(known)] == ["day"]


def test_a_stay_counts_only_up_to_the_last_day_of_the_posting() -> None:
    known = facts(span(hour(1, 20), hour(2, 6)), postings=(posting(ends_on=DAY),))
    assert presence_at(known, SITE, LATER) == ((hour(1, 20), hour(2, 0)),)


def test_who_is_still_there_is_shown_up_to_now_but_a_lot_is_judged_on_stays_that_are_over() -> None:
    known = facts(span(hour(1, 8), None))
    assert presence_at(known, SITE, hour(1, 11)) == ((hour(1, 8), hour(1, 11)),)
    assert presence_at(known, SITE) == ()
    (gap,) = gaps(known, 1, 1, step(hour(1, 9), hour(1, 11)), now=hour(1, 11))
    assert (gap.kind, gap.starts_at, gap.ends_at) == ("step", hour(1, 9), hour(1, 11))
    assert gaps(facts(span(hour(1, 8), hour(1, 11))), 1, 1, step(hour(1, 9), hour(1, 11)), now=hour(1, 11)) == ()


def test_a_forgotten_check_out_counts_for_nothing_once_a_day_has_passed() -> None:
    known, last = facts(span(hour(1, 8), None)), hour(1, 8) + LONGEST_OPEN_STAY
    assert presence_at(known, SITE, last) == ((hour(1, 8), last),)
    assert presence_at(known, SITE, last + timedelta(minutes=1)) == ()


@pytest.mark.parametrize(("hours", "counts"), [(24, True), (24.01, False), (30 * 24, False)])
def test_a_stay_longer_than_a_day_counts_for_nothing(hours: float, counts: bool) -> None:
    known = facts(span(hour(1, 8), hour(1, 8 + hours)))
    assert (presence_at(known, SITE) != ()) is counts
    assert (gaps(known) == ()) is counts


def test_what_somebody_is_on_record_for_elsewhere_at_the_same_time_counts_at_neither_place() -> None:
    there = replace(span(*EIGHT_TO_SIX), disputed=((hour(1, 10), hour(1, 12)),))
    assert presence_at(facts(there), SITE) == ((hour(1, 8), hour(1, 10)), (hour(1, 12), hour(1, 18)))
    whole = replace(there, disputed=((hour(1, 8), hour(1, 18)),))
    assert presence_at(facts(whole), SITE) == ()
    assert presence_at(facts(whole, span(hour(1, 9), hour(1, 11), 2)), SITE) == ((hour(1, 9), hour(1, 11)),)


@pytest.mark.parametrize(
    ("starts_at", "asked"), [(hour(-1, 23.9), False), (hour(1, 0), True), (hour(1, 24), True), (hour(3, 0), False)]
)
def test_stays_without_check_out_are_asked_about_from_a_day_before_the_window_to_its_last_day(
    starts_at: datetime, asked: bool
) -> None:
    known = facts(span(starts_at, None), span(starts_at, None, site_id=SITE + 1), span(starts_at, hour(4, 0)))
    found = open_stays(known, SITE, DAY, DAY + timedelta(days=1))
    assert found == ((known.presence[0],) if asked else ())


def test_a_production_day_is_the_shanghai_day() -> None:
    start, end = production_day(DAY)
    assert (start.astimezone(UTC).hour, end - start) == (16, timedelta(hours=24))
