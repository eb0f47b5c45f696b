"""The audit report as PDF: cover, the audit, summary and conclusion, results, findings, the complete checklist, signature."""

from __future__ import annotations

from agreements.documents import wording as paper
from agreements.documents.page import CELL, SIDE, SMALL, TAGS, VALUE, PaperPage
from cmo.paper.pdf import GRAY, Fill, Frame, Metadata, Style, drawn
from cmo.paper.pdf.layout import text_at
from cmo.paper.words import Language

from . import contents, wording
from .sheets import JudgementSheet, ReportDocument, TallySheet

#: What a bar consists of, in its order: name of the count, its word and colour.
PARTS = (
    ("ok", wording.CONFORMING, (0.72, 0.79, 0.87)),
    ("defect", wording.DEFECTS, (0.62, 0.10, 0.10)),
    ("na", wording.NOT_APPLICABLE, (0.90, 0.91, 0.92)),
)
_OUTCOME = Style(11, 17, bold=True)
_BAR, _STEP = 11.0, 20.0


def render_pdf(document: ReportDocument, language: Language, mark: str = "") -> bytes:
    """The whole report in one language or side by side; the same document gives the same bytes."""
    page = _Page(document, language)
    page.cover()
    page.audit()
    page.summary()
    page.results()
    page.findings()
    page.checklist()
    page.signature()
    about = Metadata(
        title=contents.title_of(document, language),
        author=document.registrant.name.joined(language),
        subject=f"SHA-256 {document.record_hash}",
        language=TAGS[language],
    )
    return drawn(page.layout.leaves, page.sheet, page.furniture, about, mark)


class _Page(PaperPage):
    """Lays the sections of a report out, one after the other."""

    def __init__(self, document: ReportDocument, language: Language) -> None:
        super().__init__(language, title=wording.TITLE, label=document.number, record_hash=document.record_hash)
        self.document = document

    def cover(self) -> None:
        """Title and what a reader looks for first, on a page of their own."""
        self._cover_title(contents.title_of(self.document, self.language))
        self._cover_facts(contents.cover_facts(self.document))
        self._cover_end(wording.LANGUAGE_NOTE)

    def audit(self) -> None:
        """What was audited, by whom and with which checklist."""
        self._section(wording.AUDITED)
        self._facts(contents.audit_facts(self.document))

    def summary(self) -> None:
        """What the leader of the team wrote."""
        for title, text in ((wording.SUMMARY, self.document.summary), (wording.CONCLUSION, self.document.conclusion)):
            self._section(title)
            self.layout.text(text, VALUE)

    def results(self) -> None:
        """Counts per severity, drawn and in figures, and each judgement table with the row that applies."""
        self._section(wording.RESULTS, keep=200)
        self._chart()
        self._table(contents.tally_table(self.document))
        self.layout.gap(4)
        self.layout.text(self._stacked(wording.SHARE_NOTE), SMALL)
        if note := contents.marked_note(self.document):
            self.layout.text(self._stacked(note), SMALL)
        if not self.document.judgements:
            self.layout.gap(6)
            self.layout.text(self._stacked(wording.NO_TABLE), VALUE)
        for judgement in self.document.judgements:
            self._judgement(judgement)

    def _chart(self) -> None:
        most = max((tally.total for tally in self.document.tallies), default=0)
        self.layout.need(_STEP * 5)
        x = self.sheet.left
        for _name, words, ink in PARTS:
            self.layout.put(Fill(x, self.layout.y + 2, 8, 8, ink))
            self.layout.put(Frame(x, self.layout.y + 2, 8, 8, 0.3, GRAY))
            word = text_at(x + 13, self.layout.y + 9, self._said(words), CELL)
            self.layout.put(word)
            x += 140
        self.layout.y += _STEP
        for tally in self.document.tallies:
            self._bar(tally, most)
        self.layout.gap(6)

    def _bar(self, tally: TallySheet, most: int) -> None:
        """One severity: as long as it has items, so that the severities compare."""
        left, y = self.sheet.left + 96, self.layout.y
        room = self.sheet.breadth - 96 - 110
        self.layout.put(text_at(self.sheet.left, y + 9, self._said(wording.severity(tally.severity)), CELL))
        x = left
        for name, _words, ink in PARTS:
            width = room * getattr(tally, name) / most if most else 0.0
            if width:
                self.layout.put(Fill(x, y, width, _BAR, ink))
            x += width
        if tally.total:
            self.layout.put(Frame(left, y, x - left, _BAR, 0.3, GRAY))
        figures = f"{tally.ok} / {tally.defect} / {tally.na}"
        self.layout.put(text_at(self.sheet.left + self.sheet.breadth, y + 9, figures, CELL, align="right"))
        self.layout.y += _STEP

    def _judgement(self, judgement: JudgementSheet) -> None:
        layout = self.layout
        layout.gap(14)
        layout.heading(self._said(judgement.title), SIDE, level=1, keep=150)
        layout.gap(2)
        layout.text(self._stacked(judgement.outcome), _OUTCOME)
        if judgement.formula.zh or judgement.formula.en:
            layout.text(self._stacked(judgement.formula), SMALL)
        layout.gap(5)
        self._table(contents.judgement_table(judgement))
        layout.gap(6)
        layout.need(70)
        layout.text(self._said(contents.why_title(judgement)), Style(9.5, 15, bold=True))
        self._facts(contents.why_facts(self.document, judgement))

    def findings(self) -> None:
        """Every finding; or that there is none."""
        self._section(wording.FINDINGS, keep=120)
        if not self.document.findings:
            self.layout.text(self._stacked(wording.NO_FINDINGS), VALUE)
            return
        self._table(contents.findings_table(self.document))

    def checklist(self) -> None:
        """Every item with its answer, part by part."""
        self._section(wording.COMPLETE, keep=120)
        for number, section in enumerate(self.document.sections, start=1):
            if section.answers:
                self.layout.gap(12)
                self.layout.heading(f"{number}  {self._said(section.title)}", SIDE, level=1, keep=90)
                self.layout.gap(3)
                self._table(contents.checklist_table(section))

    def signature(self) -> None:
        """The leader's signature, the head of the audit's chain, how to verify, and the statement (E16)."""
        document, layout = self.document, self.layout
        self._section(wording.SIGNATURE, keep=330)
        self._panels((document.place,))
        layout.gap(8)
        layout.text(f"{self._said(paper.CONTENT_HASH)}  {document.record_hash}", SMALL)
        if document.place.signature is not None:
            layout.text(self._stacked(wording.VERIFY_NOTE), SMALL)
        layout.gap(10)
        layout.heading(self._said(wording.CHAIN), SIDE, level=1, keep=60)
        layout.text(self._stacked(wording.CHAIN_NOTE), SMALL)
        layout.gap(3)
        self._facts(contents.chain_facts(document))
        if document.statement is not None:
            layout.gap(8)
            head = f"{self._said(paper.STATEMENT)} ({document.statement_version})"
            layout.text(head, Style(8, 12.2, bold=True))
            layout.text(self._stacked(document.statement), SMALL)
