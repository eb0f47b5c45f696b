"""Outlines of the characters of our fonts, for drawings that must look the same where no font of ours is at hand."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from reportlab.pdfbase import pdfmetrics

from .pdf.fonts import face

_ON_CURVE, _SHORT_X, _SHORT_Y, _REPEAT, _SAME_X, _SAME_Y = 1, 2, 4, 8, 16, 32

Point = tuple[int, int, bool]


@dataclass(frozen=True, slots=True)
class Outline:
    """One character as path data of SVG in units of 1/1000 of its size, ``y`` upwards; ``advance`` is its width."""

    path: str
    advance: float


@lru_cache(maxsize=4096)
def outline(character: str, bold: bool = False) -> Outline:
    """The outline of one drawable character in the regular or bold face; an empty path for a blank."""
    font = face(bold)
    glyphs: Any = pdfmetrics.getFont(font.name).face
    contours = _contours(glyphs, glyphs.charToGlyph.get(ord(character), 0))
    return Outline("".join(_path(points) for points in contours), font.widths[character] * 1000)


def _contours(glyphs: Any, number: int) -> list[list[Point]]:
    """The contours of a glyph as points with whether each lies on the curve; our fonts compose no glyph of others."""
    start, end = glyphs.glyphPos[number], glyphs.glyphPos[number + 1]
    if start == end:
        return []
    data = _table(glyphs)[start:end]
    return _simple(data, struct.unpack(">h", data[:2])[0])


@lru_cache(maxsize=2)
def _table(glyphs: Any) -> bytes:
    found: bytes = glyphs.get_table("glyf")
    return found


def _simple(data: bytes, count: int) -> list[list[Point]]:
    ends = struct.unpack(f">{count}H", data[10 : 10 + 2 * count])
    place = 10 + 2 * count
    place += 2 + struct.unpack(">H", data[place : place + 2])[0]
    flags, place = _flags(data, place, ends[-1] + 1 if ends else 0)
    xs, place = _coordinates(data, place, flags, _SHORT_X, _SAME_X)
    ys, _ = _coordinates(data, place, flags, _SHORT_Y, _SAME_Y)
    points = [(x, y, bool(flag & _ON_CURVE)) for x, y, flag in zip(xs, ys, flags, strict=True)]
    starts = [0, *(end + 1 for end in ends[:-1])]
    return [points[start : end + 1] for start, end in zip(starts, ends, strict=True)]


def _flags(data: bytes, place: int, count: int) -> tuple[list[int], int]:
    flags: list[int] = []
    while len(flags) < count:
        flag, place = data[place], place + 1
        times = 1
        if flag & _REPEAT:
            times, place = data[place] + 1, place + 1
        flags += [flag] * times
    return flags, place


def _coordinates(data: bytes, place: int, flags: list[int], short: int, same: int) -> tuple[list[int], int]:
    """Coordinates are kept as steps: one byte with a sign bit, nothing, or two bytes."""
    value, found = 0, []
    for flag in flags:
        if flag & short:
            value += data[place] if flag & same else -data[place]
            place += 1
        elif not flag & same:
            value += struct.unpack(">h", data[place : place + 2])[0]
            place += 2
        found.append(value)
    return found, place


def _path(points: list[Point]) -> str:
    """One closed contour of quadratic curves; between two points off the curve lies one on it."""
    full: list[tuple[float, float, bool]] = []
    for number, (x, y, on) in enumerate(points):
        before = points[number - 1]
        if not on and not before[2]:
            full.append(((before[0] + x) / 2, (before[1] + y) / 2, True))
        full.append((x, y, on))
    first = next(number for number, point in enumerate(full) if point[2])
    turned = full[first:] + full[:first]
    parts = [f"M{turned[0][0]:g} {turned[0][1]:g}"]
    control: tuple[float, float] | None = None
    for point in [*turned[1:], turned[0]]:
        to = f"{point[0]:g} {point[1]:g}"
        if not point[2]:
            control = (point[0], point[1])
        elif control is None:
            parts.append(f"L{to}")
        else:
            parts.append(f"Q{control[0]:g} {control[1]:g} {to}")
            control = None
    return "".join([*parts, "Z"])
