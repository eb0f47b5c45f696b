"""A text of an agreement as a Word file in our own layout: clauses in content controls, the rest as plain text and tables.

The same texts give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cmo.paper.docx import Design, Part, Properties, comments, custom_properties, packed
from cmo.paper.docx.body import BREADTH
from cmo.paper.docx.controls import Look, Numbers, Piece, bookmark, paragraphs
from cmo.paper.words import Language, Words, same
from cmo.trail.canonical import canonical, sha256

from ..documents import contents, wording
from ..documents.collecting import document_of
from ..documents.contents import Fact, Heading, Table
from ..documents.page import TAGS
from ..documents.sheets import AgreementDocument
from ..documents.word_page import HALVES, WordPage
from . import said
from .authors import Against
from .clauses import Looks, One, clause_controls
from .marks import OurMarks
from .outside import sealed
from .sources import Source
from .tags import AGREEMENT_PROPERTY, CLAUSES_BEGIN, CLAUSES_END, MADE_FROM_PROPERTY, TRACKED_PROPERTY

DESIGN = Design(tracks=True)
#: Shares of the matrix's columns where the page is narrower than ours.
_NARROW = (0.07, 0.31, 0.145, 0.145, 0.33)
LANGUAGES: dict[Language, tuple[One, ...]] = {"zh": ("zh",), "en": ("en",), "both": ("zh", "en")}
LOOKS = Looks(
    heading={"zh": Look("ArticleZh"), "en": Look("ArticleEn")},
    text={"zh": Look("BodyZh"), "en": Look("BodyEn")},
    removed={"zh": Look("Side"), "en": Look("Side")},
)


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: a text in a language, and what it is tracked against, if anything."""

    source: Source
    language: Language
    against: Against | None = None


def write(order: Order, mark: str = "") -> bytes:
    """The file in our own layout; ``mark``: for whom every page is marked."""
    page = Page(order)
    page.cover()
    page.parties()
    page.coverage()
    page.clauses()
    page.basis()
    page.matrix()
    page.obligations()
    title = contents.full_title(page.document)
    label = f"{page.document.number} {page.text.joined(order.language, ' / ')}"
    about = Properties(
        title=f"{title.en if order.language == 'en' else title.zh} {label}",
        author=page.authors,
        subject=f"{MADE_FROM_PROPERTY}: {order.source.made_from}",
        language=TAGS[order.language],
        created_at=order.source.at,
        head=f"{title.en if order.language == 'en' else title.zh}    {label}",
        foot=said.PAGES_HEAD.joined(order.language, " / "),
        pages=wording.PAGES.joined(order.language, " / "),
        mark=mark,
    )
    return sealed(packed(page.body, about, design=DESIGN, parts=page.parts()))


class Page(WordPage):
    """Writes the sections of a text, one after the other; each can also stand alone in a company's own template."""

    def __init__(self, order: Order, looks: Looks = LOOKS) -> None:
        super().__init__(order.language)
        self.order, self.looks, self.numbers = order, looks, Numbers()
        self.document = _document(order.source)
        self.text = said.source(order.source.key)

    @property
    def authors(self) -> str:
        """Both parties by name."""
        parties = (self.document.registrant, self.document.contractor)
        return "; ".join(party.name.joined(self.language) for party in parties)

    def parts(self) -> list[Part]:
        """What the file has beside the usual: what it was made from, and the comments, if any."""
        found = [custom_properties(self.known_by())]
        return [*found, comments(self.numbers.comments)] if self.numbers.comments else found

    def known_by(self) -> dict[str, str]:
        """By which agreement and text the file is known again, once it is written, and which changes it goes out with."""
        source = self.order.source
        said = {AGREEMENT_PROPERTY: str(source.body["agreement"]["number"]), MADE_FROM_PROPERTY: source.made_from}
        ours = OurMarks.of(self.numbers.changes)
        return said | ({TRACKED_PROPERTY: str(ours)} if ours.until else {})

    def cover(self) -> None:
        """What this is, and how to work in it."""
        first, *second = contents.full_title(self.document).parts(self.language)
        self.body.text(first, "Title")
        self.body.text(second[0] if second else "", "Subtitle")
        self._facts(self._identity(), "CoverLabel", "CoverFact")
        self.body.text(self._said(said.HOW), "SmallBold")
        for step in said.STEPS:
            self.body.text(self._stacked(step), "Small")
        self.body.page_break()

    def _identity(self) -> list[Fact]:
        facts = [(wording.NUMBER, same(self.document.number)), (said.MADE_FROM, self.text)]
        if self.order.against is not None:
            facts.append((said.COMPARED, said.source(self.order.against.earlier.key)))
        names = (self.document.registrant.name, self.document.contractor.name)
        sides = (wording.REGISTRANT_SHORT, wording.CONTRACTOR_SHORT)
        return [*facts, contents.term_fact(self.document), *zip(sides, names, strict=True)]

    def _of_product(self, words: Words) -> None:
        """The head of a section that is not changed in the file."""
        self._section(words)
        note = Look("Small", "<w:keepNext/>")
        self.body.blocks.append(paragraphs([Piece(self._stacked(said.IN_PRODUCT))], note, self.numbers))

    def parties(self) -> None:
        """Both parties as they stand in the text, the term and the order of signing."""
        self._of_product(wording.PARTIES)
        for party in (self.document.registrant, self.document.contractor):
            self.body.text(self._said(party.side), "Heading2")
            self._facts(contents.party_facts(party))
        self._of_product(wording.TERM)
        self._facts([contents.term_fact(self.document), (wording.ORDER, self.document.signing_order)])

    def coverage(self) -> None:
        """The covered entrustments, if any."""
        if self.document.covered:
            self._of_product(wording.COVERED)
            self.coverage_table()

    def coverage_table(self) -> None:
        """The covered entrustments alone."""
        self._table(contents.coverage_table(self.document))

    def clauses(self) -> None:
        """Every clause in its control, between two bookmarks."""
        self.body.heading(self._said(wording.CLAUSES), "Heading1", CLAUSES_BEGIN)
        self.controls(*LANGUAGES[self.language])
        self.end_of_clauses()

    def controls(self, *languages: One) -> None:
        """The controls of these languages alone."""
        against = self.order.against
        self.body.blocks += clause_controls(self.order.source, against, languages, self.looks, self.numbers)

    def end_of_clauses(self) -> None:
        """An empty line after the last control, so that there is room to type behind it."""
        self.body.blocks.append(self.place(CLAUSES_END))

    def place(self, name: str) -> str:
        """An empty paragraph with a bookmark."""
        return paragraphs([Piece("")], Look("Fine"), self.numbers, before=bookmark(name, self.numbers))

    def basis(self) -> None:
        """On which law and article a clause rests."""
        rows = [
            (same(str(clause.position)), clause.heading, clause.citation)
            for clause in self.document.clauses
            if clause.citation is not None
        ]
        if not rows:
            return
        self._of_product(said.BASIS)
        columns = (Heading(wording.POSITION, 0.1, centred=True), Heading(said.CLAUSE, 0.4), Heading(wording.BASIS, 0.5))
        self._table(Table(columns, tuple(rows)))

    def matrix(self) -> None:
        """The responsibility matrix with its key, if there is one."""
        if self.document.duties:
            self._of_product(wording.MATRIX)
            self.matrix_table()

    def matrix_table(self) -> None:
        """The responsibility matrix and its key alone; on a narrow page the parties' columns get more of the room."""
        table = contents.matrix_table(self.document)
        if self.body.breadth < BREADTH:
            columns = zip(table.columns, _NARROW, strict=True)
            table = replace(table, columns=tuple(replace(column, share=share) for column, share in columns))
        self._table(table)
        self.body.text(self._stacked(wording.MATRIX_KEY), "Small")

    def obligations(self) -> None:
        """What each side does again and again, if anything."""
        if self.document.obligations:
            self._of_product(wording.OBLIGATIONS)
            self.obligations_table()

    def obligations_table(self) -> None:
        """The obligations alone."""
        self._table(contents.obligations_table(self.document))

    def signatures(self) -> None:
        """A place to sign and seal for each party."""
        self.body.columns([[self._panel(place) for place in self.document.places]], HALVES, framed=True)


def _document(source: Source) -> AgreementDocument:
    body = dict(source.body)
    return document_of(body, record_hash=sha256(canonical(body)), at=source.at)
