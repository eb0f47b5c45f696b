"""What the queue worker writes of an export: taken up, bound, each step, finished or failed.

Only the latest worker of an export may go on: every write asks whether the export is still under way in this attempt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from cmo.clock import day_of
from cmo.paper.words import Words
from cmo.parties.models import Pair, User
from cmo.trail.actor import SYSTEM, Actor

from .. import archive, tasks
from ..models import EVIDENCE, Export, ExportFile
from ..rights import Limit, taking
from ..sheets import Dossier
from .keeping import LOOK_AFTER
from .telling import tell


@dataclass(frozen=True, slots=True)
class Work:
    """One export in one worker's hands. ``instant``, ``chain``: the moment, length and last hash that it was bound to by a
    worker before, if any."""

    export_id: int
    attempt: int
    pair: Pair
    scope: Limit
    language: str
    as_of: date
    marked_for: str
    instant: datetime | None
    chain: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What came of the work: the ZIP, and for each document in it name, size, SHA-256, and SHA-256 without signature."""

    sha256: str
    size: int
    files: tuple[tuple[str, int, str, str], ...]


@transaction.atomic
def take_up(*, export_id: int, at: datetime) -> Work | None:
    """Take up an export that waits, or whose worker gives no sign of life; None when there is nothing to do."""
    row = _locked(export_id)
    if row.state != Export.State.WAITING and not row.stopped(at):
        return None
    row.state, row.step, row.done, row.total = Export.State.RUNNING, "collecting", 0, 0
    row.attempt, row.beat_at = row.attempt + 1, at
    row.save(update_fields=["state", "step", "done", "total", "attempt", "beat_at"])
    tasks.look_after.using(run_after=at + LOOK_AFTER).enqueue(row.pk, row.attempt)
    scope = (row.scope_kind, row.scope_key)
    chain = None if row.seq is None else (row.seq, row.head)
    return Work(row.pk, row.attempt, row.pair, scope, row.language, row.as_of, row.marked_for, row.instant, chain)


def judge(*, work: Work, at: datetime) -> Actor:
    """Who the worker acts for, as far as they still may have this dossier.

    :raises PermissionDenied: when not.
    """
    row = Export.objects.select_related("pair").get(pk=work.export_id)
    user = User.objects.filter(pk=row.recorded_by_id or 0).first()
    held = taking(user, row.pair, day_of(at)) if user is not None else None
    if held is None or held.actor.organisation_id != row.organisation_id or not held.reads_scope(work.scope):
        raise PermissionDenied
    return held.actor


def bind(*, work: Work, dossier: Dossier, steps: int, at: datetime) -> bool:
    """Note what the export is bound to and what it contains; False when it is not this worker's any more."""
    pin = dossier.pin
    told = [{"key": one.key, "zh": one.title.zh, "en": one.title.en, "count": one.count} for one in dossier.sections]
    absent = sum(file.state != "whole" for file in dossier.files)
    told = [{**one, "absent": absent} if absent and one["key"] == EVIDENCE else one for one in told]
    bound = {"instant": pin.instant, "seq": pin.seq, "head": pin.head, "product_version": pin.product_version}
    return bool(_held(work).update(**bound, contents=told, total=steps, beat_at=at))


def count(*, work: Work, step: str, done: int, at: datetime) -> bool:
    """Note what is worked on and how many steps are done; False when it is not this worker's any more."""
    return bool(_held(work).update(step=step, done=done, beat_at=at))


@transaction.atomic
def finish(*, work: Work, made: Made, by: Actor, at: datetime) -> bool:
    """The ZIP lies in its place: say so, to the person too; False when it is not this worker's any more.

    Said again after an answer of the database was lost, it finds it said.
    """
    row = _locked(work.export_id)
    if _rests_on(row, work) and row.sha256 == made.sha256:
        return True
    if row.state != Export.State.RUNNING or row.attempt != work.attempt:
        return False
    row.state, row.step, row.done, row.finished_at, row.beat_at = Export.State.READY, "", row.total, at, at
    row.sha256, row.size, row.expires_at = made.sha256, made.size, at + timedelta(days=settings.DOSSIER_KEPT_DAYS)
    row.save(update_fields=["state", "step", "done", "finished_at", "beat_at", "sha256", "size", "expires_at"])
    names = ("name", "size", "sha256", "unsigned_sha256")
    files = [ExportFile(export=row, **dict(zip(names, one, strict=True))) for one in made.files]
    ExportFile.objects.bulk_create(files)
    tell("dossier.made", row, by=by, at=at)
    tasks.tell_ready.enqueue(row.pk)
    tasks.remove_expired_export.using(run_after=row.expires_at).enqueue(row.pk)
    return True


@transaction.atomic
def fail(*, work: Work, problems: Sequence[Words], code: str, at: datetime, unbound: bool = False) -> bool:
    """The export came to nothing and why; False when it is not this worker's any more. ``unbound``: what it was bound to
    cannot be read any more, so that it is read anew when it is asked for again."""
    row = _locked(work.export_id)
    if row.state != Export.State.RUNNING or row.attempt != work.attempt:
        return False
    row.state, row.finished_at = Export.State.FAILED, at
    row.problem_zh, row.problem_en = ("\n".join(getattr(one, tag) for one in problems) for tag in ("zh", "en"))
    row.save(update_fields=["state", "finished_at", "problem_zh", "problem_en"])
    tell("dossier.failed", row, by=SYSTEM, at=at, to=row.recorded_by_id, code=code)
    if unbound:
        row.instant, row.seq, row.head = None, None, ""
        row.save(update_fields=["instant", "seq", "head"])
    return True


@transaction.atomic
def discard(*, work: Work) -> None:
    """Take away what this attempt put into its place, unless the export rests on it: that it is ready may have been written
    although the answer of the database was lost. The lock waits for a connection that is still writing it."""
    if not _rests_on(_locked(work.export_id), work):
        archive.remove(work.export_id, work.attempt)


def _rests_on(row: Export, work: Work) -> bool:
    """Whether the export is ready with what this attempt made."""
    return row.state == Export.State.READY and row.attempt == work.attempt


def _locked(export_id: int) -> Export:
    return Export.objects.select_related("pair").select_for_update(no_key=True, of=("self",)).get(pk=export_id)


def _held(work: Work) -> Any:
    return Export.objects.filter(pk=work.export_id, attempt=work.attempt, state=Export.State.RUNNING)
