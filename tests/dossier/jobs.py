"""Exports asked for and made as people and the worker do it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import time_machine
from django.core.mail.backends.base import BaseEmailBackend

from cmo.clock import day_of
from cmo.dossier import actions, tasks
from cmo.dossier.actions import Wish
from cmo.dossier.models import Export
from cmo.dossier.rights import Taking, taking
from cmo.parties.actions import grant
from cmo.parties.models import Grant, User
from cmo.trail.actor import Actor
from tests import make
from tests.releases import build

#: A moment on the world's day, after everything in it.
LATER = build.AT + timedelta(hours=3)
TODAY = day_of(LATER)
#: The last day of grants made here.
LAST_DAY = TODAY + timedelta(days=30)


def by_of(w: build.World, role: str = "quality_manager", side: str = "registrant") -> Actor:
    """The actor under which somebody of the pair exports."""
    return held_by(getattr(w, side).user(role, side), w).actor


def held_by(user: User, w: build.World, on: date = TODAY) -> Taking:
    held = taking(User.objects.get(pk=user.pk), w.pair, on)
    assert held is not None
    return held


def wish(scope: tuple[str, str] = ("whole", ""), language: str = "zh", as_of: date = TODAY) -> Wish:
    return Wish(scope, language, as_of)


def asked(w: build.World, by: Actor | None = None, at: datetime = LATER, **wished: Any) -> Export:
    return actions.ask_export(pair=w.pair, wish=wish(**wished), by=by or by_of(w), at=at)


def made(export: Export, at: datetime = LATER) -> Export:
    """The export after a worker had it."""
    with time_machine.travel(at, tick=False):
        tasks.run_export.call(export.pk)
    return Export.objects.select_related("pair").get(pk=export.pk)


def outsider(w: build.World, permission: str = "take_dossier", scope: tuple[str, str] = ("whole", "")) -> User:
    """Somebody without a post to whom the pair's dossier was opened by name, from today for thirty days."""
    user = make.person()
    granted(w, user, permission, scope)
    return user


def granted(w: build.World, user: User, permission: str, scope: tuple[str, str] = ("whole", "")) -> Grant:
    content: dict[str, Any] = {
        "permission": permission,
        "scope_kind": scope[0],
        "scope_key": scope[1],
        "reason": "监督检查",
    }
    content |= {"starts_on": TODAY, "ends_on": LAST_DAY}
    by = w.registrant.actor("quality_manager", "registrant")
    return grant(pair=w.pair, user=user, content=content, by=by, at=build.AT)


class NobodyTakesIt(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, _messages: Any) -> int:
        raise ConnectionRefusedError
