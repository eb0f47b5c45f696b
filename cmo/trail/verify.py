"""Checking the chains: every entry against its predecessor, every stream against its head, heads kept elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from .actions import GENESIS
from .models import Entry, Head


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong: ``kind`` is altered, missing, reordered, truncated, forged_head, unknown_stream
    or behind_witness."""

    stream: str
    seq: int
    kind: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of a verification: counts and the first fault, if any."""

    entries: int
    streams: int
    first_bad: Fault | None

    @property
    def ok(self) -> bool:
        return self.first_bad is None

    def as_dict(self) -> dict[str, Any]:
        bad = self.first_bad.as_dict() if self.first_bad else None
        return {"ok": self.ok, "entries": self.entries, "streams": self.streams, "first_bad": bad}


def verify(streams: list[str] | None = None, witnessed: dict[str, tuple[int, str]] | None = None) -> Verdict:
    """Verify the given streams (default: all), then the heads written down elsewhere.

    ``witnessed`` maps a stream to (length, hash) as printed or mailed earlier: a database that was cut back or
    rewritten no longer contains them.
    """
    fault = _first_chain_fault(streams) or _first_head_fault(streams) or _first_witness_fault(witnessed or {})
    chosen = Entry.objects.all() if streams is None else Entry.objects.filter(stream__in=streams)
    heads = Head.objects.all() if streams is None else Head.objects.filter(stream__in=streams)
    return Verdict(chosen.count(), heads.count(), fault)


def _first_chain_fault(streams: list[str] | None) -> Fault | None:
    if connection.vendor == "postgresql":
        return _chain_fault_in_postgresql(streams)
    return next(_chain_faults_in_python(streams), None)


def _chain_faults_in_python(streams: list[str] | None) -> Iterator[Fault]:
    where, params = _where(streams)
    last_stream, seq, prev = None, 0, GENESIS
    sha = hashlib.sha256
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT stream, seq, prev_hash, hash, payload FROM trail_entry {where} ORDER BY stream, seq", params
        )
        while rows := cursor.fetchmany(5000):
            for stream, number, stated_prev, stated, payload in rows:
                if stream != last_stream:
                    last_stream, seq, prev = stream, 0, GENESIS
                seq += 1
                if number != seq or stated_prev != prev or sha((prev + payload).encode()).hexdigest() != stated:
                    yield _explain(stream, number, seq, stated_prev == prev)
                    return
                prev = stated


def _explain(stream: str, number: int, expected: int, linked: bool) -> Fault:
    if number != expected:
        return Fault(stream, expected, "missing")
    return Fault(stream, number, "altered" if linked else "reordered")


def _chain_fault_in_postgresql(streams: list[str] | None) -> Fault | None:
    where, params = _where(streams)
    query = f"""
        SELECT stream, seq, expected, linked FROM (
            SELECT stream, seq, row_number() OVER w AS expected,
                   prev_hash = coalesce(lag(hash) OVER w, %s) AS linked,
                   encode(sha256(convert_to(prev_hash || payload, 'UTF8')), 'hex') = hash AS intact
            FROM trail_entry {where} WINDOW w AS (PARTITION BY stream ORDER BY seq)
        ) checked
        WHERE seq <> expected OR NOT linked OR NOT intact ORDER BY stream, seq LIMIT 1"""
    with connection.cursor() as cursor:
        cursor.execute(query, [GENESIS, *params])
        row = cursor.fetchone()
    return _explain(*row) if row else None


def _where(streams: list[str] | None) -> tuple[str, list[str]]:
    if streams is None:
        return "", []
    marks = ", ".join(["%s"] * len(streams)) or "NULL"
    return f"WHERE stream IN ({marks})", list(streams)


def _first_head_fault(streams: list[str] | None) -> Fault | None:
    """A head that its stream does not reach (truncated), or an entry beyond its head (forged_head)."""
    where, params = _where(streams)
    query = f"""
        SELECT coalesce(h.stream, e.stream), coalesce(e.seq, h.seq), h.seq, e.seq, h.hash, e.hash
        FROM (SELECT * FROM trail_head {where}) h
        FULL OUTER JOIN (
            SELECT stream, seq, hash FROM trail_entry t {where} {"AND" if where else "WHERE"}
            seq = (SELECT max(seq) FROM trail_entry u WHERE u.stream = t.stream)
        ) e ON e.stream = h.stream
        WHERE h.stream IS NULL OR e.stream IS NULL OR h.seq <> e.seq OR h.hash <> e.hash
        ORDER BY 1 LIMIT 1"""
    with connection.cursor() as cursor:
        cursor.execute(query, params + params)
        row = cursor.fetchone()
    if row is None:
        return None
    stream, seq, head_seq, entry_seq, _head_hash, _entry_hash = row
    if head_seq is not None and (entry_seq is None or entry_seq < head_seq):
        return Fault(stream, (entry_seq or 0) + 1, "truncated")
    return Fault(stream, seq, "forged_head")


def _first_witness_fault(witnessed: dict[str, tuple[int, str]]) -> Fault | None:
    for stream, (seq, digest) in sorted(witnessed.items()):
        held = Entry.objects.filter(stream=stream, seq=seq).values_list("hash", flat=True).first()
        if held is None:
            known = Head.objects.filter(stream=stream).exists()
            return Fault(stream, seq, "behind_witness" if known else "unknown_stream")
        if held != digest:
            return Fault(stream, seq, "behind_witness")
    return None


def heads() -> dict[str, tuple[int, str]]:
    """Every stream's length and last hash, to be kept outside the database."""
    return {stream: (seq, digest) for stream, seq, digest in Head.objects.values_list("stream", "seq", "hash")}
