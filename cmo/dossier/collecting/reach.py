"""What a dossier's scope reaches: which devices, entrustments and agreements of the pair, and which days.

How a scope is written stands in ``cmo.dossier.scoping``. What binds both parties as a whole (parties, licences, people) is never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from cmo.errors import Refused
from cmo.paper.words import Words

from ..scoping import period, unknown
from ..sheets import Block, Pin, Text
from ..snapshot import Row, Snapshot


@dataclass(frozen=True, slots=True)
class Reach:
    """None: not limited. First and last day of the period inclusive."""

    devices: frozenset[int] | None = None
    entrustments: frozenset[int] | None = None
    agreements: frozenset[int] | None = None
    first: date | None = None
    last: date | None = None

    def within(self, *days: date | None) -> bool:
        """Whether one of these days lies in the period; always without a period."""
        if self.first is None or self.last is None:
            return True
        return any(day is not None and self.first <= day <= self.last for day in days)

    def overlaps(self, first: date, last: date | None) -> bool:
        """Whether what lasted from ``first`` to ``last`` lasted on a day of the period."""
        if self.first is None or self.last is None:
            return True
        return first <= self.last and (last is None or last >= self.first)


def reach(snapshot: Snapshot, pin: Pin) -> Reach:
    """:raises Refused: what the scope names is no record of this pair at that moment."""
    kind, key = pin.scope
    if kind not in _KINDS:
        raise Refused([unknown(kind, key)])
    return _KINDS[kind](snapshot, key)


def named(rows: Iterable[Row], number: str, key: str, pk: str = "id") -> list[Row]:
    """The rows whose column ``number`` reads like the key; those with this primary key where there is none."""
    every = list(rows)
    return [row for row in every if row[number] == key] or [row for row in every if str(row[pk]) == key]


def split(rows: Iterable[Row], inside: Callable[[Row], bool]) -> tuple[list[Row], int]:
    """The rows that the scope reaches, in their order, and how many it leaves out."""
    every = list(rows)
    found = [row for row in every if inside(row)]
    return found, len(every) - len(found)


def left_out(count: int, what: Words) -> tuple[Block, ...]:
    """Says what a limited dossier does not show; nothing when nothing was left out."""
    if not count:
        return ()
    zh = f"本档案限定了范围，另有{what.zh} {count} 条不在范围内，未列入本章。"
    en = f"This dossier is limited in scope. Not shown in this chapter because they lie outside: {what.en} ({count})."
    return (Text(Words(zh, en)),)


def _whole(_snapshot: Snapshot, _key: str) -> Reach:
    return Reach()


def _period(_snapshot: Snapshot, key: str) -> Reach:
    first, last = period(key)
    return Reach(first=first, last=last)


def _device(snapshot: Snapshot, key: str) -> Reach:
    versions = snapshot.rows("catalogue.deviceversion")
    known = {row["device_id"] for row in named(versions, "number_printed", key, "device_id")}
    return _of_entrustments(
        snapshot,
        frozenset(_found(known, "device", key)),
        frozenset(row.pk for row in snapshot.rows("agreements.entrustment") if row["device_id"] in known),
    )


def _lot(snapshot: Snapshot, key: str) -> Reach:
    lots = named(snapshot.rows("releases.lot"), "number", key)
    entrusted = frozenset(_found({row["entrustment_id"] for row in lots}, "lot", key))
    return _of_entrustments(snapshot, _devices_of(snapshot, entrusted), entrusted)


def _agreement(snapshot: Snapshot, key: str) -> Reach:
    rows = named(snapshot.rows("agreements.agreement"), "number", key)
    known = frozenset(_found({row.pk for row in rows}, "agreement", key))
    revisions = {row.pk for row in snapshot.rows("agreements.agreementrevision") if row["agreement_id"] in known}
    covered = snapshot.rows("agreements.revisioncoverage")
    entrusted = frozenset(row["entrustment_id"] for row in covered if row["revision_id"] in revisions)
    return Reach(_devices_of(snapshot, entrusted), entrusted, known)


def _of_entrustments(snapshot: Snapshot, devices: frozenset[int], entrusted: frozenset[int]) -> Reach:
    """The agreements that ever covered one of them come with them."""
    covered = snapshot.rows("agreements.revisioncoverage")
    revisions = {row["revision_id"] for row in covered if row["entrustment_id"] in entrusted}
    rows = snapshot.rows("agreements.agreementrevision")
    return Reach(devices, entrusted, frozenset(row["agreement_id"] for row in rows if row.pk in revisions))


def _devices_of(snapshot: Snapshot, entrusted: frozenset[int]) -> frozenset[int]:
    rows = snapshot.rows("agreements.entrustment")
    return frozenset(row["device_id"] for row in rows if row.pk in entrusted)


def _found(keys: set[int], kind: str, key: str) -> set[int]:
    if not keys:
        raise Refused([unknown(kind, key)])
    return keys


_KINDS: dict[str, Callable[[Snapshot, str], Reach]] = {
    "whole": _whole,
    "period": _period,
    "device": _device,
    "lot": _lot,
    "agreement": _agreement,
}
