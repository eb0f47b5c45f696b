"""The state of devices and screenings as a tone and a word, for badges in pages, tables and exports. Pure functions."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from cmo.parties.states import State

from .facts_identifiers import IdentifierFact
from .judgement import ALLOWED, PROHIBITED
from .models import DeviceVersion

#: From this long before the last day a certificate is shown as near its end (renewal is due six months before).
NEAR = timedelta(days=183)


def certificate_state(version: DeviceVersion, on: date) -> State:
    """What a certificate is worth on a day, and whether its last day is near."""
    if version.standing != DeviceVersion.Standing.IN_FORCE:
        return State("bad", str(version.get_standing_display()))
    if on < version.first_day:
        return State("idle", _("not yet in force"))
    if version.last_day is None:
        return State("good", _("in force"))
    if on > version.last_day:
        return State("pending", _("deemed renewed")) if version.deemed_renewed else State("bad", _("expired"))
    return State("pending", _("expires soon")) if version.last_day - on <= NEAR else State("good", _("in force"))


def verdict_state(outcome: str) -> State:
    """The word of a judgement: may this be entrusted?"""
    if outcome == PROHIBITED:
        return State("bad", _("prohibited"))
    return State("good", _("allowed")) if outcome == ALLOWED else State("pending", _("undetermined"))


def identifier_state(fact: IdentifierFact) -> State:
    """How far a DI has come, and what is next."""
    return {
        "assigned": State("pending", _("to be submitted")),
        "submitted": State("pending", _("to be uploaded")),
        "uploaded": State("good", _("in the national database")),
        "retired": State("idle", _("no longer used")),
    }[fact.state]
