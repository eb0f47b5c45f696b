"""Expectations for the calendar: its views, feeds and working days; recurring reports and reminders."""

from __future__ import annotations

from cmo.calendar import actions
from cmo.parties.access import plain_actor
from tests import make

from . import ANYBODY, DOES_AT_HOME, DOES_FOR_OWN, PUBLIC, SEES_OWN, SEES_PAIR, Page, World, row

#: The token of the feed that the matrix fetches.
_THINGS = "calendar feed"


def build(world: World) -> None:
    """A feed of the registrant's quality manager."""
    person = world.registrant.user()
    made = actions.make_feed(person=person, label="Outlook", language="en", by=plain_actor(person), at=make.AT)
    world.things[_THINGS], world.things["feed token"] = made


def _pair(world: World) -> dict[str, int]:
    return {"pk": world.pair.pk}


def _own(world: World) -> dict[str, int]:
    return {"pk": world.registrant.pk}


def _report(world: World) -> dict[str, object]:
    return {**_own(world), "name": "representative-2026-04-01"}


def _kind(world: World) -> dict[str, object]:
    return {**_own(world), "kind": "renew"}


#: Somebody else's feed does not exist; whoever owns it is sent back to the account.
_REVOKES = row(right=302, wrong=404, foreign=404, granted=404, expired=404, administrator=404)

PAGES = {
    "calendar:month": Page(get=ANYBODY),
    "calendar:list": Page(get=ANYBODY),
    "calendar:timeline": Page(get=ANYBODY),
    "calendar:pair": Page(get=SEES_PAIR, kwargs=_pair),
    "calendar:make_feed": Page(get=ANYBODY, post=ANYBODY),
    "calendar:revoke_feed": Page(post=_REVOKES, kwargs=lambda w: {"pk": w.things[_THINGS].pk}),
    "calendar:feed": Page(
        get=PUBLIC, post=dict.fromkeys(PUBLIC, 405), kwargs=lambda w: {"token": w.things["feed token"]}
    ),
    "calendar:working_days": Page(get=ANYBODY),
    "calendar:set_working_day": Page(get=DOES_AT_HOME, post=DOES_AT_HOME),
    "calendar:reports": Page(get=ANYBODY),
    "calendar:report": Page(get=SEES_OWN, kwargs=_report),
    "calendar:record_report": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_report),
    "calendar:reminders_home": Page(
        get=row(right=302, wrong=302, foreign=302, granted=200, expired=200, administrator=200)
    ),
    "calendar:reminders": Page(get=SEES_OWN, kwargs=_own),
    "calendar:set_reminders": Page(get=DOES_FOR_OWN, post=DOES_FOR_OWN, kwargs=_kind),
}
