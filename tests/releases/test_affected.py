"""After a signature: what a change of base data or a decision does to lots, released or not, and before it is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from agreements import actions as agreement_actions
from agreements.facts import load_entrustment_facts
from agreements.models import EntrustmentEvent, Hold, Posting, PostingEnd, SupplierApproval
from cmo.catalogue import actions as catalogue_actions
from cmo.catalogue.models import DeviceIdentifier, DeviceVersion, IdentifierEvent
from cmo.clock import day_of
from cmo.parties import actions as parties_actions
from cmo.parties.access import Can, require, scope_of
from cmo.parties.models import Licence, LicenceVersion, Post, PostEnd, User
from cmo.parties.tenancy import tenant
from cmo.trail import append_only
from cmo.trail.models import Entry
from releases import actions
from releases.actions.supposing import consequences_of
from releases.affected import affected_lots, change_of, in_full
from releases.facts import load_lot_facts
from releases.facts.affected import Change, released_lots
from releases.facts.turned import entered_since
from releases.models import Lot, LotException, LotMaterial, LotStep
from releases.rules import GATES, Case, findings_for
from releases.rules.affected import CAUSES, LOOKED_BACK, TOUCHED, TURNS, reasons
from releases.rules.gate import MANUFACTURE, RELEASE
from releases.rules.waiving import waived_text
from releases.states import REASON_GROUPS
from tests import make
from tests.agreements import build_supervision as on_site
from tests.releases import build

pytestmark = pytest.mark.django_db
AT, TODAY = build.AT, day_of(build.AT)
LATER = AT + timedelta(days=3)
RECORDED = {"recorded_by_name": "—", "recorded_at": LATER}


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
    """A proposed further version of the contractor's licence, from the first day of manufacture on."""
    licence = Licence.objects.get(organisation=w.contractor.organisation)
    current = LicenceVersion.objects.current_by_subject([licence.pk])[licence.pk]
    content = {name: getattr(current, name) for name in current.content_fields}
    content |= {"first_day": build.MADE_FROM, **changes}
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
    confirmed(w, device_version(w, standing="revoked", first_day=TODAY), "registrant")


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
    alone = Case("market", load_lot_facts([released])[released.pk], day_of(AT))
    assert found.reasons == reasons(alone, LOOKED_BACK), "what lots share is judged as the lot itself is"
    assert [one.lot.lot_id for one in affected_lots(Change(kind=group), None, TODAY)] == [released.pk]
    assert affected_lots(Change(kind="catalogue"), None, TODAY) == []


def strike_presence_out(w: build.World) -> None:
    posting = Posting.objects.get(pair=w.pair)
    by = require(User.objects.get(pk=posting.person_id), Can.LOG_PRESENCE, w.pair, day_of(LATER))
    day = timedelta(days=1)
    for begun in (on_site.moment(build.MADE_FROM, 9) - day, on_site.moment(build.MADE_FROM, 9)):
        entry = posting.presence.get(kind="in", event_at=begun)
        agreement_actions.correct_presence(entry=entry, void=True, event_at=None, reason="并未到场", by=by, at=LATER)


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


#: Device data as they are entered first → as they are confirmed later, the group of reasons and a code that stands then.
DEMANDS: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "implantable": ({"implantable": "no"}, {"implantable": "yes"}, "supervision", "coverage_no_posting"),
    "sterile": ({"implantable": "no", "sterile": False}, {"sterile": True}, "supplier", "sterilisation_not_recorded"),
    "udi_listed": (
        {"implantable": "no", "device_class": "II", "number_printed": "浙械注准20232139999", "udi_listed": "no"},
        {"udi_listed": "yes"},
        "udi",
        "udi_assigned",
    ),
}


@pytest.mark.parametrize("name", DEMANDS)
def test_device_data_that_demand_more_than_before_find_the_lots_made_without_it(name: str) -> None:
    first, then, group, code = DEMANDS[name]
    w = build.world(supervised=False, **({"implantable_reason": "不植入"} | first))
    model = "PS-8-60" if name == "udi_listed" else "PS-6-40"
    released, waiting = sold(w, model=model), build.filed(w, build.lot(w, model=model))
    assert affected_lots(Change(), None, TODAY) == []
    version = device_version(w, **then)
    found = supposed(w, version)
    assert waiting.pk in {one.lot_id for one in found.stopped} or name == "sterile", "production only warns of it"
    assert [one.lot_id for one in found.concerned] == [released.pk]
    confirmed(w, version, "registrant")
    (listed,) = affected_lots(Change(), None, day_of(LATER))
    assert listed.lot.lot_id == released.pk
    assert (group, code) in {(g, finding.code) for g, finding in listed.reasons}
    assert [g for g, _finding in in_full([listed])[0].reasons] == [g for g, _finding in listed.reasons]
    assert affected_lots(Change(kind=group), None, TODAY) != []


def test_device_data_that_demand_nothing_new_of_lots_load_none_of_them(w: build.World) -> None:
    lot = sold(w)
    confirmed(w, device_version(w, name_en="Another name"), "registrant")
    (group,) = released_lots(Change(), Q())
    assert group.lots == (lot.pk,)
    assert turned(w, group) == frozenset()
    confirmed(w, device_version(w, sterile=True), "registrant")
    assert turned(w, group) == {"demanded"}


def turned(w: build.World, *groups: Any) -> frozenset[str]:
    """What was turned about the lots of the first of these groups."""
    return entered_since(groups, {w.device.pk}).causes(
        groups[0], load_entrustment_facts([w.entrustment])[w.entrustment.pk]
    )


def day_by_day(w: build.World, days: int = 4) -> Any:
    """A posting with a stay from eight to six on every day from the first of manufacture on."""
    first = on_site.moment(build.MADE_FROM, 8)
    posting = build.supervise(w, first, first + timedelta(hours=10))
    for number in range(1, days):
        begun = first + timedelta(days=number)
        on_site.entered(posting, "in", begun)
        on_site.entered(posting, "out", begun + timedelta(hours=10))
    return posting


def test_a_correction_of_presence_touches_only_lots_made_at_that_site_on_the_days_of_its_stay() -> None:
    w = build.world(supervised=False)
    posting = day_by_day(w)
    days = [build.MADE_FROM + timedelta(days=number) for number in range(4)]
    lots = [sold(w, produced_from=day, produced_to=day) for day in days]
    entry = posting.presence.get(kind="in", event_at=on_site.moment(days[1], 8))
    by = w.registrant.actor("quality_manager")
    agreement_actions.correct_presence(entry=entry, void=True, reason="并未到场", by=by, at=LATER)
    groups = released_lots(Change(), Q())
    since = entered_since(groups, {w.device.pk})
    facts = load_entrustment_facts([w.entrustment])[w.entrustment.pk]
    touched = {pk for group in groups if since.causes(group, facts) for pk in group.lots}
    assert touched == {lots[1].pk, lots[2].pk}, "a stay may have counted for a day after its check-in"
    assert not any(since.causes(group, replace(facts, site_id=0)) for group in groups)
    assert [one.lot.lot_id for one in affected_lots(Change(), None, day_of(LATER))] == [lots[1].pk]


def test_a_check_out_entered_late_finds_what_was_released_while_the_stay_was_open() -> None:
    w = build.world(supervised=False)
    posting = day_by_day(w, days=1)
    lot = sold(w, produced_from=build.MADE_FROM, produced_to=build.MADE_FROM)
    step = {"starts_at": on_site.moment(build.MADE_FROM, 14), "ends_at": on_site.moment(build.MADE_FROM, 16)}
    with append_only.suspended(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM agreements_presenceentry WHERE kind = 'out'")
    LotStep(lot=lot, name="焊接", kind="key", performed_by="", recorded_by_name="—", recorded_at=AT, **step).save(
        force_insert=True
    )
    by = require(User.objects.get(pk=posting.person_id), Can.LOG_PRESENCE, w.pair, day_of(LATER))
    left = on_site.moment(build.MADE_FROM, 12)
    agreement_actions.check_out(posting=posting, event_at=left, by=by, at=LATER)
    (found,) = affected_lots(Change(), None, day_of(LATER))
    assert found.lot.lot_id == lot.pk
    assert "14:00–16:00" in in_full([found])[0].reasons[0][1].en


def test_an_approval_and_a_posting_taken_back_touch_the_days_after_their_end_until_they_were(w: build.World) -> None:
    lot = sold(w, produced_from=TODAY, produced_to=TODAY)
    material = {"name": "钛丝", "material_lot": "M1", "supplier": build.SUPPLIER}
    LotMaterial(lot=lot, **material, **RECORDED).save(force_insert=True)
    (group,) = released_lots(Change(), Q())
    before = group._replace(produced_from=TODAY - timedelta(days=1), produced_to=TODAY - timedelta(days=1))
    approval = SupplierApproval.objects.get(pair=w.pair)
    given = {"reason": "停止供货", "by": quality(w), "at": AT}
    agreement_actions.end_supplier_approval(approval=approval, last_day=TODAY - timedelta(days=1), **given)
    assert turned(w, group) == {"supplied"}
    assert turned(w, before) == frozenset()
    (found,) = affected_lots(Change(), None, TODAY)
    assert found.groups == ["supplier"]
    posting = Posting.objects.get(pair=w.pair)
    PostingEnd(posting=posting, last_day=TODAY - timedelta(days=1), reason="—", **RECORDED).save(force_insert=True)
    assert turned(w, group) == {"supplied", "presence"}
    assert turned(w, before) == frozenset()


def test_any_number_of_touched_lots_is_loaded_some_at_a_time(w: build.World, monkeypatch: pytest.MonkeyPatch) -> None:
    lots = [sold(w) for _ in range(5)]
    strike_presence_out(w)
    whole = affected_lots(Change(), None, day_of(LATER))
    monkeypatch.setattr("releases.facts.affected.CHUNK", 2)
    found = affected_lots(Change(), None, day_of(LATER))
    assert found == whole
    assert [one.lot.lot_id for one in in_full(found)] == [lot.pk for lot in lots]


def test_an_exception_for_a_part_does_not_excuse_a_whole_lot_that_is_released(w: build.World) -> None:
    lot = sold(w)
    strike_presence_out(w)
    (found,) = affected_lots(Change(), None, day_of(LATER))
    waived = waived_text(next(finding for group, finding in found.reasons if group == "supervision"))
    asked = LotException(
        lot=lot, code="coverage", waived=waived, justification="—", effect="—", quantity=999, **RECORDED
    )
    asked.save(force_insert=True)
    build.decided(w, asked, at=LATER)
    assert [one.groups for one in affected_lots(Change(), None, day_of(LATER))] == [["supervision"]]


def test_what_turns_single_lots_is_named_once_for_every_cause() -> None:
    assert frozenset().union(*CAUSES.values()) == TOUCHED.keys()
    assert TOUCHED.keys() <= {gate.code for gate in GATES} - LOOKED_BACK.keys()
    assert {*LOOKED_BACK.values(), *TOUCHED.values()} <= REASON_GROUPS.keys()
    made = {change_of(row).kind for row in (Hold(), IdentifierEvent(identifier=DeviceIdentifier(device_id=1)))}  # type: ignore[union-attr]
    assert made <= REASON_GROUPS.keys()


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
    end = PostEnd(post=post, **ended)
    end.save(force_insert=True)
    (found,) = affected_lots(change_of(end) or Change(), None, TODAY)
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
    assert counts[0] == counts[1] <= 17
    hold(w)
    assert len(affected_lots(Change(), None, TODAY)) == 8


def test_lots_decided_on_by_the_same_person_on_the_same_legal_day_are_one_group(w: build.World) -> None:
    late = AT.replace(hour=23, minute=30)
    rows = []
    for at in (late, late, late + timedelta(hours=1)):
        rows.append(build.filed(w, build.lot(w)))
        build.released(w, rows[-1], at=at)
        build.marketed(w, rows[-1], at=at)
    first, second, third = (row.pk for row in rows)
    found = [(one.stage, one.on, one.lots) for one in released_lots(Change(), Q())]
    assert found == [("market", TODAY, (first, second)), ("market", TODAY + timedelta(days=1), (third,))]


def test_what_is_looked_back_on_rests_on_nothing_that_a_lot_has_for_itself() -> None:
    gates = [gate for gate in GATES if gate.code in LOOKED_BACK]
    assert {gate.code for gate in gates} == LOOKED_BACK.keys()
    assert {gate.needs for gate in gates} == {"", "releaser"}
    assert [gate.code for gate in gates if gate.waivable] == []
    assert {gate.dated_by for gate in gates} <= {RELEASE, MANUFACTURE}, "days by which lots are put into classes"
    assert {gate.applies_from for gate in gates} <= {*TURNS, None}


def test_classes_find_exactly_the_lots_that_judging_every_lot_finds(w: build.World) -> None:
    first = build.MADE_FROM
    windows = [(first + timedelta(days=n), first + timedelta(days=n + length)) for n in range(4) for length in (0, 2)]
    lots = [sold(w, produced_from=begun, produced_to=ended) for begun, ended in windows]
    suspended = first + timedelta(days=2)
    change = {"entrustment": w.entrustment, "reason": "整改", "by": quality(w), "at": LATER}
    agreement_actions.suspend_entrustment(event_on=suspended, **change)
    agreement_actions.resume_entrustment(event_on=day_of(LATER), **change)
    found = affected_lots(Change(), None, TODAY)
    expected = {lot.pk: begun for lot, (begun, ended) in zip(lots, windows, strict=True) if suspended <= ended}
    assert {one.lot.lot_id for one in found} == expected.keys()
    shown = in_full(found)
    assert [one.groups for one in shown] == [one.groups for one in found]
    for one in shown:
        assert max(suspended, expected[one.lot.lot_id]).isoformat() in one.reasons[0][1].en
