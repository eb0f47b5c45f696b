"""Recurring reports, reminders with their settings and digests, and tokens of personal feeds."""

from .feed import FeedToken, FeedTokenEnd
from .reminding import Digest, DigestSent, DueRun, Reminder, ReminderSetting
from .report import PeriodicReport

__all__ = [
    "Digest",
    "DigestSent",
    "DueRun",
    "FeedToken",
    "FeedTokenEnd",
    "PeriodicReport",
    "Reminder",
    "ReminderSetting",
]
