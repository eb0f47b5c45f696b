"""The verbs of the calendar: its only writers, grouped by concern."""

from .feeds import make_feed, revoke_feed
from .reminding import close_day, record_sent, remind, set_reminders
from .reports import record_report

__all__ = ["close_day", "make_feed", "record_report", "record_sent", "remind", "revoke_feed", "set_reminders"]
