"""The evidence files: what each proves, where it lies in the package, and what the storage has lost or altered."""

from __future__ import annotations

from django.apps import apps

from agreements.documents.collecting import in_both
from cmo.paper.words import Words, same

from ..models import EVIDENCE
from ..naming import enclosed_name
from ..sheets import Attached, Block, Caution, Pin, Section
from ..snapshot import Row, Snapshot
from .files import attached, elsewhere, replaced
from .reach import left_out
from .saying import by, capital, table

TITLE = Words("证明文件清单", "Evidence files")
FILES = Words("证明文件", "evidence files")
COLUMNS = (
    ("title", Words("名称", "Title"), 22),
    ("record", Words("所属记录", "Record"), 17),
    ("valid", Words("文件日期、有效期至", "Dated, valid until"), 13),
    ("came", Words("提交人", "Submitted by"), 16),
    ("enclosed", Words("压缩包内的文件", "File in the package"), 20),
    ("sha256", Words("SHA-256", "SHA-256"), 22),
    ("state", Words("状态", "State"), 10),
)
STATES = {
    "whole": Words("完整", "whole"),
    "missing": Words("缺失", "missing"),
    "altered": Words("已被改动", "altered"),
}
REPLACED = Words("（已被替换）", " (replaced)")
EMPTY = Words("无证明文件。", "No evidence files.")
ABSENT = Words("未提供", "not enclosed")


def sections(snapshot: Snapshot, pin: Pin) -> list[Section]:
    """One section: a caution for each damaged file, then all files."""
    files, old = attached(snapshot, pin), replaced(snapshot)
    rows = [_row(file, snapshot.one("evidence.file", file.file_id), file.file_id in old) for file in files]
    blocks: list[Block] = [*left_out(elsewhere(snapshot, pin), FILES)]
    blocks += [_caution(file) for file in files if file.state != "whole"]
    return [Section(EVIDENCE, TITLE, (*blocks, table("files", COLUMNS, rows, empty=EMPTY)), len(files))]


def _row(file: Attached, row: Row | None, old: bool) -> tuple[Words, ...]:
    assert row is not None  # attached() reads this very table
    state, further = STATES[file.state], REPLACED if old else same("")
    return (
        same(file.title),
        record_of(file.subject),
        same("\n".join(day.isoformat() for day in (row["event_on"], row["expires_on"]) if day)),
        by(row, "uploaded_by_name", "uploaded_at"),
        same(enclosed_name(file.file_id, file.name)) if file.state == "whole" else ABSENT,
        same(file.sha256),
        Words(state.zh + further.zh, state.en + further.en),
    )


def record_of(subject: str) -> Words:
    """``app.model:pk`` in words, with the key."""
    label, _, pk = subject.partition(":")
    model = apps.get_model(label)
    found = in_both(lambda: model._meta.verbose_name)
    return capital(Words(f"{found.zh}（{pk}）", f"{found.en} ({pk})"))


def _caution(file: Attached) -> Caution:
    if file.state == "missing":
        zh, en = "系统中已找不到文件", "The system no longer holds the file"
    else:
        zh, en = "系统中的文件与登记时的哈希不符", "In the system the bytes are not those recorded for the file"
    return Caution(Words(f"{zh}：{file.title}（SHA-256 {file.sha256}）", f"{en}: {file.title} (SHA-256 {file.sha256})"))
