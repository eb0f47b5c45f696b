"""Which piece of a file is which clause: by tag, by bookmark, by title or by heading; and what is none. Pure.

Word keeps the tags. LibreOffice keeps controls, titles and bookmarks but no tags, and through OpenDocument the bookmarks
alone; WPS keeps tags or titles. Where a control is gone, a clause reaches from its bookmark or heading to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from cmo.paper.word.reading import Control, Loose, Reading
from cmo.paper.word.text import Context, Piece, Stretch

from .known import Known, Place, is_ours
from .outside import Outside
from .tags import CLAUSES_BEGIN, CLAUSES_END

#: The number of a page at the end of a line.
_PAGE = re.compile(r"[\s.…·]*\d+\s*$")

How = Literal["tag", "bookmark", "title", "heading"]


@dataclass(slots=True)
class Found:
    """A clause in a language as it stands in the file."""

    place: Place
    text: Stretch
    how: How
    nested: bool = False
    placeholder: bool = False


@dataclass(slots=True)
class LooseText:
    """Text that belongs to no clause. ``why``: between, outside, row, doubled, unknown_clause, foreign_control;
    ``behind``: the clause that stands before it."""

    text: Stretch
    why: str
    behind: str = ""
    place: Place | None = None


@dataclass(slots=True)
class Located:
    """Everything in the file by what it is; what was found in the order of the file."""

    found: dict[tuple[str, str], Found] = field(default_factory=dict)
    loose: list[LooseText] = field(default_factory=list)


def locate(reading: Reading, known: Known) -> Located:
    """Sort the pieces of a file."""
    places = _places(reading.items, known)
    return _Locating(known, places, Outside.said(reading.properties)).through(reading.items)


def joined(one: Stretch, other: Stretch) -> Stretch:
    """Two stretches as one."""
    return Stretch(
        one.pieces + other.pieces,
        one.comments + other.comments,
        tuple(dict.fromkeys(one.oddities + other.oddities)),
    )


def _places(items: Iterable[Control | Loose], known: Known) -> list[tuple[Place, How] | None]:
    """Where each item says by itself that it belongs; of a bookmark that stands twice the first one counts."""
    seen: set[str] = set()
    found = []
    for item in items:
        found.append(_place_of(item, known, seen))
        seen.update(item.marks)
    return found


def _place_of(item: Control | Loose, known: Known, seen: set[str]) -> tuple[Place, How] | None:
    names = (item.tag, item.alias) if isinstance(item, Control) else item.marks
    for name in names:
        if place := known.by_tag(name):
            return place, "tag"
    for name in item.marks:
        if name not in seen and (place := known.by_bookmark(name)):
            return place, "bookmark"
    for name in names:
        if place := known.by_alias(name):
            return place, "title"
    return None


class _Locating:
    """Goes through the items once. ``open``: the clause that loose paragraphs belong to at the moment."""

    def __init__(self, known: Known, places: list[tuple[Place, How] | None], written: Outside | None) -> None:
        self.known, self.places, self.written = known, places, written
        #: What need not be looked for by its heading.
        self.controlled = {(place[0].key, place[0].language) for place in places if place is not None}
        self.result = Located()
        self.open: Found | None = None
        self.inside = False
        self.behind = ""
        self.between: LooseText | None = None

    def through(self, items: Iterable[Control | Loose]) -> Located:
        for item, located in zip(items, self.places, strict=True):
            if isinstance(item, Control):
                self._control(item, located)
            elif item.row:
                self._row(item)
            else:
                self._paragraph(item, located)
        return self.result

    def _control(self, item: Control, located: tuple[Place, How] | None) -> None:
        self.open = self.between = None
        self.inside = True
        if located is None:
            self._strange(item)
            return
        place, how = located
        nested = self.known.by_tag(item.within) is not None
        self._put(Found(place, item.text, how, nested, item.placeholder))

    def _strange(self, item: Control) -> None:
        """A control of another document, or of a clause that the draft does not have."""
        if not _says(item.text) and not item.text.comments:
            return  # a clause that the file itself shows as removed, or an empty field
        why = "unknown_clause" if is_ours(item.tag) else "foreign_control"
        self.result.loose.append(LooseText(item.text, why, self.behind))

    def _put(self, found: Found) -> None:
        key = (found.place.key, found.place.language)
        self.behind = found.place.key
        first = self.result.found.get(key)
        if first is None:
            self.result.found[key] = found
        elif not _says(first.text) and _says(found.text):
            # The place that a clause was moved away from, or emptied: the copy that says something is the clause.
            found.text = _one_of(first.text, found.text)
            del self.result.found[key]
            self.result.found[key] = found
        elif _says(found.text):
            self.result.loose.append(LooseText(found.text, "doubled", found.place.key, found.place))
        else:
            first.text = _one_of(found.text, first.text)

    def _row(self, item: Loose) -> None:
        self.open = self.between = None
        if item.text.changes() or item.text.comments or self._typed_outside(item):
            self.result.loose.append(LooseText(item.text, "row", self.behind))

    def _paragraph(self, item: Loose, located: tuple[Place, How] | None) -> None:
        if CLAUSES_BEGIN in item.marks:
            self._outside(item)
            self.inside, self.open, self.between = True, None, None
            return
        if CLAUSES_END in item.marks:
            self._end(item)
            return
        located = located or self._by_heading(item)
        if located is not None:
            self.between = None
            self._begin(item, *located)
        elif self.open is not None:
            self.open.text = joined(self.open.text, item.text)
        elif self.inside:
            self._typed(item)
        else:
            self._outside(item)

    def _end(self, item: Loose) -> None:
        """The line behind the last clause: what is typed there was typed behind it."""
        self.open = None
        self._typed(item)
        self.inside, self.between = False, None

    def _outside(self, item: Loose) -> None:
        """Text that is no clause's: only what somebody tracked, commented or typed there; what was typed is one text."""
        text = item.text
        typed = self._typed_outside(item)
        if typed and self.between is not None and not text.changes() and not text.comments:
            self.between.text = joined(self.between.text, text)
            return
        self.between = None
        if typed or text.changes() or text.comments:
            loose = LooseText(text, "outside", self.behind)
            self.result.loose.append(loose)
            self.between = loose if typed else None

    def _typed_outside(self, item: Loose) -> bool:
        """Whether it says something with which the file did not go out, as far as the file says what that was."""
        lines = [line for line in item.text.after if line.strip()]
        return self.written is not None and not all(self.written.holds(line) or self._lists(line) for line in lines)

    def _lists(self, line: str) -> bool:
        """A line of a table of contents, which Word fills in by itself."""
        return self.known.by_heading(_PAGE.sub("", line)) is not None

    def _by_heading(self, item: Loose) -> tuple[Place, How] | None:
        words = item.text.before or item.text.after
        place = self.known.by_heading(words[0]) if len(words) == 1 else None
        if place is None or (place.key, place.language) in self.controlled:
            return None
        return place, "heading"

    def _begin(self, item: Loose, place: Place, how: How) -> None:
        found = Found(place, item.text, how)
        self._put(found)
        self.open = found if self.result.found[place.key, place.language] is found else None

    def _typed(self, item: Loose) -> None:
        """Paragraphs between two clauses, one after the other, are one text."""
        if not _says(item.text) and not item.text.comments:
            return
        if self.between is None:
            self.between = LooseText(item.text, "between", self.behind)
            self.result.loose.append(self.between)
        else:
            self.between.text = joined(self.between.text, item.text)


def _one_of(left: Stretch, here: Stretch) -> Stretch:
    """A clause that was moved: where it left, and where it is; the ends of its paragraphs went and came with its text."""
    went = next((piece.within.went for piece in left.pieces if piece.within.went is not None), None)
    came = next((piece.within.came for piece in here.pieces if piece.within.came is not None), None)
    gone = [_ended(piece, replace(piece.within, went=piece.within.went or went)) for piece in left.pieces if went]
    there = [_ended(piece, replace(piece.within, came=piece.within.came or came)) for piece in here.pieces]
    return joined(replace(left, pieces=tuple(gone)), replace(here, pieces=tuple(there)))


def _ended(piece: Piece, within: Context) -> Piece:
    return replace(piece, within=within) if piece.end else piece


def _says(text: Stretch) -> bool:
    return any(line.strip() for line in text.after)
