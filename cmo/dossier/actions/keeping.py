"""How long the bytes of an export are kept, and putting in order what dead workers left."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from cmo import storage
from cmo.trail.actor import SYSTEM

from .. import archive
from ..facts import expired
from ..models import Export
from ..wording import PROBLEMS
from .telling import tell

#: A worker silent for so long is given up: its export has failed, and may be asked for again.
GIVEN_UP = timedelta(minutes=30)
#: When somebody looks after a worker that has taken an export up.
LOOK_AFTER = GIVEN_UP + timedelta(minutes=1)


@transaction.atomic
def remove_expired(*, export_id: int, at: datetime) -> bool:
    """Take the bytes of an export away whose time is over; False where there is nothing to do any more."""
    row = Export.objects.select_related("pair").select_for_update(no_key=True, of=("self",)).get(pk=export_id)
    if row.removed_at is not None or not expired(row, at):
        return False
    row.removed_at = at
    row.save(update_fields=["removed_at"])
    tell("dossier.expired", row, by=SYSTEM, at=at, to=row.recorded_by_id)
    transaction.on_commit(lambda: archive.remove(row.pk, row.attempt))
    return True


def sweep_exports(*, at: datetime) -> None:
    """Remove what is past its time, give up workers that are gone for long, and take away files nobody is working on."""
    ready = Export.objects.filter(state=Export.State.READY, removed_at__isnull=True, expires_at__lte=at)
    for export_id in ready.values_list("pk", flat=True):
        remove_expired(export_id=export_id, at=at)
    silent = Export.objects.filter(state=Export.State.RUNNING, beat_at__lt=at - GIVEN_UP)
    for export_id in silent.values_list("pk", flat=True):
        _give_up(export_id, at)
    _take_away_leftovers()


@transaction.atomic
def _give_up(export_id: int, at: datetime) -> None:
    row = Export.objects.select_related("pair").select_for_update(no_key=True, of=("self",)).get(pk=export_id)
    if row.state != Export.State.RUNNING or row.beat_at is None or row.beat_at >= at - GIVEN_UP:
        return
    words = PROBLEMS["worker_gone"]
    row.state, row.finished_at, row.problem_zh, row.problem_en = Export.State.FAILED, at, words.zh, words.en
    row.save(update_fields=["state", "finished_at", "problem_zh", "problem_en"])
    tell("dossier.failed", row, by=SYSTEM, at=at, to=row.recorded_by_id, code="worker_gone")


def _take_away_leftovers() -> None:
    """Files of attempts that are over. They are listed before the rows are read: a file belongs to an attempt from its
    beginning, so that none is taken from a worker that is about to finish."""
    lying = archive.lying()
    pks = {export_id for export_id, _attempt in lying.values()}
    rows = Export.objects.filter(pk__in=pks, removed_at__isnull=True)
    wanted = set(rows.filter(state__in=(Export.State.RUNNING, Export.State.READY)).values_list("pk", "attempt"))
    for place, owner in lying.items():
        if owner not in wanted:
            storage.remove(place)
