"""The audit report as DOCX: the same sections in the same order as the PDF, from the same values."""

from __future__ import annotations

from agreements.documents import wording as paper
from agreements.documents.page import TAGS
from agreements.documents.word_page import HALVES, WordPage
from cmo.paper.docx import Properties, Run, packed
from cmo.paper.words import Language

from . import contents, wording
from .pdf import PARTS
from .sheets import JudgementSheet, ReportDocument


def render_docx(document: ReportDocument, language: Language, mark: str = "") -> bytes:
    """The whole report in one language or side by side; the same document gives the same bytes."""
    page = _Page(document, language)
    page.cover()
    page.audit()
    page.summary()
    page.results()
    page.findings()
    page.checklist()
    page.signature()
    title = wording.TITLE.en if language == "en" else wording.TITLE.zh
    about = Properties(
        title=contents.title_of(document, language),
        author=document.registrant.name.joined(language),
        subject=f"SHA-256 {document.record_hash}",
        language=TAGS[language],
        created_at=document.frozen_at,
        head=f"{title}    {document.number}",
        foot=f"SHA-256 {document.record_hash}",
        pages=paper.PAGES.joined(language, " / "),
        mark=mark,
    )
    return packed(page.body, about, page.codes)


class _Page(WordPage):
    """Writes the sections of a report, one after the other."""

    def __init__(self, document: ReportDocument, language: Language) -> None:
        super().__init__(language)
        self.document = document

    def cover(self) -> None:
        """Title and what a reader looks for first, on a page of their own."""
        first, *second = wording.TITLE.parts(self.language)
        self.body.text(first, "Title")
        self.body.text(second[0] if second else "", "Subtitle")
        self._facts(contents.cover_facts(self.document), "CoverLabel", "CoverFact")
        self.body.text(self._said(paper.CONTENT_HASH), "SmallBold")
        self.body.text(self.document.record_hash, "Small")
        self.body.text(self._stacked(wording.LANGUAGE_NOTE), "Small")
        self.body.page_break()

    def audit(self) -> None:
        """What was audited, by whom and with which checklist."""
        self._section(wording.AUDITED)
        self._facts(contents.audit_facts(self.document))

    def summary(self) -> None:
        """What the leader of the team wrote."""
        for title, text in ((wording.SUMMARY, self.document.summary), (wording.CONCLUSION, self.document.conclusion)):
            self._section(title)
            self.body.text(text, "Fact")

    def results(self) -> None:
        """Counts per severity, drawn and in figures, and each judgement table with the row that applies."""
        self._section(wording.RESULTS)
        self._chart()
        self._table(contents.tally_table(self.document))
        self.body.text(self._stacked(wording.SHARE_NOTE), "Small")
        if note := contents.marked_note(self.document):
            self.body.text(self._stacked(note), "Small")
        if not self.document.judgements:
            self.body.text(self._stacked(wording.NO_TABLE), "Fact")
        for judgement in self.document.judgements:
            self._judgement(judgement)

    def _chart(self) -> None:
        """A bar for each severity, as long as it has items, in the order in which the figures name its parts."""
        most = max((tally.total for tally in self.document.tallies), default=0) or 1
        self.body.text(" / ".join(self._said(words) for _name, words, _ink in PARTS), "Small")
        for tally in self.document.tallies:
            parts = [(getattr(tally, name) / most, _colour(ink)) for name, _words, ink in PARTS]
            label = Run(self._said(wording.severity(tally.severity)), "Cell")
            self.body.bar(label, parts, Run(f"{tally.ok} / {tally.defect} / {tally.na}", "Cell"))

    def _judgement(self, judgement: JudgementSheet) -> None:
        self.body.text(self._stacked(contents.judged(judgement)), "Heading2")
        self._table(contents.judgement_table(judgement))
        if judgement.formula.zh or judgement.formula.en:
            self.body.text(self._stacked(judgement.formula), "Small")
        self.body.text(self._said(contents.why_title(judgement)), "SmallBold")
        self._facts(contents.why_facts(self.document, judgement))

    def findings(self) -> None:
        """Every finding; or that there is none."""
        self._section(wording.FINDINGS)
        if not self.document.findings:
            self.body.text(self._stacked(wording.NO_FINDINGS), "Fact")
            return
        self._table(contents.findings_table(self.document))

    def checklist(self) -> None:
        """Every item with its answer, part by part."""
        self._section(wording.COMPLETE)
        for number, section in enumerate(self.document.sections, start=1):
            if section.answers:
                self.body.text(f"{number}  {self._said(section.title)}", "Heading2")
                self._table(contents.checklist_table(section))

    def signature(self) -> None:
        """The leader's signature, how to verify, the head of the audit's chain, and the statement (E16)."""
        document = self.document
        self._section(wording.SIGNATURE)
        self.body.columns([[self._panel(document.place)]], HALVES[:1], framed=True)
        self.body.text(f"{self._said(paper.CONTENT_HASH)} {document.record_hash}", "Small")
        if document.place.signature is not None:
            self.body.text(self._stacked(wording.VERIFY_NOTE), "Small")
        self.body.text(self._said(wording.CHAIN), "Heading2")
        self.body.text(self._stacked(wording.CHAIN_NOTE), "Small")
        self._facts(contents.chain_facts(document))
        if document.statement is not None:
            self.body.text(f"{self._said(paper.STATEMENT)} ({document.statement_version})", "SmallBold")
            self.body.text(self._stacked(document.statement), "Small")


def _colour(ink: tuple[float, float, float]) -> str:
    """An ink as Word writes it."""
    return "".join(f"{round(part * 255):02X}" for part in ink)
