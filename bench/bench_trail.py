"""What the trail costs, as JSON ratios: appending, many writers at once, verifying.

    .venv/bin/python bench/bench_trail.py [--entries 200000] [--seconds 6]

Runs on an own SQLite file and, where a PostgreSQL server answers, on an own database there; both are removed afterwards.
Each ratio compares with the same work without a trail, measured in turns on the same machine. Goals: appending at most
1.5 (PostgreSQL) and 1.8 (SQLite) times a locked save; throughput with a trail at least 0.75; verifying at most 3 times
a bare hashing loop. Exit 1 when a goal is missed. Ratios mean little when others keep the processors busy: ``load_before``
says whether they did.
"""

import argparse
import gc
import hashlib
import multiprocessing
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from measuring import in_turns, on_each_database, set_up

GOALS = {"append_sqlite": 1.8, "append_postgresql": 1.5, "throughput_postgresql": 0.75, "verify": 3.0}
STREAMS, WRITERS, WORK = 200, 16, 0.010
BATCH = 100


def met(name: str, value: Any) -> bool:
    if not name.endswith("_ratio"):
        return True
    goal = next(limit for start, limit in GOALS.items() if name.startswith(start))
    return value >= goal if name.startswith("throughput") else value <= goal


def measure(options: argparse.Namespace) -> dict[str, Any]:
    vendor = set_up("trail")
    prepare()
    found: dict[str, Any] = {}
    base, append = append_times()
    found[f"append_{vendor}_ms"] = {"locked_save": round(base * 1000, 3), "with_entry": round(append * 1000, 3)}
    found[f"append_{vendor}_ratio"] = round(append / base, 2)
    if vendor == "postgresql":
        without, with_trail = throughput(options.seconds)
        found["throughput_postgresql_per_second"] = {"without": round(without), "with_trail": round(with_trail)}
        found["throughput_postgresql_ratio"] = round(with_trail / without, 2)
    loop, verify = verify_times(options.entries)
    found[f"verify_{vendor}_seconds"] = {
        "entries": options.entries,
        "hashing_loop": round(loop, 3),
        "verify": round(verify, 3),
    }
    found[f"verify_{vendor}_ratio"] = round(verify / loop, 2)
    return found


def prepare() -> None:
    """The triggers of the trail, and plain business rows to lock and save."""
    from django.db import connection

    from cmo.trail import append_only

    append_only.install(connection)
    with connection.schema_editor() as editor:
        editor.create_model(business())
    business().objects.bulk_create([business()(counter=0, note="x" * 40) for _ in range(STREAMS)])


def business() -> Any:
    """A plain table, made on the first call."""
    from django.apps import apps
    from django.db import models

    if "business" not in apps.all_models["trail"]:
        fields = {"counter": models.IntegerField(), "note": models.CharField(max_length=100)}
        meta = type("Meta", (), {"app_label": "trail"})
        type("Business", (models.Model,), {**fields, "Meta": meta, "__module__": __name__})
    return apps.all_models["trail"]["business"]


def locked_save(number: int) -> None:
    row = business().objects.select_for_update().get(pk=number)
    row.counter += 1
    row.save(update_fields=["counter"])


def entry(number: int) -> None:
    from cmo.trail.actions import record
    from cmo.trail.actor import Actor

    record(
        "refused",
        by=Actor(7, "林知夏", "quality_manager", "registrant", 3, "示例医疗科技有限公司"),
        at=datetime.now(UTC),
        subject=f"trail.business:{number}",
        label="批 2026-0001",
        stream=f"pair:{number}",
        reason="示例",
        data={"licence_version": 12, "hash": "0" * 64, "findings": ["licence_lapsed"]},
    )


def saved_and_recorded(number: int) -> None:
    locked_save(number)
    entry(number)


def append_times() -> tuple[float, float]:
    """Median seconds of a transaction that locks and saves a row, without and with its entry, in turns."""
    from django.db import transaction

    def batch(work: Callable[[int], None]) -> None:
        for n in range(BATCH):
            with transaction.atomic():
                work(n % STREAMS + 1)

    base, append = in_turns(lambda: batch(locked_save), lambda: batch(saved_and_recorded), 25)
    return base / BATCH, append / BATCH


def throughput(seconds: float) -> tuple[float, float]:
    """Transactions a second of 16 processes that each lock a row, work 10 ms and save; without and with an entry."""
    rates: dict[bool, list[float]] = {False: [], True: []}
    for _turn in range(3):
        for with_trail in (False, True):
            rates[with_trail].append(writers(seconds, with_trail))
    return statistics.median(rates[False]), statistics.median(rates[True])


def writers(seconds: float, with_trail: bool) -> float:
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    start, counts = context.Barrier(WRITERS), context.SimpleQueue()
    children = [context.Process(target=write_for, args=(seconds, with_trail, n, start, counts)) for n in range(WRITERS)]
    for child in children:
        child.start()
    total = sum(counts.get() for _ in children)
    for child in children:
        child.join()
    return total / seconds


def write_for(seconds: float, with_trail: bool, seed: int, start: Any, counts: Any) -> None:
    from django.db import connection, transaction

    chance = random.Random(seed)
    connection.ensure_connection()
    start.wait()
    done, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        number = chance.randrange(STREAMS) + 1
        with transaction.atomic():
            locked_save(number)
            time.sleep(WORK)
            if with_trail:
                entry(number)
        done += 1
    connection.close()
    counts.put(done)


def verify_times(entries: int) -> tuple[float, float]:
    """Seconds of hashing that many payloads in memory, and of verifying them in the database."""
    from django.db import connection

    from cmo.trail.verify import verify

    with connection.cursor() as cursor:  # what the other measurements left would blur this one
        for table in ("trail_entry", "trail_head"):
            cursor.execute(
                f"DROP TABLE {table} CASCADE" if connection.vendor == "postgresql" else f"DROP TABLE {table}"
            )
        cursor.execute("DELETE FROM django_migrations WHERE app = 'trail'")
    from django.core.management import call_command

    call_command("migrate", "trail", verbosity=0)
    payloads = fill(entries)
    gc.collect()

    def hashing_loop() -> None:
        for stream in payloads:
            prev = "0" * 64
            for payload in stream:
                prev = hashlib.sha256((prev + payload).encode()).hexdigest()

    def verified() -> None:
        verdict = verify()
        assert verdict.ok, verdict
        assert verdict.entries == entries

    return in_turns(hashing_loop, verified, 3, min)


def fill(entries: int) -> list[list[str]]:
    """Valid chains of 1,000 entries each, written in bulk; returns their payloads."""
    from django.db import connection, transaction

    from cmo.trail.canonical import canonical

    streams: list[list[str]] = []
    row = {"at": "2026-06-01T00:00:00.000000+00:00", "by_id": 7, "by_name": "林知夏", "by_organisation": "示例公司"}
    row |= {"by_post": "quality_manager", "by_side": "registrant", "data": {"hash": "0" * 64, "version": 12}}
    row |= {"label": "批 2026-0001", "reason": "", "subject": "releases.lot:1", "verb": "lot.registered"}
    for number in range(0, entries, 1000):
        stream, prev, rows, payloads = f"pair:{number}", "0" * 64, [], []
        for seq in range(1, min(1000, entries - number) + 1):
            payload = canonical({**row, "stream": stream, "seq": seq})
            digest = hashlib.sha256((prev + payload).encode()).hexdigest()
            rows.append((payload, prev, digest))
            payloads.append(payload)
            prev = digest
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany("INSERT INTO trail_entry (payload, prev_hash, hash) VALUES (%s, %s, %s)", rows)
            head: list[Any] = [stream, len(rows), rows[-1][1], prev]
            cursor.execute("INSERT INTO trail_head (stream, seq, prev_hash, hash) VALUES (%s, %s, %s, %s)", head)
        streams.append(payloads)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE trail_entry")
    return streams


if __name__ == "__main__":
    sys.exit(on_each_database(__file__, __doc__, measure, met, entries=200_000, seconds=6.0))
