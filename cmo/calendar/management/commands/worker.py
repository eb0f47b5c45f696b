"""``manage.py worker``: runs what was enqueued and makes the reminders of each legal day; one or more may run."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker, valid_interval

from cmo import clock

from ...working import work


class Command(BaseCommand):
    """Ends in order on SIGINT or SIGTERM: a task that runs is finished first, a second signal breaks it off."""

    help = "Run the queue's tasks and, once per legal day (Shanghai) and at start, the reminders."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--interval", type=valid_interval, default=1.0, help="seconds between looks at an empty queue"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # The queue's own loop is asked again and again for what waits; its greetings each time are no news.
        logging.getLogger("django_tasks_db").setLevel(logging.WARNING)
        worker = Worker(
            queue_names=["*"],
            interval=options["interval"],
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        worker.configure_signals()
        work(
            worker.run,
            now=clock.now,
            wait=time.sleep,
            running=lambda: worker.running,
            interval=options["interval"],
        )
