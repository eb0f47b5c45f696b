"""The state of parties' records as a tone and a word, for badges in pages, tables and exports. Pure functions."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from .models import LicenceVersion, Post
from .rules import NEAR_EXPIRY
from .versions import Outcome, Version


class State(NamedTuple):
    """A tone (``good`` …) and the word that goes with it."""

    tone: str
    word: str


def licence_state(version: LicenceVersion, on: date) -> State:
    """What a licence is worth on a day, and whether its last day is near."""
    if version.standing != LicenceVersion.Standing.IN_FORCE:
        return State("bad", str(version.get_standing_display()))
    if on < version.first_day:
        return State("idle", _("not yet in force"))
    if version.last_day is None:
        return State("good", _("in force"))
    if on > version.last_day:
        return State("pending", _("deemed renewed")) if version.deemed_renewed else State("bad", _("expired"))
    return State("pending", _("expires soon")) if is_near(version, on) else State("good", _("in force"))


def is_near(version: LicenceVersion, on: date) -> bool:
    """Whether the last day is near enough for the renewal to be due."""
    return version.last_day is not None and on <= version.last_day <= on + NEAR_EXPIRY


def version_state(version: Version) -> State:
    """Where a version stands between proposal and decision."""
    if version.state == Outcome.CONFIRMED:
        return State("good", _("confirmed"))
    if version.state == Outcome.TURNED_DOWN:
        return State("idle", _("turned down"))
    return State("pending", _("waiting for confirmation"))


def post_state(post: Post, on: date) -> State:
    """Whether somebody holds a post on a day, and if not, why."""
    decision = getattr(post, "decision", None)
    end = getattr(post, "end", None)
    if decision is None:
        return State("pending", _("waiting for confirmation"))
    if decision.outcome == Outcome.TURNED_DOWN:
        return State("idle", _("turned down"))
    if not post.user.is_active:
        return State("bad", _("account closed"))
    if (end and end.ended_on <= on) or (post.ends_on and post.ends_on < on):
        return State("idle", _("ended"))
    return State("good", _("in office")) if post.starts_on <= on else State("idle", _("begins later"))


def invitation_state(standing: str) -> State:
    """Where an invitation stands (``facts_invitations.Standing.state``)."""
    return {
        "waiting": State("pending", _("waiting for an answer")),
        "lapsed": State("idle", _("not answered in time")),
        "withdrawn": State("idle", _("withdrawn")),
        "ahead": State("idle", _("begins later")),
        "in_force": State("good", _("in force")),
        "ended": State("idle", _("ended early")),
        "over": State("idle", _("over")),
    }[standing]
