"""What the queue worker does with an import: take it up, judge or import a chunk of rows, count, finish or fail.

Every row goes through the very action that a page would call, as the person who asked for the import; that person's
post is judged again with every chunk. A dry run does the same and is rolled back. One chunk is one transaction with its
own count of rows, so a worker that dies leaves neither half a row nor a row that nobody counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation

from cmo.clock import day_of
from cmo.errors import Finding, Refused
from cmo.parties.access import require
from cmo.parties.models import User
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..importing.faults import PROBLEMS, fault
from ..importing.kinds import KINDS, Kind, Values
from ..importing.reading import read_lines
from ..importing.rows import Row, plain, rows_of
from ..models import ImportRun
from .import_acts import Chunk

#: Rows of one transaction: so long is the head of the pair's trail held.
CHUNK = 50
#: States of a row that an import for good takes over from its dry run.
TO_IMPORT = ("new", "changed")

Report = dict[str, Any]


@dataclass(slots=True)
class Work:
    """One run in one worker's hands: its rows, and what stands in the rows before."""

    run_id: int
    attempt: int
    kind: Kind
    rows: list[Row]
    #: Key of every row that is new in this file → its number and values.
    seen: dict[tuple[Any, ...], tuple[int, Values]] = field(default_factory=dict)

    def end_of_chunk(self, start: int) -> int:
        """Where the chunk ends: not between two rows of which the second is judged by the first."""
        end = min(start + CHUNK, len(self.rows))
        most = min(end + CHUNK, len(self.rows))
        while end < most and not self.kind.stands_alone(self.rows[end].values):
            end += 1
        return end

    def above(self, row: Row) -> tuple[int, Values] | None:
        """The row above with the same key; what a repeated chunk left of itself does not count."""
        found = self.seen.get(self.kind.key(row.values))
        return found if found is not None and found[0] < row.number else None


@transaction.atomic
def take_up(*, run_id: int, at: datetime) -> Work | None:
    """Take up a waiting run, or one whose worker gives no sign of life; None when there is nothing to do.

    :raises Refused: when the file cannot be read after all.
    """
    run = ImportRun.objects.select_for_update(no_key=True).select_related(None).get(pk=run_id)
    if run.state != ImportRun.State.WAITING and not run.stopped(at):
        return None
    content = bytes(run.content if run.tried is None else run.tried.content)
    kind = KINDS[run.kind](run.pair)
    work = Work(run.pk, run.attempt + 1, kind, rows_of(read_lines(run.file_name, content), kind.columns))
    for row, reported in zip(work.rows, run.report, strict=False):
        if reported["state"] in TO_IMPORT:
            work.seen[kind.key(row.values)] = (row.number, row.values)
    run.state, run.attempt, run.beat_at, run.total = ImportRun.State.RUNNING, work.attempt, at, len(work.rows)
    run.save(update_fields=["state", "attempt", "beat_at", "total"])
    return work


def work_on(*, work: Work, at: datetime) -> bool:
    """Do the next chunk; whether rows are left. False as well when another worker has taken the run over.

    :raises PermissionDenied: when the person may not do this any more.
    """
    trial = ImportRun.objects.filter(pk=work.run_id).values_list("trial", flat=True).get()
    return _try_chunk(work, at) if trial else import_chunk(work=work, at=at)


@transaction.atomic
def import_chunk(*, work: Work, at: datetime) -> bool:
    """Import the next rows for good and count them, in one transaction."""
    run = _held(work)
    if run is None:
        return False
    return _count(run, work, _judged(run, work, at), at)


def _try_chunk(work: Work, at: datetime) -> bool:
    """Judge the next rows by doing and undoing them, then count them."""
    with transaction.atomic():
        run = _held(work)
        if run is None:
            return False
        reports = _judged(run, work, at)
        transaction.set_rollback(True)
    with transaction.atomic():
        run = _held(work)
        return run is not None and _count(run, work, reports, at)


def _held(work: Work) -> ImportRun | None:
    """The run under lock, when it is still in this worker's hands."""
    rows = ImportRun.objects.select_for_update(no_key=True, of=("self",)).select_related("pair").defer("content")
    run = rows.get(pk=work.run_id)
    return run if run.state == ImportRun.State.RUNNING and run.attempt == work.attempt else None


def _judged(run: ImportRun, work: Work, at: datetime) -> list[Report]:
    """What comes of each of the next rows; new ones are written."""
    by = actor_of_run(run, work.kind, at)
    rows = work.rows[run.done : work.end_of_chunk(run.done)]
    work.kind.load(rows, by)
    chunk = Chunk(work.kind, by, at)
    tried = run.tried.report if run.tried is not None else None
    reports = []
    for place, row in enumerate(rows, start=run.done):
        if tried is not None and tried[place]["state"] not in TO_IMPORT:
            reports.append(tried[place])
        else:
            reports.append(_one(work, row, chunk))
    return reports


def actor_of_run(run: ImportRun, kind: Kind, at: datetime) -> Actor:
    """Who acts in this run: the person who asked for it, under a post that allows it today.

    :raises PermissionDenied: when none does any more.
    """
    user = User.objects.filter(pk=run.recorded_by_id or 0).first()
    if user is None:
        raise PermissionDenied
    return require(user, kind.can, run.pair, day_of(at))


def _one(work: Work, row: Row, chunk: Chunk) -> Report:
    """What comes of one row: compared with what is on record or above in the file, then done by its action."""
    kind, values = work.kind, row.values
    faults = list(row.faults) or kind.faults(values)
    if faults:
        return _report(kind, row, "wrong", faults)
    known, above = kind.known(values), work.above(row)
    if known is None and above is None:
        return _done(work, row, "new", chunk.add)
    changes = _changes(kind, known if known is not None else above[1], values)  # type: ignore[index]
    if not changes:
        return _report(kind, row, "same")
    refusal = kind.difference(values) if above is None else fault("twice_in_file", row=above[0])
    if refusal is not None:
        return _report(kind, row, "wrong", [refusal], changes)
    return _done(work, row, "changed", chunk.correct, changes)


def _changes(kind: Kind, known: Values, values: Values) -> list[Report]:
    """Old and new text of every column of the file in which the record differs."""
    columns = [column for column in kind.columns if column.key in values and column.key in known]
    return [
        {"column": column.key, "old": plain(column, known[column.key]), "new": plain(column, values[column.key])}
        for column in columns
        if known[column.key] != values[column.key]
    ]


def _done(
    work: Work, row: Row, state: str, act: Callable[[Values], None], changes: list[Report] | None = None
) -> Report:
    """Call the action; its refusal is the row's own, a lost right stops the run."""
    try:
        act(row.values)
    except Refused as refusal:
        return _report(work.kind, row, "wrong", refusal.findings, changes)
    except ValidationError as error:
        return _report(work.kind, row, "wrong", _worded(error), changes)
    work.seen[work.kind.key(row.values)] = (row.number, row.values)
    return _report(work.kind, row, state, (), changes)


def _worded(error: ValidationError) -> list[Finding]:
    """What only the model noticed, in both languages."""
    said = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            said[language] = [str(message) for message in error.messages]
    return [
        Finding("not_valid", "blocks", "policy", zh, en) for zh, en in zip(said["zh-hans"], said["en"], strict=True)
    ]


def _report(
    kind: Kind, row: Row, state: str, faults: Iterable[Finding] = (), changes: list[Report] | None = None
) -> Report:
    errors = [{"code": one.code, "zh": one.zh, "en": one.en} for one in faults if one.blocks]
    report = {"row": row.number, "state": state, "label": kind.label(row.values)}
    return report | ({"errors": errors} if errors else {}) | ({"changes": changes} if changes else {})


def _count(run: ImportRun, work: Work, reports: list[Report], at: datetime) -> bool:
    """Count the rows of a chunk; the last chunk finishes the run."""
    run.report = [*run.report, *reports]
    run.done, run.beat_at = len(run.report), at
    rows_left = run.done < run.total
    if not rows_left:
        _finish(run, work, at)
    run.save(update_fields=["report", "done", "beat_at", "state", "finished_at"])
    return rows_left


def _finish(run: ImportRun, work: Work, at: datetime) -> None:
    run.state, run.finished_at = ImportRun.State.DONE, at
    if run.trial:
        return
    by = actor_of_run(run, work.kind, at)
    data = {"run": run.pk, "kind": run.kind, "sha256": run.sha256, **counts(run.report)}
    record("import.finished", by=by, at=at, subject=run, stream=run.pair.stream, data=data)


def counts(report: Iterable[Report]) -> dict[str, int]:
    """How many rows are in each state."""
    found = Counter(row["state"] for row in report)
    return {state: found[state] for state in ("new", "changed", "same", "wrong")}


@transaction.atomic
def fail(*, run_id: int, code: str, at: datetime) -> None:
    """The run cannot go on; what was counted before stays."""
    run = ImportRun.objects.select_for_update(no_key=True).defer("content", "report").get(pk=run_id)
    if run.state in {ImportRun.State.DONE, ImportRun.State.FAILED}:
        return
    run.state, run.finished_at = ImportRun.State.FAILED, at
    run.problem_zh, run.problem_en = PROBLEMS[code]
    run.save(update_fields=["state", "finished_at", "problem_zh", "problem_en"])
