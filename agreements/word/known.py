"""What is known of a file before it is read: the clauses that it can hold, and by which names they are found in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from cmo.paper.plain import visible
from cmo.trail.canonical import sha256

from .tags import LONGEST, Tag, read_tag, short_key

TEXTS = ("heading_zh", "heading_en", "text_zh", "text_en")
LANGUAGES: tuple[Literal["zh", "en"], ...] = ("zh", "en")
_BOOKMARK = re.compile(r"_qa_(zh|en)_(e|r)(\d{1,6})_([0-9a-f]{20})")
_IN_ALIAS = re.compile(r"qa/[^/\s]{1,44}/[er]\d{1,6}/(?:zh|en)")
#: The number of an article before its heading, as people and programs write it.
NUMBER = re.compile(
    r"^(?:第[零一二三四五六七八九十百千\d]+条|(?:Article|Clause)\s+\d+|\d+(?:\.\d+)*)[.、．:：\s]*", re.IGNORECASE
)

#: The four texts of a clause.
Base = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ClauseNow:
    """A clause of the draft; ``number``: its place from 1."""

    key: str
    number: int
    edition: int
    texts: Base


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text of a clause that a file was made from: ``e`` an edition of the draft's row, ``r`` a revision."""

    key: str
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Place:
    """A clause in a language, and the text it was made from, where the file says so."""

    key: str
    language: Literal["zh", "en"]
    wanted: Wanted | None = None


@dataclass(slots=True)
class Known:
    """The names of the clauses; built from their keys and headings."""

    clauses: Iterable[ClauseNow]
    _short: dict[str, str] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)
    _headings: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for clause in self.clauses:
            short = short_key(clause.key)
            self._short[short] = clause.key
            self._digests[sha256(short)[:20]] = clause.key
            for language in LANGUAGES:
                heading = plain(clause.texts[f"heading_{language}"])
                self._headings.setdefault((language, heading), []).append(clause.key)

    def by_tag(self, tag: str) -> Place | None:
        """The clause of a tag, also when the tag stands in an alias."""
        said = read_tag(tag) or next((read_tag(words) for words in _IN_ALIAS.findall(tag)), None)
        return self._place(said) if said is not None else None

    def by_bookmark(self, name: str) -> Place | None:
        """The clause whose control begins at a bookmark."""
        said = _BOOKMARK.fullmatch(name)
        key = self._digests.get(said[4]) if said else None
        if said is None or key is None:
            return None
        return Place(key, said[1], Wanted(key, said[2], int(said[3])))  # type: ignore[arg-type]

    def by_alias(self, alias: str) -> Place | None:
        """The clause whose number and heading a control's title shows, if only one does."""
        return self.by_heading(alias) if alias and NUMBER.match(alias) else None

    def by_heading(self, words: str) -> Place | None:
        """The clause with this heading, with or without its number, if only one has it."""
        for language in LANGUAGES:
            for heading in (plain(words), plain(NUMBER.sub("", words))):
                keys = self._headings.get((language, heading), ()) if heading else ()
                if len(keys) == 1:
                    return Place(keys[0], language)
        return None

    def _place(self, tag: Tag) -> Place | None:
        key = self._short.get(tag.key)
        return Place(key, tag.language, Wanted(key, tag.made_from, tag.number)) if key else None


def is_ours(tag: str) -> bool:
    """Whether a control bears a tag of this product, of whatever clause."""
    return len(tag) <= LONGEST and read_tag(tag) is not None


def plain(words: str) -> str:
    """A heading as it is compared: on one line, without blanks at its ends."""
    return " ".join(visible(words).split())
