"""What was shown to an outsider and what they took, kept on their own stream."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from cmo.trail.actions import record

from ..outside import Reading

_LONGEST = 300


@transaction.atomic
def record_shown(*, reading: Reading, path: str, view: str, title: str, at: datetime) -> None:
    """A page was shown: one entry for each pair it is about, one under the person where it is about none."""
    _record("outside.shown", reading, {"path": path[:_LONGEST], "view": view}, title or path, at)


@transaction.atomic
def record_taken(*, reading: Reading, path: str, view: str, name: str, size: int | None, at: datetime) -> None:
    """A file was taken; ``size`` in bytes where it is known."""
    data = {"path": path[:_LONGEST], "view": view, "file": name[:_LONGEST], "size": size}
    _record("outside.taken", reading, data, name or path, at)


def _record(verb: str, reading: Reading, data: dict[str, Any], label: str, at: datetime) -> None:
    stream, by = f"user:{reading.user.pk}", reading.actor
    concerned = [(opened.subject, {"pair": opened.pair_id}) for opened in reading.pairs]
    for subject, pair in concerned or [(f"parties.user:{reading.user.pk}", {})]:
        record(verb, by=by, at=at, subject=subject, stream=stream, data={**data, **pair}, label=label[:_LONGEST])
