"""May this be entrusted? The judgement of a product's facts against the edition in force on the date of the act.

Pure: facts and editions in, outcome and all reasons out. What is unknown is judged by what it could be: the outcome is
*prohibited* or *allowed* only when every completion of the facts gives that, otherwise *undetermined*. So no unknown
fact ever clears a product, and more knowledge never turns a prohibition into doubt (regulations.md 1.4).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import date
from itertools import product
from operator import attrgetter
from typing import NamedTuple

from cmo.trail.canonical import sha256

from ..editions import Condition, Edition, Entry, canonical_text, in_force
from ..facts_vocabulary import ASKED, FACTS, NO, UNKNOWN, VALUES, YES, ScreeningFacts, plain_name
from ..judgement import ALLOWED, ASKS, FALLS_UNDER, FREE, NOT_HELD, PROHIBITED, UNDETERMINED, Judged, ScreeningResult
from ..places import FREES, INDICATED, LISTED, PERSON_DECIDES, SHUT, UNTOUCHED, Atlas, Place
from ..wording import deciding_entry, exclusion_that_matters, reasons


class Known(NamedTuple):
    """One completion of the facts: every fact has a value (order of ``FACTS``)."""

    vascular_site: str
    contains_animal_derived: str
    implantable: str
    contains_allogeneic: str
    directly_from_animal_tissue: str


def _possible(known: Known) -> bool:
    return not (known.directly_from_animal_tissue == YES and known.contains_animal_derived == NO)


COMPLETIONS = tuple(filter(_possible, (Known(*values) for values in product(*VALUES.values()))))


class Lookup:
    """One edition made ready: places of all codes, index of names, judgements already worked out."""

    def __init__(self, edition: Edition, known_codes: frozenset[str]) -> None:
        self.edition = edition
        self.sha256 = sha256(canonical_text(edition))
        self.atlas = Atlas(edition, known_codes)
        self.lists_names = any(entry.scope == "product_name" for entry in edition.entries)
        self._names: dict[str, frozenset[int]] = {}
        for index, entry in enumerate(edition.entries):
            for name in entry.names:
                self._names[name] = self._names.get(name, frozenset()) | {index}
        self._judgements: dict[Hashable, ScreeningResult] = {}

    def named(self, name: str) -> frozenset[int]:
        """Indexes of the entries that list exactly this name."""
        return self._names.get(plain_name(name), frozenset()) if name else frozenset()

    def screen(self, facts: ScreeningFacts) -> ScreeningResult:
        """Judge the facts against this edition."""
        return self.screen_values(facts.code, facts.name, _known_part(facts))

    def screen_values(self, code: str | None, name: str, values: tuple[str, ...]) -> ScreeningResult:
        """As :meth:`screen`, for many rows: ``values`` are those of ``FACTS`` in their order.

        :raises BadFacts: for values outside the vocabulary or that contradict each other.
        """
        number, places = self.atlas.places(code)
        named = self.named(name)
        key = (number, named, not name, code is None, values)
        found = self._judgements.get(key)
        if found is None:
            facts = ScreeningFacts(code=code, name=name, **dict(zip(FACTS, values, strict=True)))
            found = self._judgements[key] = _result(judge(self, facts, places, named), self.sha256)
        return found


_known_part = attrgetter(*FACTS)


class Catalogue:
    """All editions held, ready for screening; ``known_codes`` is the classification table (codes ``NN-NN-NN``)."""

    def __init__(self, editions: Iterable[Edition], known_codes: Iterable[str]) -> None:
        self.editions = tuple(sorted(editions, key=lambda edition: edition.effective_from))
        codes = frozenset(known_codes)
        self._lookups = {edition.key: Lookup(edition, codes) for edition in self.editions}
        self._on: dict[date, Lookup | None] = {}

    def lookup(self, on: date) -> Lookup | None:
        """The edition in force on a date, or None when we hold none for it."""
        if on not in self._on:
            edition = in_force(self.editions, on)
            self._on[on] = self._lookups[edition.key] if edition else None
        return self._on[on]


def screen(facts: ScreeningFacts, catalogue: Catalogue, on: date) -> ScreeningResult:
    """Judge whether a product with these facts may be entrusted by an act on this date (Order 739 art. 34)."""
    lookup = catalogue.lookup(on)
    return NOT_HELD if lookup is None else lookup.screen(facts)


def questions(code: str | None, name: str, catalogue: Catalogue, on: date) -> tuple[str, ...]:
    """The facts that matter for this code and name when nothing else is known, in the order to ask them."""
    return screen(ScreeningFacts(code=code, name=name), catalogue, on).missing_facts


def judge(lookup: Lookup, facts: ScreeningFacts, places: tuple[Place, ...], named: frozenset[int]) -> Judged:
    """Judge every completion of the facts at every place the code may stand for, and join the outcomes."""
    table = _table(lookup, facts, places, named)
    outcomes = {cell: _outcome(statuses, cell[0]) for cell, statuses in table.items()}
    columns = [{cell: row[i] for cell, row in table.items()} for i in range(len(lookup.edition.entries))]
    statuses = tuple(frozenset(column.values()) for column in columns)
    moving = {*_facts_that_move(outcomes), *_missing_besides(lookup, facts, places, outcomes, statuses)}
    return Judged(
        edition=lookup.edition,
        facts=facts,
        outcome=_join(outcomes.values()),
        places=places,
        named=named,
        statuses=statuses,
        open_facts=tuple(_facts_that_move(column) for column in columns),
        missing=tuple(fact for fact in ASKED if fact in moving),
    )


def _table(
    lookup: Lookup, facts: ScreeningFacts, places: tuple[Place, ...], named: frozenset[int]
) -> dict[tuple[Place, Known], tuple[str, ...]]:
    """The status of every entry at every place and for every completion of the facts."""
    return {
        (place, known): tuple(_status(e, i, place, known, named) for i, e in enumerate(lookup.edition.entries))
        for place in places
        for known in COMPLETIONS
        if _agrees(known, facts)
    }


def _agrees(known: Known, facts: ScreeningFacts) -> bool:
    return all(getattr(facts, fact) in {UNKNOWN, value} for fact, value in zip(FACTS, known, strict=True))


def _status(entry: Entry, index: int, place: Place, known: Known, named: frozenset[int]) -> str:
    """Whether a product with these facts at this place falls under one entry."""
    hit = _touch(entry, place.hits[index], known, index in named)
    if hit == UNTOUCHED or _outside_its_limits(entry, known):
        return FREE
    openings = {_opening(x.condition, d, known) for x, d in zip(entry.exclusions, place.doors[index], strict=True)}
    if FREE in openings:
        return FREE
    return ASKS if hit == INDICATED or ASKS in openings else FALLS_UNDER


def _touch(entry: Entry, hit_by_code: str, known: Known, is_named: bool) -> str:
    """By material or code an entry lists a product; an exact name does so only where the edition lists names."""
    if entry.material is not None:
        return LISTED if getattr(known, entry.material) == YES else UNTOUCHED
    if hit_by_code == LISTED or not is_named:
        return hit_by_code
    return LISTED if entry.scope == "product_name" else INDICATED


def _outside_its_limits(entry: Entry, known: Known) -> bool:
    if entry.implantable_only and known.implantable == NO:
        return True
    return entry.requires_material is not None and getattr(known, entry.requires_material) == NO


def _opening(condition: Condition, door: str, known: Known) -> str:
    """Whether an exclusion frees the product: FREE, ASKS (only a person can say) or FALLS_UNDER (it does not)."""
    if door in {FREES, SHUT}:
        return FREE if door == FREES else FALLS_UNDER
    values = [getattr(known, attribute) for attribute in condition.attributes]
    if any(value in condition.judgement_when for value in values):
        return ASKS
    if any(value != condition.frees_when for value in values):
        return FALLS_UNDER
    return ASKS if door == PERSON_DECIDES else FREE


def _outcome(statuses: tuple[str, ...], place: Place) -> str:
    if FALLS_UNDER in statuses:
        return PROHIBITED
    return UNDETERMINED if ASKS in statuses or not place.known else ALLOWED


def _join(outcomes: Iterable[str]) -> str:
    found = set(outcomes)
    return found.pop() if len(found) == 1 else UNDETERMINED


def _facts_that_move(cells: dict[tuple[Place, Known], str]) -> tuple[str, ...]:
    """The facts of which another value alone changes what a cell says."""
    if len(set(cells.values())) == 1:
        return ()
    return tuple(fact for i, fact in enumerate(FACTS) if any(_moves(cells, cell, i) for cell in cells))


def _moves(cells: dict[tuple[Place, Known], str], cell: tuple[Place, Known], index: int) -> bool:
    place, known = cell
    others = (known._replace(**{FACTS[index]: value}) for value in VALUES[FACTS[index]])
    return any(cells.get((place, other), cells[cell]) != cells[cell] for other in others)


def _missing_besides(
    lookup: Lookup,
    facts: ScreeningFacts,
    places: tuple[Place, ...],
    outcomes: dict[tuple[Place, Known], str],
    statuses: tuple[frozenset[str], ...],
) -> set[str]:
    """Whether a (full, known) code or a name is missing for a certain outcome."""
    if _join(outcomes.values()) != UNDETERMINED:
        return set()
    by_place = {tuple(outcome for cell, outcome in outcomes.items() if cell[0] == place) for place in places}
    code_open = len(by_place) > 1 or not all(place.known for place in places)
    asks = any(ASKS in found for found in statuses)
    name_open = lookup.lists_names and not facts.name and (asks or code_open)
    return {fact for fact, is_open in (("code", code_open), ("name", name_open)) if is_open}


def _result(judged: Judged, digest: str) -> ScreeningResult:
    index = deciding_entry(judged)
    entry = None if index is None else judged.edition.entries[index]
    exclusion = None if index is None else exclusion_that_matters(judged, index)
    return ScreeningResult(
        outcome=judged.outcome,
        edition=judged.edition.key,
        edition_sha256=digest,
        entry=entry.key if entry else None,
        entry_zh=entry.printed_zh if entry else "",
        entry_en=entry.printed_en if entry else "",
        exclusion_zh=exclusion.zh if exclusion else "",
        exclusion_en=exclusion.en if exclusion else "",
        missing_facts=judged.missing,
        reasons=reasons(judged),
    )
