"""What the pages of every signed document have alike: sections, facts, tables, signature panels, head and foot."""

from __future__ import annotations

from collections.abc import Sequence

from cmo.paper.code import qr_code
from cmo.paper.pdf import ACCENT, GRAY, Cell, Column, Layout, Line, Mark, Modules, Rule, Sheet, Style, set_text
from cmo.paper.pdf.layout import text_at
from cmo.paper.words import Language, Words

from . import contents, wording
from .contents import Fact, Table
from .sheets import PlaceSheet

TITLE = Style(25, 36, bold=True, align="centre")
SUBTITLE = Style(13.5, 20, align="centre", ink=GRAY, before=6)
_SECTION = Style(14, 21, bold=True, ink=ACCENT)
_SECTION_EN = Style(10.5, 15, ink=GRAY)
SIDE = Style(10.5, 16, bold=True)
_LABEL = Style(9.5, 15, ink=GRAY)
VALUE = Style(10, 15)
CELL = Style(8.8, 13)
SMALL = Style(8, 12.2, ink=GRAY, before=2)
FINE = Style(6.8, 10, ink=GRAY)
_HEAD = Style(8, 11, ink=GRAY)
_WATCH = Style(10, 15, bold=True, ink=(0.62, 0.10, 0.10))

GUTTER = 20.0
_CODE = 74.0
#: The language that a file names, as in BCP 47.
TAGS = {"zh": "zh-CN", "en": "en", "both": "zh-CN"}


class PaperPage:
    """Lays sections out one after the other; a document's own page adds its sections.

    ``title`` and ``label`` stand in the head of every page but the cover, ``record_hash`` in the foot of all.
    """

    def __init__(self, language: Language, *, title: Words, label: str, record_hash: str) -> None:
        self.language, self._title, self._label, self._hash = language, title, label, record_hash
        self.sheet = Sheet()
        self._panel_label = 46.0 if language == "zh" else 62.0
        self.layout = Layout(self.sheet)

    # ── words ──

    def _said(self, words: Words) -> str:
        """On one line."""
        return words.joined(self.language)

    def _stacked(self, words: Words) -> str:
        """Chinese above English."""
        return "\n".join(words.parts(self.language))

    def _fitting(self, words: Words, width: float, style: Style) -> list[Line]:
        """Both languages on one line where they fit, else Chinese above English."""
        line = words.joined(self.language, " / ")
        fits = "\n" not in line and len(set_text(line, width, style)) == 1
        return set_text(line if fits else self._stacked(words), width, style)

    def _section(self, words: Words, *, keep: float = 90) -> None:
        """A section's heading; ``keep``: how much of the section stays with it."""
        self.layout.gap(20)
        first, *second = words.parts(self.language)
        self.layout.need(keep + 45)
        self.layout.bookmark(self._said(words), 0)
        self.layout.heading(first, _SECTION, ruled=not second)
        for text in second:
            self.layout.heading(text, _SECTION_EN, ruled=True)
        self.layout.gap(4)

    # ── cover ──

    def _cover_title(self, bookmark: str) -> None:
        """The title in the middle of the first page, with a rule under it."""
        layout = self.layout
        layout.bookmark(bookmark, 0)
        layout.y += 96
        first, *second = self._title.parts(self.language)
        layout.text(first, TITLE)
        for text in second:
            layout.gap(6)
            layout.text(text, SUBTITLE)
        layout.y += 26
        middle = self.sheet.left + self.sheet.breadth / 2
        layout.put(Rule(middle - 60, layout.y, middle + 60, layout.y, 1.2, ACCENT))
        layout.y += 60

    def _cover_end(self, note: Words) -> None:
        """The content hash and a note at the foot of the cover; the next page begins."""
        layout = self.layout
        layout.y = self.sheet.floor - 62
        self._rule()
        layout.y += 8
        layout.text(f"{self._said(wording.CONTENT_HASH)}\n{self._hash}", SMALL)
        layout.text(self._stacked(note), FINE)
        layout.turn()

    def _cover_facts(self, facts: Sequence[Fact]) -> None:
        label, value = Style(11, 19, ink=GRAY), Style(12, 19)
        for words, text in facts:
            breadth = self.sheet.breadth - 165
            cells = [
                Cell(30, self._fitting(words, 130, label)),
                Cell(165, self._fitting(text, breadth, value)),
            ]
            self.layout.row(cells)
            self.layout.y += 5

    def _rule(self) -> None:
        left = self.sheet.left
        self.layout.put(Rule(left, self.layout.y, left + self.sheet.breadth, self.layout.y, 0.4))

    def _facts(self, facts: Sequence[Fact], *, label_width: float = 140) -> None:
        for words, value in facts:
            width = self.sheet.breadth - label_width
            labels = self._fitting(words, label_width - 10, _LABEL)
            self.layout.row([Cell(0, labels), Cell(label_width, self._fitting(value, width, VALUE))])
            self.layout.gap(2.5)

    def _table(self, table: Table) -> None:
        columns = [Column(head.share, "centre" if head.centred else "left") for head in table.columns]
        head = [self._stacked(column.words) for column in table.columns]
        rows = [[self._stacked(words) for words in row] for row in table.rows]
        self.layout.table(columns, head, rows, CELL)

    def _panels(self, places: Sequence[PlaceSheet]) -> None:
        width = (self.sheet.breadth - GUTTER) / 2
        heads = [self._panel_head(place, width) for place in places]
        facts = [self._panel_facts(place, width) for place in places]
        head = max(_tall(lines) for lines in heads) + 8
        height = head + max(sum(max(map(_tall, row)) for row in rows) for rows in facts) + _CODE + 38
        self.layout.need(height)
        top = self.layout.y
        for number, place in enumerate(places):
            x = number * (width + GUTTER)
            self.layout.panel(x, width, heads[number], height=height)
            self.layout.y += head + 2 * self.layout.pad
            for label, value in facts[number]:
                inner = x + 2 * self.layout.pad
                self.layout.row([Cell(inner, label), Cell(inner + self._panel_label, value)])
            self._seal(place, self.sheet.left + x, top + height, width)
            self.layout.y = top
        self.layout.y = top + height

    def _panel_head(self, place: PlaceSheet, width: float) -> list[Line]:
        inner = width - 4 * self.layout.pad
        return self._fitting(place.side, inner, SIDE) + set_text(self._stacked(place.party), inner, VALUE)

    def _panel_facts(self, place: PlaceSheet, width: float) -> list[tuple[list[Line], list[Line]]]:
        label, value = Style(8, 14, ink=GRAY), Style(9, 14)
        room = width - 4 * self.layout.pad - self._panel_label
        if place.signature is None:
            return [(set_text(self._stacked(wording.NOT_SIGNED), room, Style(9, 14, ink=GRAY)), [])]
        return [
            (
                self._fitting(words, self._panel_label - 6, label),
                self._fitting(said, room, _WATCH if said is wording.VOID else value),
            )
            for words, said in contents.signature_facts(place.signature)
        ]

    def _seal(self, place: PlaceSheet, x: float, foot: float, width: float) -> None:
        """The _CODE that verifies the signature, or room for a hand and a seal."""
        layout = self.layout
        left = x + 2 * layout.pad
        signature = place.signature
        if signature is None:
            for row, words in enumerate((wording.HAND_SIGNATURE, wording.HAND_DATE)):
                base = foot - 46 + row * 28
                layout.put(text_at(left, base - 3, self._said(words), FINE))
                layout.put(Rule(left, base, x + width - 2 * layout.pad, base, 0.4))
            layout.put(text_at(left, foot - 78, self._said(wording.SEAL), FINE))
            return
        layout.put(Modules(left, foot - _CODE - 10, _CODE, qr_code(signature.address)))
        beside = left + _CODE + 10
        room = width - _CODE - 10 - 4 * layout.pad
        lines = set_text(self._said(wording.VERIFY), room, Style(8.5, 13, bold=True))
        lines += set_text(signature.address, room, FINE)
        lines += set_text(f"SHA-256 {signature.record_hash[:16]}…", room, FINE)
        y = foot - _CODE - 10
        for line in lines:
            layout.put(text_at(beside, y + line.style.size, line.text, line.style))
            y += line.style.leading

    # ── head and foot ──

    def furniture(self, number: int, of: int) -> list[Mark]:
        """The running head (not on the cover), the content hash and the page number."""
        left, right = self.sheet.left, self.sheet.left + self.sheet.breadth
        foot = self.sheet.height - 40
        marks: list[Mark] = [
            Rule(left, foot - 12, right, foot - 12, 0.4),
            text_at(left, foot, f"SHA-256 {self._hash}", FINE),
            text_at(right, foot, self._page_words(number, of), _HEAD, align="right"),
        ]
        if number > 1:
            title = self._title.en if self.language == "en" else self._title.zh
            marks += [
                text_at(left, 50, title, _HEAD),
                text_at(right, 50, self._label, _HEAD, align="right"),
                Rule(left, 57, right, 57, 0.4),
            ]
        return marks

    def _page_words(self, number: int, of: int) -> str:
        return wording.page(number, of).joined(self.language, " / ")


def _tall(lines: Sequence[Line]) -> float:
    return sum(line.height for line in lines)
