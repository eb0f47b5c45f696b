"""Texts of labels and instructions that were checked against the content which the law demands for entrusted production."""

from __future__ import annotations

from cmo.clock import day_of
from cmo.paper.words import Words, same
from releases.labels import ITEMS

from ...sheets import Block, Pin, Section, Text
from ...snapshot import Row, Snapshot
from ..confirmed import entrustment_number
from ..reach import left_out, reach, split
from ..saying import NONE, by, choice, fact, facts, joined, numbered, plain, table
from .conditions import cited

TITLE = Words("标签和说明书内容的核对", "Checks of labels and instructions")
_NONE = Words(
    "范围内没有核对过标签或说明书的内容。", "No text of a label or of instructions was checked within the scope."
)
_COMPLETE = Words("内容齐全", "complete")
_COLUMNS = (
    ("item", Words("应有的内容", "Demanded item"), 26.0),
    ("basis", Words("依据", "Basis"), 28.0),
    ("looked_for", Words("核对的内容", "Looked for"), 34.0),
    ("found", Words("结果", "Result"), 14.0),
)


def prints_section(snapshot: Snapshot, pin: Pin) -> Section:
    """A section for each check, in the order in which they were made."""
    reached = reach(snapshot, pin)

    def inside(row: Row) -> bool:
        known = reached.entrustments is None or row["entrustment_id"] in reached.entrustments
        return known and reached.within(day_of(row["recorded_at"]))

    rows, without = split(snapshot.rows("releases.labelcheck"), inside)
    said: tuple[Block, ...] = () if rows else (Text(_NONE),)
    blocks = (*left_out(without, Words("核对", "checks")), *said)
    return Section("label-checks", TITLE, blocks, len(rows), tuple(_check(snapshot, row) for row in rows))


def _check(snapshot: Snapshot, row: Row) -> Section:
    label = snapshot.one("catalogue.labelversion", row["label_id"])
    kind = choice("catalogue.labelversion", "kind", label["kind"]) if label is not None else NONE
    version = same(label["version"]) if label is not None else numbered(row["label_id"])
    title = Words(f"{kind.zh} {version.zh}", f"{kind.en} {version.en}")
    missing = joined([_item(key) for key in row["missing"]]) if row["missing"] else _COMPLETE
    told = (
        fact("标签、说明书", "Label, instructions", title),
        fact("委托生产编号", "Entrustment", entrustment_number(snapshot, row["entrustment_id"])),
        fact("缺少的内容", "Missing", missing),
        fact("核对人、时间", "Checked by", by(row)),
    )
    blocks: tuple[Block, ...] = (
        facts(told),
        table("items", _COLUMNS, [_line(key, row) for key in sorted(row["expected"])]),
        Text(plain(row["text"]), Words("核对的文字（原文）", "Text that was checked, word by word"), quoted=True),
    )
    return Section(f"label-check-{row.pk}", title, blocks, 1)


def _item(key: str) -> Words:
    known = ITEMS.get(key)
    return Words(known.zh, known.en) if known is not None else same(key)


def _line(key: str, row: Row) -> tuple[Words, ...]:
    known = ITEMS.get(key)
    missing = key in row["missing"]
    return (
        _item(key),
        cited(known.citation) if known is not None else NONE,
        plain(" / ".join(row["expected"][key])),
        Words("缺少", "missing") if missing else Words("有", "found"),
    )
