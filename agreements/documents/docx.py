"""The quality agreement as DOCX: the same sections in the same order as the PDF, from the same values."""

from __future__ import annotations

from collections.abc import Sequence

from cmo.paper.code import Symbol, qr_code
from cmo.paper.docx import Body, Cell, Properties, Run, packed
from cmo.paper.words import Language, Words

from . import contents, wording
from .contents import Fact, Table
from .sheets import AgreementDocument, ClauseSheet, PlaceSheet

_HALVES = (0.5, 0.5)
_FACTS = (0.3, 0.7)
_TAGS = {"zh": "zh-CN", "en": "en", "both": "zh-CN"}


def render_docx(document: AgreementDocument, language: Language) -> bytes:
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
        language=_TAGS[language],
        created_at=document.frozen_at,
        head=f"{title}    {document.label}",
        foot=f"SHA-256 {document.record_hash}",
        pages=wording.PAGES.joined(language, " / "),
    )
    return packed(page.body, about, page.codes)


class _Page:
    """Writes the sections, one after the other."""

    def __init__(self, document: AgreementDocument, language: Language) -> None:
        self.document, self.language = document, language
        self.body = Body()
        self.codes: dict[str, Symbol] = {}

    def _said(self, words: Words) -> str:
        return words.joined(self.language)

    def _stacked(self, words: Words) -> str:
        return "\n".join(words.parts(self.language))

    def _section(self, words: Words) -> None:
        self.body.text(self._said(words), "Heading1")

    def _facts(self, facts: Sequence[Fact], label: str = "FactLabel", value: str = "Fact") -> None:
        rows = [[self._cell(words, label), self._cell(said, value)] for words, said in facts]
        self.body.columns(rows, _FACTS)

    def _cell(self, words: Words, style: str) -> Cell:
        return Cell((Run(self._stacked(words), style),))

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

    def _table(self, table: Table) -> None:
        middles = ["Middle" if head.centred else "" for head in table.columns]
        head = [Run(self._stacked(h.words), f"CellHead{m}") for h, m in zip(table.columns, middles, strict=True)]
        rows = [
            [Run(self._stacked(words), f"Cell{m}") for words, m in zip(row, middles, strict=True)] for row in table.rows
        ]
        self.body.table(head, rows, [column.share for column in table.columns])

    def clauses(self) -> None:
        """Every clause under its number, which Word counts; side by side, one row for each clause."""
        if not self.document.clauses:
            return
        self._section(wording.CLAUSES)
        if self.language == "both":
            rows = [[_beside(clause, "zh"), _beside(clause, "en")] for clause in self.document.clauses]
            self.body.columns(rows, _HALVES)
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
            self.body.columns([[self._panel(closing.notice)]], _HALVES[:1], framed=True)

    def signatures(self) -> None:
        """What the paper says, one panel per side, how to verify, and the statement on electronic signatures (E16)."""
        document = self.document
        self._section(wording.SIGNATURES)
        if document.paper is not None:
            self.body.text(self._stacked(wording.PAPER_NOTE), "Small")
            self._facts(contents.paper_facts(document.paper))
        self.body.columns([[self._panel(place) for place in document.places]], _HALVES, framed=True)
        self.body.text(f"{self._said(wording.CONTENT_HASH)} {document.record_hash}", "Small")
        if any(place.signature for place in document.places):
            self.body.text(self._stacked(wording.VERIFY_NOTE), "Small")
        if document.statement is not None:
            self.body.text(f"{self._said(wording.STATEMENT)} ({document.statement_version})", "SmallBold")
            self.body.text(self._stacked(document.statement), "Small")

    def _panel(self, place: PlaceSheet) -> Cell:
        runs = [Run(self._said(place.side), "Side"), Run(self._stacked(place.party), "Fact")]
        signature = place.signature
        if signature is None:
            runs.append(Run(self._said(wording.NOT_SIGNED), "FactLabel"))
            lines = (wording.SEAL, wording.HAND_SIGNATURE, wording.HAND_DATE)
            runs += [Run(f"{self._said(words)}\n\n", "Fine") for words in lines]
            return Cell(tuple(runs))
        for words, said in contents.signature_facts(signature):
            style = "Watch" if said is wording.VOID else "Fact"
            runs.append(Run(f"{self._said(words)}：{self._said(said)}", style))
        runs.append(Run(f"{self._said(wording.VERIFICATION)}：{signature.address}", "Fine"))
        name = f"signature-{signature.number}"
        self.codes[name] = qr_code(signature.address)
        return Cell(tuple(runs), picture=name)


def _beside(clause: ClauseSheet, language: Language) -> Cell:
    """One clause in one language, for the side-by-side document."""
    case = language.capitalize()
    runs = [Run(clause.heading.joined(language).replace("\n", " "), f"Narrow{case}")]
    runs += [Run(line, f"Beside{case}") for line in clause.text.joined(language).splitlines()]
    if clause.citation is not None:
        runs.append(Run(wording.CITED.joined(language) + clause.citation.joined(language), "Cited"))
    return Cell(tuple(runs))
