"""Workers of imports as real processes on PostgreSQL: killed midway nothing is twice or lost, and others watch each chunk."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections

from cmo.parties.models import User
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from releases import actions, tasks
from releases.actions import import_rows
from releases.models import ImportRun, Lot
from tests.processes import race
from tests.releases import build
from tests.releases.test_importing import LOTS, by_of, csv, lot_row, states, tried, worked
from tests.releases.test_pages import signed_in, url

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROWS, KILLS = 60, 4


def _work(run_id: int) -> None:
    connections["default"].ensure_connection()
    with time_machine.travel(build.AT, tick=True):
        tasks.run_import.call(run_id)


def _killed_after(run_id: int, rows: int) -> None:
    """A worker process, killed without warning once it has counted so many rows and has begun further ones."""
    connections.close_all()
    worker = multiprocessing.get_context("fork").Process(target=_work, args=(run_id,))
    worker.start()
    began = time.monotonic()
    while time.monotonic() - began < 60 and worker.is_alive():
        if ImportRun.objects.values_list("done", flat=True).get(pk=run_id) >= rows:
            break
        time.sleep(0.005)
    time.sleep(0.02)
    os.kill(worker.pid or 0, signal.SIGKILL)
    worker.join(timeout=10)
    assert worker.exitcode == -signal.SIGKILL, "the worker was done before it could be killed"


def test_killed_workers_leave_no_row_twice_and_none_out(postgres: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_rows, "CHUNK", 5)
    w = build.world()
    trial = tried(w, LOTS, csv(LOTS, [lot_row(w, f"K-{n:03d}") for n in range(ROWS)]))
    assert states(trial) == ["new"] * ROWS
    run = actions.begin_import(tried=trial, by=by_of(w), at=build.AT)
    for turn in range(KILLS):
        before = ImportRun.objects.get(pk=run.pk).done
        _killed_after(run.pk, before + 5)
        run = ImportRun.objects.get(pk=run.pk)
        assert run.state == ImportRun.State.RUNNING
        assert Lot.objects.count() == run.done == len(run.report)
        assert Entry.objects.filter(verb="lot.registered").count() == run.done
        later = build.AT + timedelta(minutes=10)
        assert run.stopped(later)
        actions.continue_import(run=run, by=by_of(w), at=later)
        assert turn or run.done < ROWS
    run = worked(run)
    assert (run.state, run.done, states(run)) == ("done", ROWS, ["new"] * ROWS)
    assert list(Lot.objects.order_by("number").values_list("number", flat=True)) == [f"K-{n:03d}" for n in range(ROWS)]
    assert Entry.objects.filter(verb="import.finished").count() == 1
    assert verify().ok


def test_eight_workers_on_one_run_do_every_row_once(postgres: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_rows, "CHUNK", 5)
    w = build.world()
    trial = tried(w, LOTS, csv(LOTS, [lot_row(w, f"R-{n:03d}") for n in range(20)]))
    run = actions.begin_import(tried=trial, by=by_of(w), at=build.AT)
    assert race(lambda _number: _work(run.pk)) == [None] * 8
    run.refresh_from_db()
    assert (run.state, states(run), Lot.objects.count()) == ("done", ["new"] * 20, 20)
    assert verify().ok


def test_whoever_watches_sees_the_rows_of_every_chunk_once_it_is_committed(
    postgres: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_rows, "CHUNK", 5)
    w = build.world()
    asked = {"by": by_of(w), "at": build.AT}
    upload = csv(LOTS, [lot_row(w, f"S-{n:03d}") for n in range(12)])
    trial = actions.try_import(pair=w.pair, kind=LOTS, upload=upload, **asked)
    assert _watched(trial) == [(5, 12, 0), (10, 12, 0), (12, 12, 0)]
    run = actions.begin_import(tried=ImportRun.objects.get(pk=trial.pk), **asked)
    assert _watched(run) == [(5, 12, 5), (10, 12, 10), (12, 12, 12)]


def _watched(run: ImportRun) -> list[Any]:
    """After each chunk of a run: rows counted and rows in all on its page, and lots on record, seen by another process."""
    work = import_rows.take_up(run_id=run.pk, at=build.AT)
    assert work is not None
    seen, rows_left = [], True
    while rows_left:
        rows_left = import_rows.work_on(work=work, at=build.AT)
        seen += race(lambda _number: _looked_at(run.pk), processes=1)
    return seen


def _looked_at(run_id: int) -> tuple[int, int, int]:
    with time_machine.travel(build.AT, tick=False):
        run = ImportRun.objects.get(pk=run_id)
        page = signed_in(User.objects.get(pk=run.recorded_by_id), "en").get(url("import_progress", run_id))
        counted = re.search(r"(\d+) of (\d+) rows", page.content.decode())
    assert counted, page.content.decode()
    return int(counted[1]), int(counted[2]), Lot.objects.count()
