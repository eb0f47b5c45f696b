"""How a lot was made: materials, steps with their corrections, observations; its release file with reviews, questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmo.paper.words import Words, same

from ...sheets import Block, Fact, Facts, Text
from ...snapshot import Row, Snapshot
from ..saying import NONE, by, cell, choice, joined, moment, numbered, plain, table
from ..versions import DEVICE, current

RECORDED = ("recorded", Words("登记人、时间", "Recorded by"), 20.0)
_MATERIALS = (
    ("name", Words("关键物料", "Key material"), 26.0),
    ("lot", Words("物料批号", "Material lot"), 22.0),
    ("supplier", Words("供应商", "Supplier"), 24.0),
    RECORDED,
    ("counts", Words("记录状态", "State of the record"), 24.0),
)
_DOCUMENTS = (
    ("kind", Words("文件", "Document"), 20.0),
    ("reference", Words("编号", "Reference"), 18.0),
    ("note", Words("备注", "Note"), 14.0),
    ("added", Words("提交人、时间", "Added by"), 18.0),
    ("contractor", Words("受托方审核", "Reviewed by the contractor"), 22.0),
    ("registrant", Words("注册人审核", "Reviewed by the registrant"), 22.0),
)
_STEPS = (
    ("name", Words("工序", "Step"), 20.0),
    ("kind", Words("性质", "Kind"), 14.0),
    ("starts", Words("开始", "Began"), 18.0),
    ("ends", Words("结束", "Ended"), 18.0),
    ("performed_by", Words("实施单位", "Done by"), 16.0),
    RECORDED,
    ("counts", Words("记录状态", "State of the record"), 20.0),
)
_OBSERVED = (
    ("at", Words("时间", "Time"), 16.0),
    ("lot", Words("批号", "Lot"), 14.0),
    ("outcome", Words("结论", "Outcome"), 14.0),
    ("text", Words("观察情况", "What was observed"), 36.0),
    ("step", Words("工序", "Step"), 18.0),
    ("recorded", Words("派驻人员、登记时间", "Supervisor, recorded at"), 20.0),
)
_CONTRACTOR_ITSELF = Words("受托方", "the contractor")
_COUNTS = Words("有效", "counts")


def materials(snapshot: Snapshot, lot: Row) -> Block:
    """Key material lots used, every line entered, and what became of it."""
    rows = [
        (
            joined([same(row["name"]), numbered(row.pk)]),
            same(row["material_lot"]),
            plain(row["supplier"]),
            by(row),
            standing_of(row, _correction(snapshot, row)),
        )
        for row in snapshot.of("releases.lotmaterial", "lot_id", lot.pk)
    ]
    empty = Words("未登记关键物料批。", "No key material lot was recorded.")
    return table("materials", _MATERIALS, rows, Words("关键物料批", "Key material lots"), empty)


def documents(snapshot: Snapshot, lot: Row) -> Block:
    """The release file, every document with its reviews, replaced ones included."""
    rows = [
        (
            document_name(snapshot, lot, row["kind"]),
            same(row["reference"]),
            plain(row["note"]),
            by(row),
            _reviews(snapshot, row, "contractor"),
            _reviews(snapshot, row, "registrant"),
        )
        for row in snapshot.of("releases.lotdocument", "lot_id", lot.pk)
    ]
    empty = Words("放行资料中尚无文件。", "The release file holds no document.")
    return table("documents", _DOCUMENTS, rows, Words("放行资料及其审核", "Release file and its reviews"), empty)


def missing_documents(snapshot: Snapshot, lot: Row) -> Words:
    """Documents that the device's confirmed data demand and the release file lacks."""
    version = current(snapshot, DEVICE, lot["device_id"])
    there = {row["kind"] for row in snapshot.of("releases.lotdocument", "lot_id", lot.pk)}
    lacking = [one for one in (version["release_documents"] if version else ()) if one["key"] not in there]
    if not lacking:
        return Words("无", "none")
    return joined([Words(one["zh"], one.get("en") or one["zh"]) for one in lacking])


def document_name(snapshot: Snapshot, lot: Row, kind: str) -> Words:
    """What the device's data call a document; its key where they know it no longer."""
    version = current(snapshot, DEVICE, lot["device_id"])
    for one in version["release_documents"] if version else ():
        if one["key"] == kind:
            return Words(one["zh"], one.get("en") or one["zh"])
    return same(kind)


def _reviews(snapshot: Snapshot, document: Row, side: str) -> Words:
    rows = [row for row in snapshot.of("releases.documentreview", "document_id", document.pk) if row["side"] == side]
    said = [same(f"{by(row).zh}\n{row['remark']}".strip()) for row in rows]
    return joined(said) if said else Words("未审核", "not reviewed")


def steps_of(snapshot: Snapshot, lot: Row) -> list[Row]:
    """Every entry of a step, by time, corrected ones and strokes included."""
    return sorted(snapshot.of("releases.lotstep", "lot_id", lot.pk), key=lambda row: (row["starts_at"], row.pk))


def counting_steps(snapshot: Snapshot, lot: Row) -> list[Row]:
    """The steps that count: neither corrected nor struck out."""
    return [row for row in steps_of(snapshot, lot) if not row["void"] and _correction(snapshot, row) is None]


def _correction(snapshot: Snapshot, row: Row) -> Row | None:
    return next(iter(snapshot.of(row.label, "corrects_id", row.pk)), None)


def steps(snapshot: Snapshot, lot: Row) -> Block:
    """Every process step entered, and what became of the entry."""
    rows = [
        (
            joined([same(row["name"]), numbered(row.pk)]),
            cell(row, "kind"),
            same(moment(row["starts_at"])),
            same(moment(row["ends_at"])),
            plain(row["performed_by"] or _CONTRACTOR_ITSELF),
            by(row),
            standing_of(row, _correction(snapshot, row)),
        )
        for row in steps_of(snapshot, lot)
    ]
    empty = Words("未登记工序。", "No process step was recorded.")
    return table("steps", _STEPS, rows, Words("工序", "Process steps"), empty)


def standing_of(row: Row, correction: Row | None) -> Words:
    """What became of an entry that can be corrected: it counts, corrects another, was corrected, or is a stroke."""
    said: list[Words] = []
    if row["corrects_id"] is not None:
        zh, en = ("删除", "strikes out") if row["void"] else ("更正", "corrects")
        other = numbered(row["corrects_id"])
        said.append(Words(f"{zh}{other.zh}记录：{row['reason']}", f"{en} {other.en}: {row['reason']}"))
    if correction is not None:
        zh, en = ("已被删除", "struck out by") if correction["void"] else ("已被更正", "corrected by")
        other = numbered(correction.pk)
        said.append(Words(f"{zh}（{other.zh}记录）", f"{en} {other.en}"))
    elif not row["void"]:
        said.append(_COUNTS)
    return joined(said)


def observations(snapshot: Snapshot, lots: Sequence[Row], key: str = "observations") -> Block:
    """What the resident supervisor saw, by time."""
    found = [(row, lot) for lot in lots for row in snapshot.of("releases.observation", "lot_id", lot.pk)]
    found.sort(key=lambda pair: (pair[0]["event_at"], pair[0].pk))
    rows = [_observed(snapshot, row, lot) for row, lot in found]
    empty = Words("所列批次未登记驻厂观察。", "No observation on site was recorded for these lots.")
    return table(key, _OBSERVED, rows, Words("驻厂观察", "Observations on site"), empty)


def _observed(snapshot: Snapshot, row: Row, lot: Row) -> tuple[Words, ...]:
    step = snapshot.one("releases.lotstep", row["step_id"]) if row["step_id"] else None
    return (
        same(moment(row["event_at"])),
        same(lot["number"]),
        choice(row.label, "outcome", row["outcome"]),
        same(row["text"]),
        same(step["name"]) if step else NONE,
        by(row),
    )


def questions(snapshot: Snapshot, lot: Row) -> Block:
    """What the registrant asked about the release file, and the contractor's answers."""
    heading = Words("对放行资料的询问和答复", "Questions about the release file and answers")
    items = tuple(_asked(snapshot, lot))
    if not items:
        return Text(
            Words("注册人未就本批放行资料提出询问或退回。", "The registrant asked nothing about the file."), heading
        )
    return Facts(items, heading)


def _asked(snapshot: Snapshot, lot: Row) -> Iterator[Fact]:
    for number, row in enumerate(snapshot.of("releases.filereturn", "lot_id", lot.pk), start=1):
        yield Fact(Words(f"询问 {number}", f"Question {number}"), joined([plain(row["question"]), by(row)]))
        answer = next(iter(snapshot.of("releases.fileanswer", "file_return_id", row.pk)), None)
        said = joined([plain(answer["answer"]), by(answer)]) if answer else Words("尚未答复", "not answered")
        yield Fact(Words(f"答复 {number}", f"Answer {number}"), said)
