"""What rules on exports judge, loaded from the database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from django.conf import settings
from django.db.models import Q

from cmo.clock import SHANGHAI, day_of
from cmo.trail.models import Entry

from . import archive
from .models import LEASE, Export
from .rules import Asked, Standing


def asked_by(user_id: int, as_of: date, at: datetime, *, within_grant: bool, but: int = 0) -> Asked:
    """What this person asks for now, with what they have asked for before; ``but``: an export that is not counted."""
    return Asked(
        as_of=as_of,
        today=day_of(at),
        within_grant=within_grant,
        open_exports=open_exports(user_id, at, but),
        asked_today=asked_on(user_id, day_of(at)),
        most_a_day=settings.DOSSIER_EXPORTS_PER_DAY,
    )


def open_exports(user_id: int, at: datetime, but: int = 0) -> int:
    """How many exports of a person wait or are under way; one whose worker is gone is neither."""
    alive = Q(state=Export.State.WAITING) | Q(state=Export.State.RUNNING, beat_at__gte=at - LEASE)
    return Export.objects.filter(alive, recorded_by_id=user_id).exclude(pk=but).count()


def asked_on(user_id: int, day: date) -> int:
    """How often a person asked for an export on one legal day, also again for the same."""
    begins = datetime.combine(day, time(), SHANGHAI).astimezone(UTC).isoformat(timespec="microseconds")
    asked = Entry.objects.filter(stream=f"user:{user_id}", verb__in=("dossier.asked", "dossier.asked_again"))
    return asked.filter(at_utc__gte=begins).count()


def standing_of(export: Export, user_id: int | None, at: datetime) -> Standing:
    """An export as it stands for this person; the file of one that is ready is hashed."""
    removed = expired(export, at)
    return Standing(
        own=user_id is not None and export.recorded_by_id == user_id,
        state=export.state,
        stopped=export.stopped(at),
        not_taken_up=export.not_taken_up(at),
        removed=removed,
        lost=export.state == Export.State.READY and not removed and not archive.is_intact(export),
    )


def under_way(export_id: int, attempt: int) -> bool:
    """Whether a worker has this attempt of an export in its hands."""
    return Export.objects.filter(pk=export_id, attempt=attempt, state=Export.State.RUNNING).exists()


def expired(export: Export, at: datetime) -> bool:
    """Whether the file of a finished export is gone, or its time is over."""
    over = export.expires_at is not None and export.expires_at <= at
    return export.state == Export.State.READY and (export.removed_at is not None or over)
