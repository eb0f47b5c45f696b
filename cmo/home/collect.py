"""The inbox: every app's duties for one person, grouped and ordered, with counts of what is blocked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

import agreements.duties
import cmo.catalogue.duties
import cmo.parties.duties
import releases.duties
from cmo.duty import Duty, Kind
from cmo.parties.access import Scope

SOURCES = (cmo.parties.duties, cmo.catalogue.duties, agreements.duties, releases.duties)
#: How far ahead the inbox looks, in days.
HORIZON = 90

KIND_WORDS = {
    Kind.RELEASE: _("Release"),
    Kind.SIGN: _("Sign"),
    Kind.ANSWER: _("Answer"),
    Kind.REVIEW: _("Review and accept"),
    Kind.CONFIRM: _("Confirm"),
    Kind.RENEW: _("Renew"),
    Kind.REPORT: _("Report"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The duties of one kind, oldest first."""

    kind: Kind
    word: str
    duties: tuple[Duty, ...]


def waiting(scope: Scope, on: date, counterpart: int | None = None) -> list[Group]:
    """What waits on this person, by kind in order of urgency; optionally only with one counterpart."""
    found = [duty for source in SOURCES for duty in source.waiting_on(scope, on)]
    return list(_grouped(_with(found, counterpart)))


def coming_up(scope: Scope, on: date, counterpart: int | None = None) -> list[Duty]:
    """Last days within the horizon and those already missed, the earliest first."""
    until = on + timedelta(days=HORIZON)
    found = [duty for source in SOURCES for duty in source.coming_up(scope, on, until)]
    return sorted(_with(found, counterpart), key=lambda duty: (duty.due_on or until, duty.about))


def _with(duties: Iterable[Duty], counterpart: int | None) -> list[Duty]:
    return [d for d in duties if counterpart is None or d.counterpart_id == counterpart]


def _grouped(duties: list[Duty]) -> Iterable[Group]:
    for kind in Kind:
        chosen = sorted((d for d in duties if d.kind == kind), key=lambda d: (d.since or date.max, d.about))
        if chosen:
            yield Group(kind, str(KIND_WORDS[kind]), tuple(chosen))
