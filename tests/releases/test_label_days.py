"""Texts of labels are judged by the data of the lot's last production day: both days of every edge, in both directions."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo.catalogue.facts_identifiers import load_identifiers
from cmo.parties import actions as parties
from cmo.parties.versions import SHANGHAI
from releases.facts import CheckFact, load_lot_facts
from releases.facts.labels import load_label_block, load_label_checks, load_label_facts
from releases.models import Lot
from releases.rules import findings_for_market_release, findings_for_production_release
from releases.rules.scanning import Scan, ScannedLot, compare_scan
from tests import make
from tests.catalogue import build as devices
from tests.catalogue import build_identifiers as di

from . import build
from .build_labels import checked, label_text, rewritten

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
#: The day on which data change; lots are finished on it or on the day before.
TURN = build.MADE_TO


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI)


@pytest.fixture
def w() -> build.World:
    return build.world()


def lots(w: build.World, last: date = TURN, **changes: Any) -> tuple[Lot, Lot]:
    """One lot finished on the day before ``last``, one on it."""
    before, on = (
        build.lot(w, produced_from=day - DAY, produced_to=day, at=max(build.AT, noon(build.MADE_TO)), **changes)
        for day in (last - DAY, last)
    )
    return before, on


def says(row: Lot, kind: str = "label") -> dict[str, str]:
    """What the gates on the content of label or instructions say of the lot."""
    found = findings_for_production_release(load_lot_facts([row])[row.pk], make.TODAY)
    return {one.code: one.severity for one in found if one.code.startswith(f"{kind}_content")}


def check_of(row: Lot) -> CheckFact:
    found = load_lot_facts([row])[row.pk].label_check
    assert found is not None
    return found


# ── data without days of their own: what was confirmed by the end of the day ─────────────────────────────────────────


@pytest.mark.parametrize(
    ("side", "change", "item"),
    [
        ("registrant", {"name_zh": "甲更名医疗科技有限公司"}, "registrant"),
        ("registrant", {"address_zh": "浙江省宁波市示例区九号路 9 号"}, "registrant_address"),
        ("contractor", {"address_zh": "浙江省宁波市示例区九号路 9 号"}, "contractor_address"),
        ("contractor", {"contact": "0574-55550000"}, "contractor_contact"),
    ],
)
def test_a_changed_party_ends_old_labels_for_lots_from_that_day_on(
    w: build.World, side: str, change: dict[str, str], item: str
) -> None:
    rewritten(w.firm_of("quality_manager", side), noon(TURN), **change)
    before, on = lots(w)
    assert says(before) == says(before, "ifu") == {}
    assert says(on) == {"label_content_outdated": "blocks"}
    assert says(on, "ifu") == {"ifu_content_outdated": "blocks"}
    assert check_of(on).missing == check_of(on).outdated == (item,)


def test_a_new_text_serves_lots_from_that_day_on_and_is_pointed_out_for_earlier_ones(w: build.World) -> None:
    rewritten(w.registrant, noon(TURN), name_zh="甲更名医疗科技有限公司")
    checked(w, at=noon(TURN) + timedelta(hours=1))
    before, on = lots(w)
    assert says(on) == {}
    assert says(before) == {"label_content_confirmed_since": "warns"}
    assert check_of(before).confirmed_since == ("registrant",)


def test_a_changed_site_counts_as_the_parties_do(w: build.World) -> None:
    content = make.site_version(w.site).content() | {"address_zh": "浙江省杭州市示例区八号路 8 号"}
    version = parties.propose_site_version(
        site=w.site, content=content, reason="变更", by=w.contractor.actor(), at=noon(TURN)
    )
    make.confirm(version, w.contractor, at=noon(TURN))
    before, on = lots(w)
    assert (says(before), says(on)) == ({}, {"label_content_outdated": "blocks"})
    assert check_of(on).missing == ("production_address",)


def test_an_item_missed_by_the_check_is_found_once_its_fact_is_on_record(w: build.World) -> None:
    """A contact that was not on record makes a text incomplete; entered later, the same text is only pointed out."""
    telephone = w.contractor.data.contact
    rewritten(w.contractor, noon(TURN - 2 * DAY), contact="")
    checked(w, text=label_text(w.entrustment, "label", TURN) + f"\n联系电话：{telephone}", at=noon(TURN - DAY))
    row = build.lot(w)
    assert says(row) == {"label_content_not_on_record": "blocks"}
    assert check_of(row).unrecorded == ("contractor_contact",)
    rewritten(w.contractor, noon(TURN + DAY), contact=telephone)
    assert says(row) == {"label_content_confirmed_since": "warns"}
    (later,) = lots(w, TURN + DAY)[1:]
    assert says(later) == {}


# ── data with days of their own: their first day decides, whenever they were confirmed ───────────────────────────────


@pytest.mark.parametrize("confirmed_on", [TURN - 3 * DAY, TURN + DAY])
def test_a_renewed_licence_counts_from_its_first_day(w: build.World, confirmed_on: date) -> None:
    old = label_text(w.entrustment, "label", TURN - 4 * DAY)
    make.new_licence_version(
        w.site.organisation.licences.get().versions.get(),
        w.contractor,
        at=noon(confirmed_on),
        number_printed="浙药监械生产许20269999号",
        first_day=TURN,
        last_day=TURN + timedelta(days=1825),
    )
    checked(w, text=old, at=noon(TURN + DAY))
    before, on = lots(w)
    assert says(before) == {}
    assert says(on) == {"label_content": "blocks"}
    assert check_of(on).missing == ("licence",)
    assert "20269999" in load_label_facts(w.entrustment, TURN).licence
    assert "20269999" not in load_label_facts(w.entrustment, TURN - DAY).licence
    checked(w, at=noon(TURN + 2 * DAY))
    assert says(on) == {}
    assert says(before) == {"label_content_outdated": "blocks"}


def test_a_licence_that_lapsed_leaves_the_label_to_the_gates_on_licences(w: build.World) -> None:
    rows = lots(w)
    current = w.site.organisation.licences.get().versions.get()
    make.new_licence_version(current, w.contractor, at=noon(TURN + DAY), last_day=TURN - DAY)
    for row in rows:
        assert says(row) == {}


@pytest.mark.parametrize("confirmed_on", [TURN - 3 * DAY, TURN + DAY])
def test_a_renewed_certificate_counts_from_its_first_day(w: build.World, confirmed_on: date) -> None:
    current = w.device.versions.get()
    days = {"first_day": TURN, "last_day": TURN + timedelta(days=1825)}
    devices.new_version(current, w.registrant, number_printed="国械注准20263130077", at=noon(confirmed_on), **days)
    before, on = lots(w)
    assert check_of(before).missing == ()
    assert check_of(on).missing == ("certificate",)


def test_a_name_changed_within_a_certificate_counts_from_the_day_of_its_confirmation(w: build.World) -> None:
    devices.new_version(w.device.versions.get(), w.registrant, name_zh="外周血管支架", at=noon(TURN))
    devices.new_version(w.device.versions.latest("id"), w.registrant, name_zh="示例支架产品", at=noon(TURN + DAY))
    before, on = lots(w)
    assert check_of(before).missing == ()
    assert check_of(on).missing == (), "the old name still contains the name confirmed on that day"
    later = build.lot(w, produced_from=TURN, produced_to=TURN + DAY)
    assert check_of(later).missing == ("product_name",)


# ── when a UDI falls due ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def second_class() -> build.World:
    printed = {"device_class": "II", "number_printed": "浙械注准20232130001", "udi_listed": "no"}
    return build.world(**printed)


def test_the_day_from_which_a_udi_is_due_ends_labels_without_one(second_class: build.World) -> None:
    w = second_class
    assert "udi" not in w.label.checks.get().expected
    before, on = lots(w, date(2027, 6, 1))
    assert says(before) == {}
    assert says(on) == {"label_content_outdated": "blocks"}
    assert check_of(on).missing == ("udi",)
    checked(w, text=label_text(w.entrustment, "label", date(2027, 6, 1)))
    assert says(before) == says(on) == {}


@pytest.mark.parametrize(("answer", "asks"), [("no", False), ("unknown", True), ("yes", True)])
def test_an_answer_on_the_listing_counts_for_lots_made_before_it_was_given(
    second_class: build.World, answer: str, asks: bool
) -> None:
    w = second_class
    row = build.lot(w)
    assert says(row) == {}
    devices.new_version(w.device.versions.get(), w.registrant, udi_listed=answer, at=build.AT)
    assert says(row) == ({"label_content_outdated": "blocks"} if asks else {})
    facts = load_lot_facts([row])[row.pk]
    gate = {one.code for one in findings_for_market_release(facts, make.TODAY)}
    assert load_label_facts(w.entrustment, row.produced_to).udi_due is asks
    assert ("udi" in facts.label_check.missing) is asks  # type: ignore[union-attr]
    assert gate.isdisjoint({"udi_assigned", "udi_listing_unknown"}), "the lot carries an identifier"


def test_an_identifier_of_the_day_after_is_on_the_label_nowhere(w: build.World) -> None:
    last = build.MADE_TO
    on_time = di.registered(w.registrant, w.device, "PS-8-60", assigned_on=last, at=noon(last))
    row = build.lot(w, model="PS-8-60")
    late = build.lot(w, model="PS-8-60", produced_to=last - DAY)

    def three(lot: Lot) -> tuple[bool, bool, bool]:
        facts = load_lot_facts([lot])[lot.pk]
        gate = {one.code for one in findings_for_market_release(facts, make.TODAY)}
        scanned = ScannedLot(lot.number, lot.model, lot.produced_from, lot.produced_to, lot.expires_on, lot.site_id)
        scan = compare_scan(Scan("gs1", on_time.code), scanned, load_identifiers([lot.device_id])[lot.device_id])
        block = {one.code for one in load_label_block(lot).missing}
        return "udi_assigned_too_late" in gate, "no_di_of_the_model" in block, scan[0].verdict == "mismatch"

    assert three(row) == (False, False, False)
    assert three(late) == (True, True, True)


@pytest.mark.parametrize("spelled", ["PS-8-60", "ps-8-60", "  PS-8-60 ", "PS-8-6"])
def test_gate_label_and_scan_agree_on_what_a_model_is_called(w: build.World, spelled: str) -> None:
    known = di.registered(w.registrant, w.device, "PS-8-60", assigned_on=build.MADE_FROM, at=noon(build.MADE_FROM))
    lot, same = build.lot(w, model=spelled), spelled != "PS-8-6"
    facts = load_lot_facts([lot])[lot.pk]
    gate = {one.code for one in findings_for_market_release(facts, make.TODAY)}
    block = load_label_block(lot)
    scanned = ScannedLot(lot.number, lot.model, lot.produced_from, lot.produced_to, lot.expires_on, lot.site_id)
    identifiers = load_identifiers([lot.device_id])[lot.device_id]
    verdicts = {one.key: one.verdict for one in compare_scan(Scan("gs1", known.code), scanned, identifiers)}
    (stranger,) = [one for one in compare_scan(Scan("gs1", "0"), scanned, identifiers) if one.key == "di"]
    assert ("udi_assigned" in gate, block.di, verdicts["model"], stranger.expected) == (
        (False, known.code, "match", known.code) if same else (True, "", "mismatch", "")
    )


# ── loading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_checks_of_a_pair_are_judged_for_the_day_asked_for(w: build.World) -> None:
    rewritten(w.registrant, noon(TURN), name_zh="甲更名医疗科技有限公司")
    key = (w.entrustment.pk, w.label.pk)
    assert load_label_checks([w.entrustment], TURN - DAY)[key].complete
    assert load_label_checks([w.entrustment], TURN)[key].outdated == ("registrant",)
    known = load_label_checks([w.entrustment], TURN, known_at=noon(TURN))
    assert known[key].complete, "what is confirmed at that moment is not known before it"


def test_a_small_label_is_held_against_the_minimum_on_every_day(w: build.World) -> None:
    checked(w, text="外周血管支架系统 PS-6-40\n生产日期 失效日期\n其他内容详见说明书", small=True)
    rewritten(w.registrant, noon(TURN), name_zh="甲更名医疗科技有限公司")
    _before, on = lots(w)
    assert says(on) == {}


def test_lots_of_many_days_cost_the_queries_of_one(w: build.World) -> None:
    rows = [build.lot(w, produced_to=build.MADE_FROM + n * DAY) for n in range(5)]
    costs = []
    for some in (rows[:1], rows):
        with CaptureQueriesContext(connection) as captured:
            load_lot_facts(some)
        costs.append(len(captured))
    assert costs[0] == costs[1] <= 14
