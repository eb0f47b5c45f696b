"""Correcting a lot and its key materials: what counts afterwards, what stays readable, what is refused, and by whom."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from cmo.clock import day_of
from cmo.dossier.snapshot import Snapshot
from cmo.trail import append_only
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from releases import actions
from releases.corrections_shown import corrections_of, materials_of
from releases.facts import PRODUCTION, load_lot_facts
from releases.importing.kinds.lots import Lots
from releases.invariants.correcting import unlike_the_newest
from releases.models import CONTENT, Lot, LotCorrection, LotMaterial
from tests.releases import build, making
from tests.releases.test_actions import codes, verbs
from tests.releases.test_pages import signed_in

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def w() -> build.World:
    return build.world()


@pytest.fixture
def row(w: build.World) -> Lot:
    return build.filed(w, build.lot(w))


def said(lot: Lot, **changes: Any) -> dict[str, Any]:
    """Everything that a lot says and that can be corrected, with changes."""
    current = Lot.objects.get(pk=lot.pk)
    return {name: getattr(current, name) for name in CONTENT} | changes


def correct(w: build.World, lot: Lot, *, at: Any = build.AT, reason: str = "抄录有误", **changes: Any) -> LotCorrection:
    by, seen = w.contractor.actor("production_planner"), changes.pop("seen", lot.corrections.count())
    return actions.correct_lot(lot=lot, content=said(lot, **changes), seen=seen, reason=reason, by=by, at=at)


def refused(w: build.World, lot: Lot, **changes: Any) -> set[str]:
    return codes(lambda: correct(w, lot, **changes))


# ── lots ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lot_registered_ahead_is_completed_and_released(w: build.World) -> None:
    row = build.filed(w, build.lot(w, label_version=None, ifu_version=None, expires_on=None))
    blocked = {"label_version_missing", "ifu_version_missing"}
    assert blocked <= codes(lambda: build.released(w, row))
    correct(w, row, label_version=w.label, ifu_version=w.ifu, expires_on=date(2029, 5, 1), reason="投产后补登")
    assert json.loads(build.released(w, row).facts)["lot"]["label"]["version_id"] == w.label.pk


def test_the_lot_reads_as_corrected_everywhere_and_the_correction_keeps_what_it_said(w: build.World, row: Lot) -> None:
    made = correct(w, row, produced_to=build.MADE_TO + 2 * DAY, quantity=1200, unit=" 套 ", reason=" 生产延长 ")
    fact, listed = load_lot_facts([row])[row.pk], Lot.objects.get(produced_to=build.MADE_TO + 2 * DAY, quantity=1200)
    assert (fact.produced_to, fact.quantity, fact.unit, fact.limit(PRODUCTION)) == (
        listed.produced_to,
        1200,
        "套",
        1200,
    )
    assert (made.reason, made.before["produced_to"]) == ("生产延长", build.MADE_TO.isoformat())
    assert [line["quantity"] for line in Lots(w.pair).listed()] == [1200]
    assert verbs(row)[-1] == "lot.corrected"
    entry = json.loads(Entry.objects.filter(verb="lot.corrected").get().payload)
    assert (entry["reason"], entry["data"]["before"]["quantity"], entry["data"]["quantity"]) == ("生产延长", 1000, 1200)
    assert verify().ok
    (shown,) = corrections_of(row)
    assert {(change.old, change.new) for change in shown.changes} >= {("1000", "1200"), ("件", "套")}


def test_every_earlier_moment_reads_what_the_lot_said_then(w: build.World, row: Lot) -> None:
    correct(w, row, at=build.AT + HOUR, label_version=None, quantity=900)
    correct(w, row, at=build.AT + 2 * HOUR, quantity=800)
    told = []
    for hours in (0.5, 1.5, 2.5):
        moment = build.AT + hours * HOUR
        fact = load_lot_facts([row], moment)[row.pk]
        line = Snapshot(w.pair, moment).one("releases.lot", row.pk)
        assert line is not None
        assert (line["quantity"], line["label_version_id"]) == (
            fact.quantity,
            fact.label.version_id if fact.label else None,
        )
        told.append((fact.quantity, fact.label is not None))
    assert told == [(1000, True), (900, False), (800, False)]


def test_a_correction_needs_a_reason_a_change_and_sound_data(w: build.World, row: Lot) -> None:
    assert refused(w, row, reason=" ", quantity=2) == {"correction_reason_missing"}
    assert refused(w, row) == {"correction_changes_nothing"}
    assert refused(w, row, quantity=0, model=" ") == {"quantity_missing", "model_missing"}
    assert refused(w, row, produced_to=build.MADE_FROM - DAY) == {"window_reversed"}
    assert refused(w, row, expires_on=build.MADE_TO) == {"use_by_date_early"}
    assert refused(w, row, label_version=w.ifu) == {"label_of_other_device"}
    assert refused(w, row, ifu_version=w.label) == {"ifu_of_other_device"}
    assert not LotCorrection.objects.exists()


def test_true_days_are_recorded_also_when_they_stop_the_lot(w: build.World, row: Lot) -> None:
    """The record says what happened; whether that was lawful the conditions of release judge."""
    correct(w, row, produced_from=day_of(build.BEGAN) - 30 * DAY)
    assert "entrustment_at_manufacture" in codes(lambda: build.released(w, row))


def test_steps_stay_inside_the_corrected_window(w: build.World, row: Lot) -> None:
    step = making.step(w, row)
    later = build.MADE_FROM + DAY
    assert refused(w, row, produced_from=later) == {"step_outside_correction"}
    by = w.contractor.actor("production_planner")
    moved = {name: making.moment(later, hour) for name, hour in (("starts_at", 9), ("ends_at", 11))}
    actions.correct_step(step=step, content=making.step_content(**moved), reason="日期有误", by=by, at=build.AT)
    correct(w, row, produced_from=later)
    correct(w, row, produced_to=later)
    fact = load_lot_facts([row])[row.pk]
    assert fact.produced_from == fact.produced_to == later


def test_a_quantity_below_what_deviations_say_is_refused(w: build.World, row: Lot) -> None:
    taken = {"disposition": "scrapped", "quantity_out": 4}
    making.accepted(w, making.closure(w, making.deviation(w, row, quantity=40), **taken))
    (deviation,) = load_lot_facts([row])[row.pk].deviations
    concerned, out = deviation.quantity, deviation.taken_out
    assert concerned is not None
    assert 0 < out <= concerned
    assert refused(w, row, quantity=out - 1) == {"quantity_below_taken_out", "quantity_below_concerned"}
    correct(w, row, quantity=concerned)
    assert load_lot_facts([row])[row.pk].limit(PRODUCTION) == concerned - out


def test_a_lot_taken_over_stays_one_from_before_the_records(w: build.World) -> None:
    first = day_of(build.BEGAN) - 5 * DAY
    by = w.contractor.actor("production_planner")
    content = build.lot_content(w, produced_from=first)
    row = actions.take_over_lot(entrustment=w.entrustment, content=content, note="见纸质记录", by=by, at=build.AT)
    assert refused(w, row, produced_from=build.MADE_FROM) == {"not_in_progress_at_go_live"}
    correct(w, row, produced_from=first - DAY)
    assert Lot.objects.get(pk=row.pk).taken_over


@pytest.mark.parametrize("outcome", ["released", "rejected"])
def test_nothing_is_corrected_while_a_production_decision_stands(w: build.World, row: Lot, outcome: str) -> None:
    material = add(w, row, build.SUPPLIER)
    made = build.released(w, row, outcome=outcome)
    assert refused(w, row, quantity=5) == {"decision_rests_on_lot"}
    assert codes(lambda: replace(w, material, supplier="他人")) == {"decision_rests_on_lot"}
    by = w.contractor.actor("production_releaser")
    actions.withdraw_production(release=made, reason="数量有误", by=by, at=build.AT)
    correct(w, row, quantity=5)
    replace(w, material, strike=True)


def test_whoever_typed_before_another_correction_is_told(w: build.World, row: Lot) -> None:
    correct(w, row, quantity=900)
    assert refused(w, row, quantity=800, seen=0) == {"lot_corrected_meanwhile"}


def test_only_the_contractor_corrects(w: build.World, row: Lot) -> None:
    material = add(w, row)
    for by in (w.registrant.actor("quality_manager"), w.contractor.actor("viewer")):
        whole = {"reason": "核对", "by": by, "at": build.AT}
        with pytest.raises(PermissionDenied):
            actions.correct_lot(lot=row, content=said(row, quantity=5), seen=0, **whole)
        with pytest.raises(PermissionDenied):
            actions.correct_material(material=material, content=None, **whole)


def test_the_database_lets_a_lot_follow_its_newest_correction_and_nothing_else(w: build.World, row: Lot) -> None:
    correct(w, row, quantity=900)
    correct(w, row, quantity=800)
    for change in (
        "quantity = 900",
        "quantity = 7",
        "number = 'X'",
        "recorded_by_name = 'X'",
        "taken_over = NOT taken_over",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE releases_lot SET {change} WHERE id = %s", [row.pk])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Lot.objects.filter(pk=build.lot(w).pk).update(quantity=800)
    build.released(w, Lot.objects.get(pk=row.pk))
    again = LotCorrection.objects.latest("id")
    again.pk = None
    with pytest.raises(IntegrityError, match="no_correction_of_a_lot"), transaction.atomic():
        again.save(force_insert=True)


def test_a_tampered_copy_of_a_corrected_lot_is_named(w: build.World, row: Lot) -> None:
    correct(w, row, quantity=900)
    assert list(unlike_the_newest(day_of(build.AT))) == []
    with append_only.suspended():
        Lot.objects.filter(pk=row.pk).update(quantity=950)
    assert [one.row for one in unlike_the_newest(day_of(build.AT))] == [f"releases.lot:{row.pk}"]


# ── key materials ────────────────────────────────────────────────────────────────────────────────────────────────────


def add(w: build.World, lot: Lot, supplier: str = "拼写错误公司", **changes: Any) -> LotMaterial:
    content = {"name": "钛合金棒材", "material_lot": "M-1", "supplier": supplier, **changes}
    return actions.add_material(lot=lot, **content, by=w.contractor.actor("production_planner"), at=build.AT)


def replace(
    w: build.World, line: LotMaterial, *, strike: bool = False, reason: str = "名称有误", **changes: Any
) -> Any:
    content = {"name": line.name, "material_lot": line.material_lot, "supplier": line.supplier, **changes}
    by = w.contractor.actor("production_planner")
    whole = {"reason": reason, "by": by, "at": build.AT}
    return actions.correct_material(material=line, content=None if strike else content, **whole)


def suppliers(lot: Lot) -> list[str]:
    return [material.supplier for material in load_lot_facts([lot])[lot.pk].materials]


def test_a_misspelt_supplier_is_corrected_and_blocks_no_longer(w: build.World, row: Lot) -> None:
    line = add(w, row)
    assert "suppliers_approved" in codes(lambda: build.released(w, row))
    fixed = replace(w, line, supplier=f" {build.SUPPLIER} ")
    assert (suppliers(row), fixed.supplier, fixed.corrects) == ([build.SUPPLIER], build.SUPPLIER, line)
    entry = json.loads(Entry.objects.filter(verb="lot.material_corrected").get().payload)
    assert (entry["reason"], entry["data"]["before"]["supplier"]) == ("名称有误", "拼写错误公司")
    assert build.released(w, row).pk
    (shown,) = materials_of(row)
    assert (shown.row, shown.earlier) == (fixed, [line])


def test_a_line_is_struck_out_and_may_be_added_again(w: build.World, row: Lot) -> None:
    line = add(w, row)
    gone = replace(w, line, strike=True)
    assert (suppliers(row), gone.void) == ([], True)
    assert codes(lambda: replace(w, gone, supplier="甲")) == {"material_struck_out"}
    again = add(w, row)
    assert codes(lambda: add(w, row)) == {"material_listed_already"}
    assert [shown.struck for shown in materials_of(row)] == [False, True]
    assert suppliers(row) == [again.supplier]


def test_a_correction_of_a_line_needs_a_reason_a_change_and_a_standing_line(w: build.World, row: Lot) -> None:
    line, other = add(w, row), add(w, row, material_lot="M-2")
    assert codes(lambda: replace(w, line, reason=" ", supplier="甲")) == {"correction_reason_missing"}
    assert codes(lambda: replace(w, line)) == {"correction_changes_nothing"}
    assert codes(lambda: replace(w, line, name=" ")) == {"material_missing"}
    assert codes(lambda: replace(w, line, material_lot=other.material_lot)) == {"material_listed_already"}
    replace(w, line, supplier="甲")
    assert codes(lambda: replace(w, line, supplier="乙")) >= {"material_corrected_already"}


def test_materials_are_read_as_of_any_moment(w: build.World, row: Lot) -> None:
    line, by = add(w, row), w.contractor.actor("production_planner")
    later = build.AT + 2 * HOUR
    actions.correct_material(material=line, content=None, reason="未使用", by=by, at=later)
    then = load_lot_facts([row], later - HOUR)[row.pk]
    assert ([one.supplier for one in then.materials], suppliers(row)) == (["拼写错误公司"], [])


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_pages_correct_a_lot_and_a_line_and_show_what_was(w: build.World, row: Lot) -> None:
    line = add(w, row)
    client = signed_in(w.contractor.user("production_planner"))
    address = reverse("releases:correct_lot", args=[row.pk])
    form = client.get(address).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert client.post(address, {**typed, "quantity": 950, "reason": "清点有误"}).status_code == 302
    page = client.post(address, {**typed, "quantity": 940, "reason": "再次"})
    assert page.status_code == 200
    assert "Somebody else has corrected this lot just now" in page.content.decode()
    fix = {"name": line.name, "material_lot": line.material_lot, "supplier": build.SUPPLIER, "reason": "名称有误"}
    assert client.post(reverse("releases:correct_material", args=[line.pk]), fix).status_code == 302
    text = client.get(reverse("releases:lot", args=[row.pk])).content.decode()
    for words in ("清点有误", "1000", "950", "拼写错误公司", "名称有误", build.SUPPLIER):
        assert words in text
    assert Lot.objects.get(pk=row.pk).quantity == 950
