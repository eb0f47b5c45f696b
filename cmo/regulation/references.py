"""The one table of dated legal references behind every finding's ``citation`` key.

A key never changes its meaning: an amended rule gets a new key, so a decision made years ago still cites what was in
force then.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from cmo.regulation.folding import folded
from cmo.regulation.legal import Document, LegalReference
from cmo.regulation.reference_file import FILE, load

__all__ = [
    "Document",
    "LegalReference",
    "NotInForce",
    "UnknownReference",
    "all_references",
    "documents",
    "find",
    "reference",
]


class UnknownReference(LookupError):
    """No legal reference has this key."""


class NotInForce(LookupError):
    """The reference exists, but its document was not in force on that day."""


def reference(key: str, on: dt.date | None = None) -> LegalReference:
    """The reference with this key, and, when a day is given, only if it was in force then.

    :raises UnknownReference: no such key.
    :raises NotInForce: the document was not in force on that day.
    """
    try:
        found = _table()[key]
    except KeyError:
        raise UnknownReference(f"unknown legal reference: {key!r}") from None
    if on is not None and not found.in_force(on):
        raise NotInForce(f"{key} was not in force on {on}")
    return found


def all_references() -> list[LegalReference]:
    """Every reference, in the order of the file."""
    return list(_table().values())


def documents() -> list[Document]:
    """Every document, in the order of the file."""
    return list({item.document.key: item.document for item in _table().values()}.values())


def find(text: str = "", *, basis: str = "", on: dt.date | None = None) -> list[tuple[Document, list[LegalReference]]]:
    """Documents with those of their references that contain every word of ``text``, rest on ``basis``, were in force."""
    words = folded(text).split()
    found: dict[str, tuple[Document, list[LegalReference]]] = {}
    for item, haystack in _haystacks():
        if (basis and item.basis != basis) or (on and not item.in_force(on)):
            continue
        if all(word in haystack for word in words):
            found.setdefault(item.document.key, (item.document, []))[1].append(item)
    return list(found.values())


@lru_cache(maxsize=1)
def _haystacks() -> list[tuple[LegalReference, str]]:
    """Every reference with a text of its own, and what a search looks at."""
    return [(item, folded("\n".join(_searched(item)))) for item in _table().values() if not item.whole]


def _searched(item: LegalReference) -> list[str]:
    document = item.document
    return [item.key, item.label_zh, item.label_en, document.number_zh, document.number_en, item.zh, item.en]


@lru_cache(maxsize=1)
def _table() -> dict[str, LegalReference]:
    return load(FILE)
