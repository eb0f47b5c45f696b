"""Data confirmed late that change what the label of a released lot must say: the lot is listed, by its last day of manufacture."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmo.clock import day_of
from cmo.parties.models import Licence
from releases.affected import affected_lots, in_full
from releases.facts import load_lot_facts
from releases.facts.affected import Change
from releases.models import Lot
from releases.rules import Case
from releases.rules.affected import LOOKED_BACK, reasons
from tests import make
from tests.releases import build

from .build_labels import checked, rewritten
from .test_affected import AT, LATER, TODAY, confirmed, device_version, licence_version, sold, supposed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
#: The last day of manufacture of the lots here.
LAST = build.MADE_TO
RENEWED = {"number_printed": "国械注准20263130077", "last_day": date(2031, 1, 1)}
SECOND_CLASS = {"device_class": "II", "number_printed": "浙械注准20232130001", "udi_listed": "no", "implantable": "no"}


@pytest.fixture
def w() -> build.World:
    return build.world()


def listed(on: date | None = None) -> dict[int, set[str]]:
    """Lot → codes of the reasons about labels against its release."""
    found: dict[int, set[str]] = {}
    for one in affected_lots(Change(), None, on or day_of(LATER)):
        codes = {finding.code for group, finding in one.reasons if group == "label"}
        found |= {one.lot.lot_id: codes} if codes else {}
    return found


def two_released(w: build.World) -> tuple[Lot, Lot]:
    """Released lots finished on the day before :data:`LAST` and on it."""
    before, on = (sold(w, produced_from=day - DAY, produced_to=day) for day in (LAST - DAY, LAST))
    return before, on


# ── the certificate ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("first_day", "concerned"), [(LAST, True), (LAST + DAY, False)])
def test_a_certificate_renewed_late_concerns_lots_finished_from_its_first_day_on(
    w: build.World, first_day: date, concerned: bool
) -> None:
    (before, on), waiting = two_released(w), build.filed(w, build.lot(w))
    version = device_version(w, first_day=first_day, **RENEWED)
    foretold = supposed(w, version)
    assert [one.lot_id for one in foretold.concerned] == ([on.pk] if concerned else [])
    assert [one.lot_id for one in foretold.stopped] == ([waiting.pk] if concerned else [])
    assert listed() == {}, "nothing of the supposition stays"
    confirmed(w, version, "registrant")
    assert listed() == ({on.pk: {"label_content_outdated", "ifu_content_outdated"}} if concerned else {})
    assert before.pk not in listed()


def test_the_reason_says_the_day_and_what_the_label_lacks(w: build.World) -> None:
    lot = sold(w)
    confirmed(w, device_version(w, first_day=LAST, **RENEWED), "registrant")
    (found,) = in_full(affected_lots(Change(kind="label"), None, day_of(LATER)))
    assert (found.lot.lot_id, found.groups) == (lot.pk, ["label"])
    text = found.reasons[0][1].en
    assert LAST.isoformat() in text
    assert "Certificate or filing number" in text


def test_a_late_version_that_leaves_the_label_unchanged_concerns_no_lot(w: build.World) -> None:
    sold(w)
    build.lot(w)
    version = device_version(w, first_day=LAST, last_day=RENEWED["last_day"])
    found = supposed(w, version)
    assert (found.stopped, found.concerned) == ((), ())
    confirmed(w, version, "registrant")
    assert affected_lots(Change(), None, day_of(LATER)) == []


def test_a_lot_whose_label_already_says_the_new_number_is_not_listed(w: build.World) -> None:
    both = sold(w)
    text = w.label.checks.get().text
    for row in (w.label, w.ifu):
        checked(w, row, text=f"{row.checks.get().text}\n{RENEWED['number_printed']}")
    confirmed(w, device_version(w, first_day=LAST, **RENEWED), "registrant")
    assert listed() == {}
    checked(w, text=text, at=LATER)
    assert listed() == {both.pk: {"label_content"}}, "the latest check of the text counts"


def test_lots_that_production_alone_released_are_listed_too(w: build.World) -> None:
    row = build.filed(w, build.lot(w))
    build.released(w, row)
    version = device_version(w, first_day=LAST, **RENEWED)
    assert [one.lot_id for one in supposed(w, version).stopped] == [row.pk], "they wait for the market, and are stopped"
    confirmed(w, version, "registrant")
    assert listed().keys() == {row.pk}


# ── the licence ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("first_day", "number", "concerned"),
    [
        (LAST, "浙药监械生产许20269999号", True),
        (LAST + DAY, "浙药监械生产许20269999号", False),
        (LAST, "", False),
    ],
)
def test_a_licence_renewed_late_concerns_lots_finished_from_its_first_day_on(
    w: build.World, first_day: date, number: str, concerned: bool
) -> None:
    before, on = two_released(w)
    said = {"number_printed": number} if number else {}
    version = licence_version(w, first_day=first_day, **said)
    confirmed(w, version, "contractor")
    make.accepted_licence(w.relation, version, at=LATER)
    assert listed() == ({on.pk: {"label_content_outdated", "ifu_content_outdated"}} if concerned else {})
    assert before.pk not in listed()


def test_the_confirmation_of_a_renewed_licence_names_the_lots_whose_labels_it_changes(w: build.World) -> None:
    before, on = two_released(w)
    version = licence_version(w, first_day=LAST, number_printed="浙药监械生产许20269999号")
    concerned = {one.lot_id for one in supposed(w, version).concerned}
    assert on.pk in concerned
    assert before.pk not in concerned
    assert Licence.objects.get(organisation=w.contractor.organisation).versions.get(pk=version.pk).state == "proposed"


# ── whether a UDI is due ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("answer", "concerned"), [("yes", True), ("unknown", True), ("no", False)])
def test_an_answer_on_the_listing_concerns_lots_released_with_labels_without_a_udi(
    answer: str, concerned: bool
) -> None:
    w = build.world(supervised=False, **SECOND_CLASS, implantable_reason="不植入")
    assert "udi" not in w.label.checks.get().expected
    released, waiting = sold(w), build.filed(w, build.lot(w))
    version = device_version(w, udi_listed=answer, name_en="Another name")
    found = supposed(w, version)
    assert [one.lot_id for one in found.concerned] == ([released.pk] if concerned else [])
    assert [one.lot_id for one in found.stopped] == ([waiting.pk] if concerned else [])
    confirmed(w, version, "registrant")
    assert listed() == ({released.pk: {"label_content_outdated"}} if concerned else {}), "instructions carry no UDI"


# ── data without days of their own ───────────────────────────────────────────────────────────────────────────────────


def test_a_name_confirmed_on_the_evening_of_the_last_day_concerns_the_lot_released_that_noon(w: build.World) -> None:
    """What is confirmed by the end of the last day of manufacture decides, so that evening's name does."""
    on = sold(w, produced_from=TODAY - DAY, produced_to=TODAY)
    before = sold(w, produced_from=TODAY - DAY, produced_to=TODAY - DAY)
    assert listed(TODAY) == {}
    rewritten(w.registrant, AT + timedelta(hours=9), name_zh="甲更名医疗科技有限公司")
    assert listed(TODAY) == {on.pk: {"label_content_outdated", "ifu_content_outdated"}}
    rewritten(w.registrant, AT + timedelta(days=1), name_zh="乙更名医疗科技有限公司")
    assert before.pk not in listed()


# ── set-wise ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_classes_find_exactly_the_labels_that_judging_every_lot_finds(w: build.World) -> None:
    days = [LAST + n * DAY for n in range(-3, 3)]
    lots = [sold(w, produced_from=day - DAY, produced_to=day) for day in days]
    confirmed(w, device_version(w, first_day=LAST - DAY, **RENEWED), "registrant")
    make.accepted_licence(w.relation, _new_number(w, LAST + DAY), at=LATER)
    facts = load_lot_facts(lots)
    alone = {lot.pk: reasons(Case("market", facts[lot.pk], TODAY), LOOKED_BACK) for lot in lots}
    found = {one.lot.lot_id: one.reasons for one in affected_lots(Change(), None, day_of(LATER))}
    assert found.keys() == {pk for pk, why in alone.items() if why} == {lot.pk for lot in lots[2:]}
    assert {pk: [f.code for _g, f in why] for pk, why in found.items()} == {
        pk: [f.code for _g, f in why] for pk, why in alone.items() if why
    }
    missing = [facts[lot.pk].label_check.missing for lot in lots]  # type: ignore[union-attr]
    assert missing == [(), (), ("certificate",), ("certificate",), *[("certificate", "licence")] * 2]


def _new_number(w: build.World, first_day: date) -> Any:
    version = licence_version(w, first_day=first_day, number_printed="浙药监械生产许20269999号")
    confirmed(w, version, "contractor")
    return version


def test_the_search_costs_the_same_number_of_queries_for_few_and_many_labels(w: build.World) -> None:
    confirmed(w, device_version(w, name_en="Another name"), "registrant")
    counts = []
    for number in (2, 8):
        while Lot.objects.count() < number:
            sold(w, produced_from=LAST - Lot.objects.count() * DAY, produced_to=LAST)
        with CaptureQueriesContext(connection) as captured:
            affected_lots(Change(), None, TODAY)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 17
    confirmed(w, device_version(w, first_day=LAST, **RENEWED), "registrant")
    with CaptureQueriesContext(connection) as captured:
        assert len(listed()) == 8
    assert len(captured) == counts[1]
