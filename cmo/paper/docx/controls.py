"""Content controls, tracked changes and comments as WordprocessingML text: typed text is escaped here.

A control names a piece of the document, so that it is known again when the file comes back. Its kind is the building
block: of all kinds that hold several paragraphs it alone comes whole out of LibreOffice, which copies the first
paragraph's text of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from xml.sax.saxutils import escape, quoteattr

from ..plain import visible

#: Word refuses longer names of controls.
LONGEST_ALIAS = 64
LONGEST_AUTHOR = 255
#: Above the ids that bookmarks and pictures of our own documents are given when they are packed.
_FIRST = 100_001
_BLOCK = '<w:docPartObj><w:docPartGallery w:val="Quick Parts"/></w:docPartObj>'


@dataclass(frozen=True, slots=True)
class Change:
    """Who made a tracked change or a comment, and when."""

    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that stayed, was inserted or was deleted; its line feeds end paragraphs."""

    text: str
    inserted: Change | None = None
    deleted: Change | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark at a paragraph."""

    text: str
    change: Change


@dataclass(frozen=True, slots=True)
class Look:
    """The properties of a paragraph as XML, and of its runs; ``style``: the name of its style."""

    style: str = ""
    paragraph: str = ""
    run: str = ""

    @property
    def properties(self) -> str:
        return (f'<w:pStyle w:val="{self.style}"/>' if self.style else "") + self.paragraph


class Numbers:
    """The ids of one document: of its controls, and of its changes and bookmarks; its comments in their order, and which
    changes are tracked in it."""

    def __init__(self) -> None:
        self._controls: Iterator[int] = count(_FIRST)
        self._marks: Iterator[int] = count(_FIRST)
        self.comments: list[Comment] = []
        self.changes: set[Change] = set()

    def control(self) -> int:
        return next(self._controls)

    def mark(self) -> int:
        return next(self._marks)

    def tracked(self, change: Change) -> int:
        """The id of a tracked change."""
        self.changes.add(change)
        return self.mark()

    def comment(self, comment: Comment) -> int:
        self.comments.append(comment)
        return len(self.comments) - 1


def control(tag: str, alias: str, content: str, numbers: Numbers) -> str:
    """A control around whole paragraphs; its text may change, the control itself is locked against deletion."""
    return (
        f"<w:sdt><w:sdtPr><w:alias w:val={_attribute(alias, LONGEST_ALIAS)}/><w:tag w:val={_attribute(tag)}/>"
        f'<w:id w:val="{numbers.control()}"/><w:lock w:val="sdtLocked"/>{_BLOCK}</w:sdtPr>'
        f"<w:sdtContent>{content}</w:sdtContent></w:sdt>"
    )


def paragraphs(
    pieces: Iterable[Piece], look: Look, numbers: Numbers, *, end: Piece = Piece(""), before: str = "", after: str = ""
) -> str:
    """Paragraphs of these pieces; ``end``: what became of the last paragraph's end, ``before`` and ``after``: marks as XML
    at the begin of the first and the end of the last paragraph.
    """
    written, runs = [], [before]
    for piece in pieces:
        first, *rest = piece.text.split("\n")
        runs.append(_runs(first, piece, look, numbers))
        for line in rest:
            written.append(_paragraph(runs, piece, look, numbers))
            runs = [_runs(line, piece, look, numbers)]
    return "".join([*written, _paragraph([*runs, after], end, look, numbers)])


def bookmark(name: str, numbers: Numbers) -> str:
    """An empty bookmark; ``name`` is never typed text."""
    number = numbers.mark()
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/><w:bookmarkEnd w:id="{number}"/>'


def commented(comment: Comment, numbers: Numbers) -> tuple[str, str]:
    """The marks before and after what a comment is about."""
    number = numbers.comment(comment)
    begin = f'<w:commentRangeStart w:id="{number}"/>'
    return begin, f'<w:commentRangeEnd w:id="{number}"/><w:r><w:commentReference w:id="{number}"/></w:r>'


def comment_xml(number: int, comment: Comment) -> str:
    """One comment as it stands in the part of comments."""
    text = "".join(f"<w:p>{_run(line, 't', '')}</w:p>" for line in visible(comment.text).split("\n"))
    return f'<w:comment w:id="{number}" {_made(comment.change)} w:initials="QA">{text}</w:comment>'


def _paragraph(runs: Sequence[str], end: Piece, look: Look, numbers: Numbers) -> str:
    marks = "".join(
        f'<w:{kind} w:id="{numbers.tracked(change)}" {_made(change)}/>'
        for kind, change in (("ins", end.inserted), ("del", end.deleted))
        if change is not None
    )
    properties = look.properties + (f"<w:rPr>{marks}</w:rPr>" if marks else "")
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{''.join(runs)}</w:p>"


def _runs(text: str, piece: Piece, look: Look, numbers: Numbers) -> str:
    """The text of one line as it was inserted or deleted."""
    if not text:
        return ""
    written = _run(text, "t" if piece.deleted is None else "delText", look.run)
    for kind, change in (("del", piece.deleted), ("ins", piece.inserted)):
        if change is not None:
            written = f'<w:{kind} w:id="{numbers.tracked(change)}" {_made(change)}>{written}</w:{kind}>'
    return written


def _run(text: str, element: str, properties: str) -> str:
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{look}<w:{element} xml:space="preserve">{escape(text)}</w:{element}></w:r>'


def said_at(change: Change) -> str:
    """The moment of a change as it stands in a file, to the second."""
    return change.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _made(change: Change) -> str:
    return f'w:author={_attribute(change.author, LONGEST_AUTHOR)} w:date="{said_at(change)}"'


def _attribute(text: str, longest: int = LONGEST_AUTHOR) -> str:
    """A text in quotes, on one line."""
    plain = visible(text).replace("\n", " ")
    return quoteattr(plain if len(plain) <= longest else f"{plain[: longest - 1]}…")
