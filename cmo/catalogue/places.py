"""Where a classification code stands in one edition: the part of a screening that facts cannot change.

Worked out once per code and edition, so that a screening itself is a look-up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .editions import Condition, Edition, Entry

#: How a code or a name touches an entry.
LISTED, INDICATED, UNTOUCHED = "listed", "indicated", "untouched"

#: What a code leaves of an exclusion: it frees by the code itself, its facts decide, only a person can, it never frees.
FREES, FACTS_DECIDE, PERSON_DECIDES, SHUT = "frees", "facts_decide", "person_decides", "shut"


@dataclass(frozen=True, slots=True)
class Place:
    """One code's standing towards every entry of an edition (``hits``) and each of its exclusions (``doors``).

    ``known``: whether the code is certain enough to let a product go that nothing touches.
    """

    known: bool
    hits: tuple[str, ...]
    doors: tuple[tuple[str, ...], ...]


class Atlas:
    """Places of all codes in one edition; ``known_codes`` is the classification table we hold."""

    def __init__(self, edition: Edition, known_codes: frozenset[str]) -> None:
        self.edition = edition
        self.codes = known_codes | {entry.code for entry in edition.entries if entry.code}
        self.groups = {code[:5] for code in self.codes}
        self._numbers: dict[tuple[Place, ...], int] = {}
        self._places: dict[str | None, tuple[int, tuple[Place, ...]]] = {
            code: self._numbered(code) for code in sorted(self.codes | self.groups)
        }

    def places(self, code: str | None) -> tuple[int, tuple[Place, ...]]:
        """The place of a code, several for a group whose members stand differently, with their number.

        Codes that stand alike have one number.
        """
        return self._places.get(code) or self._numbered(code)

    def _numbered(self, code: str | None) -> tuple[int, tuple[Place, ...]]:
        places = self._work_out(code)
        return self._numbers.setdefault(places, len(self._numbers)), places

    def _work_out(self, code: str | None) -> tuple[Place, ...]:
        members: list[str | None] = [code]
        if code is not None and len(code) == len("NN-NN"):
            members += sorted(full for full in self.codes if within(full, code) and full != code)
        return tuple(dict.fromkeys(self._place(member) for member in members))

    def _place(self, code: str | None) -> Place:
        entries = self.edition.entries
        return Place(
            known=code in self.codes or code in self.groups,
            hits=tuple(_hit(entry, code) for entry in entries),
            doors=tuple(tuple(_door(x.condition, code) for x in entry.exclusions) for entry in entries),
        )


def within(code: str, group: str) -> bool:
    """Whether a code is this code or belongs to this group."""
    return code == group or code.startswith(f"{group}-")


def _hit(entry: Entry, code: str | None) -> str:
    if code is None:
        return UNTOUCHED
    if entry.code is not None and within(code, entry.code):
        return LISTED
    return INDICATED if _in_any(code, entry.indicative_codes) else UNTOUCHED


def _door(condition: Condition, code: str | None) -> str:
    if condition.code is not None:
        return FREES if code is not None and within(code, condition.code) else SHUT
    if not condition.bound_to_codes:
        return FACTS_DECIDE
    if code is None or _in_any(code, condition.judgement_codes):
        return PERSON_DECIDES
    return FACTS_DECIDE if _in_any(code, condition.bound_to_codes) else SHUT


def _in_any(code: str, codes: Iterable[str]) -> bool:
    return any(within(code, group) for group in codes)
