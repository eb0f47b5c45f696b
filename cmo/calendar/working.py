"""The worker: the queue's tasks one after the other, and between them, once per legal day and at start, the reminders.

A database that goes away for a while ends neither: what was begun rolls back and is taken up again. Reading the clock and
waiting are given, so that a test can turn the wheel itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import InterfaceError, OperationalError, connections

from cmo.clock import day_of

from .daily_run import run

logger = logging.getLogger(__name__)

#: After a day's reminders failed for somebody they are tried again after so long.
AGAIN = timedelta(minutes=30)
#: Seconds to wait when the database does not answer, longer each time.
HICCUPS = (1, 2, 5, 10, 30)


class Schedule:
    """Knows for which day the reminders were made by this process, and when to try again."""

    def __init__(self) -> None:
        self.done: date | None = None
        self.not_before: datetime | None = None

    def turn(self, at: datetime) -> None:
        """Make the day's reminders unless this process did; what goes wrong there never stops the queue."""
        day = day_of(at)
        if day == self.done or (self.not_before is not None and at < self.not_before):
            return
        self.not_before = at + AGAIN
        try:
            outcome = run(day, at)
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            logger.exception("The reminders of %s could not be made", day)
            return
        if not outcome.failed:
            self.done, self.not_before = day, None
        logger.info("Reminders: %s", outcome.as_data())


def work(
    tasks: Callable[[], None],
    *,
    now: Callable[[], datetime],
    wait: Callable[[float], None],
    running: Callable[[], bool],
    interval: float,
) -> None:
    """Turn until ``running`` says no: reminders when they are due, then every task that waits."""
    schedule, misses = Schedule(), 0
    while running():
        try:
            schedule.turn(now())
            tasks()
            misses = 0
            wait(interval)
        except (InterfaceError, OperationalError) as error:
            logger.warning("The database did not answer: %s", error)
            schedule.not_before = None
            connections.close_all()
            wait(HICCUPS[min(misses, len(HICCUPS) - 1)])
            misses += 1
