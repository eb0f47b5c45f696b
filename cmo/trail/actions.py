"""The only writer of the trail.

An entry is written inside the transaction of the action it describes; the stream's head row is locked last, after the
business row, so that locks are always taken in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models, transaction

from cmo.errors import Refused

from .actor import Actor
from .canonical import canonical, sha256
from .verbs import known_verbs

GENESIS = "0" * 64

_LOCK_HEAD = {
    "sqlite": "INSERT INTO trail_head (stream, seq, hash) VALUES (%s, 0, %s) "
    "ON CONFLICT (stream) DO UPDATE SET stream = excluded.stream RETURNING seq, hash",
    "postgresql": "INSERT INTO trail_head (stream, seq, hash) VALUES (%s, 0, %s) "
    "ON CONFLICT (stream) DO UPDATE SET stream = excluded.stream RETURNING seq, hash",
}
_APPEND = "INSERT INTO trail_entry (payload, prev_hash, hash) VALUES (%s, %s, %s)"
_MOVE_HEAD = "UPDATE trail_head SET seq = %s, hash = %s WHERE stream = %s"
_APPEND_AND_MOVE = f"WITH entry AS ({_APPEND}) {_MOVE_HEAD}"


def subject_key(subject: models.Model | str) -> str:
    """``app.model:pk`` of a saved row; text passes through."""
    if isinstance(subject, str):
        return subject
    return f"{subject._meta.label_lower}:{subject.pk}"


def record(
    verb: str,
    *,
    by: Actor,
    at: datetime,
    subject: models.Model | str,
    stream: str,
    reason: str = "",
    data: dict[str, Any] | None = None,
    label: str = "",
) -> str:
    """Append one entry to ``stream`` and return its hash.

    ``subject`` names the row (its key and printed label are kept as text), ``data`` holds intent in JSON-ready values.

    :raises RuntimeError: outside a transaction.
    :raises ValueError: for a verb that no app declares.
    :raises TypeError: when ``data`` cannot be written canonically (floats, dates, other objects).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("trail.record must run inside the transaction of its action")
    if verb not in known_verbs():
        raise ValueError(f"{verb!r} is not a declared trail verb")
    row = {
        "verb": verb,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "subject": subject_key(subject),
        "label": label or (subject if isinstance(subject, str) else str(subject)),
        "by_id": by.user_id,
        "by_name": by.name,
        "by_post": by.post,
        "by_side": by.side,
        "by_organisation": by.organisation,
        "reason": reason,
        "data": data or {},
        "stream": stream,
    }
    return _append(row)


def _append(row: dict[str, Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_HEAD[connection.vendor], [row["stream"], GENESIS])
        seq, prev = cursor.fetchone()
        payload = canonical({**row, "seq": seq + 1})
        digest = sha256(prev + payload)
        if connection.vendor == "postgresql":
            cursor.execute(_APPEND_AND_MOVE, [payload, prev, digest, seq + 1, digest, row["stream"]])
        else:
            cursor.execute(_APPEND, [payload, prev, digest])
            cursor.execute(_MOVE_HEAD, [seq + 1, digest, row["stream"]])
    return digest


def record_refusal(
    verb: str,
    refusal: Refused | Exception,
    *,
    by: Actor,
    at: datetime,
    subject: models.Model | str,
    stream: str,
    data: dict[str, Any] | None = None,
) -> str:
    """Record, in a transaction of its own, that ``verb`` was refused and why. Called after the rollback."""
    codes: Iterable[str] = refusal.codes if isinstance(refusal, Refused) else [type(refusal).__name__]
    reasons = [f.en for f in refusal.findings if f.blocks] if isinstance(refusal, Refused) else [str(refusal)]
    with transaction.atomic():
        return record(
            "refused",
            by=by,
            at=at,
            subject=subject,
            stream=stream,
            reason=" ".join(reasons)[:2000],
            data={**(data or {}), "attempted": verb, "codes": list(codes)},
        )
