"""What stands against setting a working day by exception. Pure: facts in, all reasons out."""

from __future__ import annotations

from datetime import date
from typing import Any

from cmo.errors import Finding, Sentence
from cmo.workdays import add_months

from .models import WorkingDay

#: A day so many months before or after today may still be set.
REACH = 24
WORKS: dict[str, bool] = {WorkingDay.Arrangement.WORKED: True, WorkingDay.Arrangement.OFF: False}
_SENTENCES = {
    "working_day_too_far": Sentence(
        "{day}距今超过两年，不能设置。",
        "{day} is more than two years away and cannot be set.",
        basis="policy",
    ),
    "working_day_reason_needed": Sentence(
        "请写明通知的名称和文号，或者其他依据。",
        "Name the announcement and its number, or what else it rests on.",
        basis="policy",
    ),
    "working_day_as_it_is": Sentence(
        "{day}已经如此设置，无需重复设置。",
        "{day} is set like this already.",
        basis="policy",
    ),
}


def blockers_to_set(day: date, works: bool | None, known: bool | None, reason: str, today: date) -> list[Finding]:
    """Every reason against it. ``works`` and ``known``: worked, off, or None for the known arrangement."""
    found = []
    if not add_months(today, -REACH) <= day <= add_months(today, REACH):
        found.append(_finding("working_day_too_far", day=day.isoformat()))
    if not reason.strip():
        found.append(_finding("working_day_reason_needed"))
    if works is known:
        found.append(_finding("working_day_as_it_is", day=day.isoformat()))
    return found


def _finding(code: str, **facts: Any) -> Finding:
    return _SENTENCES[code].finding(code, **facts)
