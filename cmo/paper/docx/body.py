"""The body of a DOCX as WordprocessingML text, block by block: what was typed is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from ..plain import visible

#: Width between the margins, in twentieths of a point.
BREADTH = 9184
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
    """Blocks in their order."""

    blocks: list[str] = field(default_factory=list)

    def text(self, text: str, style: str) -> None:
        """One paragraph for every line of the text."""
        self.blocks += [paragraph(Run(line, style)) for line in visible(text).split("\n")]

    def page_break(self) -> None:
        self.blocks.append('<w:p><w:r><w:br w:type="page"/></w:r></w:p>')

    def columns(self, rows: Sequence[Sequence[Cell]], shares: Sequence[float], *, framed: bool = False) -> None:
        """Cells side by side without lines, or each in a frame; a row that fits on a page is not torn apart."""
        line = f'w:val="single" w:sz="4" w:space="0" w:color="{_HAIRLINE}"'
        edges = "".join(f"<w:{side} {line}/>" for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
        rows_xml = "".join([_row(row, shares, "<w:cantSplit/>") for row in rows])
        self._table(shares, f"<w:tblBorders>{edges}</w:tblBorders>" if framed else "", rows_xml)

    def table(self, head: Sequence[Run], rows: Sequence[Sequence[Run]], shares: Sequence[float]) -> None:
        """A ruled table whose head is repeated on every page and whose rows are not torn apart."""
        strong, thin = (f'w:val="single" w:sz="{size}" w:space="0" w:color="{ink}"' for size, ink in _RULES)
        borders = f"<w:tblBorders><w:top {strong}/><w:bottom {thin}/><w:insideH {thin}/></w:tblBorders>"
        first = _row([Cell((run,)) for run in head], shares, "<w:cantSplit/><w:tblHeader/>", shaded=True)
        rest = "".join([_row([Cell((run,)) for run in row], shares, "<w:cantSplit/>") for row in rows])
        self._table(shares, borders, first + rest)

    def _table(self, shares: Sequence[float], borders: str, rows: str) -> None:
        grid = "".join(f'<w:gridCol w:w="{_width(share)}"/>' for share in shares)
        self.blocks.append(
            f'<w:tbl><w:tblPr><w:tblW w:w="{BREADTH}" w:type="dxa"/>{borders}<w:tblLayout w:type="fixed"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        )
        self.blocks.append(
            '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
        )


_RULES = ((8, _EDGE), (4, _HAIRLINE))


def paragraph(run: Run) -> str:
    """One paragraph; line feeds become line breaks."""
    broken = '</w:t><w:br/><w:t xml:space="preserve">'.join(escape(line) for line in visible(run.text).split("\n"))
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{run.style}"/></w:pPr><w:r><w:t xml:space="preserve">{broken}</w:t></w:r></w:p>'
    )


def field_code(code: str) -> str:
    """A number that Word fills in, such as ``PAGE``."""
    return f'<w:fldSimple w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _width(share: float) -> int:
    return round(BREADTH * share)


def _row(cells: Sequence[Cell], shares: Sequence[float], properties: str, *, shaded: bool = False) -> str:
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="F1F3F6"/>' if shaded else ""
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{_width(share)}" w:type="dxa"/>{shade}</w:tcPr>{_content(cell)}</w:tc>'
        for cell, share in zip(cells, shares, strict=True)
    )
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{written}</w:tr>"


def _content(cell: Cell) -> str:
    written = "".join([paragraph(run) for run in cell.runs])
    if cell.picture:
        name = escape(cell.picture, {'"': "&quot;"})
        place = f'<w:bookmarkStart w:id="0" w:name="{name}"/><w:bookmarkEnd w:id="0"/>'
        written += f'<w:p><w:pPr><w:pStyle w:val="Fact"/></w:pPr>{place}<w:r/></w:p>'
    return written or '<w:p><w:pPr><w:pStyle w:val="Fact"/></w:pPr></w:p>'
