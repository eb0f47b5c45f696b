"""What waits on whom in parties, which last days approach, and how states are worded."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cmo.clock import day_of
from cmo.evidence import registry
from cmo.parties import actions
from cmo.parties.access import (
    Can,
    may,
    require,
    require_administrator,
    require_for,
    scope_of,
    still_allowed,
    still_allowed_for,
)
from cmo.parties.duties import coming_up, waiting_on
from cmo.parties.facts import key_posts
from cmo.parties.models import Licence, LicenceVersion, Post, User
from cmo.parties.renewal import licence_window
from cmo.parties.states import is_near, licence_state, post_state, version_state
from tests import make

pytestmark = pytest.mark.django_db


def titles(user: User) -> list[str]:
    with translation.override("en"):
        return [str(duty.title) for duty in waiting_on(scope_of(user, make.TODAY), make.TODAY)]


def test_a_proposed_version_waits_on_the_other_quality_managers_only() -> None:
    firm = make.organisation(sides=("contractor",), posts=("viewer",))
    make.licence(firm, confirmed=False)
    assert titles(firm.user(nth=0)) == []
    assert titles(firm.user(nth=1)) == ["Confirm licence data"]
    assert titles(firm.user("viewer")) == []


def test_an_appointment_waits_on_whoever_neither_proposed_nor_gets_it() -> None:
    firm = make.organisation(posts=())
    make.open_post(firm, "viewer")
    assert titles(firm.user(nth=1)) == []
    assert titles(firm.user(nth=0)) == ["Confirm an appointment"]


def test_a_proposal_waits_on_quality_of_the_addressed_organisation() -> None:
    registrant, contractor = make.organisation(posts=()), make.organisation(sides=("contractor",), posts=("viewer",))
    make.proposal(registrant, contractor)
    assert titles(contractor.user()) == ["Answer the proposal of a pair"]
    assert titles(contractor.user("viewer")) == []
    assert titles(registrant.user()) == []


def test_a_current_licence_waits_for_the_registrant_until_it_is_accepted() -> None:
    world = make.pair()
    version = make.licence(world.contractor)
    assert titles(world.registrant.user()) == ["Check and accept the contractor's licence"]
    assert titles(world.contractor.user()) == []
    make.accepted_licence(world, version)
    assert titles(world.registrant.user()) == []


def test_last_days_come_up_for_the_holder_and_for_the_registrant() -> None:
    world = make.pair()
    version = make.licence(world.contractor, last_day=make.TODAY + timedelta(days=30))
    until = make.TODAY + timedelta(days=90)
    closes = ("licence_window_closes", licence_window(version.last_day)[1])
    for firm, more in ((world.registrant, []), (world.contractor, [closes])):
        found = coming_up(scope_of(firm.user(), make.TODAY), make.TODAY, until)
        assert {duty.about for duty in found} == {version.number_printed}
        assert [(duty.code, duty.due_on) for duty in found] == [("licence_ends", version.last_day), *more]
        assert {duty.owner_ids for duty in found} == {frozenset({world.contractor.pk})}
    assert coming_up(scope_of(world.registrant.user(), make.TODAY), make.TODAY, make.TODAY) == []


def test_the_window_of_a_licence_comes_up_until_renewal_is_applied_for() -> None:
    firm = make.organisation(sides=("contractor",), posts=("viewer",))
    last_day = date(2027, 3, 31)
    version = make.licence(firm, last_day=last_day)
    opens, closes = licence_window(last_day)

    def days(on: date) -> dict[str, date | None]:
        found = coming_up(scope_of(firm.user("viewer"), on), on, last_day)
        return {duty.code.removeprefix("licence_"): duty.due_on for duty in found}

    all_of_it = {"window_opens": opens, "window_closes": closes, "ends": last_day}
    assert days(opens) == all_of_it
    assert days(opens + timedelta(days=1)) == {"window_closes": closes, "ends": last_day}
    assert days(closes + timedelta(days=1)) == {"window_closes": closes, "ends": last_day}
    assert days(last_day + timedelta(days=1)) == {"ends": last_day}
    make.new_licence_version(version, firm, renewal_filed_on=make.TODAY, renewal_proof="SL-1")
    assert days(opens) == {"ends": last_day}


def test_a_day_that_an_organisation_sets_otherwise_moves_no_window_of_a_licence() -> None:
    firm = make.organisation(sides=("contractor",), posts=())
    make.licence(firm, last_day=date(2027, 3, 31))
    scope, until = scope_of(firm.user(), make.TODAY), date(2027, 3, 31)

    def closes() -> date | None:
        found = coming_up(scope, make.TODAY, until)
        return next(duty.due_on for duty in found if duty.code == "licence_window_closes")

    before = closes()
    off = date(2027, 3, 30)
    actions.set_working_day(day=off, arrangement="off", reason="国办发明电〔2026〕9号", by=firm.actor(), at=make.AT)
    assert before == closes() is not None


def test_a_person_hears_that_their_post_ends() -> None:
    firm = make.organisation(posts=())
    user = make.post(firm, "viewer", ends_on=make.TODAY + timedelta(days=10))
    scope = scope_of(User.objects.get(pk=user.pk), make.TODAY)
    found = coming_up(scope, make.TODAY, make.TODAY + timedelta(days=90))
    assert [duty.due_on for duty in found] == [make.TODAY + timedelta(days=10)]


def test_colleagues_hear_of_a_written_authorisation_that_ends_until_it_is_given_again() -> None:
    firm = make.organisation(posts=())
    last_day = make.TODAY + timedelta(days=10)
    releaser = make.post(firm, "market_releaser", ends_on=last_day)
    make.post(firm, "viewer", ends_on=last_day)

    def found(user: User, until: date = last_day) -> list[str]:
        return [duty.code for duty in coming_up(scope_of(user, make.TODAY), make.TODAY, until)]

    assert found(firm.user()) == ["authorisation_ends"]
    assert found(firm.user(), last_day - timedelta(days=1)) == []
    assert found(User.objects.get(pk=releaser.pk)) == ["own_post_ends"]
    assert found(make.organisation(posts=()).user()) == []
    make.post(firm, "market_releaser", user=releaser, starts_on=last_day + timedelta(days=1))
    assert found(firm.user()) == []


def test_an_authorisation_that_ran_out_stays_overdue_until_somebody_holds_the_post_beyond_it() -> None:
    firm = make.organisation(posts=())
    last_day = make.TODAY + timedelta(days=10)
    releaser = make.post(firm, "market_releaser", ends_on=last_day)
    make.post(firm, "viewer", user=releaser)

    def found(user: User, days: int) -> list[tuple[str, date | None, str]]:
        on = last_day + timedelta(days=days)
        duties = coming_up(scope_of(User.objects.get(pk=user.pk), on), on, on)
        return [(duty.code, duty.due_on, duty.tone) for duty in duties]

    assert found(firm.user(), 0) == [("authorisation_ends", last_day, "pending")]
    for days in (1, 100):
        assert found(firm.user(), days) == [("authorisation_ends", last_day, "bad")]
        assert found(releaser, days) == [("authorisation_ends", last_day, "bad")]
    make.post(firm, "market_releaser", starts_on=make.TODAY, ends_on=last_day)
    assert len(found(firm.user(), 1)) == 2
    make.post(firm, "market_releaser", ends_on=last_day + timedelta(days=1))
    assert found(firm.user(), 1) == [("authorisation_ends", last_day + timedelta(days=1), "pending")]
    assert found(firm.user(), 2) == [("authorisation_ends", last_day + timedelta(days=1), "bad")]


def test_an_authorisation_that_was_ended_by_a_decision_is_not_overdue() -> None:
    firm, later = make.organisation(posts=()), make.AT + timedelta(days=11)
    make.post(firm, "market_releaser", ends_on=make.TODAY + timedelta(days=10))
    post = Post.objects.get(organisation_id=firm.pk, role="market_releaser")
    scope = scope_of(firm.user(), day_of(later))
    assert [duty.code for duty in coming_up(scope, scope.on, scope.on)] == ["authorisation_ends"]
    actions.end_post(post=post, ended_on=scope.on, reason="不再需要", by=firm.actor(), at=later)
    assert coming_up(scope, scope.on, scope.on) == []


def test_the_number_of_queries_does_not_grow_with_the_number_of_matters() -> None:
    firm = make.organisation(sides=("contractor",), posts=())
    place = make.site(firm)

    def count() -> int:
        scope = scope_of(firm.user(nth=1), make.TODAY)
        with CaptureQueriesContext(connection) as queries:
            assert waiting_on(scope, make.TODAY)
        return len(queries)

    make.licence(firm, sites=[place], confirmed=False)
    few = count()
    for _ in range(5):
        make.licence(firm, sites=[place], confirmed=False)
        make.open_post(firm, "viewer")
    assert count() == few


# ── states ───────────────────────────────────────────────────────────────────────────────────────────────────────────

LAST = date(2028, 5, 31)


def licence(**changes: Any) -> LicenceVersion:
    return LicenceVersion(**{
        "licence": Licence(kind="licence"),
        "first_day": date(2023, 6, 1),
        "last_day": LAST,
        "standing": "in_force",
        **changes,
    })  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "on", "expected"),
    [
        ({}, date(2023, 5, 31), ("idle", "not yet in force")),
        ({}, date(2023, 6, 1), ("good", "in force")),
        ({}, LAST - timedelta(days=131), ("good", "in force")),
        ({}, LAST - timedelta(days=130), ("pending", "expires soon")),
        ({}, LAST, ("pending", "expires soon")),
        ({}, LAST + timedelta(days=1), ("bad", "expired")),
        ({"deemed_renewed": True}, LAST + timedelta(days=1), ("pending", "deemed renewed")),
        ({"last_day": None}, date(2099, 1, 1), ("good", "in force")),
        ({"standing": "revoked"}, date(2024, 1, 1), ("bad", "revoked")),
        ({"standing": "suspended"}, date(2024, 1, 1), ("bad", "suspended")),
    ],
)
def test_a_licence_is_worded_by_its_standing_and_days(
    changes: dict[str, Any], on: date, expected: tuple[str, str]
) -> None:
    version = licence(**changes)
    with translation.override("en"):
        assert licence_state(version, on) == expected
    assert is_near(version, on) is (expected == ("pending", "expires soon"))


def test_posts_and_versions_are_worded_by_what_happened_to_them() -> None:
    firm = make.organisation(sides=("contractor",), posts=("viewer", "signatory"))
    on = make.TODAY
    state = lambda post: post_state(Post.objects.select_related("user", "decision", "end").get(pk=post.pk), on)  # noqa: E731
    with translation.override("en"):
        held = Post.objects.get(role="viewer")
        assert state(held).word == "in office"
        assert post_state(held, held.starts_on - timedelta(days=1)).word == "begins later"
        opened = make.open_post(firm, "viewer")
        assert state(opened).word == "waiting for confirmation"
        actions.turn_down_post(post=opened, reason="误", by=firm.actor(), at=make.AT)
        assert state(opened).word == "turned down"
        actions.end_post(post=held, ended_on=on, reason="调岗", by=firm.actor(), at=make.AT)
        assert state(held).word == "ended"
        make.dismissed(firm.user("signatory"))
        assert state(Post.objects.get(role="signatory")).word == "account closed"
        version = make.licence(firm, confirmed=False)
        assert version_state(version).word == "waiting for confirmation"
        confirmed = make.confirm(version, firm)
        assert version_state(LicenceVersion.objects.get(pk=confirmed.pk)).word == "confirmed"
        second = make.new_licence_version(version, firm, confirmed=False)
        actions.turn_down_version(version=second, reason="误", by=firm.actor(), at=make.AT)
        assert version_state(LicenceVersion.objects.get(pk=second.pk)).word == "turned down"


def test_key_posts_name_their_holders_and_the_empty_ones() -> None:
    firm = make.organisation(posts=("signatory",))
    posts = key_posts([firm.pk], "registrant", make.TODAY)[firm.pk]
    assert posts.empty == ("management_representative", "market_releaser")
    assert dict(posts.rows)["signatory"] == (firm.user("signatory").printed_name,)


# ── who ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_actor_names_post_side_and_organisation() -> None:
    world = make.pair()
    by = require(world.registrant.user(), Can.ACCEPT_LICENCE, world.pair, make.TODAY)
    assert (by.post, by.side, by.organisation_id) == ("quality_manager", "registrant", world.registrant.pk)
    assert by.organisation == world.registrant.data.name_zh


def test_nobody_acts_without_the_post_the_pair_or_the_side() -> None:
    world, stranger = make.pair(), make.organisation(posts=())
    with pytest.raises(PermissionDenied, match=r"质量负责人|quality manager"):
        require(world.registrant.user("viewer"), Can.ACCEPT_LICENCE, world.pair, make.TODAY)
    with pytest.raises(PermissionDenied):
        require(stranger.user(), Can.ACCEPT_LICENCE, world.pair, make.TODAY)
    with pytest.raises(PermissionDenied):
        require_for(stranger.user(), Can.PROPOSE_PAIR, stranger.pk, make.TODAY, "contractor")
    with pytest.raises(PermissionDenied):
        require_administrator(stranger.user())
    assert may(scope_of(stranger.user(), make.TODAY), Can.READ, world.pair) is None


def test_an_actor_of_one_organisation_does_not_act_for_another() -> None:
    world, stranger = make.pair(), make.organisation(posts=())
    forged = stranger.actor()
    with pytest.raises(PermissionDenied):
        still_allowed(forged, Can.ACCEPT_LICENCE, world.pair, make.TODAY)
    with pytest.raises(PermissionDenied):
        still_allowed_for(forged, Can.APPOINT, world.registrant.organisation, make.TODAY)


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_files_are_read_and_added_by_whoever_the_record_belongs_to() -> None:
    world, stranger = make.pair(), make.organisation(posts=())
    version = make.licence(world.contractor)
    pair, licence = f"parties.pair:{world.pair.pk}", f"parties.licence:{version.licence_id}"
    post = f"parties.post:{Post.objects.filter(organisation_id=world.contractor.pk).earliest('pk').pk}"
    on, registrant, contractor = make.TODAY, world.registrant.user(), world.contractor.user()
    assert [registry.may_read(registrant, key, on) for key in (pair, licence, post)] == [True, True, False]
    assert [registry.may_read(contractor, key, on) for key in (pair, licence, post)] == [True, True, True]
    assert [registry.may_read(stranger.user(), key, on) for key in (pair, licence, post)] == [False, False, False]
    assert not registry.may_read(registrant, "parties.licence:999999", on)
    assert not registry.may_read(registrant, "parties.pair:999999", on)
    assert registry.writer_of(registrant, pair, on).organisation_id == world.registrant.pk
    assert registry.writer_of(contractor, licence, on).organisation_id == world.contractor.pk
    for user, key in ((registrant, licence), (world.registrant.user("viewer"), pair), (registrant, "parties.pair:0")):
        with pytest.raises(PermissionDenied):
            registry.writer_of(user, key, on)
    assert registry.stream_of(pair) == world.pair.stream
    assert registry.stream_of(licence) == registry.stream_of(post) == world.contractor.stream
