"""The worker: reminders at start and once per legal day, tasks between them, and a database that goes away."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection, connections
from django.test import override_settings
from django_tasks_db.models import DBTaskResult

from cmo.calendar import working
from cmo.calendar.daily_run import Outcome
from cmo.calendar.models import Digest, DigestSent, DueRun
from cmo.calendar.tasks import send_digest
from cmo.calendar.working import AGAIN, HICCUPS, Schedule, work
from cmo.clock import SHANGHAI
from tests import make

NOON = datetime(2027, 3, 31, 12, tzinfo=SHANGHAI)


class Wheel:
    """Turns ``work`` a number of times with a clock that moves by what is waited."""

    def __init__(self, turns: int, interval: float = 3600) -> None:
        self.at, self.left, self.interval = NOON, turns, interval
        self.waits: list[float] = []

    def running(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += timedelta(seconds=seconds)

    def turn(self, tasks: Callable[[], None] = lambda: None) -> None:
        work(tasks, now=lambda: self.at, wait=self.wait, running=self.running, interval=self.interval)


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """The days whose reminders were made."""
    made: list[date] = []

    def run(day: date, _at: datetime) -> Outcome:
        made.append(day)
        return Outcome(day)

    monkeypatch.setattr(working, "run", run)
    return made


def test_reminders_are_made_at_start_and_once_per_legal_day(days: list[date]) -> None:
    Wheel(49).turn()
    assert [day.isoformat() for day in days] == ["2027-03-31", "2027-04-01", "2027-04-02"]


def test_the_day_changes_at_midnight_in_shanghai(days: list[date]) -> None:
    schedule, midnight = Schedule(), datetime(2027, 4, 1, tzinfo=SHANGHAI)
    for at in (midnight - timedelta(seconds=2), midnight - timedelta(seconds=1), midnight):
        schedule.turn(at)
    assert days == [date(2027, 3, 31), date(2027, 4, 1)]


def test_tasks_are_asked_for_at_every_turn(days: list[date]) -> None:
    asked: list[int] = []
    Wheel(5, interval=1).turn(lambda: asked.append(1))
    assert (len(asked), len(days)) == (5, 1)


def test_a_day_that_failed_for_somebody_is_tried_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[datetime] = []

    def run(day: date, at: datetime) -> Outcome:
        tried.append(at)
        return Outcome(day, failed=len(tried) < 3)

    monkeypatch.setattr(working, "run", run)
    Wheel(130, interval=60).turn()
    assert tried == [NOON, NOON + AGAIN, NOON + 2 * AGAIN]


def test_a_fault_in_the_reminders_stops_no_task(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_day: date, _at: datetime) -> Outcome:
        raise ValueError("a fault")

    asked: list[int] = []
    monkeypatch.setattr(working, "run", run)
    Wheel(3, interval=1).turn(lambda: asked.append(1))
    assert len(asked) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_goes_away_is_waited_for_longer_each_time_and_taken_up_again(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: Iterator[bool] = iter([False] * 7 + [True] * 3)
    made: list[date] = []

    def run(day: date, _at: datetime) -> Outcome:
        if not next(answers, True):
            raise error("gone")
        made.append(day)
        return Outcome(day)

    monkeypatch.setattr(working, "run", run)
    wheel = Wheel(10, interval=1)
    wheel.turn()
    assert wheel.waits == [*HICCUPS, HICCUPS[-1], HICCUPS[-1], 1, 1, 1]
    assert made == [date(2027, 3, 31)]


# ── real processes ──


def _worker_in_a_child() -> None:
    """``manage.py worker`` on the test's database, at noon of that day."""
    with time_machine.travel(NOON, tick=True):
        call_command("worker", "--interval", "0.05")


def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def _cut_everybody_off() -> int:
    """End every other connection to this database, as a restarted server does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_the_days_mails_survives_a_cut_and_ends_in_order(postgres: None, tmp_path: Path) -> None:
    firm = make.organisation(sides=("contractor",), posts=())
    make.licence(firm, last_day=NOON.date())
    files = {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": str(tmp_path)}
    with override_settings(**files):
        connections.close_all()
        child = multiprocessing.get_context("fork").Process(target=_worker_in_a_child)
        child.start()
        try:
            _until(lambda: DigestSent.objects.count() == 2, "the mails of the day were not sent")
            assert DueRun.objects.get().day == NOON.date()
            assert _cut_everybody_off() >= 1
            digest = Digest.objects.earliest("pk")
            queued = send_digest.enqueue(digest.pk)
            _until(
                lambda: DBTaskResult.objects.get(pk=queued.id).status == "SUCCESSFUL", "the worker did not come back"
            )
            assert child.is_alive()
        finally:
            os.kill(child.pid or 0, signal.SIGTERM)
            child.join(timeout=20)
    assert child.exitcode == 0
    sent = "".join(path.read_text(encoding="utf-8", errors="replace") for path in tmp_path.iterdir())
    assert sent.count("Subject: ") == 2
