"""What every signed document as DOCX has alike: sections, facts, tables and signature panels."""

from __future__ import annotations

from collections.abc import Sequence

from cmo.paper.code import Symbol, qr_code
from cmo.paper.docx import Body, Cell, Run
from cmo.paper.words import Language, Words

from . import contents, wording
from .contents import Fact, Table
from .sheets import PlaceSheet

HALVES = (0.5, 0.5)
_FACTS = (0.3, 0.7)


class WordPage:
    """Writes sections one after the other; a document's own page adds its sections. ``codes``: QR codes by name."""

    def __init__(self, language: Language) -> None:
        self.language = language
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

    def _table(self, table: Table) -> None:
        middles = ["Middle" if head.centred else "" for head in table.columns]
        head = [Run(self._stacked(h.words), f"CellHead{m}") for h, m in zip(table.columns, middles, strict=True)]
        rows = [
            [Run(self._stacked(words), f"Cell{m}") for words, m in zip(row, middles, strict=True)] for row in table.rows
        ]
        self.body.table(head, rows, [column.share for column in table.columns])

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
