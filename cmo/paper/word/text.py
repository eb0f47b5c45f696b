"""Text with its history: pieces that were there, came in or went out, and the texts that follow from them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

Kind = Literal["inserted", "deleted", "moved_here", "moved_away"]

_LONGEST_AUTHOR = 200
_LONGEST_DATE = 40


@dataclass(frozen=True, slots=True)
class Change:
    """That something was tracked: what, by whom and when, as the file says."""

    kind: Kind
    author: str
    at: str

    @classmethod
    def said(cls, kind: Kind, author: str, at: str) -> Change:
        """With what the file says cut to a length that can be kept."""
        return cls(kind, " ".join(author.split())[:_LONGEST_AUTHOR], at[:_LONGEST_DATE])


@dataclass(frozen=True, slots=True)
class Tracked:
    """One tracked piece; ``\\n`` in its text is the end of a paragraph."""

    kind: Kind
    author: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as the file has it; ``about``: the words it hangs on; ``answers``: author of the comment it replies to."""

    author: str
    at: str
    text: str
    about: str = ""
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """Within which tracked insertion and deletion a piece stands."""

    came: Change | None = None
    went: Change | None = None


PLAIN = Context()


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text, or (``end``) the end of a paragraph, with its fate."""

    text: str
    within: Context = PLAIN
    end: bool = False


Settled = Collection[Change]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some paragraphs with their history.

    ``oddities``: what stands there beside text, by code (picture, footnote, hidden_text, symbol …). Where changes are
    given as ``settled``, the text is taken as it is after them: they are neither undone nor told.
    """

    pieces: tuple[Piece, ...] = ()
    comments: tuple[Comment, ...] = ()
    oddities: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many characters there are, whatever became of them."""
        return sum(len(piece.text) for piece in self.pieces)

    @property
    def after(self) -> tuple[str, ...]:
        """The paragraphs with every tracked change accepted."""
        return tuple(_paragraphs(piece for piece in self.pieces if piece.within.went is None))

    @property
    def before(self) -> tuple[str, ...]:
        """The paragraphs with every tracked change rejected."""
        return self.without(())

    def without(self, settled: Settled) -> tuple[str, ...]:
        """The paragraphs with every tracked change rejected but the settled ones."""
        return tuple(_paragraphs(piece for piece in self._open(settled) if piece.within.came is None))

    def changes(self) -> tuple[Change, ...]:
        """Every change that was tracked, each author, moment and kind once, in the order of the text."""
        held = (change for piece in self.pieces for change in (piece.within.came, piece.within.went))
        return tuple(dict.fromkeys(change for change in held if change is not None))

    def tracked(self, settled: Settled = ()) -> tuple[Tracked, ...]:
        """Every tracked piece, neighbours of the same change as one."""
        found: list[tuple[Change, list[str]]] = []
        last: dict[str, int] = {}
        for piece in self._open(settled):
            now: dict[str, int] = {}
            for change in (piece.within.came, piece.within.went):
                if change is None:
                    continue
                place = last.get(change.kind)
                if place is None or found[place][0] != change:
                    place = len(found)
                    found.append((change, []))
                found[place][1].append("\n" if piece.end else piece.text)
                now[change.kind] = place
            last = now
        return tuple(Tracked(change.kind, change.author, change.at, "".join(texts)) for change, texts in found)

    def _open(self, settled: Settled) -> Iterator[Piece]:
        """The pieces as if the settled changes had never been tracked."""
        for piece in self.pieces:
            came, went = piece.within.came, piece.within.went
            if went is not None and went in settled:
                continue
            if came is not None and came in settled:
                yield replace(piece, within=Context(None, went))
            else:
                yield piece


def _paragraphs(pieces: Iterator[Piece]) -> Iterator[str]:
    """The texts between ends; one whose end is not there joins the next, the last one stands for itself."""
    words: list[str] = []
    for piece in pieces:
        if piece.end:
            yield "".join(words)
            words = []
        else:
            words.append(piece.text)
    if any(words):
        yield "".join(words)


@dataclass(slots=True)
class Collecting:
    """Takes up pieces and ends of paragraphs in the order of the document."""

    _pieces: list[tuple[Context, list[str], bool]] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    oddities: dict[str, None] = field(default_factory=dict)

    def add(self, words: str, within: Context) -> None:
        """A piece of text."""
        if self._pieces and not self._pieces[-1][2] and self._pieces[-1][0] == within:
            self._pieces[-1][1].append(words)
        else:
            self._pieces.append((within, [words], False))

    def end_paragraph(self, within: Context) -> bool:
        """The end of a paragraph; whether it ends in both texts."""
        self._pieces.append((within, [], True))
        return within == PLAIN

    def result(self) -> Stretch:
        """What was collected."""
        pieces = tuple(Piece("".join(words), within, end) for within, words, end in self._pieces)
        return Stretch(pieces, tuple(self.comments), tuple(self.oddities))
