"""Names as they were confirmed at the moment of the dossier, and which lots its scope reaches."""

from __future__ import annotations

from collections.abc import Sequence

from cmo.clock import day_of
from cmo.paper.words import Words, same

from ..sheets import Pin
from ..snapshot import Row, Snapshot
from .reach import Reach, named, reach, split
from .saying import NONE, bilingual, numbered
from .versions import DEVICE, SITE, current


def device_name(snapshot: Snapshot, device_id: int) -> Words:
    """Name and certificate number of a device."""
    row = current(snapshot, DEVICE, device_id)
    if row is None:
        return Words(f"产品 {device_id}（资料未确认）", f"device {device_id} (data not confirmed)")
    name = bilingual(row, "name")
    return Words(f"{name.zh}\n{row['number_printed']}", f"{name.en}\n{row['number_printed']}")


def site_name(snapshot: Snapshot, site_id: int | None) -> Words:
    """Name of a production site."""
    row = current(snapshot, SITE, site_id)
    if row is None:
        return Words(f"生产场地 {site_id}（资料未确认）", f"site {site_id} (data not confirmed)")
    return bilingual(row, "name")


def one_line(words: Words) -> Words:
    """For heads and the axis of a timeline."""
    return Words(words.zh.replace("\n", " "), words.en.replace("\n", " "))


def entrustment_number(snapshot: Snapshot, entrustment_id: int | None) -> Words:
    """The number under which an entrustment is known."""
    row = snapshot.one("agreements.entrustment", entrustment_id)
    if row is not None:
        return same(row["number"])
    return NONE if entrustment_id is None else numbered(entrustment_id)


def lots_within(snapshot: Snapshot, pin: Pin) -> tuple[list[Row], int]:
    """The lots that the scope reaches, by production and number, and how many it leaves out.

    In a period: made, or decided on, on one of its days.
    """
    kind, key = pin.scope
    reached = reach(snapshot, pin)
    rows = sorted(snapshot.rows("releases.lot"), key=lambda row: (row["produced_from"], row["number"], row.pk))
    if kind == "lot":
        wanted = {row.pk for row in named(rows, "number", key)}
        return split(rows, lambda row: row.pk in wanted)
    return split(rows, lambda row: _reached(snapshot, reached, row))


def _reached(snapshot: Snapshot, reached: Reach, lot: Row) -> bool:
    if reached.entrustments is not None and lot["entrustment_id"] not in reached.entrustments:
        return False
    decided = (day_of(row["recorded_at"]) for row in decisions_on(snapshot, lot))
    return reached.overlaps(lot["produced_from"], lot["produced_to"]) or reached.within(*decided)


def decisions_on(snapshot: Snapshot, lot: Row) -> Sequence[Row]:
    """Every decision on a lot: production first, each stage by number."""
    found = (snapshot.of(f"releases.{stage}release", "lot_id", lot.pk) for stage in ("production", "market"))
    return [row for rows in found for row in sorted(rows, key=lambda row: row["number"])]
