"""``manage.py run_due [--on DATE] [--json]``: the reminders of one legal day, once, however often it is run.

A day after today is only looked at (``"dry_run": true``): nothing is written or sent.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cmo import clock

from ...daily_run import Outcome, run


class Command(BaseCommand):
    """Exit code 0: everybody was told, now or before; 2: somebody's duties could not be read and the day stays open."""

    help = (
        "Remind everybody of what comes due, is due or overdue; a second run of the same day does nothing. "
        "Of a day that has not come it only tells what would be told."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", default="", metavar="DATE", help="legal day, as 2027-03-01 (default: today)")
        parser.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = run(_day(options["on"]), clock.now())
        answer = json.dumps(outcome.as_data(), indent=2) if options["json"] else _text(outcome)
        self.stdout.write(answer)
        if outcome.failed:
            sys.exit(2)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError as error:
        raise CommandError(
            f"“{text}”不是日期，应写作 2027-03-01。 / “{text}” is no date; write 2027-03-01.", returncode=1
        ) from error


def _text(outcome: Outcome) -> str:
    if outcome.done_before:
        return f"{outcome.day}: 当日提醒已生成。 / The reminders of this day were made before."
    data = outcome.as_data()
    stages = ", ".join(f"{stage} {number}" for stage, number in data["reminders"].items())
    words = f"{outcome.day}: {outcome.persons} persons, {outcome.digests} mails; {stages}"
    if outcome.dry_run:
        words += (
            "; 该日尚未到来，仅为预览，未发送、未登记 / this day has not come: a look ahead, nothing sent or recorded"
        )
    return words + (f"; {outcome.failed} could not be read" if outcome.failed else "")
