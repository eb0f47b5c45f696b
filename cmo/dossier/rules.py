"""May this dossier be asked for, again, or be called off?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cmo.errors import Finding

from .wording import SENTENCES

#: Exports of one person that wait or are under way at a time.
MOST_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, and what they have asked for before; ``within_grant``: what is granted to them covers it."""

    as_of: date
    today: date
    within_grant: bool
    open_exports: int
    asked_today: int
    most_a_day: int


@dataclass(frozen=True, slots=True)
class Standing:
    """An export as it stands when somebody wants it again or no more. ``own``: the person asked for it themselves;
    ``removed``: its file went after its time; ``lost``: before it, or it is not what was made."""

    own: bool
    state: str
    stopped: bool
    not_taken_up: bool
    removed: bool
    lost: bool


def blockers_to_ask(asked: Asked) -> list[Finding]:
    """Everything that speaks against a new export."""
    return [*_about_the_wish(asked), *_about_numbers(asked)]


def _about_the_wish(asked: Asked) -> Iterator[Finding]:
    if asked.as_of > asked.today:
        yield _said("dossier_day_to_come", day=asked.as_of.isoformat())
    if not asked.within_grant:
        yield _said("dossier_outside_grant")


def _about_numbers(asked: Asked) -> Iterator[Finding]:
    if asked.open_exports >= MOST_AT_ONCE:
        yield _said("dossier_too_many_at_once", limit=MOST_AT_ONCE)
    if asked.asked_today >= asked.most_a_day:
        yield _said("dossier_too_many_today", limit=asked.most_a_day)


def blockers_to_ask_again(standing: Standing, asked: Asked) -> list[Finding]:
    """Everything that speaks against building an export once more."""
    found = [] if standing.own else [_said("dossier_not_yours")]
    if not may_be_again(standing):
        found.append(_said("dossier_not_stopped"))
    if not asked.within_grant:
        found.append(_said("dossier_outside_grant"))
    return [*found, *_about_numbers(asked)]


def may_be_again(standing: Standing) -> bool:
    """Whether nothing is being built, and nothing lies ready."""
    ended = standing.state in {"failed", "cancelled"}
    return ended or standing.stopped or standing.not_taken_up or standing.removed or standing.lost


def blockers_to_cancel(standing: Standing) -> list[Finding]:
    """Everything that speaks against calling an export off."""
    found = [] if standing.own else [_said("dossier_not_yours")]
    if standing.state not in {"waiting", "running"}:
        found.append(_said("dossier_ended_already"))
    return found


def _said(code: str, **facts: object) -> Finding:
    return SENTENCES[code].finding(code, **facts)
