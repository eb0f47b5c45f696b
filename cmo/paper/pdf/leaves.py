"""Pages written one by one: the marks of a page become its compressed content at once and are forgotten.

A character is written by its place among all characters of the face and not by its place in one file, so that a page
reads the same in whatever file it is bound; ``binding`` makes the file.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, radians, sin

from .fonts import face
from .layout import Sheet
from .marks import Bookmark, Fill, Frame, Ink, Mark, Modules, Rule, Shape, Text

#: Name of a font in the content → whether it is the bold one.
FONTS = {"F0": False, "F1": True}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One written page: its size, its content, the characters it shows in each face, and its places of the outline."""

    sheet: Sheet
    content: bytes
    regular: str
    bold: str
    places: tuple[Bookmark, ...] = ()


@cache
def numbers(bold: bool) -> dict[int, int]:
    """Code point → number of the character in the face; 0 stands for none."""
    return {code: number for number, code in enumerate(sorted(face(bold).glyphs), 1)}


def written(marks: Sequence[Mark], sheet: Sheet) -> Leaf:
    """The marks of one page as its content."""
    quill = _Quill(sheet.height)
    for mark in marks:
        quill.draw(mark)
    content = zlib.compress("\n".join(quill.parts).encode("ascii"), 6)
    regular, bold = ("".join(sorted(quill.used[heavy])) for heavy in (False, True))
    return Leaf(sheet, content, regular, bold, tuple(mark for mark in marks if isinstance(mark, Bookmark)))


class _Codes(dict[str, str]):
    """Character → its number as the content writes it."""

    def __init__(self, bold: bool) -> None:
        super().__init__()
        self._numbers = numbers(bold)

    def __missing__(self, character: str) -> str:
        code = self[character] = f"{self._numbers[ord(character)]:04X}"
        return code


@cache
def _codes(bold: bool) -> _Codes:
    return _Codes(bold)


class _Quill:
    """Writes marks and remembers font, spread and inks, so that a page repeats none of them needlessly."""

    def __init__(self, height: float) -> None:
        self.parts: list[str] = []
        self.used: dict[bool, set[str]] = {False: set(), True: set()}
        self._height = height
        self._font: tuple[str, float] | None = None
        self._spread = 0.0
        self._fill: Ink | None = None
        self._bold = face(bold=True).name

    def draw(self, mark: Mark) -> None:
        match mark:
            case Text():
                self._text(mark)
            case Rule():
                self._stroke(mark.weight, mark.ink)
                self.parts.append(f"{self._at(mark.x, mark.y)} m {self._at(mark.to_x, mark.to_y)} l S")
            case Fill():
                self._ink(mark.ink)
                self.parts.append(f"{self._box(mark.x, mark.y, mark.width, mark.height)} f")
            case Frame():
                self._stroke(mark.weight, mark.ink)
                self.parts.append(f"{self._box(mark.x, mark.y, mark.width, mark.height)} S")
            case Shape():
                self._shape(mark)
            case Modules():
                self._modules(mark)

    def _text(self, mark: Text) -> None:
        heavy = mark.font == self._bold
        self.used[heavy].update(mark.text)
        self._ink(mark.ink)
        state = ""
        if self._font != (mark.font, mark.size):
            self._font = (mark.font, mark.size)
            state = f"/F{heavy:d} {_number(mark.size)} Tf "
        if self._spread != mark.spread:
            self._spread = mark.spread
            state += f"{_number(mark.spread)} Tc "
        codes = _codes(heavy)
        shown = "".join([codes[character] for character in mark.text])
        self.parts.append(f"BT {state}{self._place(mark)} <{shown}> Tj ET")

    def _place(self, mark: Text) -> str:
        if not mark.turn:
            return f"{self._at(mark.x, mark.y)} Td"
        rise, run = sin(radians(mark.turn)), cos(radians(mark.turn))
        return f"{_row((run, rise, -rise, run))} {self._at(mark.x, mark.y)} Tm"

    def _shape(self, mark: Shape) -> None:
        self._ink(mark.ink)
        first, *more = (self._at(x, y) for x, y in mark.points)
        self.parts.append(f"{first} m {' '.join(f'{point} l' for point in more)} h f")

    def _modules(self, mark: Modules) -> None:
        self._ink((0.0, 0.0, 0.0))
        side = mark.side / mark.code.size
        boxes = [
            self._box(mark.x + column * side, mark.y + row * side, length * side, side)
            for row, column, length in mark.code.runs
        ]
        self.parts.append(" ".join([*boxes, "f"]))

    def _ink(self, ink: Ink) -> None:
        if self._fill != ink:
            self._fill = ink
            self.parts.append(f"{_row(ink)} rg")

    def _stroke(self, weight: float, ink: Ink) -> None:
        self.parts.append(f"{_number(weight)} w {_row(ink)} RG")

    def _at(self, x: float, y: float) -> str:
        return f"{_number(x)} {_number(self._height - y)}"

    def _box(self, x: float, y: float, width: float, height: float) -> str:
        return f"{self._at(x, y + height)} {_row((width, height))} re"


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _row(values: Iterable[float]) -> str:
    return " ".join([_number(value) for value in values])
