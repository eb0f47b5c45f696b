"""Importing lists: seconds of the dry run and of the import for good, and how long one chunk holds the pair.

    .venv/bin/python bench/bench_import.py [--rows 5000] [--database sqlite|URL]

A file of ``--rows`` lots, one of as many steps of these lots and one of as many check-ins and check-outs each go through
the queue's own task twice: tried, then imported. Goal: a dry run takes at most twice the time of its import. Prints one
JSON object; the exit status says whether the goals were met.
"""

import argparse
import sys
import time
from collections.abc import Iterable
from typing import Any

from measuring import on_each_database, set_up

MOST_TIMES = 2.0


def met(name: str, value: Any) -> bool:
    return not name.endswith("_times_the_import") or value <= MOST_TIMES


def measure(options: argparse.Namespace) -> dict[str, Any]:
    vendor, rows = set_up(), options.rows
    from releases import actions
    from tests import make
    from tests.releases import build

    w = build.world()
    found: dict[str, Any] = {f"rows_{vendor}": rows}
    for kind, lines, by in (
        ("lots", lots_of(w, rows), w.contractor.actor("production_planner")),
        ("steps", steps_of(w, rows), w.contractor.actor("production_planner")),
        ("presence", presence_of(w, rows), w.registrant.actor("quality_manager")),
    ):
        asked = {"by": by, "at": make.AT}
        tried = actions.try_import(pair=w.pair, kind=kind, upload=upload(kind, lines), **asked)
        dry, longest_dry = worked(tried)
        real, longest = worked(actions.begin_import(tried=tried, **asked))
        found |= {
            f"{kind}_dry_run_{vendor}_seconds": round(dry, 1),
            f"{kind}_import_{vendor}_seconds": round(real, 1),
            f"{kind}_import_{vendor}_rows_per_second": round(rows / real),
            f"{kind}_longest_chunk_{vendor}_seconds": round(max(longest, longest_dry), 2),
            f"{kind}_dry_run_{vendor}_times_the_import": round(dry / real, 2),
        }
    return found


def upload(kind: str, lines: Iterable[str]) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(f"{kind}.csv", "\n".join(lines).encode())


def lots_of(w: Any, rows: int) -> list[str]:
    """So many lots that nothing stands against."""
    from tests.releases import build

    heading = "entrustment,number,model,produced_from,produced_to,quantity,unit,expires_on,label_version,ifu_version"
    tail = f"PS-6-40,{build.MADE_FROM},{build.MADE_TO},1000,件,2029-05-01,{w.label.version},{w.ifu.version}"
    return [heading, *(f"{w.entrustment.number},B-{n:05d},{tail}" for n in range(rows))]


def steps_of(w: Any, rows: int) -> list[str]:
    """A step of each of these lots."""
    from tests.releases import build

    tail = f"封口,key,{build.MADE_FROM} 08:30,{build.MADE_FROM} 10:30"
    heading = "entrustment,number,name,kind,starts_at,ends_at"
    return [heading, *(f"{w.entrustment.number},B-{n:05d},{tail}" for n in range(rows))]


def presence_of(w: Any, rows: int) -> list[str]:
    """Check-ins and check-outs of a second person, spread evenly until now."""
    from cmo.parties.models import SiteVersion
    from tests import make
    from tests.agreements import build_supervision as on_site
    from tests.releases import build

    first = on_site.moment(build.MADE_FROM, 8)
    resident = on_site.resident(w.relation, 2)
    posted = on_site.posted(w.relation, w.site, person=resident, starts_on=build.MADE_FROM, at=first)
    site = SiteVersion.objects.get(site=w.site).name_zh
    apart = (make.AT - first) / rows
    moments = (first + n * apart for n in range(rows))
    lines = (
        f"{posted.person_name},{site},{'out' if n % 2 else 'in'},{moment:%Y-%m-%d %H:%M:%S},门禁记录2026-05"
        for n, moment in enumerate(moments)
    )
    return ["person,site,kind,event_at,rests_on", *lines]


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
    sys.exit(on_each_database(__file__, __doc__, measure, met, rows=5000))
