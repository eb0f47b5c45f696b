"""Workers of exports as real processes on PostgreSQL: killed at any point, side by side, and against a cancel."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connections, transaction

from cmo.dossier import actions, archive, exporting, package, tasks
from cmo.dossier.actions import making
from cmo.dossier.models import LEASE, Export, ExportFile
from cmo.errors import Refused
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests.dossier.jobs import LATER, asked, by_of, made
from tests.files import place_of
from tests.processes import race
from tests.releases import build

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
STOPPED = LATER + LEASE + timedelta(seconds=30)


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    with time_machine.travel(LATER, tick=False):
        yield


def work(export_id: int, at: Any = LATER) -> str:
    connections["default"].ensure_connection()
    with time_machine.travel(at, tick=False):
        return str(tasks.run_export.call(export_id))


def die(*_args: Any, **_more: Any) -> Any:
    """The process ends here and now, as after ``kill -9``: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def while_collecting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "dossier_of", die)


def at_step(wanted: str) -> Callable[[pytest.MonkeyPatch], None]:
    def dies(monkeypatch: pytest.MonkeyPatch) -> None:
        reached = exporting.Watch.step

        def step(self: exporting.Watch, key: str) -> None:
            reached(self, key)
            if key == wanted:
                die()

        monkeypatch.setattr(exporting.Watch, "step", step)

    return dies


def while_the_archive_is_half_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package._Writing, "add_evidence", die)


def before_the_rename(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "replace", die)


def after_the_rename(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting.making, "finish", die)


def before_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the transaction that would say it is ready."""
    monkeypatch.setattr(exporting.making, "tell", die)


POINTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "collecting": while_collecting,
    "first section": at_step("parties"),
    "lots": at_step("lots"),
    "binding": at_step("binding"),
    "docx": at_step("docx"),
    "archive": at_step("archive"),
    "half written": while_the_archive_is_half_written,
    "before rename": before_the_rename,
    "after rename": after_the_rename,
    "before commit": before_the_commit,
}
#: Under its own name a file is whole, and lies there before the row says so.
RENAMED = {"after rename", "before commit"}


def killed(export: Export, point: str, at: Any) -> None:
    """A worker process that dies at this point."""

    def run() -> None:
        POINTS[point](pytest.MonkeyPatch())
        work(export.pk, at)

    connections.close_all()
    worker = multiprocessing.get_context("fork").Process(target=run)
    worker.start()
    worker.join(timeout=120)
    assert worker.exitcode == -signal.SIGKILL, f"{point}: the worker was not there"


def names() -> list[str]:
    return sorted(path.name for path in place_of(archive.FOLDER).glob("*")) if place_of(archive.FOLDER).exists() else []


def test_killed_at_any_point_it_leaves_no_half_file_no_eternal_running_and_the_same_bytes_next_time(
    postgres: None, settings: Any
) -> None:
    w = build.world()
    settings.DOSSIER_EXPORTS_PER_DAY = 99
    export, at = asked(w), LATER
    for attempt, point in enumerate(POINTS, 1):
        killed(export, point, at)
        export.refresh_from_db()
        assert (point, export.state, export.attempt) == (point, "running", attempt)
        finished = [name for name in names() if name.startswith(f"{export.pk}-")]
        assert finished == ([f"{export.pk}-{attempt}.zip"] if point in RENAMED else []), point
        assert not export.stopped(at + LEASE)
        at += LEASE + timedelta(seconds=30)
        assert export.stopped(at)
        with time_machine.travel(at, tick=False):
            assert actions.ask_again(export=export, by=by_of(w), at=at) == export
    export = made(export, at)
    assert (export.state, export.attempt) == ("ready", len(POINTS) + 1)
    assert export.instant == LATER + LEASE + timedelta(seconds=30), "bound by the first worker that read the rows"
    undisturbed = made(asked(w, at=at), export.instant)
    assert export.sha256 == undisturbed.sha256
    assert names() == sorted([f"{undisturbed.pk}-1.zip", f"{export.pk}-{export.attempt}.zip"])
    assert ExportFile.objects.filter(export=export).count() == 3
    assert Entry.objects.filter(verb="dossier.made", subject=f"dossier.export:{export.pk}").count() == 1
    assert verify().ok


def test_killed_from_outside_at_whatever_it_was_doing_a_sweep_ends_it(postgres: None) -> None:
    w = build.world()
    export = asked(w)
    connections.close_all()
    worker = multiprocessing.get_context("fork").Process(target=work, args=(export.pk,))
    worker.start()
    began = time.monotonic()
    while time.monotonic() - began < 60 and worker.is_alive():
        if Export.objects.values_list("done", flat=True).get(pk=export.pk) >= 3:
            break
        time.sleep(0.005)
    os.kill(worker.pid or 0, signal.SIGKILL)
    worker.join(timeout=10)
    assert worker.exitcode == -signal.SIGKILL, "the worker was done before it could be killed"
    export.refresh_from_db()
    assert export.state == "running"
    actions.sweep_exports(at=LATER + timedelta(minutes=31))
    export.refresh_from_db()
    assert (export.state, names()) == ("failed", [])
    assert actions.ask_again(export=export, by=by_of(w), at=LATER + timedelta(minutes=32)).state == "waiting"
    assert made(export, LATER + timedelta(minutes=32)).state == "ready"


def test_eight_workers_on_one_export_make_it_once(postgres: None) -> None:
    w = build.world()
    export = asked(w)
    answers = race(lambda _number: work(export.pk))
    assert sorted(answers) == ["made", *["nothing to do"] * 7]
    export.refresh_from_db()
    assert (export.state, export.attempt, names()) == ("ready", 1, [f"{export.pk}-1.zip"])
    assert Entry.objects.filter(verb="dossier.made").count() == 1


@pytest.mark.parametrize("slow", ["lots", "archive"])
def test_a_slow_worker_and_the_one_that_took_over_leave_one_result_whoever_ends_first(
    postgres: None, tmp_path: Path, slow: str
) -> None:
    """Number 0 is slow at a step; number 1 takes the export over meanwhile and ends before it, or after it."""
    w = build.world()
    for over in (True, False):
        export, flag = asked(w), tmp_path / f"{slow}-{over}"

        def worked(number: int, export: Export = export, flag: Path = flag, over: bool = over) -> str:
            if number == 0:
                waits(slow, flag, "taken over" if over else "again")
                return work(export.pk)
            seen(flag, "reached")
            actions.ask_again(export=export, by=by_of(w), at=STOPPED)
            flag.with_suffix(".again").touch()
            answer = work(export.pk, STOPPED)
            flag.with_suffix(".taken over").touch()
            return answer

        assert race(worked, 2) == ["given up", "made"]
        export.refresh_from_db()
        assert (export.state, export.attempt) == ("ready", 2)
        assert [name for name in names() if f"{export.pk}-" in name] == [f"{export.pk}-2.zip"]
        assert Entry.objects.filter(verb="dossier.made", subject=f"dossier.export:{export.pk}").count() == 1


def waits(step: str, flag: Path, until: str) -> None:
    """At this step the process says that it is there, and goes on when the other has come so far."""
    reached = exporting.Watch.step

    def slow(self: exporting.Watch, key: str) -> None:
        reached(self, key)
        if key == step:
            flag.with_suffix(".reached").touch()
            seen(flag, until)

    pytest.MonkeyPatch().setattr(exporting.Watch, "step", slow)


def seen(flag: Path, what: str) -> None:
    began = time.monotonic()
    while not flag.with_suffix(f".{what}").exists():
        assert time.monotonic() - began < 60, what
        time.sleep(0.01)


def test_a_cancel_against_the_end_of_the_work_leaves_a_file_or_none_and_never_both_answers(postgres: None) -> None:
    w = build.world()
    outcomes = set()
    for turn in range(6):
        export = asked(w, at=LATER + timedelta(seconds=turn))

        def worked(number: int, export: Export = export, turn: int = turn) -> str:
            if number == 0:
                return work(export.pk)
            time.sleep(0.15 * turn)
            try:
                return actions.cancel_export(export=export, by=by_of(w), at=LATER).state
            except Refused as refused:
                return refused.codes[0]

        answers = race(worked, 2)
        export.refresh_from_db()
        lies = place_of(archive.name_of(export.pk, export.attempt)).exists()
        assert (export.state, lies) in {("ready", True), ("cancelled", False)}, answers
        assert (answers[1] == "cancelled") == (export.state == "cancelled")
        outcomes.add(export.state)
    assert "cancelled" in outcomes


def test_two_wishes_at_once_do_not_pass_the_limit(postgres: None) -> None:
    w = build.world()

    def ask(_number: int) -> str:
        try:
            return str(asked(w).state)
        except Refused as refused:
            return refused.codes[0]

    answers = race(ask)
    assert sorted(answers) == [*["dossier_too_many_at_once"] * 6, "waiting", "waiting"]
    assert Export.objects.count() == 2


def test_a_file_is_not_taken_away_while_a_lost_connection_is_still_writing_that_it_is_ready(postgres: None) -> None:
    """The answer to the commit was lost on the way; the commit itself comes through a moment later."""
    w = build.world()
    export = asked(w)
    held = making.take_up(export_id=export.pk, at=LATER)
    assert held is not None
    place_of(archive.name_of(export.pk, held.attempt)).parent.mkdir(parents=True)
    place_of(archive.name_of(export.pk, held.attempt)).write_bytes(b"made")
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            row = Export.objects.select_for_update().get(pk=export.pk)
            row.state = Export.State.READY
            row.save(update_fields=["state"])
            asking = other.submit(_discarded, held)
            time.sleep(0.5)
            assert not asking.done()
        asking.result()
    assert names() == [f"{export.pk}-1.zip"]


def _discarded(held: making.Work) -> None:
    try:
        making.discard(work=held)
    finally:
        connections.close_all()
