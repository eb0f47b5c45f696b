"""What a legal document and one of its articles are, as values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """One law, announcement, guide or house rule, with the first and last day it was in force (None: open)."""

    key: str
    title_zh: str
    title_en: str
    number_zh: str
    number_en: str
    basis: str
    in_force_from: dt.date | None
    in_force_to: dt.date | None
    note_zh: str
    note_en: str
    sources: tuple[str, ...]
    recalled: bool

    def in_force(self, on: dt.date) -> bool:
        """Whether the document was in force on that day (last day inclusive)."""
        return (self.in_force_from is None or self.in_force_from <= on) and (
            self.in_force_to is None or on <= self.in_force_to
        )


@dataclass(frozen=True, slots=True)
class LegalReference:
    """One article or clause: what it says in our own words, in both languages."""

    key: str
    document: Document
    clause_zh: str
    clause_en: str
    zh: str
    en: str
    basis: str
    recalled: bool
    see: tuple[str, ...]
    #: True when the key names the document itself and no text of its own was written for it.
    whole: bool = False

    @property
    def label_zh(self) -> str:
        """Title and place, as Chinese documents cite it."""
        return f"《{self.document.title_zh}》{self.clause_zh}"

    @property
    def label_en(self) -> str:
        """Title and place in English."""
        return f"{self.document.title_en}, {self.clause_en}" if self.clause_en else self.document.title_en

    def in_force(self, on: dt.date) -> bool:
        """Whether the document was in force on that day."""
        return self.document.in_force(on)
