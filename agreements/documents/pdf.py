"""The quality agreement as PDF: cover, parties, coverage, clauses, matrix, signature panel."""

from __future__ import annotations

from cmo.paper.pdf import GRAY, Cell, Line, Metadata, Style, drawn, set_text
from cmo.paper.words import Language, Words

from . import contents, wording
from .page import GUTTER, SIDE, SMALL, TAGS, PaperPage
from .sheets import AgreementDocument, ClauseSheet

_ARTICLE = Style(11, 17, bold=True)
_BODY_ZH = Style(10.5, 18, indent=2, justified=True, before=1)
_BODY_EN = Style(10, 15.5, before=3)
_NARROW_ZH = Style(9.5, 15, justified=True, before=2)
_NARROW_EN = Style(9, 13.2, before=3)
_CITED = Style(8, 12, ink=GRAY, before=3)


def render_pdf(document: AgreementDocument, language: Language, mark: str = "") -> bytes:
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
        language=TAGS[language],
    )
    return drawn(page.layout.leaves, page.sheet, page.furniture, about, mark)


class _Page(PaperPage):
    """Lays the sections of an agreement out, one after the other."""

    def __init__(self, document: AgreementDocument, language: Language) -> None:
        title = contents.full_title(document)
        super().__init__(language, title=title, label=document.label, record_hash=document.record_hash)
        self.document = document

    # ── cover ──

    def cover(self) -> None:
        """Title, number and parties on a page of their own."""
        layout, document = self.layout, self.document
        self._cover_title(contents.title_of(document, self.language))
        self._cover_facts(contents.identity_facts(document))
        layout.y += 22
        sides = (wording.REGISTRANT_SHORT, wording.CONTRACTOR_SHORT)
        for side, party in zip(sides, (document.registrant, document.contractor), strict=True):
            self._cover_facts([(side, party.name)])
            layout.y += 8
        self._cover_end(wording.OFFICIAL_LANGUAGE)

    # ── parties, coverage, matrix ──

    def parties(self) -> None:
        """Both parties as the revision froze them, and the term."""
        self._section(wording.PARTIES)
        for party in (self.document.registrant, self.document.contractor):
            self.layout.heading(self._said(party.side), SIDE, level=1, keep=60)
            self.layout.gap(2)
            self._facts(contents.party_facts(party))
            self.layout.gap(10)
        label, value = contents.term_fact(self.document)
        self._section(label)
        self._facts([(label, value)])

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
        self.layout.text(self._stacked(wording.MATRIX_KEY), SMALL)

    def obligations(self) -> None:
        """What each side does again and again."""
        if not self.document.obligations:
            return
        self._section(wording.OBLIGATIONS, keep=160)
        self._table(contents.obligations_table(self.document))

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
        width = (self.sheet.breadth - GUTTER) / 2
        return [
            Cell(0, self._clause(heads.zh, texts.zh, clause, "zh", width, _NARROW_ZH)),
            Cell(width + GUTTER, self._clause(heads.en, texts.en, clause, "en", width, _NARROW_EN)),
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
            layout.text(self._stacked(wording.PAPER_NOTE), SMALL)
            layout.gap(4)
            self._facts(contents.paper_facts(document.paper))
            layout.gap(6)
        self._panels(document.places)
        layout.gap(8)
        layout.text(f"{self._said(wording.CONTENT_HASH)}  {document.record_hash}", SMALL)
        if any(place.signature for place in document.places):
            layout.text(self._stacked(wording.VERIFY_NOTE), SMALL)
        if document.statement is not None:
            layout.gap(6)
            layout.text(f"{self._said(wording.STATEMENT)} ({document.statement_version})", Style(8, 12.2, bold=True))
            layout.text(self._stacked(document.statement), SMALL)
