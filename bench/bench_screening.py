"""What screening costs, as JSON ratios: judging in memory, and judging every device of a database anew.

    .venv/bin/python bench/bench_screening.py [--devices 50000]

Goals: at least 50,000 screenings per second in memory; re-screening takes a constant number of queries and at most
3 times the loading of the rows it judges. Runs on an own SQLite file and, where a PostgreSQL server answers, on an own
database there; both are removed afterwards. Exit 1 when a goal is missed.
"""

import argparse
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PER_SECOND, TIMES_LOADING, MOST_QUERIES = 50_000, 3.0, 2
ON, AT = date(2026, 6, 1), datetime(2026, 6, 1, tzinfo=UTC)
ROUNDS = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--devices", type=int, default=50_000)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(measure(options.devices)))
        return 0
    results: dict[str, Any] = {}
    for url in ["sqlite", *postgres()]:
        with database(url) as own:
            environment = {**os.environ, "DATABASE_URL": own, "PYTHONPATH": str(ROOT)}
            command = [sys.executable, __file__, "--inside", "--devices", str(options.devices)]
            done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            results |= json.loads(done.stdout.splitlines()[-1])
    results["goals_met"] = all(met(name, value) for name, value in results.items())
    print(json.dumps(results, indent=1))
    return 0 if results["goals_met"] else 1


def met(name: str, value: Any) -> bool:
    if name.startswith("rescreen_over_loading"):
        return value <= TIMES_LOADING
    if name.startswith("queries"):
        return value <= MOST_QUERIES
    return not name.startswith("in_memory_over_goal") or value >= 1


def measure(devices: int) -> dict[str, Any]:
    """Everything in one process, on the database that the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmo.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    make_devices(devices)
    name = connection.vendor
    ratio, queries = rescreening(devices)
    few = rescreening(devices, limit=10)[1]
    per_second = in_memory()
    return {
        f"in_memory_per_second_{name}": round(per_second),
        f"in_memory_over_goal_{name}": round(per_second / PER_SECOND, 1),
        f"rescreen_over_loading_{name}": round(ratio, 2),
        f"queries_for_all_{name}": queries,
        f"queries_for_ten_{name}": few,
        f"devices_{name}": devices,
    }


def make_devices(number: int) -> None:
    """Devices over the whole classification table with mixed facts, written in bulk: this measures reading only."""
    from cmo.catalogue.known_codes import known_codes
    from cmo.catalogue.models import Device, DeviceDecision, DeviceVersion
    from cmo.parties.models import Organisation

    owner = Organisation.objects.create(created_at=AT)
    codes = sorted(known_codes() - {"IVD"})
    chance = random.Random(7)
    rows = Device.objects.bulk_create([Device(registrant=owner, created_at=AT) for _ in range(number)], 1000)
    versions = [version_of(row, chance.choice(codes), chance) for row in rows]
    DeviceVersion.objects.bulk_create(versions, 500)
    decided = {"outcome": "confirmed", "decided_by_id": 2, "decided_by_name": "x", "decided_at": AT}
    DeviceDecision.objects.bulk_create([DeviceDecision(version=v, **decided) for v in versions], 1000)


def version_of(device: Any, code: str, chance: random.Random) -> Any:
    from cmo.catalogue.models import DeviceVersion

    animal = chance.choice(["yes", "no", "unknown"])
    return DeviceVersion(
        device=device,
        number=1,
        proposed_by_id=1,
        proposed_by_name="x",
        proposed_at=AT,
        reason="x",
        content_hash="0" * 64,
        kind="registration",
        number_printed=f"国械注准20233{code[:2]}{device.pk % 10000:04d}",
        first_day=date(2023, 1, 1),
        last_day=date(2027, 12, 31),
        name_zh=f"产品{device.pk}",
        device_class="III",
        sub_catalogue=code[:2],
        classification_code=code,
        implantable=chance.choice(["yes", "no", "unknown"]),
        contains_animal_derived=animal,
        directly_from_animal_tissue="no" if animal == "no" else chance.choice(["yes", "no", "unknown"]),
        contains_allogeneic=chance.choice(["yes", "no", "unknown"]),
        vascular_site=chance.choice(["coronary", "peripheral", "aortic", "unknown"]),
        device_life_months=36,
    )


def rescreening(devices: int, limit: int | None = None) -> tuple[float, int]:
    """Time of re-screening over time of loading the same rows, in turns; and the number of queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from cmo.catalogue.facts import device_rows, held_catalogue, rescreen

    chosen = range(1, limit + 1) if limit else None
    catalogue = held_catalogue()
    with CaptureQueriesContext(connection) as captured:
        judged = sum(1 for _ in rescreen(catalogue, ON, chosen))
    if not limit and judged != devices:
        raise AssertionError(f"{judged} of {devices} devices were judged")
    turns = [
        (seconds(lambda: device_rows(chosen)), seconds(lambda: list(rescreen(catalogue, ON, chosen))))
        for _ in range(ROUNDS)
    ]
    return statistics.median(judging / loading for loading, judging in turns), len(captured)


def in_memory() -> float:
    """Screenings per second over the whole classification table and changing facts, facts made anew each time."""
    from cmo.catalogue.facts import held_catalogue
    from cmo.catalogue.facts_vocabulary import ScreeningFacts
    from cmo.catalogue.known_codes import known_codes
    from cmo.catalogue.rules import screen

    catalogue, codes = held_catalogue(), sorted(known_codes())
    answers = list(itertools.product(["yes", "no", "unknown"], ["yes", "no", "unknown"]))
    plan = [(code, *answer) for code in codes for answer in answers]

    def once() -> None:
        for code, implantable, allogeneic in plan:
            screen(ScreeningFacts(code=code, implantable=implantable, contains_allogeneic=allogeneic), catalogue, ON)

    return len(plan) / statistics.median(seconds(once) for _ in range(ROUNDS))


def seconds(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# ── databases ──


def postgres() -> list[str]:
    found = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "postgres_url.py")], capture_output=True, text=True, check=False
    )
    return found.stdout.split()


@contextmanager
def database(url: str) -> Iterator[str]:
    """An own empty database beside the given one, dropped afterwards."""
    if url == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bench.sqlite3"
        return
    import psycopg

    base, name = url.rpartition("/")[0], f"bench_screening_{os.getpid()}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{base}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    sys.exit(main())
