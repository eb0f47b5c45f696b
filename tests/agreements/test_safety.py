"""What may not be undone afterwards: suspended days, notices, two places at once, holds of findings, dated ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agreements import actions
from agreements.duties import waiting_on
from agreements.facts import agreement_states, load_entrustment_facts, load_revision_facts
from agreements.facts.agreement import waiting_revision
from agreements.facts.validity import load_validity
from agreements.models import AgreementRevision, Entrustment, EntrustmentEvent
from agreements.states import revision_state
from cmo.clock import day_of
from cmo.parties.access import scope_of
from tests import make
from tests.agreements import build
from tests.agreements.build import AT, TODAY, C, R
from tests.agreements.test_actions import refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world() -> build.World:
    return build.world()


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
