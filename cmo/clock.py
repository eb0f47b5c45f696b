"""The one clock of the product, read in views, commands and tasks only; actions and rules get ``at`` as an argument."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The current instant, with time zone."""
    return timezone.now()


def day_of(at: datetime) -> date:
    """The legal (Shanghai) date of an instant."""
    return at.astimezone(SHANGHAI).date()


def today() -> date:
    """The current legal (Shanghai) date."""
    return day_of(now())
