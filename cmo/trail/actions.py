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

#: SQLite: moves the head, as its transaction holds the only write lock; the entry follows in a second statement.
_MOVE_HEAD = """
    INSERT INTO trail_head AS h (stream, seq, prev_hash, hash)
    VALUES (%(stream)s, 1, %(genesis)s, trail_sha256(%(genesis)s || %(before)s || 1 || %(after)s))
    ON CONFLICT (stream) DO UPDATE SET seq = h.seq + 1, prev_hash = h.hash,
        hash = trail_sha256(h.hash || %(before)s || (h.seq + 1) || %(after)s)
    RETURNING seq, prev_hash, hash"""
_APPEND = "INSERT INTO trail_entry (payload, prev_hash, hash) VALUES (%s, %s, %s)"

#: PostgreSQL: one round trip that locks the head, moves it and appends; the payload comes in two parts around its number.
_MOVE_AND_APPEND = """
    WITH head AS (
        INSERT INTO trail_head AS h (stream, seq, prev_hash, hash)
        VALUES (%(stream)s, 1, %(genesis)s,
                encode(sha256(convert_to(%(genesis)s || %(before)s || 1 || %(after)s, 'UTF8')), 'hex'))
        ON CONFLICT (stream) DO UPDATE SET seq = h.seq + 1, prev_hash = h.hash,
            hash = encode(sha256(convert_to(h.hash || %(before)s || (h.seq + 1) || %(after)s, 'UTF8')), 'hex')
        RETURNING seq, prev_hash, hash
    )
    INSERT INTO trail_entry (payload, prev_hash, hash)
    SELECT %(before)s || seq || %(after)s, prev_hash, hash FROM head RETURNING hash"""


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
    before, after = _around_number(row)
    parts = {"stream": row["stream"], "genesis": GENESIS, "before": before, "after": after}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_MOVE_AND_APPEND, parts)
            return str(cursor.fetchone()[0])
        connection.connection.create_function("trail_sha256", 1, sha256, deterministic=True)
        cursor.execute(_MOVE_HEAD, parts)
        seq, prev, digest = cursor.fetchone()
        cursor.execute(_APPEND, [f"{before}{seq}{after}", prev, digest])
    return str(digest)


def _around_number(row: dict[str, Any]) -> tuple[str, str]:
    """The canonical text before and after the number, which the database fills in under its lock."""
    before = canonical({key: value for key, value in row.items() if key < "seq"})
    after = canonical({key: value for key, value in row.items() if key > "seq"})
    return before[:-1] + ',"seq":', "," + after[1:]


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
