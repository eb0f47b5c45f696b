"""What the agreements app has waiting and what comes due, for the inbox."""

from __future__ import annotations

from datetime import date

from cmo.duty import Duty
from cmo.parties.access import Scope


def waiting_on(scope: Scope, on: date) -> list[Duty]:
    return []


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    return []
