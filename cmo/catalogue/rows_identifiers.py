"""Device identifiers as rows to read: the packages of each model as a tree, time lines, and lines for the list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from cmo.parties.models import SiteVersion
from cmo.parties.states import State
from cmo.web.charts import Lane, Mark, Span
from cmo.web.wording import bilingual

from .facts_identifiers import IdentifierFact, load_identifiers
from .models import Device, DeviceIdentifier, DeviceVersion
from .rules.identifiers import LEVELS
from .states import identifier_state


@dataclass(frozen=True, slots=True)
class Shown:
    """One DI in the tree: ``depth`` counts the packages around it; ``contents`` names what it contains."""

    fact: IdentifierFact
    depth: int
    level: str
    agency: str
    site: str
    state: State
    contents: str
    replaces: str


def trees(facts: Iterable[IdentifierFact]) -> list[tuple[str, list[Shown]]]:
    """Model → its DIs, outermost package first and what it contains below it; retired ones without a package last."""
    known = list(facts)
    sites = SiteVersion.objects.current_by_subject({f.site_id for f in known if f.site_id})
    codes = {fact.identifier_id: fact.code for fact in known}
    by_model: dict[str, list[IdentifierFact]] = defaultdict(list)
    for fact in known:
        by_model[fact.model].append(fact)
    return [
        (model, [_shown(fact, depth, sites, codes) for fact, depth in _in_order(found)])
        for model, found in sorted(by_model.items())
    ]


def _in_order(facts: list[IdentifierFact]) -> Iterator[tuple[IdentifierFact, int]]:
    """Each DI once, under the first package that contains it."""
    by_id = {fact.identifier_id: fact for fact in facts}
    contained = {fact.contains_id for fact in facts if fact.retired_on is None}
    seen: set[int] = set()
    outermost = [fact for fact in facts if fact.identifier_id not in contained]
    order = sorted(outermost, key=lambda f: (f.retired_on is not None, -LEVELS.index(f.level), f.identifier_id))
    for root in order:
        fact: IdentifierFact | None = root
        depth = 0
        while fact is not None and fact.identifier_id not in seen:
            seen.add(fact.identifier_id)
            yield fact, depth
            fact, depth = by_id.get(fact.contains_id or 0), depth + 1


def _shown(fact: IdentifierFact, depth: int, sites: Mapping[int, Any], codes: Mapping[int, str]) -> Shown:
    contents = f"{fact.contained_quantity} × {codes.get(fact.contains_id, '')}" if fact.contains_id else ""
    return Shown(
        fact=fact,
        depth=depth,
        level=str(DeviceIdentifier.Level(fact.level).label),
        agency=str(DeviceIdentifier.Agency(fact.agency).label),
        site=bilingual(sites.get(fact.site_id or 0), "name"),
        state=identifier_state(fact),
        contents=contents,
        replaces=codes.get(fact.replaces_id or 0, ""),
    )


def lanes(facts: Iterable[IdentifierFact]) -> list[Lane]:
    """One lane per DI from its assignment to its retirement, with the steps between."""
    return [
        Lane(
            f"{fact.model} · {DeviceIdentifier.Level(fact.level).label}",
            [Span(fact.assigned_on, fact.retired_on, fact.code, identifier_state(fact).tone)],
            [Mark(day, f"{fact.code} {word}", tone) for day, word, tone in _steps(fact)],
        )
        for fact in facts
    ]


def _steps(fact: IdentifierFact) -> Iterator[tuple[date, str, str]]:
    steps = (
        (fact.submitted_on, _("submitted"), "active"),
        (fact.uploaded_on, _("uploaded"), "good"),
        (fact.retired_on, _("no longer used"), "idle"),
    )
    for day, word, tone in steps:
        if day is not None:
            yield day, word, tone


def identifier_name(fact: IdentifierFact) -> str:
    """A DI as a choice: code, model, level, and that it is retired where it is."""
    level = DeviceIdentifier.Level(fact.level).label
    retired = f" · {_('no longer used')}" if fact.retired_on else ""
    return f"{fact.code} · {fact.model} · {level}{retired}"


@dataclass(frozen=True, slots=True)
class IdentifierLine:
    """One DI in the list of all."""

    device_id: int
    code: str
    device: str
    model: str
    level: str
    agency: str
    contained_quantity: int | None
    assigned_on: date
    submitted_on: date | None
    uploaded_on: date | None
    retired_on: date | None
    state: State


def identifier_lines(devices: models.QuerySet[Device], filters: Mapping[str, str]) -> list[IdentifierLine]:
    """A line for every DI of these devices that the filters leave; a constant number of queries."""
    versions = DeviceVersion.objects.current().filter(device__in=devices.values("pk"))
    names = {version.device_id: bilingual(version, "name") for version in versions}
    facts = [fact for found in load_identifiers(names).values() for fact in found]
    lines = [_line(fact, names[fact.device_id]) for fact in facts if _left(fact, filters)]
    words = (filters.get("q") or "").casefold().split()
    found = [line for line in lines if all(w in f"{line.code} {line.model} {line.device}".casefold() for w in words)]
    return sorted(found, key=lambda line: (line.device, line.model, line.code))


def _left(fact: IdentifierFact, filters: Mapping[str, str]) -> bool:
    wanted = ((filters.get("level"), fact.level), (filters.get("state"), fact.state))
    return all(not asked or asked == value for asked, value in wanted)


def _line(fact: IdentifierFact, device: str) -> IdentifierLine:
    return IdentifierLine(
        device_id=fact.device_id,
        code=fact.code,
        device=device,
        model=fact.model,
        level=str(DeviceIdentifier.Level(fact.level).label),
        agency=str(DeviceIdentifier.Agency(fact.agency).label),
        contained_quantity=fact.contained_quantity,
        assigned_on=fact.assigned_on,
        submitted_on=fact.submitted_on,
        uploaded_on=fact.uploaded_on,
        retired_on=fact.retired_on,
        state=identifier_state(fact),
    )
