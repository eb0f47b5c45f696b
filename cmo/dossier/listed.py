"""Exports as lists and their own page show them: the state as tone and word, the scope in words, what may be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cmo.paper.words import Words
from cmo.parties.access import Scope
from cmo.web.wording import in_language

from .archive import lies
from .facts import expired
from .forms import limit_words
from .models import Export
from .rights import may_read, may_take


class State(NamedTuple):
    """A tone and the word that goes with it; ``icon``: another than that of the tone."""

    tone: str
    word: str | Promise
    icon: str = ""


STATES: dict[str, State] = {
    "waiting": State("idle", _("waits for the queue"), "clock"),
    "running": State("active", _("under way")),
    "stopped": State("bad", _("interrupted")),
    "ready": State("good", _("made and ready")),
    "expired": State("idle", _("file removed after its time")),
    "damaged": State("bad", _("file missing or altered")),
    "failed": State("bad", _("failed")),
    "cancelled": State("idle", _("called off")),
}


def spoken(words: Words) -> str:
    """A text of both languages in the active one."""
    return in_language({"zh": words.zh, "en": words.en})


def state_of(export: Export, at: datetime) -> str:
    """Where an export stands: its state, or that its worker is gone, or its file; whether that lies there, not its bytes."""
    if export.stopped(at):
        return "stopped"
    if export.state != Export.State.READY:
        return export.state
    return "expired" if expired(export, at) else "ready" if lies(export) else "damaged"


@dataclass(frozen=True, slots=True)
class Listed:
    """An export in a list. ``outside``: asked for by somebody to whom the pair was opened by name."""

    export: Export
    state: State
    scope: str
    outside: bool
    reads: bool
    takes: bool


def listed(exports: Iterable[Export], scope: Scope, at: datetime) -> list[Listed]:
    """The exports as this person sees them, without queries."""
    return [_listed(export, scope, at) for export in exports]


def _listed(export: Export, scope: Scope, at: datetime) -> Listed:
    standing = state_of(export, at)
    ready = standing == "ready"
    return Listed(
        export=export,
        state=STATES[standing],
        scope=limit_words(export.scope_kind, export.scope_key),
        outside=export.organisation_id is None,
        reads=ready and may_read(scope, export),
        takes=ready and may_take(scope, export),
    )
