"""The clauses of a text as content controls, one per clause and language; against an earlier text with tracked changes. Pure.

The first paragraph of a control is the clause's heading, the others are its text. A clause that is new is inserted whole,
one that is gone stands deleted in a control of its own, one that stands elsewhere bears a comment that says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cmo.paper.docx.controls import Change, Comment, Look, Numbers, Piece, bookmark, commented, control, paragraphs
from cmo.paper.plain import visible

from ..comparing import merged, moved
from ..documents import wording as paper
from . import said
from .authors import Against, Made
from .sources import Source
from .tags import NOTE_AUTHOR, Tag, short_key
from .tracked import Step, tracked

Clause = Mapping[str, Any]
One = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Looks:
    """How headings, text and the headings of removed clauses look, by language."""

    heading: Mapping[str, Look]
    text: Mapping[str, Look]
    removed: Mapping[str, Look]


def clause_controls(
    source: Source, against: Against | None, languages: Sequence[One], looks: Looks, numbers: Numbers
) -> list[str]:
    """Every control as XML, clause after clause; of a clause in two languages the Chinese one first."""
    written = _Clauses(source, against, looks, numbers)
    return [written.one(key, language) for key in written.keys for language in languages]


def heading_of(clause: Clause, language: str) -> str:
    """The heading as it stands in the file, on one line."""
    return visible(clause[f"heading_{language}"]).replace("\n", " ")


def text_of(clause: Clause, language: str) -> str:
    """The text as it stands in the file; every line is a paragraph."""
    return visible(clause[f"text_{language}"])


_READ = {"heading": heading_of, "text": text_of}


class _Clauses:
    """Both texts by clause, and what one control needs of them."""

    def __init__(self, source: Source, against: Against | None, looks: Looks, numbers: Numbers) -> None:
        self.source, self.against, self.looks, self.numbers = source, against, looks, numbers
        self.later = {row["key"]: row for row in source.body["clauses"]}
        earlier = against.earlier.body["clauses"] if against else source.body["clauses"]
        self.earlier = {row["key"]: row for row in earlier}
        self.keys = merged(list(self.earlier), list(self.later))
        self.moved = moved(list(self.earlier), list(self.later))

    def one(self, key: str, language: One) -> str:
        """The control of one clause in one language."""
        clause = self.later.get(key)
        if clause is None:
            return self._removed(key, language)
        tag = _tag(self.source, key, language)
        alias = f"{getattr(paper.article(int(clause['position'])), language)} {heading_of(clause, language)}"
        heading, text = self._pieces(key, "heading", language), self._pieces(key, "text", language)
        end = Piece("") if key in self.earlier else Piece("", inserted=self._added(key))
        marks = self._marks(key, tag, language)
        return self._control(tag, alias, (heading, text), end, self.looks.heading[language], marks)

    def _removed(self, key: str, language: One) -> str:
        """A clause that the later text does not have: deleted text in the control that the earlier one had."""
        source = self.against.earlier if self.against else self.source
        clause, tag = self.earlier[key], _tag(source, key, language)
        gone = self._gone(key)
        alias = f"{getattr(said.REMOVED, language)} {heading_of(clause, language)}"
        pieces = tuple([Piece(read(clause, language), deleted=gone)] for read in _READ.values())
        marks = (bookmark(tag.bookmark, self.numbers), "")
        return self._control(tag, alias, pieces, Piece("", deleted=gone), self.looks.removed[language], marks)

    def _control(
        self, tag: Tag, alias: str, pieces: Sequence[Sequence[Piece]], end: Piece, heading: Look, marks: tuple[str, str]
    ) -> str:
        first, rest = pieces
        text = self.looks.text[tag.language]
        written = paragraphs(first, heading, self.numbers, end=end, before=marks[0], after=marks[1])
        return control(str(tag), alias, written + paragraphs(rest, text, self.numbers, end=end), self.numbers)

    def _marks(self, key: str, tag: Tag, language: One) -> tuple[str, str]:
        """What stands at the begin and the end of the heading: the bookmark, and that the clause stood elsewhere."""
        place = bookmark(tag.bookmark, self.numbers)
        if key not in self.moved:
            return place, ""
        was, now = (paper.article(int(rows[key]["position"])) for rows in (self.earlier, self.later))
        words = said.moved(was, now)
        comment = Comment(getattr(words, language), Change(NOTE_AUTHOR, self.source.last_change(key).at))
        begin, end = commented(comment, self.numbers)
        return place + begin, end

    def _pieces(self, key: str, name: str, language: One) -> Sequence[Piece]:
        """The heading or the text with who changed what."""
        read, clause = _READ[name], self.later[key]
        before = self.earlier.get(key)
        if self.against is None:
            return [Piece(read(clause, language))]
        column = f"{name}_{language}"
        first = read(before, language) if before is not None else ""
        steps: list[Step] = []
        for made in self._made(key):
            found = read(made.before, language) if column in made.before else None
            if found is not None and found != (steps[-1].text if steps else first):
                steps.append(Step(found, self._unnamed(key)))
            if column in made.columns:
                steps.append(Step(read(made.columns, language), made.change))
        text = read(clause, language)
        if (steps[-1].text if steps else first) != text:
            steps.append(Step(text, self._last(key)))
        return tracked(first, steps)

    def _made(self, key: str) -> Sequence[Made]:
        return self.against.made.get(key, ()) if self.against else ()

    def _added(self, key: str) -> Change:
        made = self._made(key)
        return made[0].change if made else self._last(key)

    def _gone(self, key: str) -> Change:
        made = self._made(key)
        return made[-1].change if made else self._unnamed(key)

    def _last(self, key: str) -> Change:
        """Whoever left the clause as it is, unless that was before what is known of it."""
        known, made = self.source.changes.get(key), self._made(key)
        return known if known is not None and not (made and made[-1].change.at > known.at) else self._unnamed(key)

    def _unnamed(self, key: str) -> Change:
        """Nobody is named for what cannot be told of anybody: a text restored or renewed as a whole."""
        made = self._made(key)
        at = made[0].change.at if made else self.source.at
        return Change(said.UNNAMED.joined("both", " · "), at)


def _tag(source: Source, key: str, language: One) -> Tag:
    if source.key.kind == "revision":
        return Tag(short_key(key), "r", source.key.number, language)
    return Tag(short_key(key), "e", source.editions.get(key, 0), language)
