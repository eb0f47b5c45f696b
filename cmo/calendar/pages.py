"""What the calendar gives to the pages of others: a tab of every pair, the feeds on the page of the own account."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cmo import clock
from cmo.parties.access import scope_of
from cmo.parties.models import User
from cmo.parties.sections import Panel, register_account_section, register_pair_tab

from .models import FeedToken


def register() -> None:
    """Called when Django starts."""
    register_pair_tab("calendar", _("Calendar"), "calendar:pair", 85)
    register_account_section(feeds)


def feeds(person: User) -> Panel:
    """The open feeds of this person, the latest first; a further one is offered to people with posts."""
    rows = FeedToken.objects.filter(person=person, end__isnull=True).order_by("-id")
    return Panel("calendar/feeds.html", {"feeds": rows, "offered": bool(scope_of(person, clock.today()).posts)})
