"""Importing lots from a file: seconds of the dry run and of the import for good, and how long one chunk holds the pair.

    .venv/bin/python bench/bench_import.py [--rows 5000] [--database sqlite|URL]

One file of ``--rows`` lots goes through the queue's own task twice: tried, then imported. Goal: the dry run takes at most
twice the time of the import. Prints one JSON object; the exit status says whether the goals were met.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from bench_releases import database, databases  # noqa: E402

MOST_TIMES = 2.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument(
        "--database", help="sqlite or the URL of a PostgreSQL server; default: both where there are both"
    )
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(measure(options.rows)))
        return 0
    results: dict[str, Any] = {"load_at_begin": round(os.getloadavg()[0], 2)}
    for url in [options.database] if options.database else databases():
        with database(url) as name:
            command = [sys.executable, __file__, "--inside", "--rows", str(options.rows)]
            environment = os.environ | {"DATABASE_URL": name}
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        results |= json.loads(done.stdout.splitlines()[-1])
    missed = [name for name, value in results.items() if name.endswith("_times_the_import") and value > MOST_TIMES]
    results |= {"goals_met": not missed, "goals_missed": missed}
    print(json.dumps(results, indent=1))
    return 0 if not missed else 1


def measure(rows: int) -> dict[str, Any]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "cmo.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    from releases import actions
    from tests import make
    from tests.releases import build

    w = build.world()
    by, vendor = w.contractor.actor("production_planner"), connection.vendor
    asked = {"by": by, "at": make.AT}
    tried = actions.try_import(pair=w.pair, kind="lots", upload=list_of(w, rows), **asked)
    dry, longest_dry = worked(tried)
    run = actions.begin_import(tried=tried, **asked)
    real, longest = worked(run)
    return {
        f"rows_{vendor}": rows,
        f"dry_run_{vendor}_seconds": round(dry, 1),
        f"import_{vendor}_seconds": round(real, 1),
        f"import_{vendor}_rows_per_second": round(rows / real),
        f"longest_chunk_{vendor}_seconds": round(max(longest, longest_dry), 2),
        f"dry_run_{vendor}_times_the_import": round(dry / real, 2),
    }


def list_of(w: Any, rows: int) -> Any:
    """A CSV file of so many lots that nothing stands against."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tests.releases import build

    lines = ["entrustment,number,model,produced_from,produced_to,quantity,unit,expires_on,label_version,ifu_version"]
    tail = f"PS-6-40,{build.MADE_FROM},{build.MADE_TO},1000,件,2029-05-01,{w.label.version},{w.ifu.version}"
    lines += [f"{w.entrustment.number},B-{n:05d},{tail}" for n in range(rows)]
    return SimpleUploadedFile("lots.csv", "\n".join(lines).encode())


def worked(run: Any) -> tuple[float, float]:
    """Seconds of the whole run and of its longest chunk."""
    import time_machine

    from releases import tasks
    from releases.actions import import_rows
    from releases.models import ImportRun
    from tests import make

    chunks: list[float] = []
    kept = import_rows.work_on

    def timed(**given: Any) -> bool:
        began = time.perf_counter()
        rows_left = kept(**given)
        chunks.append(time.perf_counter() - began)
        return rows_left

    import_rows.work_on = timed
    try:
        began = time.perf_counter()
        with time_machine.travel(make.AT, tick=False):
            tasks.run_import.call(run.pk)
        seconds = sum(chunks) if chunks else time.perf_counter() - began
    finally:
        import_rows.work_on = kept
    run.refresh_from_db()
    assert (run.state, run.done) == (ImportRun.State.DONE, run.total), run.problem_en
    assert all(row["state"] == "new" for row in run.report)
    return seconds, max(chunks)


if __name__ == "__main__":
    sys.exit(main())
