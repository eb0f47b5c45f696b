"""The list of all lots with their states, planned production, and a section for each lot."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from agreements.documents.collecting import in_both
from cmo.clock import day_of
from cmo.paper.words import Words, same
from releases.states import STATES

from ...sheets import Block, Fact, Facts, Pin, Section
from ...snapshot import Row, Snapshot
from ..confirmed import (
    decisions_on,
    device_name,
    entrustment_number,
    lots_within,
    one_line,
    site_name,
)
from ..reach import left_out, reach, split
from ..saying import NONE, bilingual, by, capital, fact, facts_of, joined, lasting, plain, table
from ..versions import DEVICE, current
from . import correcting, making, otherwise
from .conditions import Conditions
from .deciding import decision_sections, outcome, withdrawal_of
from .life import life
from .prints import prints_section

TITLE = Words("批次和两次放行", "Lots and both releases")
_HELD = Words("已锁定", "on hold")
_NONE = Words(
    "截至本档案时点，本委托关系（范围内）没有登记的批次。", "No lot was registered in this pair within the scope."
)
_COLUMNS = (
    ("number", Words("批号、型号规格", "Lot, model"), 19.0),
    ("device", Words("产品", "Device"), 24.0),
    ("made", Words("生产日期", "Made"), 17.0),
    ("quantity", Words("数量", "Quantity"), 12.0),
    ("production", Words("生产放行", "Production release"), 20.0),
    ("market", Words("上市放行", "Market release"), 20.0),
    ("state", Words("状态", "State"), 15.0),
)
_PLANNED = (
    ("entrustment", Words("委托生产编号", "Entrustment"), 18.0),
    ("days", Words("计划日期", "Planned days"), 22.0),
    ("site", Words("生产场地", "Site"), 20.0),
    ("note", Words("计划内容", "What is planned"), 20.0),
    ("recorded", Words("登记人、时间", "Recorded by"), 18.0),
    ("ended", Words("取消", "Taken back"), 22.0),
)


def sections(snapshot: Snapshot, pin: Pin) -> list[Section]:
    """One chapter: list, conditions of release, planned production, checked labels, then lot by lot."""
    lots, without = lots_within(snapshot, pin)
    conditions = Conditions(row for lot in lots for row in decisions_on(snapshot, lot))
    rows = [_line(snapshot, lot) for lot in lots]
    listed = table("lots", _COLUMNS, rows, Words("全部批次", "All lots"), _NONE)
    blocks: tuple[Block, ...] = (*left_out(without, Words("批次", "lots")), listed)
    children = (
        conditions.section(),
        _planned(snapshot, pin),
        prints_section(snapshot, pin),
        *(_lot(snapshot, lot, pin, conditions) for lot in lots),
    )
    return [Section("lots", TITLE, blocks, len(lots), children)]


def state_of(snapshot: Snapshot, lot: Row) -> Words:
    """Where a lot stands, by the decisions that were not withdrawn, and whether it is on hold itself."""
    standing = {stage: _standing(snapshot, lot, stage) for stage in ("production", "market")}
    market, production = standing["market"], standing["production"]
    if market is not None:
        state = "market_rejected" if market["outcome"] == "rejected" else "on_market"
    elif production is not None:
        state = "production_rejected" if production["outcome"] == "rejected" else "production_released"
    else:
        state = "registered"
    holds = snapshot.of("releases.lothold", "lot_id", lot.pk)
    held = any(otherwise.lift_of(snapshot, hold) is None for hold in holds)
    return joined([_word(state), _HELD]) if held else _word(state)


@cache
def _word(state: str) -> Words:
    return in_both(lambda: STATES[state].word)


def _standing(snapshot: Snapshot, lot: Row, stage: str) -> Row | None:
    rows = [row for row in decisions_on(snapshot, lot) if row.label == f"releases.{stage}release"]
    return next((row for row in reversed(rows) if withdrawal_of(snapshot, row) is None), None)


def _line(snapshot: Snapshot, lot: Row) -> tuple[Words, ...]:
    made = f"{lot['produced_from'].isoformat()} – {lot['produced_to'].isoformat()}"
    return (
        same(f"{lot['number']}\n{lot['model']}"),
        bilingual(current(snapshot, DEVICE, lot["device_id"]), "name"),
        same(made),
        same(f"{lot['quantity']:,} {lot['unit']}"),
        _decided(snapshot, lot, "production"),
        _decided(snapshot, lot, "market"),
        state_of(snapshot, lot),
    )


def _decided(snapshot: Snapshot, lot: Row, stage: str) -> Words:
    row = _standing(snapshot, lot, stage)
    if row is None:
        return NONE
    return joined([outcome(row), plain(day_of(row["recorded_at"]))], " ")


def _planned(snapshot: Snapshot, pin: Pin) -> Section:
    reached = reach(snapshot, pin)

    def inside(row: Row) -> bool:
        known = reached.entrustments is None or row["entrustment_id"] in reached.entrustments
        return known and reached.overlaps(row["starts_on"], row["ends_on"])

    ordered = sorted(snapshot.rows("releases.plannedproduction"), key=lambda row: (row["starts_on"], row.pk))
    rows, without = split(ordered, inside)
    empty = Words("范围内未登记生产计划。", "No production was planned within the scope.")
    listed = table("planned", _PLANNED, [_plan(snapshot, row) for row in rows], empty=empty)
    blocks = (*left_out(without, Words("生产计划", "plans")), listed)
    return Section("planned-production", Words("生产计划", "Planned production"), blocks, len(rows))


def _plan(snapshot: Snapshot, row: Row) -> tuple[Words, ...]:
    end = next(iter(snapshot.of("releases.plannedproductionend", "planned_id", row.pk)), None)
    return (
        entrustment_number(snapshot, row["entrustment_id"]),
        lasting(row["starts_on"], row["ends_on"]),
        site_name(snapshot, row["site_id"]),
        plain(row["note"]),
        by(row),
        joined([by(end), same(end["reason"])]) if end else NONE,
    )


def _lot(snapshot: Snapshot, lot: Row, pin: Pin, conditions: Conditions) -> Section:
    blocks: tuple[Block, ...] = (
        Facts(tuple(_facts(snapshot, lot))),
        *correcting.corrections(snapshot, lot),
        life(snapshot, lot, pin),
        making.materials(snapshot, lot),
        making.documents(snapshot, lot),
        making.questions(snapshot, lot),
        making.steps(snapshot, lot),
        making.observations(snapshot, [lot]),
        otherwise.holds(snapshot, [lot], Words("对本批的锁定和否决", "Holds and vetoes on this lot")),
    )
    children = (
        otherwise.deviations(snapshot, lot),
        otherwise.exceptions(snapshot, lot),
        *decision_sections(snapshot, lot, conditions),
    )
    title = Words(f"批次 {lot['number']}", f"Lot {lot['number']}")
    return Section(f"lot-{lot.pk}", title, blocks, 1, children)


def _facts(snapshot: Snapshot, lot: Row) -> Iterator[Fact]:
    yield fact("状态", "State", capital(state_of(snapshot, lot)))
    yield fact("产品", "Device", one_line(device_name(snapshot, lot["device_id"])))
    yield fact("委托生产编号", "Entrustment", entrustment_number(snapshot, lot["entrustment_id"]))
    yield fact("生产场地", "Production site", site_name(snapshot, lot["site_id"]))
    yield from facts_of(lot, ("model", "produced_from", "produced_to"))
    yield fact("生产数量", "Quantity produced", same(f"{lot['quantity']:,} {lot['unit']}"))
    yield from facts_of(lot, ("expires_on",))
    yield fact("标签版本", "Label version", correcting.print_version(snapshot, lot["label_version_id"]))
    yield fact("说明书版本", "IFU version", correcting.print_version(snapshot, lot["ifu_version_id"]))
    yield fact("放行资料缺少的文件", "Documents missing in the release file", making.missing_documents(snapshot, lot))
    if lot["taken_over"]:
        yield fact("系统启用前在制，接管理由", "In progress at go-live, why taken over", plain(lot["taken_over_note"]))
    yield fact("登记人、时间", "Recorded by", by(lot))
