"""What the agreements app has waiting (for the inbox) and which last days come up (for inbox, calendar and reminders)."""

from .ahead import coming_up
from .waiting import waiting_on

__all__ = ["coming_up", "waiting_on"]
