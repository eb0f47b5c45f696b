"""What a dossier says, before it becomes PDF, DOCX or JSON: sections of a few kinds of blocks, every text in both languages.

A section's collector decides what is said; a format only draws these blocks. Values are ready to print: dates as
``2026-11-22``, moments as ``2026-11-22 14:05`` in the zone that the notes and the foot of a page name, hashes whole. Text that somebody typed is data and never markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from cmo.paper.words import Words

#: The scope of a dossier that nothing limits.
WHOLE = Words("全部记录", "all records")
Align = Literal["left", "centre", "right"]
Tone = Literal["good", "bad", "pending", "idle", "active"]


@dataclass(frozen=True, slots=True)
class Pin:
    """What a dossier is bound to: the same pin gives the same bytes under the same version of the product.

    ``as_of``: the legal day whose end is shown; ``instant``: the moment up to which rows are read; ``seq`` and ``head``:
    length and last hash of the pair's chain at that moment; ``scope``: ``("whole", "")``, or kind and key of what it is
    limited to (``period``, ``device``, ``lot``, ``agreement``).
    """

    pair_id: int
    pair_number: str
    as_of: date
    instant: datetime
    stream: str
    seq: int
    head: str
    scope: tuple[str, str] = ("whole", "")
    product_version: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A term and its value. ``source``: where it comes from, such as a version or a citation; empty without."""

    term: Words
    value: Words
    source: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms and values in order."""

    items: tuple[Fact, ...]
    heading: Words | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: stable ASCII key (the JSON member), head, share of the width (all shares add up to 1)."""

    key: str
    words: Words
    share: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, one for each column. ``key``: stable ASCII name within the section."""

    key: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Words, ...], ...]
    heading: Words | None = None
    empty: Words | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs; ``heading`` of the second level. ``quoted``: regulated text reproduced word by word."""

    words: Words
    heading: Words | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted, last day included; ``ends_on`` None: still going on at the day of the dossier."""

    starts_on: date
    ends_on: date | None
    label: Words
    tone: Tone = "active"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on one day."""

    on: date
    label: Words
    tone: Tone = "active"


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of a timeline."""

    label: Words
    spans: tuple[Span, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """Lanes on one axis of days, drawn as vectors; formats without drawing list them."""

    heading: Words
    lanes: tuple[Lane, ...]
    until: date


@dataclass(frozen=True, slots=True)
class Caution:
    """Something the reader must not overlook: a missing file, a void signature, a gap."""

    words: Words


Block = Facts | Table | Text | Timeline | Caution


@dataclass(frozen=True, slots=True)
class Section:
    """One chapter. ``count``: how many records it shows, for the contents page and the preview."""

    key: str
    title: Words
    blocks: tuple[Block, ...]
    count: int = 0
    children: tuple[Section, ...] = ()

    def walk(self, level: int = 1) -> Iterator[tuple[int, Section]]:
        """The section itself and those in it, each with its level, in the order of reading."""
        yield level, self
        for child in self.children:
            yield from child.walk(level + 1)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A text that was hashed when a decision was taken, and where the chain keeps the hash.

    ``seq``: number of the entry in the pair's chain, ``path``: member of its ``data`` that holds the SHA-256 of ``text``.
    """

    key: str
    label: str
    text: str
    sha256: str
    seq: int
    path: str


@dataclass(frozen=True, slots=True)
class Attached:
    """An evidence file of the dossier. ``state``: ``whole``, ``missing`` or ``altered`` in the storage."""

    file_id: int
    subject: str
    title: str
    name: str
    content_type: str
    size: int
    sha256: str
    state: str
    section: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that a dossier says; each format renders exactly this.

    ``scope``: what it is limited to, in words; ``marked_for``: what every page of an outsider's copy bears, empty otherwise;
    ``withheld``: numbers of the chain's entries of which a limited copy for an outsider holds the hash and not the text.
    """

    pin: Pin
    title: Words
    registrant: Words
    contractor: Words
    sections: tuple[Section, ...]
    frozen: tuple[Frozen, ...] = ()
    files: tuple[Attached, ...] = ()
    notes: tuple[Words, ...] = field(default=())
    scope: Words = WHOLE
    marked_for: str = ""
    withheld: frozenset[int] = frozenset()

    def walk(self) -> Iterator[tuple[int, Section]]:
        """All sections with their levels."""
        for section in self.sections:
            yield from section.walk()
