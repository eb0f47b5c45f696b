"""Legal documents as the page shows them: dates and state in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from cmo.regulation.legal import Document, LegalReference


@dataclass(frozen=True, slots=True)
class Section:
    """One document with the references to show below it."""

    document: Document
    items: list[LegalReference]
    tone: str
    state: str
    dates: str

    @property
    def has_clauses(self) -> bool:
        """Whether any of the references has a place inside the document."""
        return any(item.clause_zh for item in self.items)


def sections(found: Iterable[tuple[Document, list[LegalReference]]], today: dt.date) -> list[Section]:
    """The documents with their state on ``today``."""
    return [Section(document, items, *_state(document, today), _dates(document)) for document, items in found]


def _state(document: Document, today: dt.date) -> tuple[str, str]:
    if document.basis == "policy":
        return "good", gettext("in use here")
    if document.in_force(today):
        return "good", gettext("in force")
    if document.in_force_to and document.in_force_to < today:
        return "idle", gettext("no longer in force")
    return "pending", gettext("not yet in force")


def _dates(document: Document) -> str:
    first, last = document.in_force_from, document.in_force_to
    if first and last:
        return gettext("in force from %(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return gettext("in force from %(first)s") % {"first": first}
    return "" if document.basis == "policy" else gettext("first day not recorded")
