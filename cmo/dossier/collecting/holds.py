"""Holds and vetoes: on the pair, an entrustment or a site, and on single lots; when they were placed and lifted, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cmo.clock import day_of
from cmo.paper.words import Words, same

from ..sheets import Block, Caution, Lane, Pin, Section, Span, Timeline
from ..snapshot import Row, Snapshot
from .confirmed import entrustment_number, lots_within, site_name
from .lots import otherwise
from .reach import Reach, left_out, reach, split
from .saying import NONE, by, cell, joined, plain, table

TITLE = Words("锁定和否决", "Holds and vetoes")
_NONE = Words(
    "截至本档案时点，范围内对委托关系、委托生产和场地没有作出过锁定或否决。",
    "Within the scope no hold or veto was placed on the pair, an entrustment or a site up to the moment of this dossier.",
)
_PAIR = Words("整个委托关系", "the whole pair")
_COLUMNS = (
    ("kind", Words("种类", "Kind"), 14.0),
    ("on", Words("范围", "Scope"), 18.0),
    ("placed", Words("作出人、时间", "Placed by"), 18.0),
    ("reason", Words("理由", "Reason"), 28.0),
    ("finding", Words("所涉缺陷项", "Finding"), 14.0),
    ("lifted", Words("解除人、时间", "Lifted by"), 18.0),
    ("lift_reason", Words("解除理由", "Reason of the lift"), 24.0),
)


def sections(snapshot: Snapshot, pin: Pin) -> list[Section]:
    """One chapter: holds of the pair, then those on lots, and all on one axis."""
    lots, _left = lots_within(snapshot, pin)
    reached = reach(snapshot, pin)
    ordered = sorted(snapshot.rows("agreements.hold"), key=lambda row: (row["recorded_at"], row.pk))
    rows, without = split(ordered, lambda row: _reached(snapshot, reached, row))
    on_lots = [row for lot in lots for row in snapshot.of("releases.lothold", "lot_id", lot.pk)]
    hidden = len(snapshot.rows("releases.lothold")) - len(on_lots)
    blocks: tuple[Block, ...] = (
        *left_out(without + hidden, Words("锁定或否决", "holds or vetoes")),
        *_open(snapshot, rows, on_lots),
        table("holds", _COLUMNS, [_line(snapshot, row) for row in rows], _ON_PAIR, _NONE),
        otherwise.holds(snapshot, lots, Words("对批次的锁定和否决", "Holds and vetoes on lots")),
        *_course(snapshot, rows, lots, pin),
    )
    return [Section("holds", TITLE, blocks, len(rows) + len(on_lots))]


_ON_PAIR = Words("对委托关系、委托生产和场地的锁定和否决", "Holds and vetoes on the pair, entrustments and sites")


def lift_of(snapshot: Snapshot, hold: Row) -> Row | None:
    """The row that lifts a hold of the pair."""
    return next(iter(snapshot.of("agreements.holdlift", "hold_id", hold.pk)), None)


def _reached(snapshot: Snapshot, reached: Reach, row: Row) -> bool:
    """Those of the pair and of sites bind every entrustment."""
    about = row["entrustment_id"]
    known = about is None or reached.entrustments is None or about in reached.entrustments
    return known and reached.overlaps(day_of(row["recorded_at"]), _lifted_on(lift_of(snapshot, row)))


def _lifted_on(lift: Row | None) -> date | None:
    return day_of(lift["recorded_at"]) if lift is not None else None


def _open(snapshot: Snapshot, rows: list[Row], on_lots: list[Row]) -> tuple[Block, ...]:
    still = sum(1 for row in rows if lift_of(snapshot, row) is None)
    still += sum(1 for row in on_lots if otherwise.lift_of(snapshot, row) is None)
    if not still:
        return ()
    said = Words(f"截至本档案时点，有 {still} 项锁定或否决尚未解除。", f"Holds or vetoes not lifted so far: {still}.")
    return (Caution(said),)


def _scope(snapshot: Snapshot, row: Row) -> Words:
    if row["entrustment_id"] is not None:
        number = entrustment_number(snapshot, row["entrustment_id"]).zh
        return Words(f"委托生产 {number}", f"entrustment {number}")
    return site_name(snapshot, row["site_id"]) if row["site_id"] is not None else _PAIR


def _line(snapshot: Snapshot, row: Row) -> tuple[Words, ...]:
    lift = lift_of(snapshot, row)
    finding = next(iter(snapshot.of("audits.auditfinding", "hold_id", row.pk)), None)
    return (
        cell(row, "kind"),
        _scope(snapshot, row),
        joined([by(row), cell(row, "side")]),
        same(row["reason"]),
        same(finding["number"]) if finding is not None else NONE,
        by(lift) if lift is not None else otherwise.STILL_HELD,
        plain(lift["reason"] if lift is not None else None),
    )


def _course(snapshot: Snapshot, rows: list[Row], lots: list[Row], pin: Pin) -> tuple[Block, ...]:
    lanes = [Lane(_scope(snapshot, row), (_span(row, lift_of(snapshot, row)),)) for row in rows]
    lanes += _lot_lanes(snapshot, lots)
    if not lanes:
        return ()
    return (Timeline(Words("锁定和否决的期间", "Holds and vetoes over time"), tuple(lanes), pin.as_of),)


def _lot_lanes(snapshot: Snapshot, lots: list[Row]) -> Iterator[Lane]:
    for lot in lots:
        holds = snapshot.of("releases.lothold", "lot_id", lot.pk)
        spans = tuple(_span(row, otherwise.lift_of(snapshot, row)) for row in holds)
        if spans:
            yield Lane(Words(f"批 {lot['number']}", f"Lot {lot['number']}"), spans)


def _span(row: Row, lift: Row | None) -> Span:
    return Span(day_of(row["recorded_at"]), _lifted_on(lift), cell(row, "kind"), "idle" if lift is not None else "bad")
