"""What differs between two texts of an agreement: terms, parties, coverage, clauses, duties, obligations. Pure.

Both texts are bodies as ``body.body_of`` makes them, of any schema; what an old body does not hold counts as absent.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Body = Mapping[str, Any]
#: A text in Chinese and English; what reads the same in both languages stands twice.
Pair = tuple[str, str]
Values = Mapping[str, Pair]

SAME, CHANGED, ADDED, REMOVED, MOVED = "same", "changed", "added", "removed", "moved"
PARTS = ("terms", "parties", "coverage", "clauses", "duties", "obligations")


@dataclass(frozen=True, slots=True)
class Piece:
    """One value before and after, in both languages."""

    name: str
    before: Pair
    after: Pair

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def bilingual(self) -> bool:
        """Whether the languages differ; figures and codes read the same in both."""
        return self.before[0] != self.before[1] or self.after[0] != self.after[1]


@dataclass(frozen=True, slots=True)
class Item:
    """One clause, duty, party … by its key: what became of it, its number before and after (0: not there)."""

    part: str
    key: str
    status: str
    before: int
    after: int
    pieces: tuple[Piece, ...]

    @property
    def differs(self) -> bool:
        return self.status != SAME

    @property
    def changes(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.changed)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Part → its items, in the order of the later text; removed ones stand where they stood."""

    parts: Mapping[str, tuple[Item, ...]]

    @property
    def empty(self) -> bool:
        """Nothing differs."""
        return not any(item.differs for items in self.parts.values() for item in items)

    def count(self, part: str, status: str) -> int:
        """How many items of a part have this status."""
        return sum(item.status == status for item in self.parts[part])


def compare(before: Body, after: Body) -> Comparison:
    """Everything that differs from ``before`` to ``after``, by key."""
    return Comparison({part: _items(part, _READ[part](before), _READ[part](after)) for part in PARTS})


def replaced_in(body: Body, later: Iterable[tuple[int, Body]]) -> dict[str, tuple[int, str]]:
    """Clause key → number of the first later text in which it reads otherwise or is gone, and ``changed``/``removed``."""
    found: dict[str, tuple[int, str]] = {}
    own = dict(_clauses(body))
    for number, text in sorted(later, key=lambda one: one[0]):
        theirs = dict(_clauses(text))
        for key, values in own.items():
            if key not in found and theirs.get(key) != values:
                found[key] = (number, CHANGED if key in theirs else REMOVED)
    return found


def moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The keys that stand in another order than before, whether their text changed or not."""
    was = {key: number for number, key in enumerate(before, 1)}
    kept = [key for key in after if key in was]
    stayed = _in_order([was[key] for key in kept])
    return {key for key in kept if was[key] not in stayed}


def merged(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The keys of both in the later order; a removed one follows the key that it followed."""
    return _merged(list(before), list(after))


def _items(part: str, before: Sequence[tuple[str, Values]], after: Sequence[tuple[str, Values]]) -> tuple[Item, ...]:
    old, new = dict(before), dict(after)
    was = {key: number for number, (key, _values) in enumerate(before, 1)}
    now = {key: number for number, (key, _values) in enumerate(after, 1)}
    stayed = _in_order([was[key] for key, _values in after if key in was])
    found = []
    for key in _merged(list(was), list(now)):
        pieces = _pieces(old.get(key, {}), new.get(key, {}))
        status = _status(was.get(key, 0), now.get(key, 0), pieces, stayed)
        found.append(Item(part, key, status, was.get(key, 0), now.get(key, 0), pieces))
    return tuple(found)


def _status(was: int, now: int, pieces: Iterable[Piece], stayed: set[int]) -> str:
    if not was or not now:
        return REMOVED if was else ADDED
    if any(piece.changed for piece in pieces):
        return CHANGED
    return SAME if was in stayed else MOVED


def _pieces(old: Values, new: Values) -> tuple[Piece, ...]:
    nothing = ("", "")
    return tuple(Piece(name, old.get(name, nothing), new.get(name, nothing)) for name in {**old, **new})


def _merged(old: list[str], new: list[str]) -> list[str]:
    """The keys in the new order; a removed one follows the key that it followed."""
    found = list(new)
    held = set(new)
    for number, key in enumerate(old):
        if key not in held:
            place = found.index(old[number - 1]) + 1 if number else 0
            found.insert(place, key)
            held.add(key)
    return found


def _in_order(numbers: Sequence[int]) -> set[int]:
    """A longest run of numbers that still follow each other; whoever is not in it was moved."""
    tails: list[int] = []
    ends: list[int] = []
    before: dict[int, int] = {}
    for number in numbers:
        place = bisect_left(tails, number)
        if place:
            before[number] = ends[place - 1]
        tails[place:] = [number, *tails[place + 1 :]]
        ends[place:] = [number, *ends[place + 1 :]]
    found = set()
    step: int | None = ends[-1] if ends else None
    while step is not None:
        found.add(step)
        step = before.get(step)
    return found


def _both(row: Body, name: str) -> Pair:
    return str(row[f"{name}_zh"]), str(row[f"{name}_en"])


def _plain(value: Any) -> Pair:
    text = "" if value is None else str(value)
    return text, text


def _terms(body: Body) -> list[tuple[str, Values]]:
    template, paper = body["template"], body.get("paper") or {}
    values = {
        "title": _both(body["agreement"], "title"),
        "starts_on": _plain(body["term"]["starts_on"]),
        "ends_on": _plain(body["term"]["ends_on"]),
        "signing_order": _plain(body.get("signing_order", "any")),
        "template": _plain(" ".join(str(value) for value in template.values() if value)),
        "scan": _plain(paper.get("scan_sha256", "")),
    }
    return [("term", values)]


def _parties(body: Body) -> list[tuple[str, Values]]:
    return [(side, _party(row)) for side, row in sorted(body["parties"].items(), reverse=True)]


def _party(row: Body) -> Values:
    licences = [f"{item['number']} {item['last_day'] or ''}".strip() for item in row.get("licences", ())]
    return {
        "name": _both(row, "name"),
        "uscc": _plain(row["uscc"]),
        "address": _both(row, "address"),
        "legal_representative": _plain(row["legal_representative"]),
        "licences": _plain("\n".join(licences)),
    }


def _coverage(body: Body) -> list[tuple[str, Values]]:
    return [(str(row["number"]), _covered(row)) for row in body["coverage"]]


def _covered(row: Body) -> Values:
    device, site = row["device"], row["site"]
    return {
        "device": _both(device, "name"),
        "certificate": _plain(device["number"]),
        "device_class": _plain(device["device_class"]),
        "models": _plain("\n".join(device["models"])),
        "certificate_last_day": _plain(device["last_day"]),
        "site": _both(site, "name"),
        "address": _both(site, "address"),
        "last_day": _plain(row["last_day"]),
        "capped_by": _plain(row["capped_by"]),
    }


def _clauses(body: Body) -> list[tuple[str, Values]]:
    return [
        (
            row["key"],
            {"heading": _both(row, "heading"), "text": _both(row, "text"), "citation": _plain(row["citation"])},
        )
        for row in body["clauses"]
    ]


def _duties(body: Body) -> list[tuple[str, Values]]:
    plain = ("registrant", "contractor", "citation", "clause")
    return [
        (row["key"], {"duty": _both(row, "duty"), **{name: _plain(row[name]) for name in plain}})
        for row in body["duties"]
    ]


def _obligations(body: Body) -> list[tuple[str, Values]]:
    plain = ("side", "frequency", "days_allowed", "clause")
    return [
        (
            row["key"],
            {"what": _both(row, "what"), "proof": _both(row, "proof"), **{name: _plain(row[name]) for name in plain}},
        )
        for row in body.get("obligations", ())
    ]


_READ = {
    "terms": _terms,
    "parties": _parties,
    "coverage": _coverage,
    "clauses": _clauses,
    "duties": _duties,
    "obligations": _obligations,
}
