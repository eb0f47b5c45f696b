"""Checking the chains: every entry against its predecessor, every stream against its head, heads kept elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
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
    """Verify the given streams (default: all), then the heads written down elsewhere, as of one moment.

    ``witnessed`` maps a stream to (length, hash) as printed or mailed earlier: a database that was cut back or
    rewritten no longer contains them.
    """
    with one_moment():
        tails, heads = _tails(streams), _heads(streams)
        fault = None if _intact(streams, tails) else _first_chain_fault(streams)
        fault = fault or _first_head_fault(tails, heads) or _first_witness_fault(witnessed or {})
    return Verdict(sum(tail.count for tail in tails.values()), len(heads), fault)


@contextmanager
def one_moment() -> Iterator[None]:
    """Let all queries see the same state while others go on writing; nobody waits for it."""
    if connection.in_atomic_block:  # the caller's transaction decides what is seen
        yield
        return
    vendor = connection.vendor
    with connection.cursor() as cursor:
        cursor.execute(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if vendor == "postgresql" else "BEGIN DEFERRED"
        )
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


@dataclass(frozen=True, slots=True)
class _Tail:
    """What the entries of one stream amount to: their count, lowest and highest number, and the last hash."""

    count: int
    low: int
    high: int
    hash: str


def _tails(streams: list[str] | None) -> dict[str, _Tail]:
    where, params = _where(streams)
    query = f"""
        SELECT e.stream, e.n, e.low, e.high, last.hash
        FROM (SELECT stream, count(*) AS n, min(seq) AS low, max(seq) AS high FROM trail_entry {where} GROUP BY stream) e
        JOIN trail_entry last ON last.stream = e.stream AND last.seq = e.high"""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return {stream: _Tail(*rest) for stream, *rest in cursor.fetchall()}


def _heads(streams: list[str] | None) -> dict[str, tuple[int, str]]:
    rows = Head.objects.all() if streams is None else Head.objects.filter(stream__in=streams)
    return {stream: (seq, digest) for stream, seq, digest in rows.values_list("stream", "seq", "hash")}


def _intact(streams: list[str] | None, tails: dict[str, _Tail]) -> bool:
    """Whether all chains hold; says so fast, and leaves finding the first fault to a closer look."""
    if any(tail.low != 1 or tail.high != tail.count for tail in tails.values()):
        return False
    if connection.vendor == "postgresql":
        return _intact_in_postgresql(streams)
    return _intact_in_python(streams, tails)


def _intact_in_postgresql(streams: list[str] | None) -> bool:
    """Two passes, because hashing alone runs on several processors and the order needs no payloads."""
    where, params = _where(streams)
    altered = f"""
        SELECT count(*) FROM trail_entry {where} {"AND" if where else "WHERE"}
        encode(sha256(convert_to(prev_hash || payload, 'UTF8')), 'hex') <> hash"""
    unlinked = f"""
        SELECT count(*) FROM (
            SELECT prev_hash <> coalesce(lag(hash) OVER (PARTITION BY stream ORDER BY seq), %s) AS broken
            FROM trail_entry {where}
        ) links WHERE broken"""
    with connection.cursor() as cursor:
        cursor.execute(altered, params)
        faults = cursor.fetchone()[0]
        cursor.execute(unlinked, [GENESIS, *params])
        return faults + cursor.fetchone()[0] == 0


def _intact_in_python(streams: list[str] | None, tails: dict[str, _Tail]) -> bool:
    """Streams are read one after the other as bytes; how many entries belong to each is known, so only hashes are."""
    where, params = _where(streams)
    sha, genesis = hashlib.sha256, GENESIS.encode()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CAST(prev_hash AS BLOB), CAST(hash AS BLOB), CAST(payload AS BLOB) "
            f"FROM trail_entry {where} ORDER BY stream, seq",
            params,
        )
        rows = iter(cursor)
        for stream in sorted(tails, key=str.encode):  # the order of SQLite: by bytes
            prev = genesis
            for stated_prev, stated, payload in islice(rows, tails[stream].count):
                if stated_prev != prev or sha(prev + payload).hexdigest().encode() != stated:
                    return False
                prev = stated
    return True


def _first_chain_fault(streams: list[str] | None) -> Fault | None:
    if connection.vendor == "postgresql":
        return _chain_fault_in_postgresql(streams)
    return _chain_fault_in_python(streams)


def _chain_fault_in_python(streams: list[str] | None) -> Fault | None:
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
                    return _explain(stream, number, seq, stated_prev == prev)
                prev = stated
    return None


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


def _first_head_fault(tails: dict[str, _Tail], heads: dict[str, tuple[int, str]]) -> Fault | None:
    """A head that its stream does not reach (truncated), or an entry beyond its head or without one (forged_head)."""
    for stream in sorted(heads.keys() | tails.keys()):
        seq, digest = heads.get(stream, (0, ""))
        tail = tails.get(stream)
        reached = tail.high if tail else 0
        if reached < seq:
            return Fault(stream, reached + 1, "truncated")
        if tail and (reached, tail.hash) != (seq, digest):
            return Fault(stream, reached, "forged_head")
    return None


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
    return _heads(None)
