"""Expectations for the dossier: asking for one, following it, reading it, taking each of its files."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from cmo import clock
from cmo.dossier import actions, tasks
from cmo.dossier.actions import Wish
from cmo.dossier.models import Export
from cmo.evidence.actions import attach
from tests import make

from . import ANYBODY, PUBLIC, SEES_PAIR, Page, World, row

_READY, _WAITING, _FILE = "dossier export", "waiting dossier export", "enclosed file"
_WISH = {"as_of": make.TODAY.isoformat(), "scope": "whole", "language": "zh"}


def build(world: World) -> None:
    """A finished export and one that waits, both asked for by the registrant's quality manager."""
    by, at = world.registrant.actor(), clock.now()
    upload = SimpleUploadedFile("contract.txt", b"contract")
    file = attach(world.pair, upload=upload, title="委托生产合同", event_on=make.TODAY, by=by, at=at)
    wish = Wish(("whole", ""), "zh", make.TODAY)
    ready = actions.ask_export(pair=world.pair, wish=wish, by=by, at=at)
    tasks.run_export.call(ready.pk)
    assert Export.objects.get(pk=ready.pk).state == Export.State.READY
    waiting = actions.ask_export(pair=world.pair, wish=wish, by=by, at=at)
    world.things |= {_READY: ready, _WAITING: waiting, _FILE: file}


def _pair(world: World) -> dict[str, Any]:
    return {"pk": world.pair.pk}


def _ready(world: World) -> dict[str, Any]:
    return {"pk": world.things[_READY].pk}


def _waiting(world: World) -> dict[str, Any]:
    return {"pk": world.things[_WAITING].pk}


def _evidence(world: World) -> dict[str, Any]:
    return {**_ready(world), "file": world.things[_FILE].pk}


#: Whoever may read the pair asks for its dossier, outsiders too: they read it on screen.
_ASKS = row(right=302, wrong=302, foreign=404, granted=302, expired=404, administrator=404)
#: What one organisation exported: colleagues have it too, the outsider has only what they asked for themselves.
_OWN = row(right=200, wrong=200, foreign=404, granted=404, expired=404, administrator=404)
#: Acts on one's own export; a colleague is told that it is not theirs.
_ACTS = row(right=302, wrong=302, foreign=404, granted=404, expired=404, administrator=404)

PAGES = {
    "dossier:pair": Page(get=SEES_PAIR, post=_ASKS, kwargs=_pair, data=lambda _w: _WISH),
    "dossier:lots": Page(get=SEES_PAIR, kwargs=_pair),
    "dossier:mine": Page(get=ANYBODY),
    "dossier:export": Page(get=_OWN, kwargs=_ready),
    "dossier:progress": Page(get=_OWN, kwargs=_waiting),
    "dossier:cancel": Page(post=_ACTS, kwargs=_waiting),
    "dossier:again": Page(post=_ACTS, kwargs=_waiting),
    "dossier:read": Page(get=_OWN, kwargs=_ready),
    "dossier:read_section": Page(get=_OWN, kwargs=lambda w: {**_ready(w), "section": "parties"}),
    "dossier:take": Page(get=_OWN, kwargs=_ready),
    "dossier:take_document": Page(get=_OWN, kwargs=lambda w: {**_ready(w), "name": "dossier.pdf"}),
    "dossier:take_evidence": Page(get=_OWN, kwargs=_evidence),
    # Anybody checks a file; without one there is nothing to check, and after some tries one waits.
    "dossier:verify": Page(get=PUBLIC, post={who: {400, 429} for who in PUBLIC}),
}
