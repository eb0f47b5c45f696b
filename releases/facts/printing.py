"""What labels and instructions of an entrustment have to say by the data of a day, and checked texts held against it.

A text is judged for the last production day of the lot that uses it, not for the day on which somebody checked it: a
renewed licence, a changed name or a day from which a UDI is due turns the answer for every later lot. Certificate, licence
and technical requirements have days of their own, which decide, whenever they were confirmed. Names, addresses and contacts
have none: what was confirmed by the end of the day decides. Where data were confirmed only since, a text that says them is
not refused, because nobody could correct a record otherwise; it is pointed out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from agreements.facts import EntrustmentFacts
from cmo.clock import day_of

from ..labels import SMALL_LABEL, LabelFacts, expected_for, missing_items
from ..on_day import licence_named_on, udi_due_on
from .demands import CheckFact
from .hanging import Hanging

_NOTHING: Mapping[str, Any] = {"text": "", "more": "", "note": "", "verdict": "unknown"}


@dataclass(frozen=True, slots=True)
class Demanded:
    """What a text must say: ``then`` as confirmed by the end of the day asked for, ``now`` as confirmed since."""

    then: LabelFacts
    now: LabelFacts


@dataclass(frozen=True, slots=True)
class Printing:
    """Everything that labels of these entrustments rest on; answers are kept, because many lots share them."""

    entrustments: Mapping[int, EntrustmentFacts]
    hanging: Hanging
    _demanded: dict[tuple[int, date, date], Demanded] = field(default_factory=dict)
    _judged: dict[tuple[int, Demanded], CheckFact] = field(default_factory=dict)

    def demanded(self, entrustment: int, day: date, known_on: date | None = None) -> Demanded:
        """What a label of the entrustment says of a lot finished on ``day``, by data confirmed by the end of ``known_on``
        (default: that day; later where records began later)."""
        key = (entrustment, day, max(day, known_on or day))
        if key not in self._demanded:
            self._demanded[key] = _demanded(self.entrustments[entrustment], self.hanging, *key[1:])
        return self._demanded[key]

    def check(self, entrustment: int, label: int | None, day: date, known_on: date | None = None) -> CheckFact | None:
        """The latest check of a version for the entrustment, its text judged for ``day``; None while there is none."""
        row = next((one for one in reversed(self.hanging["check", entrustment]) if one["count"] == label), None)
        if row is None:
            return None
        demanded = self.demanded(entrustment, day, known_on)
        key = (row["row"], demanded)
        if key not in self._judged:
            self._judged[key] = _judged(row, demanded)
        return self._judged[key]

    def listed(self, device: int) -> str:
        """The present answer of a device on the UDI batches."""
        versions = self.hanging["device", device]
        return versions[-1]["verdict"] if versions else "unknown"

    def turns(self, entrustment: int) -> Iterator[date]:
        """Days on which what a label of the entrustment must say may turn, beside those of certificate and licence
        themselves: days of confirmation, and those of technical requirements."""
        of = self.entrustments[entrustment]
        sources = _sources(of, self.hanging)
        yield from (day_of(row["at"]) for rows in sources.values() for row in rows)
        yield from (row["day"] for row in sources["technical"])


def _judged(row: Mapping[str, Any], demanded: Demanded) -> CheckFact:
    kind = SMALL_LABEL if row["verdict"] == "small" else row["word"]
    then = expected_for(kind, demanded.then)
    lacking = missing_items(row["more"], then)
    now = expected_for(kind, demanded.now) if lacking and demanded.now != demanded.then else then
    wanting = missing_items(row["more"], {key: now[key] for key in lacking}) if now is not then else lacking
    found_then = json.loads(row["text"])
    return CheckFact(
        check_id=row["row"],
        label_id=row["count"],
        checked_on=day_of(row["at"]),
        checked_by=row["person_name"],
        missing=tuple(wanting),
        outdated=tuple(key for key in wanting if key not in found_then),
        unrecorded=tuple(key for key in wanting if not then[key] and not now[key]),
        confirmed_since=tuple(key for key in lacking if key not in wanting),
    )


def _sources(of: EntrustmentFacts, hanging: Hanging) -> dict[str, Sequence[Any]]:
    """What a label of the entrustment quotes → every confirmed version of it."""
    return {
        "device": hanging["device", of.device_id],
        "registrant": hanging["organisation", of.registrant_id],
        "contractor": hanging["organisation", of.contractor_id],
        "site": hanging["site", of.site_id],
        "technical": hanging["technical", of.device_id],
    }


def _demanded(of: EntrustmentFacts, hanging: Hanging, day: date, known_on: date) -> Demanded:
    sources = _sources(of, hanging)
    listed = sources["device"]
    in_effect = sorted(_effective(sources["technical"], day), key=lambda row: (row["day"], row["row"]))
    sources |= {"device": _begun(listed, day), "technical": in_effect}
    both = {name: _then_and_now(rows, known_on) for name, rows in sources.items()}
    named = licence_named_on(of, day) or licence_named_on(of, known_on)
    shared = {
        "licence": named.number if named else "",
        "udi_due": udi_due_on(of, listed[-1]["verdict"] if listed else "unknown", day).demanded,
    }
    then, now = (_facts({name: found[n] for name, found in both.items()}, shared) for n in (0, 1))
    return Demanded(then, now)


def _effective(rows: Sequence[Any], day: date) -> list[Any]:
    return [row for row in rows if row["day"] <= day]


def _begun(rows: Sequence[Any], day: date) -> Sequence[Any]:
    """Versions of the certificate that governs the day: those begun on the first day of the latest begun by then. Before
    every one on record the oldest counts."""
    begun = _effective(rows, day) or rows[:1]
    return [row for row in begun if row["day"] == begun[-1]["day"]]


def _then_and_now(rows: Sequence[Any], known_on: date) -> tuple[Any, Any]:
    """Of confirmed versions, oldest first: the latest that was known by then, or else the first, and the latest of all."""
    if not rows:
        return _NOTHING, _NOTHING
    known = [row for row in rows if day_of(row["at"]) <= known_on] or rows[:1]
    return known[-1], rows[-1]


def _facts(said: Mapping[str, Any], shared: Mapping[str, Any]) -> LabelFacts:
    device, registrant, contractor = (said[name] for name in ("device", "registrant", "contractor"))
    return LabelFacts(
        product_name=device["text"],
        models=tuple(json.loads(device["note"] or "[]")),
        certificate=device["more"],
        registrant=registrant["text"],
        registrant_address=registrant["more"],
        registrant_contact=registrant["note"],
        contractor=contractor["text"],
        contractor_address=contractor["more"],
        contractor_contact=contractor["note"],
        production_address=said["site"]["more"],
        technical_requirements=said["technical"]["text"],
        **shared,
    )
