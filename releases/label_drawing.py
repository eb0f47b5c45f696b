"""Drawing a label block: at label size as SVG and PDF, and on an A4 proof beside what the law demands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cmo.paper.gs1 import QUIET_ZONE, data_matrix
from cmo.paper.pdf import (
    GRAY,
    Frame,
    Layout,
    Mark,
    Metadata,
    Modules,
    Rule,
    Sheet,
    Style,
    drawn,
    measured,
    set_text,
)
from cmo.paper.pdf import Column as TableColumn
from cmo.paper.pdf.layout import text_at
from cmo.paper.pdf.marks import Furniture
from cmo.paper.svg import drawn_svg
from cmo.regulation.references import reference

from .label_block import LabelBlock
from .labels import ITEMS

MM = 72 / 25.4
WIDTH, HEIGHT = 100 * MM, 60 * MM
_EDGE = 3.5 * MM
#: One module of the DataMatrix; health care asks for at least 0.254 mm.
_MODULE = 0.62 * MM
_GUTTER = 3 * MM
_SIZES = (8.5, 8.25, 8.0, 7.75, 7.5, 7.25, 7.0, 6.75, 6.5, 6.25, 6.0, 5.75, 5.5, 5.25, 5.0)
_LEADING = 1.34


@dataclass(frozen=True, slots=True)
class Drawing:
    """Marks of one label with its size in points."""

    marks: tuple[Mark, ...]
    width: float
    height: float


def label_drawing(block: LabelBlock) -> Drawing:
    """The block at 100 × 60 mm in the largest type that fits; a label that says more grows in height."""
    for size in _SIZES:
        marks, bottom = _set(block, size)
        if bottom <= HEIGHT - _EDGE:
            return Drawing((*marks, _edge(HEIGHT)), WIDTH, HEIGHT)
    height = bottom + _EDGE
    return Drawing((*marks, _edge(height)), WIDTH, height)


def _edge(height: float) -> Frame:
    return Frame(0.3, 0.3, WIDTH - 0.6, height - 0.6, 0.6, GRAY)


def _set(block: LabelBlock, size: float) -> tuple[list[Mark], float]:
    """Marks of the block with text of one size, and where they end."""
    marks, y = _headline(block.product_name, size + 4)
    code, code_width, code_bottom = _code(block, y, size)
    room = WIDTH - 2 * _EDGE - (code_width + _GUTTER if code_width else 0)
    left, end = _text_lines(
        [f"{line.name}：{line.value}" for line in block.lines], room, y, Style(size, size * _LEADING)
    )
    bottom = max(end, code_bottom) + size * 0.5
    foot, end = _lot_row(block, bottom, size)
    return [*marks, *code, *left, Rule(_EDGE, bottom, WIDTH - _EDGE, bottom, 0.5), *foot], end


def _headline(name: str, size: float) -> tuple[list[Mark], float]:
    style = Style(size, size * 1.25, bold=True)
    marks, y = _text_lines([name] if name else [], WIDTH - 2 * _EDGE, _EDGE, style)
    return marks, y + size * 0.25


def _text_lines(texts: Sequence[str], width: float, y: float, style: Style) -> tuple[list[Mark], float]:
    marks: list[Mark] = []
    for text in texts:
        for line in set_text(text, width, style):
            marks.append(text_at(_EDGE, y + style.size * 0.95, line.text, style))
            y += style.leading
    return marks, y


def _code(block: LabelBlock, y: float, size: float) -> tuple[list[Mark], float, float]:
    """The DataMatrix on the right with its element string below, one identifier a line."""
    if not block.hri:
        return [], 0.0, y
    symbol = data_matrix(block.hri)
    side, quiet = symbol.size * _MODULE, QUIET_ZONE * _MODULE
    style = Style(size, size * 1.25)
    parts = ["UDI", *(f"({part}" for part in block.hri.split("(")[1:])]
    width = max(side + 2 * quiet, *(measured(part, style) for part in parts))
    left = WIDTH - _EDGE - width
    top = y + quiet
    marks: list[Mark] = [Modules(left + (width - side) / 2, top, side, symbol)]
    end = top + side + quiet + size * 0.3
    for part in parts:
        marks.append(text_at(left + width / 2, end + size * 0.95, part, style, align="centre"))
        end += style.leading
    return marks, width, end


def _lot_row(block: LabelBlock, y: float, size: float) -> tuple[list[Mark], float]:
    """Lot number and dates side by side, in bold; a long lot number takes a line of its own."""
    style = Style(size, size * 1.45, bold=True)
    texts = [f"{line.name}：{line.value}" for line in block.lot_lines]
    widths = [measured(text, style) for text in texts]
    y += size * 0.35
    if sum(widths) + 12 * max(len(texts) - 1, 0) > WIDTH - 2 * _EDGE:
        return _text_lines(texts, WIDTH - 2 * _EDGE, y, style)
    gap = (WIDTH - 2 * _EDGE - sum(widths)) / max(len(texts) - 1, 1)
    x, marks = _EDGE, []
    for text, width in zip(texts, widths, strict=True):
        marks.append(text_at(x, y + style.size * 0.95, text, style))
        x += width + gap
    return list(marks), y + style.leading


def label_svg(block: LabelBlock) -> bytes:
    """The label as SVG, text as outlines."""
    drawing = label_drawing(block)
    title = f"{block.product_name} 标签"
    return drawn_svg(drawing.marks, drawing.width, drawing.height, title=title, description=block.spoken)


def label_pdf(block: LabelBlock) -> bytes:
    """The label alone on a page of its own size."""
    drawing = label_drawing(block)
    sheet = Sheet(drawing.width, drawing.height, 0, 0, 0, 0)
    return drawn([drawing.marks], sheet, lambda _page, _of: (), _about(block))


def _about(block: LabelBlock) -> Metadata:
    number = next((line.value for line in block.lot_lines if line.key == "lot"), "")
    return Metadata(f"{block.product_name} {number} 标签", "", "医疗器械标签", "zh-CN")


_H1, _SMALL, _CELL = Style(15, 21, bold=True), Style(9, 14, ink=GRAY), Style(8.5, 13)
_RED = (0.70, 0.10, 0.10)


def proof_pdf(block: LabelBlock) -> bytes:
    """The label at true size on A4, with every demanded item, what it says, and the rule behind it."""
    drawing, layout = label_drawing(block), Layout()
    layout.heading("标签清样", _H1, level=0)
    layout.text(
        f"{block.product_name} · 原尺寸 100 × {drawing.height / MM:.0f} 毫米 · 以生产之日已确认的信息生成", _SMALL
    )
    layout.gap(10)
    for mark in drawing.marks:
        layout.put(_moved(mark, layout.sheet.left, layout.y))
    layout.y += drawing.height + 16
    for finding in block.missing:
        layout.text(f"缺：{finding.zh}", Style(9, 14, ink=_RED))
    layout.gap(6)
    columns = (TableColumn(0.27), TableColumn(0.35), TableColumn(0.38))
    layout.table(columns, ("应载明的内容", "标签上的内容", "依据"), _demanded_rows(block), _CELL)
    return drawn(layout.leaves, layout.sheet, _page_number(layout.sheet), _about(block))


def _demanded_rows(block: LabelBlock) -> list[tuple[str, str, str]]:
    rows = [("产品名称", block.product_name or "—", _cited("product_name"))]
    for line in (*block.lines, *block.lot_lines):
        rows.append((ITEMS[line.key].zh, line.value, _cited(line.key)))
    return [*rows, (ITEMS["udi"].zh, block.hri or "—", _cited("udi"))]


def _cited(key: str) -> str:
    return reference(ITEMS[key].citation).label_zh


def _page_number(sheet: Sheet) -> Furniture:
    return lambda page, of: [text_at(sheet.width / 2, sheet.height - 40, f"{page} / {of}", _SMALL, align="centre")]


def _moved(mark: Any, x: float, y: float) -> Mark:
    """The same mark further right and down."""
    if isinstance(mark, Rule):
        return replace(mark, x=mark.x + x, y=mark.y + y, to_x=mark.to_x + x, to_y=mark.to_y + y)
    moved: Mark = replace(mark, x=mark.x + x, y=mark.y + y)
    return moved
