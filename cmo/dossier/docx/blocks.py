"""Blocks of a section as WordprocessingML: facts, tables, text, cautions, and timelines as tables of their items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cmo.paper.docx import Body, Cell, Run
from cmo.paper.words import Language, Words

from .. import cover, spans
from ..across import MOST_COLUMNS, stands_across
from ..sheets import Align, Block, Caution, Column, Fact, Facts, Table, Text, Timeline

_FACTS = (0.3, 0.7)
_HALVES = (0.5, 0.5)
_LANES = (0.07, 0.23, 0.24, 0.27, 0.19)
_ENDS: dict[Align, str] = {"left": "", "centre": "Middle", "right": "Right"}
_SIGN = "▲"


class Writer:
    """Adds blocks to a body in one language or in both."""

    def __init__(self, body: Body, language: Language) -> None:
        self.body, self.language = body, language

    def block(self, block: Block) -> None:
        """One block after the last."""
        self.body.turn(across=stands_across(block))
        match block:
            case Facts():
                self._heading(block.heading)
                self._facts(block)
            case Table():
                self._heading(block.heading)
                self._table(block.columns, block.rows, block.empty)
            case Text():
                self._heading(block.heading)
                self._text(block)
            case Timeline():
                self._heading(block.heading)
                self._timeline(block)
            case Caution():
                self._caution(block)

    def labelled(self, rows: Iterable[tuple[Words, Words]], label: str, value: str) -> None:
        """Terms and values beside each other."""
        self.body.columns([[self._pair(term, label), self._pair(said, value)] for term, said in rows], _FACTS)

    def _pair(self, words: Words, style: str) -> Cell:
        return Cell((Run("\n".join(words.parts(self.language)), style),))

    def _heading(self, words: Words | None) -> None:
        if words is not None:
            self.body.text(words.joined(self.language, " / ").replace("\n", " "), "BlockHead")

    def _facts(self, block: Facts) -> None:
        rows = [[self._stacked(fact.term, "FactLabel", "LabelSecond"), self._fact(fact)] for fact in block.items]
        if rows:
            self.body.columns(rows, _FACTS)

    def _fact(self, fact: Fact) -> Cell:
        runs = self._stacked(fact.value, "Fact", "FactSecond").runs
        if fact.source:
            runs += (Run(f"{cover.SOURCE.joined(self.language, ' / ')}: {fact.source}", "Fine"),)
        return Cell(runs)

    def _stacked(self, words: Words, first: str, second: str) -> Cell:
        """Chinese above English, which is smaller and lighter."""
        return Cell(
            tuple(Run(text, style) for text, style in zip(words.parts(self.language), (first, second), strict=False))
        )

    def _table(self, columns: Sequence[Column], rows: Sequence[Sequence[Words]], empty: Words | None) -> None:
        if not rows:
            self.body.text((empty or cover.NO_RECORDS).joined(self.language, " "), "Small")
            return
        small = len(columns) > MOST_COLUMNS and not self.body.across
        cell, head = ("Tiny", "TinyHead") if small else ("Cell", "CellHead")
        ends = [_ENDS[column.align] for column in columns]
        whole = sum(column.share for column in columns)
        self.body.table(
            [
                self._stacked(column.words, f"{head}{end}", f"{head}Second{end}")
                for column, end in zip(columns, ends, strict=True)
            ],
            (
                [
                    self._stacked(words, f"{cell}{end}", f"{cell}Second{end}")
                    for words, end in zip(row, ends, strict=True)
                ]
                for row in rows
            ),
            [column.share / whole for column in columns],
        )

    def _timeline(self, block: Timeline) -> None:
        columns = tuple(
            Column(f"c{n}", words, share) for n, (words, share) in enumerate(zip(spans.HEADS, _LANES, strict=True))
        )
        self.body.text(cover.until(block.until).joined(self.language, " / "), "Small")
        self._table(columns, [item.row() for item in spans.items(block)], None)

    def _text(self, block: Text) -> None:
        parts = block.words.parts(self.language)
        if len(parts) == 1:
            style = "BodyEn" if self.language == "en" else "BodyZh"
            self.body.text(parts[0], "Quoted" if block.quoted else style)
            return
        chinese, english = (part.split("\n") for part in parts)
        if len(chinese) != len(english):
            chinese, english = ["\n".join(chinese)], ["\n".join(english)]
        rows = [
            [Cell((Run(zh, "BesideZh"),)), Cell((Run(en, "BesideEn"),))]
            for zh, en in zip(chinese, english, strict=True)
        ]
        self.body.columns(rows, _HALVES, framed=block.quoted)

    def _caution(self, block: Caution) -> None:
        self.body.text(f"{_SIGN} {cover.CAUTION.joined(self.language, ' / ')}", "CautionHead")
        for text in block.words.parts(self.language):
            self.body.text(text, "Caution")
        self.body.text("", "Fine")
