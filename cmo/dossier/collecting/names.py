"""What parties, sites, devices and entrustments were called at the pin: their latest confirmed version."""

from __future__ import annotations

from cmo.paper.words import Words, same

from ..snapshot import Row, Snapshot
from .saying import NONE, bilingual, numbered
from .versions import DEVICE, ORGANISATION, SITE, current

REGISTRANT = Words("委托方（注册人、备案人）", "Registrant")
CONTRACTOR = Words("受托方（受托生产企业）", "Contractor")
SIDES = {"registrant": Words("委托方", "registrant"), "contractor": Words("受托方", "contractor")}


def organisation(snapshot: Snapshot, pk: int | None) -> Words:
    """A party by its confirmed name."""
    return _named(current(snapshot, ORGANISATION, pk), pk)


def site(snapshot: Snapshot, pk: int | None) -> Words:
    """A production address by its confirmed name; a dash without one."""
    return _named(current(snapshot, SITE, pk), pk)


def device(snapshot: Snapshot, pk: int | None) -> Words:
    """A device by its confirmed name and the number of its certificate; a dash without one."""
    row = current(snapshot, DEVICE, pk)
    name = _named(row, pk)
    if row is None:
        return name
    return Words(f"{name.zh}\n{row['number_printed']}", f"{name.en}\n{row['number_printed']}")


def entrustment(snapshot: Snapshot, pk: int | None) -> Words:
    """An entrustment by its number."""
    row = snapshot.one("agreements.entrustment", pk)
    return same(row["number"]) if row else NONE


def person(snapshot: Snapshot, pk: int) -> Words:
    """A person by the printed name; by the number of the account where no name is known."""
    name = snapshot.names.get(pk)
    return same(name) if name else numbered(pk)


def _named(row: Row | None, pk: int | None) -> Words:
    if pk is None:
        return NONE
    return numbered(pk) if row is None else bilingual(row, "name")
