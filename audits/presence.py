"""Who else has the checklist of an audit open right now: a courtesy among auditors, kept in the cache and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache

from .facts.audit import MemberFact

#: A mark counts this long after it was set, and is set again after this long, in seconds.
LASTS, RENEWED = 45, 15


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody of the team at the checklist. ``serial``: the item they are at, 0 when at none."""

    name: str
    serial: int


def others_present(
    audit_id: int, team: Iterable[MemberFact], person_id: int, serial: int, seconds: int
) -> list[Present]:
    """Who of the team is there besides this person, whose own mark is renewed. ``seconds``: the moment."""
    members = {_key(audit_id, member.person_id): member for member in team}
    marks = cache.get_many(members)
    own = _key(audit_id, person_id)
    if own in members and _is_stale(marks.get(own), serial, seconds):
        cache.set(own, (serial, seconds), LASTS)
    return [Present(member.name, marks[key][0]) for key, member in members.items() if key in marks and key != own]


def _is_stale(mark: tuple[int, int] | None, serial: int, seconds: int) -> bool:
    return mark is None or mark[0] != serial or seconds - mark[1] >= RENEWED


def _key(audit_id: int, person_id: int) -> str:
    return f"audits.presence:{audit_id}:{person_id}"
