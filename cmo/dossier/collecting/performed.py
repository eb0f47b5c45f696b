"""Which recurring obligations of an agreement were performed, when, and by which record."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cmo.paper.words import Words, same

from ..sheets import Section
from ..snapshot import Row, Snapshot
from .agreement_text import both
from .concluded import Revision
from .reach import Reach, left_out, split
from .saying import by, plain, table

TITLE = Words("应履行事项的履行记录", "Obligations performed")
NO_RECORDS = Words(
    "未记录本协议应履行事项的履行情况。", "No performance of an obligation of this agreement is recorded."
)
IN_TIME, LATE = Words("按期", "in time"), Words("逾期", "late")
_COLUMNS = (
    ("what", Words("事项", "What"), 24.0),
    ("due_on", Words("应完成日期", "Due on"), 12.0),
    ("done_on", Words("完成日期", "Done on"), 12.0),
    ("in_time", Words("是否按期", "In time"), 9.0),
    ("reference", Words("证明记录", "Proving record"), 16.0),
    ("note", Words("说明", "Note"), 13.0),
    ("recorded", Words("记录人、时间", "Recorded by, at"), 14.0),
)
_RECORDS = Words("履行记录", "records of performance")


def performed(snapshot: Snapshot, agreement: Row, found: Sequence[Revision], within: Reach, key: str) -> Section:
    """Every record, by due day."""
    rows, without = performed_within(snapshot, agreement, within)
    rows.sort(key=lambda row: (row["due_on"], row["key"], row.pk))
    called = _called(found)
    shown = table("performed", _COLUMNS, [_cells(row, called) for row in rows], empty=NO_RECORDS)
    return Section(f"{key}.performed", TITLE, (*left_out(without, _RECORDS), shown), len(rows))


def performed_within(snapshot: Snapshot, agreement: Row, within: Reach) -> tuple[list[Row], int]:
    """The records of performance under an agreement that the scope reaches, and how many it leaves out."""
    every = snapshot.of("agreements.obligationrecord", "agreement_id", agreement.pk)
    return split(every, lambda row: within.within(row["due_on"], row["done_on"]))


def obligations(snapshot: Snapshot) -> dict[str, Words]:
    """Key → the obligation as the latest text of any agreement that has it words it."""
    rows = sorted(snapshot.rows("agreements.agreementrevision"), key=lambda row: row.pk)
    return {key: words for row in rows for key, words in _worded(row).items()}


def _called(found: Sequence[Revision]) -> dict[str, Words]:
    """Key → the obligation as the latest text that has it words it."""
    return {key: words for one in found for key, words in _worded(one.row).items()}


def _worded(revision: Row) -> dict[str, Words]:
    return {row["key"]: both(row, "what") for row in json.loads(revision["body"]).get("obligations", ())}


def _cells(row: Row, called: dict[str, Words]) -> tuple[Words, ...]:
    return (
        called.get(row["key"], same(row["key"])),
        plain(row["due_on"]),
        plain(row["done_on"]),
        IN_TIME if row["done_on"] <= row["due_on"] else LATE,
        plain(row["reference"]),
        plain(row["note"]),
        by(row),
    )
