"""What hangs on a device: versions of label and instructions for use, device identifiers, technical documents."""

from __future__ import annotations

from cmo.paper.words import Words, same

from ..sheets import Section
from ..snapshot import Row, Snapshot
from . import names
from .saying import NONE, bilingual, by, cell, joined, lasting, numbered, plain, table

LABELS = Words("标签与说明书版本", "Versions of label and instructions for use")
NO_LABELS = Words("未记录本产品的标签或者说明书版本。", "No version of label or instructions for use is recorded.")
IDENTIFIERS = Words("产品标识（UDI-DI）", "Device identifiers (UDI-DI)")
NO_IDENTIFIERS = Words("未登记本产品的产品标识（UDI-DI）。", "No device identifier (UDI-DI) is recorded.")
EVENTS = Words("产品标识的提交、上传与停用", "Submission, upload and end of identifiers")
NO_EVENTS = Words("产品标识无提交、上传或者停用记录。", "No submission, upload or end of an identifier is recorded.")
DOCUMENTS = Words("技术文件清单", "Technical documents")
NO_DOCUMENTS = Words("未列出本产品的技术文件。", "No technical document is listed.")
_LABELS = (
    ("kind", Words("类别", "Kind"), 11.0),
    ("version", Words("版本", "Version"), 12.0),
    ("period", Words("使用期限", "May be used"), 19.0),
    ("recorded", Words("记录人、时间", "Recorded by, at"), 16.0),
    ("last_used", Words("停用日", "Last day of use"), 11.0),
    ("withdrawn", Words("停用记录人、时间", "Withdrawn by, at"), 16.0),
    ("reason", Words("停用理由", "Reason for the withdrawal"), 15.0),
)
_IDENTIFIERS = (
    ("code", Words("UDI-DI", "UDI-DI"), 17.0),
    ("model", Words("型号规格", "Model"), 13.0),
    ("level", Words("包装级别、发码机构", "Package level, issuing agency"), 16.0),
    ("contains", Words("内含", "Contains"), 14.0),
    ("replaces", Words("替代的标识、原因", "Replaces, why"), 16.0),
    ("assigned", Words("赋码日期、生产场地", "Assigned on, site"), 12.0),
    ("recorded", Words("记录人、时间", "Recorded by, at"), 12.0),
)
_EVENTS = (
    ("code", Words("UDI-DI", "UDI-DI"), 22.0),
    ("event", Words("事项", "Event"), 24.0),
    ("on", Words("日期", "Date"), 12.0),
    ("reference", Words("记录或者原因", "Record or reason"), 22.0),
    ("recorded", Words("记录人、时间", "Recorded by, at"), 20.0),
)
_DOCUMENTS = (
    ("kind", Words("类别", "Kind"), 15.0),
    ("reference", Words("文件编号", "Document number"), 15.0),
    ("version", Words("版本", "Version"), 9.0),
    ("title", Words("名称", "Title"), 21.0),
    ("effective", Words("生效日期", "Effective from"), 11.0),
    ("kept", Words("保存地点", "Kept at"), 14.0),
    ("recorded", Words("记录人、时间", "Recorded by, at"), 15.0),
)


def labels(snapshot: Snapshot, device: int, key: str) -> Section:
    """Versions of label and instructions for use with the days on which they may be used."""
    rows = sorted(
        snapshot.of("catalogue.labelversion", "device_id", device),
        key=lambda row: (row["kind"], row["effective_from"], row.pk),
    )
    shown = table("labels", _LABELS, [_label(snapshot, row) for row in rows], empty=NO_LABELS)
    return Section(f"{key}.labels", LABELS, (shown,), len(rows))


def _label(snapshot: Snapshot, row: Row) -> tuple[Words, ...]:
    end = next(iter(snapshot.of("catalogue.labelwithdrawal", "label_id", row.pk)), None)
    return (
        cell(row, "kind"),
        same(row["version"]),
        lasting(row["effective_from"], row["effective_to"]),
        by(row),
        plain(end["last_used_on"]) if end else NONE,
        by(end) if end else NONE,
        same(end["reason"]) if end else NONE,
    )


def identifiers(snapshot: Snapshot, device: int, key: str) -> Section:
    """Identifiers with what happened to each."""
    rows = sorted(
        snapshot.of("catalogue.deviceidentifier", "device_id", device), key=lambda row: (row["assigned_on"], row.pk)
    )
    events = sorted(
        (event for row in rows for event in snapshot.of("catalogue.identifierevent", "identifier_id", row.pk)),
        key=lambda event: (event["event_on"], event.pk),
    )
    blocks = [table("identifiers", _IDENTIFIERS, [_identifier(snapshot, row) for row in rows], empty=NO_IDENTIFIERS)]
    if rows:
        blocks.append(table("events", _EVENTS, [_event(snapshot, row) for row in events], EVENTS, NO_EVENTS))
    return Section(f"{key}.identifiers", IDENTIFIERS, tuple(blocks), len(rows))


def _identifier(snapshot: Snapshot, row: Row) -> tuple[Words, ...]:
    return (
        same(row["code"]),
        same(row["model"]),
        joined([cell(row, "level"), cell(row, "agency")]),
        joined([_code(snapshot, row["contains_id"]), same(f"× {row['contained_quantity']:,}")])
        if row["contains_id"]
        else NONE,
        joined([_code(snapshot, row["replaces_id"]), cell(row, "new_because")]) if row["replaces_id"] else NONE,
        joined([plain(row["assigned_on"]), names.site(snapshot, row["site_id"])]),
        by(row),
    )


def _code(snapshot: Snapshot, pk: int) -> Words:
    found = snapshot.one("catalogue.deviceidentifier", pk)
    return same(found["code"]) if found else numbered(pk)


def _event(snapshot: Snapshot, row: Row) -> tuple[Words, ...]:
    code = _code(snapshot, row["identifier_id"])
    return code, cell(row, "kind"), plain(row["event_on"]), plain(row["reference"]), by(row)


def documents(snapshot: Snapshot, device: int, key: str) -> Section:
    """The technical file as a list."""
    rows = sorted(
        snapshot.of("catalogue.technicaldocument", "device_id", device),
        key=lambda row: (row["kind"], row["reference"], row["effective_from"], row.pk),
    )
    shown = table("documents", _DOCUMENTS, [_document(row) for row in rows], empty=NO_DOCUMENTS)
    return Section(f"{key}.documents", DOCUMENTS, (shown,), len(rows))


def _document(row: Row) -> tuple[Words, ...]:
    return (
        cell(row, "kind"),
        same(row["reference"]),
        same(row["version"]),
        bilingual(row, "title"),
        plain(row["effective_from"]),
        plain(row["kept_at"]),
        by(row),
    )
