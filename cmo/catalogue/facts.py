"""Facts of the catalogue, loaded set-wise: editions held, device facts, screenings and what a new edition would stop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models

from cmo.regulation.classification import IVD
from cmo.signing.facts import signatures_under

from .edition_file import built_in_editions
from .editions import Edition
from .facts_vocabulary import FACTS, ScreeningFacts
from .judgement import NOT_HELD, ScreeningResult
from .known_codes import known_codes
from .models import Determination, Device, DeviceVersion, HeldEdition, Screening
from .rules import Catalogue, screen
from .rules.verdicts import DeterminationFacts

#: What a screening needs of a device version: ids, code, name, and the facts in the order of ``FACTS``.
_COLUMNS = ("id", "device_id", "classification_code", "sub_catalogue", "name_zh", *FACTS)

_made_ready: dict[tuple[str, ...], Catalogue] = {}


def held_editions() -> tuple[Edition, ...]:
    """The editions in the database, by first day; those that come with the product where none was loaded yet."""
    rows = HeldEdition.objects.order_by("effective_from")
    return tuple(row.edition for row in rows) or built_in_editions()


def held_catalogue() -> Catalogue:
    """The editions held, ready for screening; made ready once for each set of editions."""
    held = tuple(HeldEdition.objects.order_by("effective_from").values_list("sha256", flat=True))
    if held not in _made_ready:
        _made_ready.clear()
        _made_ready[held] = Catalogue(held_editions(), known_codes())
    return _made_ready[held]


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What a screening needs of one device: its current confirmed version."""

    version_id: int
    device_id: int
    facts: ScreeningFacts


def device_rows(devices: models.QuerySet[Device] | Iterable[int] | None = None) -> list[tuple[Any, ...]]:
    """The columns a screening needs of the current confirmed version of these (default: all) devices; one query."""
    rows = DeviceVersion.objects.current()
    if devices is not None:
        ids: Any = devices.values("pk") if isinstance(devices, models.QuerySet) else list(devices)
        rows = rows.filter(device_id__in=ids)
    return list(rows.values_list(*_COLUMNS))


def rescreen(
    catalogue: Catalogue, on: date, devices: models.QuerySet[Device] | Iterable[int] | None = None
) -> Iterator[tuple[tuple[Any, ...], ScreeningResult]]:
    """Every row of :func:`device_rows` judged anew for an act on ``on``; one query for any number of devices."""
    lookup = catalogue.lookup(on)
    for row in device_rows(devices):
        code = row[2] or (IVD if row[3] == IVD else None)
        yield row, lookup.screen_values(code, row[4], row[5:]) if lookup else NOT_HELD


def facts_of(row: tuple[Any, ...]) -> DeviceFacts:
    """The screening facts of a row of :func:`device_rows`."""
    version_id, device_id, code, sub_catalogue, name, *values = row
    facts = ScreeningFacts(
        code=code or (IVD if sub_catalogue == IVD else None), name=name, **dict(zip(FACTS, values, strict=True))
    )
    return DeviceFacts(version_id, device_id, facts)


@dataclass(frozen=True, slots=True)
class EditionEffect:
    """What a new edition changes for one device from its first day on."""

    device_id: int
    version_id: int
    before: ScreeningResult
    after: ScreeningResult

    @property
    def stops(self) -> bool:
        """Whether the device may no longer be entrusted as it was judged before."""
        return self.after.outcome not in {"allowed", self.before.outcome}


def effects_of_edition(new: Edition, devices: models.QuerySet[Device] | None = None) -> list[EditionEffect]:
    """The devices that an edition not yet held would judge differently from its first day on (one query for devices)."""
    held = held_editions()
    on = new.effective_from
    codes = known_codes()
    before, after = Catalogue(held, codes), Catalogue([*held, new], codes)
    effects = []
    for row, was in rescreen(before, on, devices):
        becomes = screen(facts_of(row).facts, after, on)
        if (was.outcome, was.entry) != (becomes.outcome, becomes.entry):
            effects.append(EditionEffect(row[1], row[0], was, becomes))
    return effects


@dataclass(frozen=True, slots=True)
class ScreeningState:
    """How a device stands towards the catalogue for an act on one day, with the records this rests on.

    ``screening`` is the latest recorded one whose facts and edition are those judged here; a signed ``determination``
    of it holds as long as both stay the same.
    """

    device_id: int
    version_id: int
    version_hash: str
    facts: ScreeningFacts
    result: ScreeningResult
    screening_id: int | None
    determination_id: int | None
    determined: str

    @property
    def outcome(self) -> str:
        """The result, or what was determined where the result is undetermined."""
        return self.determined or self.result.outcome


def screening_states(
    device_ids: Iterable[int], on: date, known_at: datetime | None = None
) -> dict[int, ScreeningState]:
    """Device id → its state for an act on ``on``; a constant number of queries. Unconfirmed devices are left out."""
    versions = DeviceVersion.objects.current_by_subject(device_ids, known_at)
    catalogue = held_catalogue()
    judged = {pk: (v, f := v.screening_facts(), screen(f, catalogue, on)) for pk, v in versions.items()}
    screenings = _matching_screenings({pk: (facts, result) for pk, (_v, facts, result) in judged.items()}, known_at)
    determined = standing_determinations((s.pk for s in screenings.values()), known_at)
    states = {}
    for pk, (version, facts, result) in judged.items():
        screening = screenings.get(pk)
        found = determined.get(screening.pk) if screening else None
        states[pk] = ScreeningState(
            device_id=pk,
            version_id=version.pk,
            version_hash=version.content_hash,
            facts=facts,
            result=result,
            screening_id=screening.pk if screening else None,
            determination_id=found.pk if found else None,
            determined=found.outcome if found and result.outcome == "undetermined" else "",
        )
    return states


def _matching_screenings(
    judged: dict[int, tuple[ScreeningFacts, ScreeningResult]], known_at: datetime | None
) -> dict[int, Screening]:
    """The latest recorded screening of each device with exactly these facts and this edition (determined ones first)."""
    rows = Screening.objects.filter(device_id__in=list(judged)).order_by("id")
    if known_at is not None:
        rows = rows.filter(recorded_at__lt=known_at)
    found: dict[int, Screening] = {}
    for row in rows.annotate(determined=models.Count("determination")):
        facts, result = judged[row.device_id]
        if row.facts == facts.as_dict() and row.edition_sha256 == result.edition_sha256:
            kept = found.get(row.device_id)
            if kept is None or row.determined >= kept.determined:  # type: ignore[attr-defined]
                found[row.device_id] = row
    return found


def standing_determinations(screening_ids: Iterable[int], known_at: datetime | None = None) -> dict[int, Determination]:
    """Screening id → its signed determination whose signature still stands; a constant number of queries."""
    found = Determination.objects.filter(screening_id__in=list(screening_ids)).select_related("screening__version")
    rows = list(found.filter(recorded_at__lt=known_at) if known_at else found)
    signatures = signatures_under(rows)
    keys = {f"catalogue.determination:{row.pk}": row for row in rows}
    standing = [keys[key] for key, states in signatures.items() if any(not state.void for state in states)]
    return {row.screening_id: row for row in standing}


def determination_facts(determination: Determination, on: date) -> DeterminationFacts:
    """What a determination about to be signed rests on; the screening's device is locked by then."""
    screening = determination.screening
    state = screening_states([screening.device_id], on).get(screening.device_id)
    return DeterminationFacts(
        screening_outcome=screening.outcome,
        is_current=state is not None
        and (screening.facts, screening.edition_sha256) == (state.facts.as_dict(), state.result.edition_sha256),
        determined=Determination.objects.filter(screening=screening).exists(),
        outcome=determination.outcome,
        has_evidence=bool(determination.evidence),
    )
