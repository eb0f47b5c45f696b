"""Which tracked changes of a file are those with which it went out: by their latest date and their authors. Pure.

Word, WPS and LibreOffice keep the custom properties of a file; whoever tracks in it afterwards bears another name there
or a later date, so that a change of ours that somebody rejected leaves the others of ours known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cmo.paper.docx.controls import Change, said_at
from cmo.paper.plain import visible
from cmo.paper.word import text
from cmo.trail.canonical import sha256

#: So many authors fit into a property that every program keeps whole.
_MOST_AUTHORS = 25
_DIGEST = 8


@dataclass(frozen=True, slots=True)
class OurMarks:
    """``until``: date of the latest change as the file writes it, empty: none; ``authors``: digests of their names."""

    until: str = ""
    authors: frozenset[str] = frozenset()

    @classmethod
    def of(cls, changes: Iterable[Change]) -> OurMarks:
        """What is to be known of the changes that a file goes out with."""
        made = list(changes)
        until = max((said_at(change) for change in made), default="")
        return cls(until, frozenset(_digest(change.author) for change in made))

    @classmethod
    def said(cls, words: str) -> OurMarks:
        """What a file says of itself."""
        until, *authors = words.split() or [""]
        return cls(until, frozenset(authors))

    def __str__(self) -> str:
        kept = sorted(self.authors) if len(self.authors) <= _MOST_AUTHORS else []
        return " ".join([self.until, *kept])

    def wrote(self, change: text.Change) -> bool:
        """Whether a change of a file is one with which it went out."""
        return "" < change.at <= self.until and (not self.authors or _digest(change.author) in self.authors)


def _digest(author: str) -> str:
    """Of the name as it is read from a file."""
    return sha256(text.Change.said("inserted", visible(author), "").author)[:_DIGEST]
