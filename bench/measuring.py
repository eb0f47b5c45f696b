"""What every measurement on a database shares: databases of its own, the set-up, timing in turns, one JSON object.

A script hands its ``measure`` and the sizes it is asked for to :func:`on_each_database`. That calls the script again for
every database, in a process of its own, so that neither imports nor caches of the first help the second.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

Measure = Callable[[argparse.Namespace], dict[str, Any]]
Met = Callable[[str, Any], bool]


def on_each_database(script: str, about: str, measure: Measure, met: Met, **sizes: float) -> int:
    """Measure on SQLite and, where a server answers, on PostgreSQL; print the results; 1 when a goal is missed.

    ``sizes``: the options of the script with what they are when nobody says. ``met``: whether a result by its name and
    value meets its goal; True for those without one.
    """
    options = _asked(about, sizes)
    if options.inside:
        print(json.dumps(measure(options)))
        return 0
    results: dict[str, Any] = {"processors": os.cpu_count(), "load_before": round(os.getloadavg()[0], 1)}
    for url in [options.database] if options.database else databases():
        with database(url, Path(script).stem) as own:
            results |= _inside(script, own)
    missed = [name for name, value in results.items() if not met(name, value)]
    print(json.dumps(results | {"goals_met": not missed, "goals_missed": missed}, indent=1))
    return 1 if missed else 0


def _asked(about: str, sizes: dict[str, float]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in sizes.items():
        parser.add_argument(f"--{name}", type=type(usual), default=usual, help=f"default: {usual}")
    parser.add_argument("--database", help="sqlite or the URL of a PostgreSQL server; default: both if both are there")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _inside(script: str, own: str) -> dict[str, Any]:
    environment = os.environ | {"DATABASE_URL": own, "PYTHONPATH": str(ROOT), "LOG_LEVEL": "ERROR"}
    command = [sys.executable, script, *sys.argv[1:], "--inside"]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def databases() -> list[str]:
    """SQLite, and the PostgreSQL server that answers here."""
    asked = [sys.executable, str(ROOT / "scripts" / "postgres_url.py")]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    return ["sqlite", *found.stdout.split()]


@contextmanager
def database(url: str, name: str) -> Iterator[str]:
    """An own empty database beside the given one, dropped afterwards."""
    if url == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bench.sqlite3"
        return
    import psycopg

    own = f"{name}_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{own}"')
        try:
            yield url.rpartition("/")[0] + "/" + own
        finally:
            server.execute(f'DROP DATABASE "{own}" WITH (FORCE)')


def set_up(only: str = "") -> str:
    """Start Django and migrate all apps, or only this one and what it needs; the vendor of the database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "cmo.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    call_command("migrate", *([only] if only else []), verbosity=0)
    return connection.vendor


def analyse() -> None:
    """Let the database count its rows, as it does by itself when time passes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def copied(row: Any) -> dict[str, Any]:
    """The columns of a row but its key, to insert many like it."""
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}


def seconds(work: Callable[[], Any]) -> float:
    """How long the work takes once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(
    reference: Callable[[], Any],
    candidate: Callable[[], Any],
    turns: int,
    one_of: Callable[[list[float]], float] = statistics.median,
) -> tuple[float, float]:
    """Seconds of both, measured alternately so that noise hits both; the first turn warms up.

    ``one_of``: what stands for all turns; ``min`` where other work on the machine would decide, as it only ever adds.
    """
    both = [(seconds(reference), seconds(candidate)) for _turn in range(turns + 1)][1:]
    return one_of([first for first, _second in both]), one_of([second for _first, second in both])


def queries(work: Callable[[], Any]) -> int:
    """How many queries the work takes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)
