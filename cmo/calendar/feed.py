"""A person's duties as an iCalendar file (RFC 5545): one all-day event for each last day. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

from cmo.regulation.references import UnknownReference, reference
from cmo.web.wording import bilingual

from .shown import Shown

#: How often a program should ask again.
REFRESH = timedelta(hours=6)
#: Characters that no calendar program may be shown: everything unprintable except a line break.
_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


def written(rows: Iterable[Shown], *, name: str, site_url: str, at: datetime) -> bytes:
    """The file in the active language, with folded lines; ``at``: the moment of writing."""
    calendar = Calendar()
    calendar.add("prodid", "-//CMO//Calendar of duties//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", vText(_plain(name)))
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for row in rows:
        calendar.add_component(_event(row, site_url, at))
    return calendar.to_ical()


def uid_of(key: str, site_url: str) -> str:
    """The name of an event: the same each time the duty is derived, in every language."""
    return f"{sha256(key.encode()).hexdigest()[:40]}@{urlsplit(site_url).hostname or 'localhost'}"


def _event(row: Shown, site_url: str, at: datetime) -> Event:
    event = Event()
    event.add("uid", uid_of(row.duty.key, site_url))
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", row.due_on)
    event.add("dtend", row.due_on + timedelta(days=1))
    event.add("summary", _plain(f"{row.title}: {row.about}" if row.about else row.title))
    event.add("description", _plain("\n".join(_lines(row))))
    event.add("categories", [_plain(row.kind_word)])
    event.add("url", urljoin(site_url, row.url))
    event.add("transp", "TRANSPARENT")
    return event


def _lines(row: Shown) -> Iterable[str]:
    """Whose duty, with whom, on what it rests."""
    if row.owner:
        yield _("Whose duty: %(name)s") % {"name": row.owner}
    if row.pair:
        yield _("Pair: %(number)s") % {"number": f"{row.pair} {row.counterpart}".strip()}
    if row.citation:
        yield _("Rests on: %(source)s") % {"source": _source(row.citation)}


def _source(key: str) -> str:
    try:
        return bilingual(reference(key), "label")
    except UnknownReference:
        return key


def _plain(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text)
