"""Blocks of a section on pages: facts, tables, text, cautions; timelines have a file of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from cmo.paper.pdf import Cell, Fill, Line, Mark, Rule, Shape, Style, set_text
from cmo.paper.pdf.layout import text_at
from cmo.paper.words import Language, Words

from .. import cover
from ..across import stands_across, wide
from ..sheets import Block, Caution, Column, Fact, Facts, Table, Text, Timeline
from . import styles
from .pages import LANDSCAPE, PORTRAIT, Pages
from .timeline import draw_timeline

#: Room for a whole hash is left beside it.
_LABELS = 134.0
#: Texts up to this length are likely to come again in their column, such as states and days.
_SHORT = 40


def draw(pages: Pages, block: Block, language: Language) -> None:
    """One block where the last one ended."""
    pages.onto(LANDSCAPE if stands_across(block) else PORTRAIT)
    match block:
        case Facts():
            _facts(pages, block, language)
        case Table():
            _table(pages, block, language)
        case Text():
            _text(pages, block, language)
        case Timeline():
            draw_heading(pages, block.heading, language, keep=130)
            draw_timeline(pages, block, language)
        case Caution():
            _caution(pages, block, language)
    pages.gap(10)


def least(pages: Pages, block: Block, language: Language) -> float:
    """The room that a block takes before it may go on over the page: a heading above it stays with so much of it."""
    if isinstance(block, Caution):
        return 60.0
    if isinstance(block, Text):
        keep = 40.0
    elif isinstance(block, Timeline):
        keep = 130.0
    elif isinstance(block, Facts):
        keep = _facts_keep(_fact_rows(pages, block.items[:6], language))
    else:
        keep = _table_keep(pages, *_table_begin(pages, block, language)) if block.rows else 30.0
    if block.heading is None:
        return min(keep, 60.0) if not isinstance(block, Table) else keep
    return keep + 7 + sum(line.height for line in _heading_lines(pages, block.heading, language))


def _heading_lines(pages: Pages, words: Words, language: Language) -> list[Line]:
    return styles.fitting(words, pages.sheet.breadth, styles.BLOCK_HEAD, language)


def draw_heading(pages: Pages, words: Words | None, language: Language, *, keep: float) -> None:
    """The heading of a block, which stays with ``keep`` points of it; without one only that much room."""
    if words is None:
        pages.need(min(keep, 60))
        return
    lines = _heading_lines(pages, words, language)
    pages.gap(4)
    pages.need(sum(line.height for line in lines) + keep)
    pages.row([Cell(0, lines)])
    pages.gap(3)


def _facts(pages: Pages, block: Facts, language: Language) -> None:
    left, breadth = pages.sheet.left, pages.sheet.breadth
    rows = _fact_rows(pages, block.items, language)
    draw_heading(pages, block.heading, language, keep=_facts_keep(rows))
    for row in rows:
        pages.need(min(tall(row) + 4, 60))
        pages.row(row)
        pages.y += 2
        pages.put(Rule(left, pages.y, left + breadth, pages.y, 0.3, styles.HAIRLINE))
        pages.y += 2


def _fact_rows(pages: Pages, items: Sequence[Fact], language: Language) -> list[list[Cell]]:
    width = pages.sheet.breadth - _LABELS
    return [
        [
            Cell(0, styles.fitting(fact.term, _LABELS - 12, styles.LABEL, language)),
            Cell(_LABELS, _value(fact, width, language)),
        ]
        for fact in items
    ]


def _facts_keep(rows: Sequence[Sequence[Cell]]) -> float:
    return min(sum(tall(row) + 4 for row in rows), 150)


def _value(fact: Fact, width: float, language: Language) -> list[Line]:
    lines = styles.fitting(fact.value, width, styles.VALUE, language)
    if fact.source:
        lines += set_text(f"{cover.SOURCE.joined(language, ' / ')}: {fact.source}", width, styles.SOURCE)
    return lines


def _table(pages: Pages, block: Table, language: Language) -> None:
    if not block.rows:
        draw_heading(pages, block.heading, language, keep=30)
        pages.text((block.empty or cover.NO_RECORDS).joined(language, " "), styles.QUIET)
        return
    head, first, rows = _table_begin(pages, block, language)
    draw_heading(pages, block.heading, language, keep=_table_keep(pages, head, first, rows))
    pages.grid(head, chain((first,), rows))


#: Head, first row, and the rows after it as they are asked for.
_Begun = tuple[list[Cell], list[Cell], Iterator[list[Cell]]]


def _table_begin(pages: Pages, block: Table, language: Language) -> _Begun:
    small = wide(block) and pages.sheet is PORTRAIT
    cell, bold = (styles.CELL_SMALL, styles.CELL_SMALL_HEAD) if small else (styles.CELL, styles.CELL_HEAD)
    places = list(_places(pages, block.columns))
    head = [
        Cell(x, styles.set_words(column.words, width, _aligned(bold, column), language))
        for column, (x, width) in zip(block.columns, places, strict=True)
    ]
    rows = _rows(block, places, cell, language)
    return head, next(rows), rows


def _table_keep(pages: Pages, head: Sequence[Cell], first: Sequence[Cell], _rows: Iterator[list[Cell]]) -> float:
    return min(tall(head) + tall(first) + 6 * pages.pad, 420)


def tall(cells: Sequence[Cell]) -> float:
    """Height of a row of cells."""
    return max(sum(line.height for line in cell.lines) for cell in cells)


def _places(pages: Pages, columns: Sequence[Column]) -> Iterator[tuple[float, float]]:
    """Left edge and width of the text of each column."""
    x, whole = 0.0, sum(column.share for column in columns)
    for column in columns:
        width = pages.sheet.breadth * column.share / whole
        yield x + pages.pad, width - 2 * pages.pad
        x += width


def _rows(block: Table, places: Sequence[tuple[float, float]], cell: Style, language: Language) -> Iterator[list[Cell]]:
    """Cells set row by row, as the table asks for them; a short text is set once for its column."""
    known: list[dict[Words, list[Line]]] = [{} for _ in places]
    looks = [_aligned(cell, column) for column in block.columns]
    for row in block.rows:
        cells = []
        for words, (x, width), style, seen in zip(row, places, looks, known, strict=True):
            lines = seen.get(words)
            if lines is None:
                lines = styles.set_words(words, width, style, language)
                if len(words.zh) + len(words.en) <= _SHORT and len(seen) < _SHORT:
                    seen[words] = lines
            cells.append(Cell(x, lines))
        yield cells


def _aligned(style: Style, column: Column) -> Style:
    return Style(style.size, style.leading, style.bold, style.ink, align=column.align)


def _text(pages: Pages, block: Text, language: Language) -> None:
    draw_heading(pages, block.heading, language, keep=40)
    parts, inset = block.words.parts(language), 12.0 if block.quoted else 0.0
    breadth = pages.sheet.breadth - inset
    if len(parts) == 2:
        width = (breadth - styles.GUTTER) / 2
        cells = [
            Cell(inset, set_text(parts[0], width, styles.NARROW_ZH)),
            Cell(inset + width + styles.GUTTER, set_text(parts[1], width, styles.NARROW_EN)),
        ]
    else:
        cells = [Cell(inset, set_text(parts[0], breadth, styles.BODY_EN if language == "en" else styles.BODY_ZH))]
    left = pages.sheet.left

    def bar(y: float, height: float) -> list[Mark]:
        return [Fill(left, y + 1, 2.4, height - 2, styles.QUOTED)]

    pages.row(cells, bar if block.quoted else None)


def _caution(pages: Pages, block: Caution, language: Language) -> None:
    """A sign, the word, and the text on a tinted ground with a bar at its side."""
    left, breadth = pages.sheet.left, pages.sheet.breadth
    width = breadth - 44
    lines = styles.fitting(cover.CAUTION, width, styles.WATCH_HEAD, language)
    lines += styles.set_words(block.words, width, styles.WATCH, language)
    signs = iter((True,))

    def ground(y: float, height: float) -> list[Mark]:
        marks: list[Mark] = [
            Fill(left, y - 5, breadth, height + 10, styles.WATCH_GROUND),
            Fill(left, y - 5, 3, height + 10, styles.WATCH_INK),
        ]
        return [*marks, *(_sign(left + 10, y) if next(signs, False) else ())]

    pages.gap(7)
    pages.need(46)
    if pages.fresh:
        pages.y += 5
    pages.row([Cell(34, lines)], ground)
    pages.gap(7)


def _sign(x: float, y: float) -> list[Mark]:
    """A triangle with an exclamation mark."""
    triangle = Shape(((x, y + 14), (x + 8, y), (x + 16, y + 14)), styles.WATCH_INK)
    return [triangle, text_at(x + 8, y + 12.4, "!", Style(10, 10, bold=True, ink=(1.0, 1.0, 1.0)), align="centre")]
