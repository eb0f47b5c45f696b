"""Asking for an import: try a file, import its rows for good, continue a run whose worker died.

The rows themselves are worked on by the queue (``import_rows``); the task is enqueued in the same transaction as its run.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.evidence.inspection import clean_name
from cmo.parties.access import still_allowed
from cmo.parties.models import Pair
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import tasks
from ..importing.faults import refused
from ..importing.kinds import KINDS
from ..importing.reading import MOST_BYTES, read_lines
from ..importing.rows import rows_of
from ..models import ImportRun
from ..rules.importing import TriedFacts, begun_already, blockers_to_begin, blockers_to_continue
from .import_rows import TO_IMPORT
from .writing import insert, who_and_when


@transaction.atomic
def try_import(*, pair: Pair, kind: str, upload: Any, by: Actor, at: datetime) -> ImportRun:
    """Take a file for a dry run: it is read at once, its rows are judged by the queue worker.

    :raises Refused: when the file cannot be read or its heading is not that of the list. :raises PermissionDenied:
    """
    still_allowed(by, KINDS[kind].can, pair, day_of(at))
    if upload.size > MOST_BYTES:
        raise refused("too_large", limit=MOST_BYTES // (1024 * 1024))
    name, content = clean_name(upload.name or ""), upload.read()
    rows = rows_of(read_lines(name, content), KINDS[kind].columns)
    run = _run(pair, by, at, kind=kind, file_name=name, content=content, total=len(rows))
    run.sha256 = _sha256(content)
    run.save(force_insert=True)
    _begin(run, "import.tried", by, at)
    return run


@transaction.atomic
def begin_import(*, tried: ImportRun, by: Actor, at: datetime) -> ImportRun:
    """Import the rows that a dry run found new or changed; each is judged again when it is written.

    :raises Refused: not finished, nothing to import, begun already, too old. :raises PermissionDenied:
    """
    still_allowed(by, KINDS[tried.kind].can, tried.pair, day_of(at))
    locked = ImportRun.objects.select_for_update(no_key=True).get(pk=tried.pk, trial=True)
    refuse_if_any(blockers_to_begin(_tried(locked), at))
    same = {"kind": locked.kind, "file_name": locked.file_name, "sha256": locked.sha256, "total": locked.total}
    run = _run(tried.pair, by, at, trial=False, tried=locked, content=b"", **same)
    insert(run, begun_already())
    _begin(run, "import.begun", by, at)
    return run


@transaction.atomic
def continue_import(*, run: ImportRun, by: Actor, at: datetime) -> ImportRun:
    """Hand a run whose worker died to another one; it goes on behind the last counted row.

    :raises Refused: still running, somebody else's. :raises PermissionDenied:
    """
    still_allowed(by, KINDS[run.kind].can, run.pair, day_of(at))
    locked = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    stopped = locked.stopped(at) or locked.not_taken_up(at)
    refuse_if_any(blockers_to_continue(stopped=stopped, own=locked.recorded_by_id == by.user_id))
    locked.state, locked.beat_at = ImportRun.State.WAITING, None
    locked.save(update_fields=["state", "beat_at"])
    _begin(locked, "import.tried" if locked.trial else "import.begun", by, at)
    return locked


def _run(pair: Pair, by: Actor, at: datetime, **given: Any) -> ImportRun:
    acting = {"post": by.post, "side": by.side, "organisation_id": by.organisation_id}
    return ImportRun(**tenant(pair), **acting, **given, **who_and_when(by, at))


def _tried(run: ImportRun) -> TriedFacts:
    return TriedFacts(
        done=run.state == ImportRun.State.DONE,
        finished_at=run.finished_at,
        to_import=sum(row["state"] in TO_IMPORT for row in run.report),
        begun=ImportRun.objects.filter(tried=run).exists(),
        unchanged_file=_sha256(bytes(run.content)) == run.sha256,
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _begin(run: ImportRun, verb: str, by: Actor, at: datetime) -> None:
    data = {"run": run.pk, "kind": run.kind, "file": run.file_name, "sha256": run.sha256}
    data |= {"rows": run.total, "from_row": run.done}
    record(verb, by=by, at=at, subject=run, stream=f"pair:{run.pair_id}", data=data)
    tasks.run_import.enqueue(run.pk)
