"""The quality agreement as PDF: cover, parties, coverage, clauses, matrix, signature panel."""

from __future__ import annotations

from collections.abc import Sequence

from cmo.paper.code import qr_code
from cmo.paper.pdf import (
    ACCENT,
    GRAY,
    Cell,
    Column,
    Layout,
    Line,
    Mark,
    Metadata,
    Modules,
    Rule,
    Sheet,
    Style,
    drawn,
    set_text,
)
from cmo.paper.pdf.layout import text_at
from cmo.paper.words import Language, Words

from . import contents, wording
from .contents import Fact, Table
from .sheets import AgreementDocument, ClauseSheet, PlaceSheet

_TITLE = Style(25, 36, bold=True, align="centre")
_SUBTITLE = Style(13.5, 20, align="centre", ink=GRAY, before=6)
_SECTION = Style(14, 21, bold=True, ink=ACCENT)
_SECTION_EN = Style(10.5, 15, ink=GRAY)
_SIDE = Style(10.5, 16, bold=True)
_LABEL = Style(9.5, 15, ink=GRAY)
_VALUE = Style(10, 15)
_ARTICLE = Style(11, 17, bold=True)
_BODY_ZH = Style(10.5, 18, indent=2, justified=True, before=1)
_BODY_EN = Style(10, 15.5, before=3)
_NARROW_ZH = Style(9.5, 15, justified=True, before=2)
_NARROW_EN = Style(9, 13.2, before=3)
_CITED = Style(8, 12, ink=GRAY, before=3)
_CELL = Style(8.8, 13)
_SMALL = Style(8, 12.2, ink=GRAY, before=2)
_FINE = Style(6.8, 10, ink=GRAY)
_HEAD = Style(8, 11, ink=GRAY)
_WATCH = Style(10, 15, bold=True, ink=(0.62, 0.10, 0.10))

_GUTTER = 20.0
_CODE = 74.0
_TAGS = {"zh": "zh-CN", "en": "en", "both": "zh-CN"}


def render_pdf(document: AgreementDocument, language: Language) -> bytes:
    """The whole agreement in one language or side by side; the same document gives the same bytes."""
    page = _Page(document, language)
    page.cover()
    page.parties()
    page.coverage()
    page.clauses()
    page.matrix()
    page.obligations()
    page.signatures()
    page.closing()
    about = Metadata(
        title=contents.title_of(document, language),
        author=f"{document.registrant.name.joined(language)}; {document.contractor.name.joined(language)}",
        subject=f"SHA-256 {document.record_hash}",
        language=_TAGS[language],
    )
    return drawn(page.layout.leaves, page.sheet, page.furniture, about)


class _Page:
    """Lays the sections out, one after the other."""

    def __init__(self, document: AgreementDocument, language: Language) -> None:
        self.document, self.language = document, language
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

    def cover(self) -> None:
        """Title, number and parties on a page of their own."""
        layout, document = self.layout, self.document
        layout.bookmark(contents.title_of(document, self.language), 0)
        layout.y += 96
        first, *second = contents.full_title(document).parts(self.language)
        layout.text(first, _TITLE)
        for text in second:
            layout.gap(6)
            layout.text(text, _SUBTITLE)
        layout.y += 26
        middle = self.sheet.left + self.sheet.breadth / 2
        layout.put(Rule(middle - 60, layout.y, middle + 60, layout.y, 1.2, ACCENT))
        layout.y += 60
        self._cover_facts(contents.identity_facts(document))
        layout.y += 22
        sides = (wording.REGISTRANT_SHORT, wording.CONTRACTOR_SHORT)
        for side, party in zip(sides, (document.registrant, document.contractor), strict=True):
            self._cover_facts([(side, party.name)])
            layout.y += 8
        layout.y = self.sheet.floor - 62
        self._rule()
        layout.y += 8
        layout.text(f"{self._said(wording.CONTENT_HASH)}\n{document.record_hash}", _SMALL)
        layout.text(self._stacked(wording.OFFICIAL_LANGUAGE), _FINE)
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

    # ── parties, coverage, matrix ──

    def parties(self) -> None:
        """Both parties as the revision froze them, and the term."""
        self._section(wording.PARTIES)
        for party in (self.document.registrant, self.document.contractor):
            self.layout.heading(self._said(party.side), _SIDE, level=1, keep=60)
            self.layout.gap(2)
            self._facts(contents.party_facts(party))
            self.layout.gap(10)
        label, value = contents.term_fact(self.document)
        self._section(label)
        self._facts([(label, value)])

    def _facts(self, facts: Sequence[Fact], *, label_width: float = 140) -> None:
        for words, value in facts:
            width = self.sheet.breadth - label_width
            labels = self._fitting(words, label_width - 10, _LABEL)
            self.layout.row([Cell(0, labels), Cell(label_width, self._fitting(value, width, _VALUE))])
            self.layout.gap(2.5)

    def coverage(self) -> None:
        """The covered entrustments; a termination covers none."""
        if not self.document.covered:
            return
        self._section(wording.COVERED, keep=200)
        self._table(contents.coverage_table(self.document))

    def matrix(self) -> None:
        """The responsibility matrix with its key."""
        if not self.document.duties:
            return
        self._section(wording.MATRIX, keep=160)
        self._table(contents.matrix_table(self.document))
        self.layout.gap(6)
        self.layout.need(56)
        self.layout.text(self._stacked(wording.MATRIX_KEY), _SMALL)

    def obligations(self) -> None:
        """What each side does again and again."""
        if not self.document.obligations:
            return
        self._section(wording.OBLIGATIONS, keep=160)
        self._table(contents.obligations_table(self.document))

    def _table(self, table: Table) -> None:
        columns = [Column(head.share, "centre" if head.centred else "left") for head in table.columns]
        head = [self._stacked(column.words) for column in table.columns]
        rows = [[self._stacked(words) for words in row] for row in table.rows]
        self.layout.table(columns, head, rows, _CELL)

    # ── clauses ──

    def clauses(self) -> None:
        """Every clause with its citation; side by side, each clause begins at one height in both languages."""
        if not self.document.clauses:
            return
        self._section(wording.CLAUSES)
        for clause in self.document.clauses:
            self.layout.gap(9)
            self.layout.need(64)
            article = wording.article(clause.position)
            heads = Words(f"{article.zh}　{clause.heading.zh}", f"{article.en}  {clause.heading.en}")
            self.layout.bookmark(heads.parts(self.language)[0], 1)
            self.layout.row(self._clause_cells(clause, heads))

    def _clause_cells(self, clause: ClauseSheet, heads: Words) -> list[Cell]:
        texts = clause.text
        if self.language == "zh":
            return [Cell(0, self._clause(heads.zh, texts.zh, clause, "zh", self.sheet.breadth, _BODY_ZH))]
        if self.language == "en":
            return [Cell(0, self._clause(heads.en, texts.en, clause, "en", self.sheet.breadth, _BODY_EN))]
        width = (self.sheet.breadth - _GUTTER) / 2
        return [
            Cell(0, self._clause(heads.zh, texts.zh, clause, "zh", width, _NARROW_ZH)),
            Cell(width + _GUTTER, self._clause(heads.en, texts.en, clause, "en", width, _NARROW_EN)),
        ]

    def _clause(
        self, head: str, text: str, clause: ClauseSheet, language: Language, width: float, style: Style
    ) -> list[Line]:
        narrow = self.language == "both"
        lines = set_text(head, width, Style(10, 15, bold=True) if narrow else _ARTICLE)
        lines += set_text(text, width, style)
        if clause.citation is not None:
            cited = wording.CITED.joined(language) + clause.citation.joined(language)
            lines += set_text(cited, width, _CITED)
        return lines

    # ── the end ──

    def closing(self) -> None:
        """That the revision was declined or withdrawn, or one side's signed notice of termination."""
        facts, closing = contents.closing_facts(self.document), self.document.closing
        if closing is None:
            return
        self._section(contents.closing_title(self.document), keep=380 if closing.notice else 90)
        self._facts(facts)
        if closing.notice is not None:
            self.layout.gap(8)
            self._panels((closing.notice,))

    def signatures(self) -> None:
        """What the paper says, one panel per side, how to verify, and the statement on electronic signatures (E16)."""
        document, layout = self.document, self.layout
        self._section(wording.SIGNATURES, keep=330)
        if document.paper is not None:
            layout.text(self._stacked(wording.PAPER_NOTE), _SMALL)
            layout.gap(4)
            self._facts(contents.paper_facts(document.paper))
            layout.gap(6)
        self._panels(document.places)
        layout.gap(8)
        layout.text(f"{self._said(wording.CONTENT_HASH)}  {document.record_hash}", _SMALL)
        if any(place.signature for place in document.places):
            layout.text(self._stacked(wording.VERIFY_NOTE), _SMALL)
        if document.statement is not None:
            layout.gap(6)
            layout.text(f"{self._said(wording.STATEMENT)} ({document.statement_version})", Style(8, 12.2, bold=True))
            layout.text(self._stacked(document.statement), _SMALL)

    def _panels(self, places: Sequence[PlaceSheet]) -> None:
        width = (self.sheet.breadth - _GUTTER) / 2
        heads = [self._panel_head(place, width) for place in places]
        facts = [self._panel_facts(place, width) for place in places]
        head = max(_tall(lines) for lines in heads) + 8
        height = head + max(sum(max(map(_tall, row)) for row in rows) for rows in facts) + _CODE + 38
        self.layout.need(height)
        top = self.layout.y
        for number, place in enumerate(places):
            x = number * (width + _GUTTER)
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
        return self._fitting(place.side, inner, _SIDE) + set_text(self._stacked(place.party), inner, _VALUE)

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
                layout.put(text_at(left, base - 3, self._said(words), _FINE))
                layout.put(Rule(left, base, x + width - 2 * layout.pad, base, 0.4))
            layout.put(text_at(left, foot - 78, self._said(wording.SEAL), _FINE))
            return
        layout.put(Modules(left, foot - _CODE - 10, _CODE, qr_code(signature.address)))
        beside = left + _CODE + 10
        room = width - _CODE - 10 - 4 * layout.pad
        lines = set_text(self._said(wording.VERIFY), room, Style(8.5, 13, bold=True))
        lines += set_text(signature.address, room, _FINE)
        lines += set_text(f"SHA-256 {signature.record_hash[:16]}…", room, _FINE)
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
            text_at(left, foot, f"SHA-256 {self.document.record_hash}", _FINE),
            text_at(right, foot, self._page_words(number, of), _HEAD, align="right"),
        ]
        if number > 1:
            words = contents.full_title(self.document)
            title = words.en if self.language == "en" else words.zh
            marks += [
                text_at(left, 50, title, _HEAD),
                text_at(right, 50, self.document.label, _HEAD, align="right"),
                Rule(left, 57, right, 57, 0.4),
            ]
        return marks

    def _page_words(self, number: int, of: int) -> str:
        return wording.page(number, of).joined(self.language, " / ")


def _tall(lines: Sequence[Line]) -> float:
    return sum(line.height for line in lines)
