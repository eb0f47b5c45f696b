"""Real processes on PostgreSQL: schedulers at once tell each person once, and a killed one is completed without doubles."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connections
from django_tasks_db.models import DBTaskResult

from cmo.calendar import daily_run, tasks
from cmo.calendar.daily_run import run
from cmo.calendar.models import Digest, DigestSent, DueRun, Reminder
from cmo.clock import SHANGHAI
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make
from tests.processes import race

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.usefixtures("postgres"),
    pytest.mark.django_db(transaction=True),
]
DAY = date(2027, 3, 31)
AT = datetime(2027, 3, 31, 6, tzinfo=SHANGHAI)


def firms(number: int) -> list[make.Firm]:
    """Organisations with three people each who are told of three duties on the day."""
    found = []
    for _n in range(number):
        firm = make.organisation(sides=("contractor",), posts=("management_representative",))
        make.licence(firm, last_day=DAY)
        found.append(firm)
    return found


def made() -> tuple[int, int, int, int, int]:
    """Digests, different people and days of digests, reminders, queued mails, entries."""
    digests = Digest.objects.all()
    return (
        digests.count(),
        digests.values("person", "day").distinct().count(),
        Reminder.objects.count(),
        DBTaskResult.objects.count(),
        Entry.objects.filter(verb="reminders.sent").count(),
    )


def test_two_schedulers_at_once_create_each_reminder_once() -> None:
    firms(4)
    answers = race(lambda _n: run(DAY, AT).as_data(), processes=2)
    assert all(isinstance(answer, dict) for answer in answers), answers
    digests, people, reminders, queued, entries = made()
    assert digests == people == queued == entries == 12 == sum(answer["digests"] for answer in answers)
    assert reminders == sum(sum(answer["reminders"].values()) for answer in answers)
    assert Reminder.objects.values("person", "duty_key", "stage").distinct().count() == reminders
    assert DueRun.objects.count() == 1
    assert verify().ok


def test_eight_schedulers_at_once_do_no_more_than_one() -> None:
    firms(2)
    answers = race(lambda _n: run(DAY, AT).as_data(), processes=8)
    assert sum(answer["digests"] for answer in answers) == 6
    assert made()[:2] == (6, 6)
    assert made()[3:] == (6, 6)
    assert DueRun.objects.count() == 1
    assert verify().ok


def test_one_of_many_that_close_a_day_queues_what_was_left() -> None:
    firms(1)
    run(DAY, AT)
    DBTaskResult.objects.all().delete()
    following = DAY.replace(month=4, day=1)
    answers = race(lambda _n: daily_run.close_day(day=following, at=AT), processes=8)
    assert sorted(answers) == [False] * 7 + [True]
    assert DBTaskResult.objects.count() == 3


def _run_slowly() -> None:
    connections["default"].ensure_connection()
    real = daily_run.remind

    def slowly(**arguments: Any) -> Any:
        told = real(**arguments)
        time.sleep(0.05)
        return told

    daily_run.remind = slowly  # type: ignore[assignment] # in the child process alone
    run(DAY, AT)


def _killed_after(digests: int) -> None:
    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=_run_slowly)
    child.start()
    began = time.monotonic()
    while time.monotonic() - began < 60 and child.is_alive() and Digest.objects.count() < digests:
        time.sleep(0.01)
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join(timeout=10)
    assert child.exitcode == -signal.SIGKILL, "the run was done before it could be killed"


def test_a_killed_run_is_completed_by_the_next_without_doubles() -> None:
    firms(5)
    for digests in (2, 7):
        _killed_after(digests)
        assert digests <= Digest.objects.count() < 15
        assert made()[0] == made()[1] == made()[3] == made()[4]
        assert not DueRun.objects.exists()
    left = 15 - Digest.objects.count()
    assert run(DAY, AT).digests == left
    assert made()[:2] == (15, 15)
    assert made()[3:] == (15, 15)
    assert run(DAY, AT).done_before
    assert verify().ok


def test_a_digest_noted_by_many_is_noted_once() -> None:
    firms(1)
    run(DAY, AT)
    digest = Digest.objects.earliest("pk")
    answers = race(lambda _n: tasks.record_sent(digest=digest, at=AT), processes=8)
    assert sorted(answers) == [False] * 7 + [True]
    assert DigestSent.objects.count() == 1
