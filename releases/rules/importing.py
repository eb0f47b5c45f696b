"""May this file be imported for good, or a stopped run be continued?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cmo.errors import Finding

#: A dry run says something about the records of its day; later it is made again.
FRESH = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class TriedFacts:
    """A dry run as it stands when somebody wants to import its rows."""

    done: bool
    finished_at: datetime | None
    to_import: int
    begun: bool
    unchanged_file: bool


def blockers_to_begin(tried: TriedFacts, now: datetime) -> list[Finding]:
    """Everything that speaks against importing the rows of this dry run."""
    found = []
    if not tried.done:
        found.append(_block("dry_run_not_done", "试导入尚未完成。", "The dry run is not finished."))
    elif tried.to_import == 0:
        found.append(_block("nothing_to_import", "没有可导入的行。", "There is no row to import."))
    if tried.begun:
        found.append(begun_already())
    if tried.finished_at is not None and now - tried.finished_at > FRESH:
        zh, en = "试导入已超过24小时，请重新试导入。", "The dry run is older than 24 hours; try the file again."
        found.append(_block("dry_run_too_old", zh, en))
    if not tried.unchanged_file:
        zh, en = "文件内容与试导入时不同，请重新上传。", "The file is not the one that was tried; upload it again."
        found.append(_block("file_changed", zh, en))
    return found


def begun_already() -> Finding:
    """A dry run is imported once."""
    return _block("begun_already", "该文件已开始导入。", "The import of this file has been begun already.")


def blockers_to_continue(*, stopped: bool, own: bool) -> list[Finding]:
    """Everything that speaks against continuing a run."""
    found = []
    if not stopped:
        zh, en = "该导入没有中断，无需继续。", "The run has not stopped; there is nothing to continue."
        found.append(_block("not_stopped", zh, en))
    if not own:
        zh, en = "只有发起导入的人可以继续。", "Only whoever asked for the import continues it."
        found.append(_block("not_your_import", zh, en))
    return found


def _block(code: str, zh: str, en: str) -> Finding:
    return Finding(code, "blocks", "policy", zh, en)
