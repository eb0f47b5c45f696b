"""What one edition of the prohibited catalogue says, as frozen values with one canonical text and hash.

An edition stands alone: every exclusion carries its resolved condition, so the text stored with a screening can be
read and judged again years later without the file it came from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any

from cmo.trail.canonical import canonical

#: Scopes an entry may have; see the reading notes in ``data/prohibited_catalogue.yaml``.
SCOPES = ("code", "code_prefix", "product_name", "material")


@dataclass(frozen=True, slots=True)
class Condition:
    """When an exclusion frees a product: by its code, or by facts that must all have the value ``frees_when``.

    ``bound_to_codes`` limits a condition on facts to these codes; under ``judgement_codes`` and for the values in
    ``judgement_when`` only a person can say whether it frees.
    """

    key: str
    zh: str
    en: str
    code: str | None = None
    attributes: tuple[str, ...] = ()
    frees_when: str | None = None
    judgement_when: tuple[str, ...] = ()
    bound_to_codes: tuple[str, ...] = ()
    judgement_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One "… 除外" of an entry, as printed, with its condition."""

    zh: str
    en: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue as printed, and what it takes for a product to fall under it."""

    key: str
    group: str
    scope: str
    name_zh: str
    name_en: str
    code: str | None = None
    names: tuple[str, ...] = ()
    material: str | None = None
    implantable_only: bool = False
    requires_material: str | None = None
    indicative_codes: tuple[str, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()

    @property
    def printed_zh(self) -> str:
        return f"{self.code} {self.name_zh}" if self.code else self.name_zh

    @property
    def printed_en(self) -> str:
        return f"{self.code} {self.name_en}" if self.code else self.name_en


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition with its dates, last day inclusive (None: still open)."""

    key: str
    title_zh: str
    title_en: str
    issuer: str
    document_no: str
    issued_on: date
    effective_from: date
    effective_to: date | None
    entries: tuple[Entry, ...]


def canonical_text(edition: Edition) -> str:
    """RFC 8785 text of the whole edition, the one that is hashed and stored."""
    return canonical(_plain(asdict(edition)))


def from_canonical(text: str) -> Edition:
    """The edition a canonical text describes; raises ValueError, KeyError or TypeError on any other text."""
    return _built(Edition, json.loads(text))


def in_force(editions: Iterable[Edition], on: date) -> Edition | None:
    """The edition in force on the date of the act: the latest begun one, unless its own last day has passed."""
    begun = [edition for edition in editions if edition.effective_from <= on]
    latest = max(begun, key=lambda edition: edition.effective_from, default=None)
    if latest is None or (latest.effective_to is not None and latest.effective_to < on):
        return None
    return latest


def last_day(edition: Edition, editions: Iterable[Edition]) -> date | None:
    """The last day this edition is in force beside the others: a later edition ends an open one the day before."""
    later = [other.effective_from for other in editions if other.effective_from > edition.effective_from]
    ends = [day - timedelta(days=1) for day in later]
    if edition.effective_to is not None:
        ends.append(edition.effective_to)
    return min(ends, default=None)


def printed_alike(one: Edition, other: Edition) -> bool:
    """Whether both print the same catalogue (same document and entries), reading aids and last day aside."""
    return _printed(one) == _printed(other)


def _printed(edition: Edition) -> tuple[Any, ...]:
    lines = tuple(
        (e.key, e.code, e.name_zh, e.scope, e.material, e.implantable_only, tuple(x.zh for x in e.exclusions))
        for e in edition.entries
    )
    return edition.key, edition.document_no, edition.effective_from, lines


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


#: How a plain value of a canonical text becomes the value of a field, where it is not the value itself.
_READERS = {
    "condition": lambda value: _built(Condition, value),
    "exclusions": lambda value: tuple(_built(Exclusion, item) for item in value),
    "entries": lambda value: tuple(_built(Entry, item) for item in value),
    "issued_on": date.fromisoformat,
    "effective_from": date.fromisoformat,
    "effective_to": lambda value: date.fromisoformat(value) if value else None,
}


def _built(kind: type, plain: dict[str, Any]) -> Any:
    values = {}
    for field in fields(kind):
        value = plain[field.name]
        read = _READERS.get(field.name)
        values[field.name] = read(value) if read else tuple(value) if isinstance(value, list) else value
    return kind(**values)
