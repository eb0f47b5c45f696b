"""After a signature: what a change of base data or a decision does to lots, released or not, and before it is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements import actions as agreement_actions
from agreements.models import EntrustmentEvent, Hold, PresenceEntry
from cmo.catalogue import actions as catalogue_actions
from cmo.catalogue.models import DeviceVersion
from cmo.clock import day_of
from cmo.parties import actions as parties_actions
from cmo.parties.access import Can, require, scope_of
from cmo.parties.models import Licence, LicenceVersion, Post, PostEnd, User
from cmo.parties.tenancy import tenant
from cmo.trail.models import Entry
from releases import actions
from releases.actions.supposing import consequences_of
from releases.affected import affected_lots, change_of, in_full
from releases.facts import load_lot_facts
from releases.facts.affected import Change
from releases.models import Lot
from releases.rules import findings_for
from tests import make
from tests.releases import build

pytestmark = pytest.mark.django_db
AT, TODAY = build.AT, day_of(build.AT)
LATER = AT + timedelta(days=3)


@pytest.fixture
def w() -> build.World:
    return build.world()


def sold(w: build.World, **changes: Any) -> Lot:
    """A lot on the market."""
    row = build.filed(w, build.lot(w, **changes))
    build.released(w, row)
    build.marketed(w, row)
    return row


def quality(w: build.World, side: str = "registrant") -> Any:
    return getattr(w, side).actor("quality_manager")


def licence_version(w: build.World, **changes: Any) -> LicenceVersion:
    """A proposed further version of the contractor's licence."""
    licence = Licence.objects.get(organisation=w.contractor.organisation)
    current = LicenceVersion.objects.current_by_subject([licence.pk])[licence.pk]
    content = {name: getattr(current, name) for name in current.content_fields} | changes
    return parties_actions.propose_licence_version(
        licence=licence, content=content, reason="许可事项变更", by=quality(w, "contractor"), at=AT
    )


def device_version(w: build.World, **changes: Any) -> DeviceVersion:
    """A proposed further version of the device."""
    current = DeviceVersion.objects.current_by_subject([w.device.pk])[w.device.pk]
    content = {name: getattr(current, name) for name in current.content_fields} | changes
    return catalogue_actions.propose_device_version(
        device=w.device, content=content, reason="注册证变更", by=quality(w), at=AT
    )


def confirmed(w: build.World, version: Any, side: str) -> None:
    by = getattr(w, side).actor("quality_manager", nth=1)
    parties_actions.confirm_version(version=version, proof=make.proof(version), by=by, at=LATER)


def lose_site(w: build.World) -> None:
    confirmed(w, licence_version(w, site_ids=[make.site(w.contractor).pk]), "contractor")


def lose_scope(w: build.World) -> None:
    confirmed(w, licence_version(w, scope=["22"]), "contractor")


def revoke_certificate(w: build.World) -> None:
    confirmed(w, device_version(w, standing="revoked"), "registrant")


def lose_address(w: build.World) -> None:
    own = {"address": "北京市示例路 1 号", "entrusted": False, "contractor_name": "", "contractor_uscc": ""}
    confirmed(w, device_version(w, production_addresses=[own]), "registrant")


def suspend(w: build.World) -> None:
    change = {"entrustment": w.entrustment, "event_on": build.MADE_TO, "reason": "整改", "by": quality(w), "at": LATER}
    agreement_actions.suspend_entrustment(**change)


def hold(w: build.World) -> None:
    agreement_actions.place_hold(pair=w.pair, reason="飞行检查", by=quality(w), at=LATER)


def withdraw_label(w: build.World) -> None:
    last = build.MADE_FROM - timedelta(days=1)
    catalogue_actions.withdraw_label_version(
        label=w.label, last_used_on=last, reason="文字有误", by=quality(w), at=LATER
    )


#: What changed → (the group of reasons, the code that stands against a lot made before).
CHANGES: dict[str, tuple[Callable[[build.World], None], str, str]] = {
    "the licence loses the site": (lose_site, "licence", "licence_names_site"),
    "the licence loses the sub-catalogue": (lose_scope, "licence", "licence_covers_product"),
    "the certificate is revoked": (revoke_certificate, "certificate", "certificate_now"),
    "the certificate loses the contractor's address": (lose_address, "certificate", "contractor_on_certificate"),
    "the entrustment is suspended back in time": (suspend, "entrustment", "entrustment_at_manufacture"),
    "a hold is placed": (hold, "hold", "pair_on_hold"),
    "a label version is withdrawn": (withdraw_label, "label", "label_version"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_stops_unreleased_lots_at_once_and_lists_released_ones_with_its_reason(
    w: build.World, name: str
) -> None:
    change, group, code = CHANGES[name]
    released, waiting = sold(w), build.filed(w, build.lot(w))
    assert affected_lots(Change(), None, TODAY) == []
    change(w)
    facts = load_lot_facts([waiting])[waiting.pk]
    assert code in {f.code for stage in ("production", "market") for f in findings_for(stage, facts, day_of(LATER))}
    (found,) = affected_lots(Change(), None, day_of(LATER))
    assert (found.lot.lot_id, found.lot.stage) == (released.pk, "market")
    assert (group, code) in {(g, finding.code) for g, finding in found.reasons}
    assert [one.lot.lot_id for one in affected_lots(Change(kind=group), None, TODAY)] == [released.pk]
    assert affected_lots(Change(kind="catalogue"), None, TODAY) == []


def strike_presence_out(w: build.World) -> None:
    entry = PresenceEntry.objects.filter(kind="out").get()
    person = User.objects.get(pk=entry.posting.person_id)
    by = require(person, Can.LOG_PRESENCE, w.pair, day_of(LATER))
    agreement_actions.correct_presence(
        entry=entry.posting.presence.get(kind="in"), void=True, event_at=None, reason="并未到场", by=by, at=LATER
    )


def find_the_label_wanting(w: build.World) -> None:
    actions.check_label(entrustment=w.entrustment, label=w.label, text="只有名称", by=quality(w), at=LATER)


#: What was entered later → (the group of reasons, the code that stands against a lot made before).
LATER_ENTRIES: dict[str, tuple[Callable[[build.World], None], str, str]] = {
    "presence is struck out": (strike_presence_out, "supervision", "coverage"),
    "the label is found wanting": (find_the_label_wanting, "label", "label_content"),
}


@pytest.mark.parametrize("name", LATER_ENTRIES)
def test_a_later_entry_about_what_a_release_rested_on_lists_the_lot(w: build.World, name: str) -> None:
    change, group, code = LATER_ENTRIES[name]
    row = sold(w)
    assert affected_lots(Change(), None, TODAY) == []
    change(w)
    (found,) = affected_lots(Change(), None, day_of(LATER))
    assert found.lot.lot_id == row.pk
    assert (group, code) in {(g, finding.code) for g, finding in found.reasons}
    (shown,) = in_full([found])
    assert {g for g, _finding in shown.reasons} == {group}


def test_a_hold_on_one_released_lot_concerns_that_lot_alone(w: build.World) -> None:
    first, _second = sold(w), sold(w)
    actions.place_lot_hold(lot=first, reason="投诉", by=quality(w), at=LATER)
    (found,) = affected_lots(Change(), None, TODAY)
    assert (found.lot.lot_id, found.groups) == (first.pk, ["hold"])


def test_an_account_closed_later_does_not_touch_what_was_decided_before(w: build.World) -> None:
    sold(w)
    make.dismissed(w.user("market_releaser"), at=LATER)
    assert affected_lots(Change(), None, TODAY) == []


def test_a_post_that_ended_before_the_release_concerns_what_that_person_released(w: build.World) -> None:
    lot = sold(w)
    post = Post.objects.get(user=w.user("market_releaser"), role="market_releaser")
    ended = {"ended_on": TODAY - timedelta(days=1), "ended_by_name": "甲", "recorded_at": LATER, "reason": "停职"}
    PostEnd(post=post, **ended).save(force_insert=True)
    (found,) = affected_lots(change_of(post) or Change(), None, TODAY)
    assert (found.lot.lot_id, found.groups) == (lot.pk, ["post"])


def test_lots_that_production_alone_released_are_listed_as_such(w: build.World) -> None:
    row = build.filed(w, build.lot(w))
    build.released(w, row)
    hold(w)
    (found,) = affected_lots(Change(), None, TODAY)
    assert (found.lot.lot_id, found.lot.stage) == (row.pk, "production")


def test_a_withdrawn_or_rejecting_decision_is_not_looked_back_on(w: build.World) -> None:
    row = build.filed(w, build.lot(w))
    build.released(w, row, outcome="rejected")
    other = sold(w)
    release = other.market_releases.get()
    actions.withdraw_market(release=release, reason="更正", by=w.actor("market_releaser"), at=AT)
    hold(w)
    assert [(one.lot.lot_id, one.lot.stage) for one in affected_lots(Change(), None, TODAY)] == [
        (other.pk, "production")
    ]


def test_what_merely_runs_out_after_the_release_concerns_no_released_lot(w: build.World) -> None:
    sold(w)
    assert affected_lots(Change(), None, date(2040, 1, 1)) == []
    end = {"entrustment": w.entrustment, "event_on": day_of(LATER), "reason": "到期", "by": quality(w), "at": LATER}
    agreement_actions.end_entrustment(**end)
    assert affected_lots(Change(), None, day_of(LATER)) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (Change(), 1),
        (Change(pair_id=0), 0),
        (Change(device_id=0), 0),
        (Change(since=TODAY), 1),
        (Change(since=TODAY + timedelta(days=1)), 0),
        (Change(person_id=0), 0),
    ],
)
def test_a_change_is_narrowed_to_the_rows_and_days_it_names(w: build.World, change: Change, found: int) -> None:
    sold(w)
    hold(w)
    assert len(affected_lots(change, None, TODAY)) == found


def test_nobody_sees_lots_of_strangers(w: build.World) -> None:
    lot = sold(w)
    hold(w)
    own, foreign = w.user("viewer", "registrant"), make.organisation().user()
    assert [one.lot.lot_id for one in affected_lots(Change(), scope_of(own, TODAY), TODAY)] == [lot.pk]
    assert affected_lots(Change(), scope_of(foreign, TODAY), TODAY) == []


def supposed(w: build.World, row: Any, at: Any = AT) -> Any:
    return consequences_of(row=row, scope=scope_of(w.user("quality_manager", "registrant"), day_of(at)), at=at)


def test_a_preview_counts_what_would_be_stopped_and_listed_and_leaves_nothing_behind(w: build.World) -> None:
    released, waiting, made = sold(w), build.filed(w, build.lot(w)), build.filed(w, build.lot(w))
    build.released(w, made)
    version = licence_version(w, site_ids=[make.site(w.contractor).pk])
    entries, hold_rows = Entry.objects.count(), Hold.objects.count()
    found = supposed(w, version)
    assert {one.lot_id for one in found.stopped} == {waiting.pk, made.pk}
    assert [one.lot_id for one in found.concerned] == [released.pk], "each lot is counted once"
    version.refresh_from_db()
    assert version.state == "proposed"
    assert (Entry.objects.count(), Hold.objects.count()) == (entries, hold_rows)
    confirmed(w, version, "contractor")
    assert {one.lot.lot_id for one in affected_lots(Change(), None, TODAY)} == {released.pk, made.pk}, "as foretold"


def test_a_harmless_version_concerns_no_lot(w: build.World) -> None:
    sold(w)
    build.lot(w)
    found = supposed(w, device_version(w, name_en="Another name"))
    assert (found.stopped, found.concerned) == ((), ())


@pytest.mark.parametrize("kind", ["suspended", "ended", "hold"])
def test_suspending_ending_and_locking_say_beforehand_what_they_stop(w: build.World, kind: str) -> None:
    waiting = build.filed(w, build.lot(w))
    recorded = {"recorded_by_name": "—", "recorded_at": AT}
    row: Any = EntrustmentEvent(entrustment=w.entrustment, kind=kind, event_on=TODAY, **recorded)
    if kind == "hold":
        row = Hold(**tenant(w.pair), side="registrant", reason="—", **recorded)
    found = supposed(w, row)
    assert [one.lot_id for one in found.stopped] == [waiting.pk]
    assert not EntrustmentEvent.objects.exists()
    assert not Hold.objects.exists()


def test_rows_on_which_no_release_rests_have_no_preview(w: build.World) -> None:
    assert change_of(w.pair) is None
    assert supposed(w, w.pair) is None


def test_the_search_costs_the_same_number_of_queries_for_few_and_many_lots(w: build.World) -> None:
    counts = []
    for number in (2, 8):
        while Lot.objects.count() < number:
            sold(w)
        with CaptureQueriesContext(connection) as captured:
            affected_lots(Change(), None, TODAY)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 33
    hold(w)
    assert len(affected_lots(Change(), None, TODAY)) == 8


def test_classes_find_exactly_the_lots_that_judging_every_lot_finds(w: build.World) -> None:
    first = build.MADE_FROM
    windows = [(first + timedelta(days=n), first + timedelta(days=n + length)) for n in range(4) for length in (0, 2)]
    lots = [sold(w, produced_from=begun, produced_to=ended) for begun, ended in windows]
    suspended = first + timedelta(days=2)
    change = {"entrustment": w.entrustment, "reason": "整改", "by": quality(w), "at": LATER}
    agreement_actions.suspend_entrustment(event_on=suspended, **change)
    agreement_actions.resume_entrustment(event_on=suspended + timedelta(days=1), **change)
    found = affected_lots(Change(), None, TODAY)
    expected = {lot.pk for lot, (begun, ended) in zip(lots, windows, strict=True) if begun <= suspended <= ended}
    assert {one.lot.lot_id for one in found} == expected
    shown = in_full(found)
    assert [one.groups for one in shown] == [one.groups for one in found]
    for one in shown:
        assert suspended.isoformat() in one.reasons[0][1].en
