"""Laying text, side-by-side rows and tables out on pages; nothing is drawn yet, so the number of pages comes for free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from .fonts import face
from .marks import ACCENT, BLACK, Bookmark, Fill, Frame, Ink, Mark, Rule, Text
from .setting import Line, Style, measured, set_text

MM = 72 / 25.4
_BASELINE = 0.86
_HAIRLINE: Ink = (0.80, 0.82, 0.85)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's size and margins in points; A4 by default."""

    width: float = 210 * MM
    height: float = 297 * MM
    left: float = 24 * MM
    right: float = 24 * MM
    top: float = 26 * MM
    bottom: float = 24 * MM

    @property
    def breadth(self) -> float:
        """Width between the margins."""
        return self.width - self.left - self.right

    @property
    def floor(self) -> float:
        """Where the text ends, from the top."""
        return self.height - self.bottom


#: Upper edge and height of a part of a row → what stands behind its text.
Ground = Callable[[float, float], Sequence[Mark]]


@dataclass(frozen=True, slots=True)
class Cell:
    """Set lines in a column that starts ``x`` points right of the left margin."""

    x: float
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: ``share`` of its width, and how its cells stand."""

    share: float
    align: Literal["left", "centre", "right"] = "left"


@dataclass(slots=True)
class Layout:
    """Pages of marks, filled from the top; ``y`` is where the next thing goes."""

    sheet: Sheet = field(default_factory=Sheet)
    leaves: list[list[Mark]] = field(default_factory=lambda: [[]])
    y: float = -1.0
    pad: float = 4.2

    def __post_init__(self) -> None:
        if self.y < 0:
            self.y = self.sheet.top

    @property
    def room(self) -> float:
        return self.sheet.floor - self.y

    @property
    def fresh(self) -> bool:
        """Whether nothing stands on this page yet."""
        return self.y <= self.sheet.top

    def put(self, mark: Mark) -> None:
        self.leaves[-1].append(mark)

    def turn(self) -> None:
        """Begin a new page."""
        self.leaves.append([])
        self.y = self.sheet.top

    def need(self, height: float) -> None:
        """Begin a new page unless this much room is left."""
        if height > self.room and not self.fresh:
            self.turn()

    def gap(self, height: float) -> None:
        """Leave room, but not at the top of a page."""
        if not self.fresh:
            self.y = min(self.y + height, self.sheet.floor)

    def bookmark(self, title: str, level: int) -> None:
        self.put(Bookmark(face().drawable(title).replace("\n", " "), level, self.y))

    def heading(
        self, text: str, style: Style, *, level: int | None = None, keep: float = 48, ruled: bool = False
    ) -> None:
        """A heading that stays with what follows (``keep`` points of it); ``level`` enters it in the outline."""
        lines = set_text(text, self.sheet.breadth, style)
        self.need(_height(lines) + keep)
        if level is not None:
            self.bookmark(text, level)
        self._place(Cell(0, lines), self.y)
        self.y += _height(lines)
        if ruled:
            self.y += 2
            self.put(Rule(self.sheet.left, self.y, self.sheet.left + self.sheet.breadth, self.y, 0.7, ACCENT))
            self.y += 4

    def text(self, text: str, style: Style) -> None:
        """Paragraphs over the whole width."""
        self.row([Cell(0, set_text(text, self.sheet.breadth, style))])

    def row(self, cells: Sequence[Cell], behind: Ground | None = None) -> None:
        """Cells side by side that begin at one height, run over as many pages as they need and end together.

        ``behind``: drawn under the part of them that stands on each page.
        """
        rest = list(cells)
        while any(cell.lines for cell in rest):
            taken = [_cut(cell, self.room) for cell in rest]
            if not any(part.lines for part, _ in taken) and not self.fresh:
                self.turn()
                continue
            if behind is not None:
                self.leaves[-1] += behind(self.y, _tallest([part for part, _ in taken]))
            self._place_all([part for part, _ in taken])
            rest = [left for _, left in taken]
            if any(cell.lines for cell in rest):
                self.turn()

    def table(
        self, columns: Sequence[Column], head: Sequence[str], rows: Sequence[Sequence[str]], style: Style
    ) -> None:
        """A table whose head stands again on every page; a row that fits on a page is never torn apart.

        Each cell is text; line feeds separate lines.
        """
        bold = Style(style.size, style.leading, bold=True, ink=ACCENT)
        self.grid(self._cells(columns, head, bold), (self._cells(columns, row, style) for row in rows))

    def grid(self, head: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> None:
        """A table of cells that are set already, or as they are asked for; like ``table`` in everything else."""
        waiting = iter(rows)
        first = next(waiting, None)
        tall = _tallest(head) + (_tallest(first) if first is not None else 0.0) + 4 * self.pad
        self.need(tall if tall <= self.sheet.floor - self.sheet.top else 2 * _tallest(head) + 4 * self.pad)
        self._head(head)
        for row in () if first is None else chain((first,), waiting):
            self._table_row(row, head)

    def _cells(self, columns: Sequence[Column], row: Sequence[str], style: Style) -> list[Cell]:
        found, x = [], 0.0
        for column, text in zip(columns, row, strict=True):
            width = self.sheet.breadth * column.share
            aligned = (
                style
                if column.align == "left"
                else Style(style.size, style.leading, style.bold, style.ink, align=column.align)
            )
            found.append(Cell(x + self.pad, set_text(text, width - 2 * self.pad, aligned)))
            x += width
        return found

    def _head(self, cells: Sequence[Cell]) -> None:
        left, breadth = self.sheet.left, self.sheet.breadth
        height = _tallest(cells) + 2 * self.pad
        self.put(Fill(left, self.y, breadth, height))
        self.put(Rule(left, self.y, left + breadth, self.y, 0.8, ACCENT))
        for cell in cells:
            self._place(cell, self.y + self.pad)
        self.y += height
        self.put(Rule(left, self.y, left + breadth, self.y, 0.5, ACCENT))

    def _table_row(self, cells: Sequence[Cell], head: Sequence[Cell]) -> None:
        left, breadth, both = self.sheet.left, self.sheet.breadth, 2 * self.pad
        whole = self.sheet.floor - self.sheet.top - _tallest(head) - both
        rest = list(cells)
        if self.room < (height := _tallest(cells) + both) and height <= whole:
            self.turn()
            self._head(head)
        while any(cell.lines for cell in rest):
            taken = [_cut(cell, self.room - both) for cell in rest]
            if not any(part.lines for part, _ in taken):
                self.turn()
                self._head(head)
                continue
            self.y += self.pad
            self._place_all([part for part, _ in taken])
            self.y += self.pad
            self.put(Rule(left, self.y, left + breadth, self.y, 0.4, _HAIRLINE))
            rest = [left_over for _, left_over in taken]

    def panel(self, x: float, width: float, lines: Sequence[Line], *, height: float = 0.0) -> float:
        """A framed box with lines at the current height; returns its height and leaves ``y`` where it was."""
        tall = max(height, _height(lines) + 4 * self.pad)
        self.put(Frame(self.sheet.left + x, self.y, width, tall, 0.6, _HAIRLINE))
        self._place(Cell(x + 2 * self.pad, lines), self.y + 2 * self.pad)
        return tall

    def _place_all(self, cells: Sequence[Cell]) -> None:
        for cell in cells:
            self._place(cell, self.y)
        self.y += _tallest(cells)

    def _place(self, cell: Cell, y: float) -> None:
        left, leaf = self.sheet.left + cell.x, self.leaves[-1]
        for number, line in enumerate(cell.lines):
            style = line.style
            y += line.before if number else 0.0
            if line.text:
                base = y + (style.leading - style.size) / 2 + style.size * _BASELINE
                leaf.append(
                    Text(left + line.shift, base, line.text, face(style.bold).name, style.size, style.ink, line.spread)
                )
            y += style.leading


def text_at(x: float, y: float, text: str, style: Style, *, align: str = "left") -> Text:
    """One line placed by hand on its baseline, its left, middle or right at ``x``."""
    drawable = face(style.bold).drawable(text).replace("\n", " ")
    shift = {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * measured(drawable, style)
    return Text(x - shift, y, drawable, face(style.bold).name, style.size, style.ink or BLACK)


def _height(lines: Sequence[Line]) -> float:
    """Height of lines; space above the first one falls away."""
    return sum([line.style.leading + line.before for line in lines]) - (lines[0].before if lines else 0.0)


def _tallest(cells: Sequence[Cell]) -> float:
    return max((_height(cell.lines) for cell in cells), default=0.0)


def _cut(cell: Cell, room: float) -> tuple[Cell, Cell]:
    """What of the cell fits into this room, and the rest; a longer text leaves no line alone and takes three along."""
    used, fit = 0.0, 0
    for line in cell.lines:
        used += line.style.leading + (line.before if fit else 0.0)
        if used > room + 0.01:
            break
        fit += 1
    left = len(cell.lines) - fit
    if 0 < left < 3 and fit > 4:
        fit -= 3 - left
    elif left == 1 and fit > 2:
        fit -= 1
    elif left and fit == 1 and len(cell.lines) > 2:
        fit = 0
    return Cell(cell.x, cell.lines[:fit]), Cell(cell.x, cell.lines[fit:])
