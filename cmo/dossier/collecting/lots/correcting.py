"""What was corrected of a lot: old and new side by side, with the reason; the lot itself reads as corrected."""

from __future__ import annotations

from collections.abc import Iterator

from cmo.paper.words import Words, same

from ...sheets import Block
from ...snapshot import Row, Snapshot
from ..saying import NONE, by, joined, plain, table, term
from .making import RECORDED

_CORRECTIONS = (
    ("changed", Words("更正内容（原记录 → 更正后）", "Corrected (before → after)"), 44.0),
    ("reason", Words("理由", "Reason"), 28.0),
    RECORDED,
)
_PRINTS = {
    "label_version": Words("标签版本", "Label version"),
    "ifu_version": Words("说明书版本", "IFU version"),
}


def corrections(snapshot: Snapshot, lot: Row) -> Iterator[Block]:
    """One table; nothing for a lot that nobody corrected."""
    found = snapshot.of("releases.lotcorrection", "lot_id", lot.pk)
    if found:
        rows = [(joined(list(_changes(snapshot, row))), plain(row["reason"]), by(row)) for row in found]
        yield table("corrections", _CORRECTIONS, rows, Words("批记录的更正", "Corrections of the lot"))


def _changes(snapshot: Snapshot, row: Row) -> Iterator[Words]:
    for name, old in row["before"].items():
        if name in _PRINTS:
            new, head = row[f"{name}_id"], _PRINTS[name]
            said = [print_version(snapshot, pk) for pk in (old, new)]
        else:
            new, head = row[name], term("releases.lot", name)
            said = [plain(old), plain(new)]
        if said[0] != said[1]:
            was, now = said
            yield Words(f"{head.zh}：{was.zh} → {now.zh}", f"{head.en}: {was.en} → {now.en}")


def print_version(snapshot: Snapshot, pk: int | None) -> Words:
    """The version of a label or of instructions for use."""
    row = snapshot.one("catalogue.labelversion", pk) if pk is not None else None
    return same(row["version"]) if row is not None else NONE
