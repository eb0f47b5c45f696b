"""What may not be undone afterwards: suspended days, notices, two places at once, holds of findings, dated ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from agreements import actions
from agreements.duties import waiting_on
from agreements.facts import agreement_states, load_entrustment_facts, load_revision_facts
from agreements.facts.agreement import waiting_revision
from agreements.facts.entrustment import ReviewedFact
from agreements.facts.supervision import load_supervision
from agreements.facts.validity import load_validity
from agreements.models import (
    AgreementRevision,
    Entrustment,
    EntrustmentEvent,
    PairDuty,
    Posting,
    PresenceEntry,
    SupplierApprovalEnd,
)
from agreements.rules.coverage import presence_at
from agreements.rules.hold import a_year_after
from agreements.rules.review import review_due_of
from agreements.states import revision_state
from cmo.clock import day_of
from cmo.errors import Refused
from cmo.parties.access import scope_of
from cmo.trail.models import Entry
from tests import make
from tests.agreements import build
from tests.agreements import build_reviews as reviews
from tests.agreements import build_supervision as on_site
from tests.agreements.build import AT, TODAY, C, R
from tests.releases import known

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world() -> build.World:
    return build.world()


def refused(call: Callable[[], Any], *codes: str) -> None:
    """The action is refused for exactly these reasons; what is only to be looked at does not matter here."""
    with pytest.raises(Refused) as caught:
        call()
    assert sorted(one.code for one in caught.value.findings if one.blocks) == sorted(codes)


# ── suspended days ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_resuming_counts_from_the_day_it_is_recorded_and_never_earlier(world: build.World) -> None:
    row, by, later = world.entrust(), world.by(), AT + 20 * DAY
    change = {"entrustment": row, "reason": "整改", "by": by}
    actions.suspend_entrustment(**change, event_on=TODAY, at=AT)
    for early in (TODAY, TODAY + 19 * DAY):
        refused(lambda day=early: actions.resume_entrustment(**change, event_on=day, at=later), "resume_in_past")
    actions.resume_entrustment(**change, event_on=TODAY + 20 * DAY, at=later)
    facts = load_entrustment_facts([row])[row.pk]
    days = {day: facts.state_on(TODAY + day * DAY) for day in (0, 1, 19, 20, 21)}
    assert days == {0: "suspended", 1: "suspended", 19: "suspended", 20: "active", 21: "active"}


def test_a_resumption_on_record_for_an_earlier_day_frees_no_day_before_it_was_recorded(world: build.World) -> None:
    row = world.entrust()
    said = {"entrustment": row, "event_on": TODAY, "recorded_by_name": "—"}
    EntrustmentEvent(kind="suspended", recorded_at=AT, **said).save(force_insert=True)
    EntrustmentEvent(kind="resumed", recorded_at=AT + 5 * DAY, **said).save(force_insert=True)
    facts = load_entrustment_facts([row])[row.pk]
    assert [facts.state_on(TODAY + day * DAY) for day in (0, 4, 5)] == ["suspended", "suspended", "active"]


# ── one side's notice ───────────────────────────────────────────────────────────────────────────────────────────────


def to_sign(world: build.World) -> int:
    scope = scope_of(world.relation.contractor.user("signatory", C), TODAY)
    return len([duty for duty in waiting_on(scope, TODAY) if duty.code == "agreement_sign"])


def renewed(world: build.World, first: AgreementRevision, *, signed: tuple[str, ...] = (R, C)) -> AgreementRevision:
    """The renewal of an agreement, offered a month ahead of its first day."""
    by, starts_on = world.by(), TODAY + 60 * DAY
    covered = [row.entrustment for row in first.coverage.select_related("entrustment")]
    days = {"starts_on": starts_on, "ends_on": starts_on + 300 * DAY}
    actions.begin_renewal(agreement=first.agreement, entrustments=covered, by=by, at=AT, **days)
    row = actions.offer_for_signature(agreement=first.agreement, by=by, at=AT)
    for side in signed:
        actions.sign_agreement(revision=row, proof=make.proof(row), by=world.by(side, "signatory"), at=AT)
    return row


def test_a_notice_ends_the_renewal_that_was_signed_ahead_as_well(world: build.World) -> None:
    entrusted = world.entrust()
    first = build.concluded(world, [entrusted])
    second = renewed(world, first)
    over = TODAY + 10 * DAY
    build.give_notice(world, first, ended_on=over, moment=AT + DAY)
    cover = {one.revision_number: one for one in load_entrustment_facts([entrusted])[entrusted.pk].coverage}
    assert (cover[1].ended_on, cover[2].ended_on) == (over, over)
    assert [cover[1].effective_on(day) for day in (over - DAY, over)] == [True, False]
    assert not any(cover[2].effective_on(second.starts_on + n * DAY) for n in range(0, 300, 30))
    standing = agreement_states([first.agreement_id], second.starts_on)[first.agreement_id]
    assert (standing.key, standing.terminated_on) == ("terminated", over)
    facts = load_revision_facts(second)
    assert (facts.event, facts.notice_on, facts.closed) == ("", over, "terminated")
    assert revision_state(facts, in_force=False).word == "已终止"
    chain = load_validity(Entrustment.objects.all(), second.starts_on)[0]
    assert chain.cover is not None
    assert (chain.cover.revision_number, chain.cover.in_force) == (1, False)
    assert chain.cover.last_day == over - DAY


def test_a_text_offered_before_the_notice_is_not_concluded_after_it_and_a_later_one_is(world: build.World) -> None:
    entrusted = world.entrust()
    first = build.concluded(world, [entrusted])
    second = renewed(world, first, signed=(R,))
    agreement, over, later = first.agreement, TODAY + 10 * DAY, AT + 2 * DAY
    signatory = world.by(C, "signatory")
    assert to_sign(world) == 1
    build.give_notice(world, first, ended_on=over, moment=AT + DAY)
    assert to_sign(world) == 0
    assert waiting_revision(agreement) == 0
    sign = {"proof": make.proof(second), "by": signatory, "at": later}
    refused(lambda: actions.sign_agreement(revision=second, **sign), "notice_given")
    third = actions.offer_for_signature(agreement=agreement, by=world.by(), at=later)
    for side in (R, C):
        actions.sign_agreement(revision=third, proof=make.proof(third), by=world.by(side, "signatory"), at=later)
    cover = {one.revision_number: one for one in load_entrustment_facts([entrusted])[entrusted.pk].coverage}
    assert cover[3].ended_on is None
    assert cover[3].effective_on(third.starts_on)
    assert load_revision_facts(third).notice_on is None
    assert day_of(later) > TODAY


# ── two places at once, stays without end ───────────────────────────────────────────────────────────────────────────

moment = on_site.moment


@pytest.fixture
def places(world: build.World) -> tuple[Posting, Posting]:
    """Postings of one person at sites of two contractors."""
    build.concluded(world, [world.entrust()])
    here = on_site.posted(world.relation, world.site)
    other = build.world(make.pair(world.relation.registrant, make.organisation(sides=(C,), posts=("signatory",))))
    build.concluded(other, [other.entrust()])
    return here, on_site.posted(other.relation, other.site, person=on_site.resident(world.relation))


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        pytest.param((7.9, 17.1), "stay_elsewhere_meanwhile", id="encloses the other stay"),
        pytest.param((7, 8.1), "stay_elsewhere_meanwhile", id="reaches into it"),
        pytest.param((7, 8), None, id="ends as the other begins"),
        pytest.param((17, 18), None, id="begins as the other ends"),
        pytest.param((16.9, 18), "checked_in_elsewhere", id="begins within it"),
    ],
)
def test_a_stay_that_overlaps_one_elsewhere_is_refused(
    places: tuple[Posting, Posting], hours: tuple[float, float], code: str | None
) -> None:
    here, there = places
    on_site.stay(here, TODAY + DAY, (8, 17))

    def enter() -> None:
        on_site.stay(there, TODAY + DAY, hours, at=AT + 3 * DAY)

    if code:
        refused(enter, code)
    else:
        enter()


def test_a_stay_over_somebody_who_is_still_elsewhere_is_refused(places: tuple[Posting, Posting]) -> None:
    here, there = places
    on_site.entered(here, "in", moment(TODAY + DAY, 8))
    late = {"at": AT + 3 * DAY}
    on_site.entered(there, "in", moment(TODAY + DAY, 7), **late)
    refused(lambda: on_site.entered(there, "out", moment(TODAY + DAY, 9), **late), "stay_elsewhere_meanwhile")
    on_site.entered(there, "out", moment(TODAY + DAY, 8), **late)


def test_a_correction_makes_nobody_be_in_two_places_at_once_and_may_shorten_a_stay(
    places: tuple[Posting, Posting],
) -> None:
    here, there = places
    on_site.stay(here, TODAY + DAY, (8, 12))
    on_site.stay(there, TODAY + DAY, (13, 17))
    on_site.stay(here, TODAY + DAY, (18, 20))
    first_in, first_out, second_in, _second_out = PresenceEntry.objects.filter(posting=here).order_by("event_at")
    change = {"reason": "误登", "by": on_site.by_posted(here, AT + 3 * DAY), "at": AT + 3 * DAY}

    def moved(row: PresenceEntry, hour: float) -> PresenceEntry:
        return actions.correct_presence(entry=row, event_at=moment(TODAY + DAY, hour), **change)

    refused(lambda: moved(first_out, 13.1), "stay_elsewhere_meanwhile")
    shortened = moved(moved(first_out, 13), 11)
    refused(lambda: moved(second_in, 16.9), "stay_elsewhere_meanwhile")
    struck = actions.correct_presence(entry=second_in, void=True, **change)
    assert struck.void
    refused(lambda: actions.correct_presence(entry=shortened, void=True, **change), "stay_elsewhere_meanwhile")
    moved(first_in, 9)


def test_what_is_on_record_at_two_sites_at_once_counts_at_neither_and_the_rest_does(
    places: tuple[Posting, Posting],
) -> None:
    here, there = places
    on_site.stay(here, TODAY + DAY, (8, 17))
    for kind, hour in (("in", 12), ("out", 20)):
        said = {"kind": kind, "event_at": moment(TODAY + DAY, hour), "posting": there}
        row = PresenceEntry(**said, recorded_by_name="—", recorded_at=AT + 3 * DAY, pair_id=there.pair_id)
        row.registrant_id, row.contractor_id = there.registrant_id, there.contractor_id
        row.save(force_insert=True)
    found = {pk: load_supervision([pk])[pk] for pk in (here.pair_id, there.pair_id)}
    assert found == load_supervision(found)
    assert presence_at(found[here.pair_id], here.site_id) == ((moment(TODAY + DAY, 8), moment(TODAY + DAY, 12)),)
    assert presence_at(found[there.pair_id], there.site_id) == ((moment(TODAY + DAY, 17), moment(TODAY + DAY, 20)),)


def test_a_stay_of_a_month_is_taken_counts_for_nothing_and_counts_once_it_is_corrected(
    places: tuple[Posting, Posting],
) -> None:
    here, _there = places
    on_site.entered(here, "in", moment(TODAY + DAY, 8))
    left = on_site.entered(here, "out", moment(TODAY + 31 * DAY, 8))

    def present() -> tuple:
        return presence_at(load_supervision([here.pair_id])[here.pair_id], here.site_id)

    assert present() == ()
    by, at = on_site.by_posted(here, AT + 32 * DAY), AT + 32 * DAY
    when = moment(TODAY + 2 * DAY, 8)
    actions.correct_presence(entry=left, event_at=when, reason="漏记离场", by=by, at=at)
    assert present() == ((moment(TODAY + DAY, 8), when),)


# ── reviews of one agreement, ends of approvals ─────────────────────────────────────────────────────────────────────


def test_the_review_of_one_agreement_discharges_no_other_of_the_pair(world: build.World) -> None:
    mine, other = world.entrust(), world.entrust(device=build.second_device(world))
    build.concluded(world, [mine])
    reviewed = build.concluded(world, [other]).agreement
    at = AT + 330 * DAY
    reviews.concluded(world.relation, reviewed, at=at)
    facts = load_entrustment_facts([mine, other])
    due = {row.pk: review_due_of(facts[row.pk], TODAY + 400 * DAY) for row in (mine, other)}
    assert due == {mine.pk: (date(2027, 6, 1), False), other.pk: (a_year_after(day_of(at)), True)}


def test_an_earlier_review_entered_by_hand_counts_for_every_agreement_of_the_pair(world: build.World) -> None:
    mine = world.entrust()
    build.concluded(world, [mine])
    done = make.FOUNDED.date() - DAY
    given = {"kind": PairDuty.Kind.REVIEW, "done_on": done, "next_due_on": a_year_after(done)}
    actions.record_pair_duty(pair=world.pair, **given, reference="PS-1", upload=build.upload(), by=world.by(), at=AT)
    (known,) = load_entrustment_facts([mine])[mine.pk].reviewed
    assert known.due_on == a_year_after(done)


DUE = date(2027, 6, 1)


@pytest.mark.parametrize(
    ("reviewed", "on", "expected"),
    [
        pytest.param((), DUE, (DUE, True), id="no agreement, the pair's record"),
        pytest.param(((DUE - 365 * DAY, DUE + 9 * DAY, None),), DUE, (DUE, False), id="never reviewed"),
        pytest.param(
            ((date(2026, 1, 1), DUE, DUE - DAY), (date(2026, 2, 1), DUE, DUE + DAY)),
            DUE,
            (DUE - DAY, True),
            id="earliest",
        ),
        pytest.param(
            ((date(2025, 1, 1), DUE - DAY, date(2026, 2, 1)), (DUE, DUE + DAY, None)),
            DUE,
            (date(2028, 6, 1), False),
            id="the one before is over",
        ),
        pytest.param(
            ((date(2025, 1, 1), DUE - DAY, date(2026, 2, 1)), (DUE, DUE + DAY, None)),
            DUE - DAY,
            (date(2026, 2, 1), True),
            id="on its last day it still counts",
        ),
        pytest.param(
            ((date(2025, 1, 1), date(2026, 1, 1), date(2026, 2, 1)), (date(2026, 1, 2), DUE - DAY, None)),
            DUE,
            (date(2027, 1, 2), False),
            id="all are over: the last one",
        ),
    ],
)
def test_the_review_that_is_due_is_that_of_the_agreement_in_force(
    reviewed: tuple, on: date, expected: tuple[date, bool]
) -> None:
    rows = tuple(ReviewedFact(n, *row) for n, row in enumerate(reviewed))
    facts = known.entrustment(reviewed=rows, review_due_on=DUE)
    assert review_due_of(facts, on) == expected


def test_an_end_set_for_later_is_brought_forward_and_never_put_back(world: build.World) -> None:
    build.concluded(world, [world.entrust()])
    row = on_site.supplier(world.relation)
    by = world.by()

    def end(last_day: date, at=AT):
        return actions.end_supplier_approval(approval=row, last_day=last_day, reason="严重问题", by=by, at=at)

    end(TODAY + 100 * DAY)
    refused(lambda: end(TODAY + 100 * DAY), "supplier_ended_already")
    refused(lambda: end(TODAY + 101 * DAY), "supplier_ended_already", "supplier_end_outside")
    end(TODAY)
    (fact,) = load_supervision([world.pair.pk])[world.pair.pk].suppliers
    assert fact.last_day == TODAY
    end(TODAY - DAY)
    (fact,) = load_supervision([world.pair.pk])[world.pair.pk].suppliers
    assert fact.last_day == TODAY - DAY
    assert row.end is not None
    assert row.end.last_day == TODAY - DAY
    refused(lambda: end(TODAY - DAY), "supplier_ended_already")
    for late in (TODAY - DAY, TODAY):
        raw = SupplierApprovalEnd(approval=row, last_day=late, reason="x", recorded_by_name="—", recorded_at=AT)
        with pytest.raises(DatabaseError), transaction.atomic():
            raw.save(force_insert=True)
    assert SupplierApprovalEnd.objects.count() == 3


@pytest.mark.parametrize(("first_day", "warnings"), [(TODAY - DAY, ["supplier_recorded_late"]), (TODAY, [])])
def test_an_approval_that_begins_before_it_is_recorded_says_so(
    world: build.World, first_day: date, warnings: list
) -> None:
    on_site.supplier(world.relation, approved_from=first_day)
    assert Entry.objects.get(verb="supplier.approved").content["data"]["warnings"] == warnings
