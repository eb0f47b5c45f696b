"""The quality agreement as DOCX: the same sections in the same order as the PDF, from the same values."""

from __future__ import annotations

from cmo.paper.docx import Cell, Properties, Run, packed
from cmo.paper.words import Language

from . import contents, wording
from .page import TAGS
from .sheets import AgreementDocument, ClauseSheet
from .word_page import HALVES, WordPage


def render_docx(document: AgreementDocument, language: Language, mark: str = "") -> bytes:
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
    words = contents.full_title(document)
    title = words.en if language == "en" else words.zh
    about = Properties(
        title=contents.title_of(document, language),
        author=f"{document.registrant.name.joined(language)}; {document.contractor.name.joined(language)}",
        subject=f"SHA-256 {document.record_hash}",
        language=TAGS[language],
        created_at=document.frozen_at,
        head=f"{title}    {document.label}",
        foot=f"SHA-256 {document.record_hash}",
        pages=wording.PAGES.joined(language, " / "),
        mark=mark,
    )
    return packed(page.body, about, page.codes)


class _Page(WordPage):
    """Writes the sections of an agreement, one after the other."""

    def __init__(self, document: AgreementDocument, language: Language) -> None:
        super().__init__(language)
        self.document = document

    def cover(self) -> None:
        """Title, number and parties on a page of their own."""
        document = self.document
        first, *second = contents.full_title(document).parts(self.language)
        self.body.text(first, "Title")
        self.body.text(second[0] if second else "", "Subtitle")
        sides = (
            (wording.REGISTRANT_SHORT, document.registrant.name),
            (wording.CONTRACTOR_SHORT, document.contractor.name),
        )
        self._facts([*contents.identity_facts(document), *sides], "CoverLabel", "CoverFact")
        self.body.text(self._said(wording.CONTENT_HASH), "CoverSmall")
        self.body.text(document.record_hash, "Small")
        self.body.text(self._stacked(wording.OFFICIAL_LANGUAGE), "Small")
        self.body.page_break()

    def parties(self) -> None:
        """Both parties as the revision froze them, and the term."""
        self._section(wording.PARTIES)
        for party in (self.document.registrant, self.document.contractor):
            self.body.text(self._said(party.side), "Heading2")
            self._facts(contents.party_facts(party))
        label, value = contents.term_fact(self.document)
        self._section(label)
        self._facts([(label, value)])

    def coverage(self) -> None:
        """The covered entrustments; a termination covers none."""
        if not self.document.covered:
            return
        self._section(wording.COVERED)
        self._table(contents.coverage_table(self.document))

    def clauses(self) -> None:
        """Every clause under its number, which Word counts; side by side, one row for each clause."""
        if not self.document.clauses:
            return
        self._section(wording.CLAUSES)
        if self.language == "both":
            rows = [[_beside(clause, "zh"), _beside(clause, "en")] for clause in self.document.clauses]
            self.body.columns(rows, HALVES)
            return
        case = self.language.capitalize()
        for clause in self.document.clauses:
            self.body.text(clause.heading.joined(self.language).replace("\n", " "), f"Article{case}")
            self.body.text(clause.text.joined(self.language), f"Body{case}")
            if clause.citation is not None:
                self.body.text(self._said(wording.CITED) + self._said(clause.citation), "Cited")

    def matrix(self) -> None:
        """The responsibility matrix with its key."""
        if not self.document.duties:
            return
        self._section(wording.MATRIX)
        self._table(contents.matrix_table(self.document))
        self.body.text(self._stacked(wording.MATRIX_KEY), "Small")

    def obligations(self) -> None:
        """What each side does again and again."""
        if not self.document.obligations:
            return
        self._section(wording.OBLIGATIONS)
        self._table(contents.obligations_table(self.document))

    def closing(self) -> None:
        """That the revision was declined or withdrawn, or one side's signed notice of termination."""
        facts, closing = contents.closing_facts(self.document), self.document.closing
        if closing is None:
            return
        self._section(contents.closing_title(self.document))
        self._facts(facts)
        if closing.notice is not None:
            self.body.columns([[self._panel(closing.notice)]], HALVES[:1], framed=True)

    def signatures(self) -> None:
        """What the paper says, one panel per side, how to verify, and the statement on electronic signatures (E16)."""
        document = self.document
        self._section(wording.SIGNATURES)
        if document.paper is not None:
            self.body.text(self._stacked(wording.PAPER_NOTE), "Small")
            self._facts(contents.paper_facts(document.paper))
        self.body.columns([[self._panel(place) for place in document.places]], HALVES, framed=True)
        self.body.text(f"{self._said(wording.CONTENT_HASH)} {document.record_hash}", "Small")
        if any(place.signature for place in document.places):
            self.body.text(self._stacked(wording.VERIFY_NOTE), "Small")
        if document.statement is not None:
            self.body.text(f"{self._said(wording.STATEMENT)} ({document.statement_version})", "SmallBold")
            self.body.text(self._stacked(document.statement), "Small")


def _beside(clause: ClauseSheet, language: Language) -> Cell:
    """One clause in one language, for the side-by-side document."""
    case = language.capitalize()
    runs = [Run(clause.heading.joined(language).replace("\n", " "), f"Narrow{case}")]
    runs += [Run(line, f"Beside{case}") for line in clause.text.joined(language).splitlines()]
    if clause.citation is not None:
        runs.append(Run(wording.CITED.joined(language) + clause.citation.joined(language), "Cited"))
    return Cell(tuple(runs))
