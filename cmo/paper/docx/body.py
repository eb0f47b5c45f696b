"""The body of a DOCX as WordprocessingML text, block by block: what was typed is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from ..plain import visible
from .template import pages

#: What the names of bookmarks begin with that Word hides, and of those places that contents lead to.
HIDDEN = "_"
ANCHOR = "_Toc"
#: Width between the margins, in twentieths of a point, upright and across.
BREADTH, ACROSS = 9184, 14116
_EDGE = "1A3B66"
_HAIRLINE = "CBD0D8"


@dataclass(frozen=True, slots=True)
class Run:
    """A paragraph in a named style; line feeds in its text become line breaks, or paragraphs where asked."""

    text: str
    style: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Paragraphs of a cell; ``picture``: name of the QR code that ``packed`` puts below them, at a bookmark."""

    runs: tuple[Run, ...]
    picture: str = ""


@dataclass(slots=True)
class Body:
    """Blocks in their order; ``across``: whether they stand on pages across; ``breadth``: of upright pages."""

    blocks: list[str] = field(default_factory=list)
    across: bool = False
    turned: bool = False
    breadth: int = BREADTH

    def text(self, text: str, style: str) -> None:
        """One paragraph for every line of the text."""
        self.blocks += [paragraph(Run(line, style)) for line in visible(text).split("\n")]

    def heading(self, text: str, style: str, anchor: str) -> None:
        """A heading that the contents lead to; ``anchor`` begins with ``ANCHOR`` and is never typed text."""
        place = f'<w:bookmarkStart w:id="0" w:name="{anchor}"/><w:bookmarkEnd w:id="0"/>'
        self.blocks.append(paragraph(Run(text, style)).replace("</w:pPr>", f"</w:pPr>{place}", 1))

    def contents(self, entries: Sequence[tuple[Run, str]], levels: int) -> None:
        """A field of contents down to this level, filled with these lines and the anchors they lead to."""
        code = f' TOC \\o "1-{levels}" \\h \\z \\u '
        start = f'{_mark("begin")}<w:r><w:instrText xml:space="preserve">{code}</w:instrText></w:r>{_mark("separate")}'
        for place, (run, anchor) in enumerate(entries):
            head, text = paragraph(run).removesuffix("</w:p>").split("</w:pPr>", 1)
            link = f'<w:hyperlink w:anchor="{anchor}" w:history="1">{text}</w:hyperlink>'
            ends = (start if place == 0 else "", _mark("end") if place == len(entries) - 1 else "")
            self.blocks.append(f"{head}</w:pPr>{ends[0]}{link}{ends[1]}</w:p>")

    def turn(self, *, across: bool) -> None:
        """Go on with pages upright or across."""
        if across == self.across:
            return
        line = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
        self.blocks.append(f"<w:p><w:pPr>{line}{self.pages()}</w:pPr></w:p>")
        self.across, self.turned = across, True

    def pages(self) -> str:
        """The pages that these blocks stand on since they last turned."""
        return pages(across=self.across, first=not self.turned)

    def page_break(self) -> None:
        self.blocks.append('<w:p><w:r><w:br w:type="page"/></w:r></w:p>')

    def columns(self, rows: Sequence[Sequence[Cell]], shares: Sequence[float], *, framed: bool = False) -> None:
        """Cells side by side without lines, or each in a frame; a row that fits on a page is not torn apart."""
        line = f'w:val="single" w:sz="4" w:space="0" w:color="{_HAIRLINE}"'
        edges = "".join(f"<w:{side} {line}/>" for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
        rows_xml = "".join([_row(row, self._widths(shares), _whole(row)) for row in rows])
        self._table(shares, f"<w:tblBorders>{edges}</w:tblBorders>" if framed else "", rows_xml)

    def table(self, head: Sequence[Run | Cell], rows: Iterable[Sequence[Run | Cell]], shares: Sequence[float]) -> None:
        """A ruled table whose head is repeated on every page and whose rows are not torn apart where they fit on one."""
        strong, thin = (f'w:val="single" w:sz="{size}" w:space="0" w:color="{ink}"' for size, ink in _RULES)
        borders = f"<w:tblBorders><w:top {strong}/><w:bottom {thin}/><w:insideH {thin}/></w:tblBorders>"
        widths = self._widths(shares)
        first = _row(_cells(head), widths, "<w:cantSplit/><w:tblHeader/>", shaded=True)
        rest = "".join([_row(cells, widths, _whole(cells)) for cells in map(_cells, rows)])
        self._table(shares, borders, first + rest)

    def bar(self, label: Run, parts: Sequence[tuple[float, str]], figures: Run) -> None:
        """One bar of a chart: its label, ``parts`` as shares of the room with their colour (RRGGBB), and its figures."""
        room = 1.0 - _LABEL - _FIGURES
        filled = [(share * room, colour) for share, colour in parts if share > 0]
        left = room - sum(share for share, _colour in filled)
        cells = [*filled, *([(left, "")] if left > 0.001 else [])]
        written = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{_width(share)}" w:type="dxa"/>{_shade(colour)}</w:tcPr>{_THIN}</w:tc>'
            for share, colour in cells
        )
        ends = [
            f'<w:tc><w:tcPr><w:tcW w:w="{_width(share)}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            f"{paragraph(run)}</w:tc>"
            for run, share in ((label, _LABEL), (figures, _FIGURES))
        ]
        shares = [_LABEL, *(share for share, _colour in cells), _FIGURES]
        self._table(shares, "", f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{ends[0]}{written}{ends[1]}</w:tr>")

    @property
    def _breadth(self) -> int:
        return ACROSS if self.across else self.breadth

    def _widths(self, shares: Sequence[float]) -> list[int]:
        return [round(self._breadth * share) for share in shares]

    def _table(self, shares: Sequence[float], borders: str, rows: str) -> None:
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in self._widths(shares))
        self.blocks.append(
            f'<w:tbl><w:tblPr><w:tblW w:w="{self._breadth}" w:type="dxa"/>{borders}<w:tblLayout w:type="fixed"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        )
        self.blocks.append(
            '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
        )


_RULES = ((8, _EDGE), (4, _HAIRLINE))
#: A text of a cell that may need more than a page.
_LONG = 900
#: Shares of the width that the label and the figures of a bar take.
_LABEL, _FIGURES = 0.14, 0.28
_THIN = '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="exact"/></w:pPr></w:p>'


def paragraph(run: Run) -> str:
    """One paragraph; line feeds become line breaks."""
    broken = '</w:t><w:br/><w:t xml:space="preserve">'.join(escape(line) for line in visible(run.text).split("\n"))
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{run.style}"/></w:pPr><w:r><w:t xml:space="preserve">{broken}</w:t></w:r></w:p>'
    )


def field_code(code: str) -> str:
    """A number that Word fills in, such as ``PAGE``."""
    return f'<w:fldSimple w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def _cells(row: Sequence[Run | Cell]) -> list[Cell]:
    return [item if isinstance(item, Cell) else Cell((item,)) for item in row]


def _whole(row: Sequence[Cell]) -> str:
    """A row that fits on a page is kept whole; one with a very long text could not be."""
    return "" if any(len(run.text) > _LONG for cell in row for run in cell.runs) else "<w:cantSplit/>"


def _width(share: float) -> int:
    return round(BREADTH * share)


def _shade(colour: str) -> str:
    return f'<w:shd w:val="clear" w:color="auto" w:fill="{colour}"/>' if colour else ""


def _row(cells: Sequence[Cell], widths: Sequence[int], properties: str, *, shaded: bool = False) -> str:
    shade = _shade("F1F3F6") if shaded else ""
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>{_content(cell)}</w:tc>'
        for cell, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{written}</w:tr>"


def _content(cell: Cell) -> str:
    written = "".join([paragraph(run) for run in cell.runs])
    if cell.picture:
        name = escape(cell.picture, {'"': "&quot;"})
        place = f'<w:bookmarkStart w:id="0" w:name="{name}"/><w:bookmarkEnd w:id="0"/>'
        written += f'<w:p><w:pPr><w:pStyle w:val="Fact"/></w:pPr>{place}<w:r/></w:p>'
    return written or '<w:p><w:pPr><w:pStyle w:val="Fact"/></w:pPr></w:p>'
