"""The reminders of one legal day: everybody's duties are read, then each person is told in a transaction of their own.

A run may be killed anywhere and run again, and several may run at once: what was told is on record, and the day is closed
by the first run that told everybody. A person whose duties cannot be read stops nobody else; the day then stays open.

A day that has not come is only looked at: what would be told is counted, and nothing is written, sent or closed, because a
stage that was told once is never told again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils.translation import override

from cmo.clock import day_of
from cmo.duty import Duty
from cmo.parties.access import scope_of
from cmo.parties.facts import exceptions_by_organisation
from cmo.parties.models import User
from cmo.queue import repeated

from .actions import close_day, remind
from .actions.reminding import still_to_tell
from .collect import coming_up
from .facts.reminding import Person, Setting, current_settings, people_on
from .models import DueRun
from .rules.reminding import LEAD, Notice, escalations, longest_lead, notices, oversees

logger = logging.getLogger(__name__)


@dataclass
class Outcome:
    """What one run did. ``done_before``: the day was closed already and nothing was looked at; ``dry_run``: the day has
    not come, and nobody was told."""

    day: date
    done_before: bool = False
    dry_run: bool = False
    persons: int = 0
    digests: int = 0
    reminders: Counter[str] = field(default_factory=Counter)
    failed: int = 0

    def as_data(self) -> dict[str, Any]:
        """JSON-ready; reminders by stage, all days ahead as ``lead``."""
        stages = dict.fromkeys(("lead", "due", "overdue", "escalated"), 0) | dict(self.reminders)
        return {
            "day": self.day.isoformat(),
            "done_before": self.done_before,
            "dry_run": self.dry_run,
            "persons": self.persons,
            "digests": self.digests,
            "reminders": stages,
            "failed": self.failed,
        }


@dataclass(frozen=True, slots=True)
class Read:
    """One person's calendar as read: what they are told by it, and what of it their own organisation is late with."""

    person: Person
    notices: list[Notice]
    late: dict[str, Duty]


def run(day: date, at: datetime) -> Outcome:
    """Tell everybody what they were not told yet as of ``day``, and close the day; of a day later than that of ``at``
    count what would be told."""
    outcome = Outcome(day, done_before=DueRun.objects.filter(day=day).exists(), dry_run=day > day_of(at))
    if outcome.done_before:
        return outcome
    settings = current_settings()
    until = day + timedelta(days=longest_lead(settings))
    known = [read for person in people_on(day) if (read := _read(person, until, settings, day, outcome))]
    late = {key: duty for read in known for key, duty in read.late.items()}
    escalated = escalations(late.values(), settings, day, exceptions_by_organisation())
    for read in known:
        _tell(read, escalated, day, at, outcome)
    if not outcome.failed and not outcome.dry_run:
        repeated(lambda: close_day(day=day, at=at))
    return outcome


def _read(
    person: Person,
    until: date,
    settings: Mapping[tuple[int, str], Setting],
    day: date,
    outcome: Outcome,
) -> Read | None:
    """Read with the person's rights on that day and in their language."""
    outcome.persons += 1
    user = User.objects.get(pk=person.user_id)
    try:
        with override(user.language):
            duties = coming_up(scope_of(user, day), day, until)
            found = notices(person, duties, settings, day)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        outcome.failed += 1
        logger.exception("The duties of person %s could not be read", person.user_id)
        return None
    late = (duty for duty in duties if duty.due_on and duty.due_on < day and person.organisation_ids & duty.owner_ids)
    return Read(person, found, {duty.key: duty for duty in late})


def _tell(read: Read, escalated: Mapping[int, list[Notice]], day: date, at: datetime, outcome: Outcome) -> None:
    """What is escalated to this person is worded as in their own calendar where it stands there too."""
    brought = [notice for pk in sorted(oversees(read.person)) for notice in escalated.get(pk, ())]
    found = [*read.notices, *(Notice(read.late.get(n.duty.key, n.duty), n.stage) for n in brought)]
    if not found:
        return
    person_id = read.person.user_id
    if outcome.dry_run:
        told = still_to_tell(person_id, day, found)
    else:
        told = repeated(lambda: remind(person_id=person_id, day=day, found=found, at=at))
    outcome.digests += bool(told)
    outcome.reminders.update(LEAD.rstrip(":") if n.stage.startswith(LEAD) else n.stage for n in told)
