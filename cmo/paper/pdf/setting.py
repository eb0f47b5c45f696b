"""Setting text: style and width in, measured lines out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from ..breaking import break_lines
from .fonts import face
from .marks import BLACK, Ink

#: A line is spread over the column only when each gap grows by less than this part of the size.
_MOST_SPREAD = 0.11


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks. Sizes in points; ``indent``: of the first line, in ems; ``before``: space above paragraphs."""

    size: float
    leading: float
    bold: bool = False
    ink: Ink = BLACK
    indent: float = 0.0
    justified: bool = False
    align: Literal["left", "centre", "right"] = "left"
    before: float = 0.0


class Line(NamedTuple):
    """One set line: text, its style, distance from the column's left edge, spread, and space above it."""

    text: str
    style: Style
    shift: float
    spread: float
    before: float

    @property
    def height(self) -> float:
        return self.style.leading + self.before


def measured(text: str, style: Style) -> float:
    """The width of one line of drawable text, in points."""
    widths = face(style.bold).widths
    return sum([widths[character] for character in text]) * style.size


def set_text(text: str, width: float, style: Style) -> list[Line]:
    """The lines of a text in a column ``width`` points wide; line feeds separate paragraphs."""
    font = face(style.bold)
    column = width / style.size
    found: list[Line] = []
    for paragraph in font.drawable(text).split("\n"):
        broken = break_lines(paragraph, column, font.widths, first=style.indent)
        for number, line in enumerate(broken):
            first, last = number == 0, number == len(broken) - 1
            indent = style.indent * style.size if first else 0.0
            shift, spread = _placed(line, width - indent, style, last)
            found.append(Line(line, style, indent + shift, spread, style.before if first else 0.0))
    return found


def _placed(line: str, width: float, style: Style, last: bool) -> tuple[float, float]:
    """Distance from the left edge, and spread."""
    if style.align == "left" and (last or not style.justified):
        return 0.0, 0.0
    slack = width - measured(line, style)
    if style.align == "centre":
        return slack / 2, 0.0
    if style.align == "right":
        return slack, 0.0
    spread = slack / max(len(line) - 1, 1)
    return 0.0, spread if 0 < spread <= _MOST_SPREAD * style.size else 0.0
