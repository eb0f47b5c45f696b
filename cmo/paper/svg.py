"""Drawing marks into an SVG file: text as outlines, so that it needs no font and can be neither restyled nor scripted."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from .outlines import outline
from .pdf.fonts import face
from .pdf.marks import Fill, Frame, Ink, Mark, Modules, Rule, Shape, Text
from .plain import visible

_MM = 72 / 25.4


def drawn_svg(marks: Iterable[Mark], width: float, height: float, *, title: str, description: str) -> bytes:
    """One drawing of ``width`` by ``height`` points; ``description`` says in words what it shows."""
    sheet = _Sheet()
    for mark in marks:
        sheet.draw(mark)
    size = f'width="{width / _MM:g}mm" height="{height / _MM:g}mm" viewBox="0 0 {width:g} {height:g}"'
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    glyphs = "".join(f'<path id="{name}" d="{path}"/>' for name, path in sheet.glyphs.items())
    said = f"<title>{escape(visible(title))}</title><desc>{escape(visible(description))}</desc>"
    ground = f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>'
    body = "".join(sheet.parts)
    whole = f'<svg {space} version="1.1" {size} role="img">{said}<defs>{glyphs}</defs>{ground}{body}</svg>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{whole}\n'.encode()


class _Sheet:
    """The parts drawn so far and the outlines that they use."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.glyphs: dict[str, str] = {}

    def draw(self, mark: Mark) -> None:
        match mark:
            case Text():
                self._text(mark)
            case Rule():
                ends = f'x1="{mark.x:g}" y1="{mark.y:g}" x2="{mark.to_x:g}" y2="{mark.to_y:g}"'
                self.parts.append(f'<line {ends} stroke="{_colour(mark.ink)}" stroke-width="{mark.weight:g}"/>')
            case Fill():
                self.parts.append(f'<rect {_box(mark)} fill="{_colour(mark.ink)}"/>')
            case Frame():
                edge = f'stroke="{_colour(mark.ink)}" stroke-width="{mark.weight:g}"'
                self.parts.append(f'<rect {_box(mark)} fill="none" {edge}/>')
            case Shape():
                points = " ".join(f"{x:g},{y:g}" for x, y in mark.points)
                self.parts.append(f'<polygon points="{points}" fill="{_colour(mark.ink)}"/>')
            case Modules():
                self._modules(mark)

    def _text(self, mark: Text) -> None:
        bold = mark.font == face(bold=True).name
        x, used = 0.0, []
        for character in mark.text:
            shape = outline(character, bold)
            if shape.path:
                name = f"{'b' if bold else 'r'}{ord(character):x}"
                self.glyphs[name] = shape.path
                used.append(f'<use xlink:href="#{name}" x="{x:g}"/>')
            x += shape.advance + mark.spread / mark.size * 1000
        scale = mark.size / 1000
        place = f"translate({mark.x:g} {mark.y:g}) scale({scale:g} {-scale:g})"
        self.parts.append(f'<g transform="{place}" fill="{_colour(mark.ink)}">{"".join(used)}</g>')

    def _modules(self, mark: Modules) -> None:
        """Dark runs in whole modules, scaled as a group, so that no edge is rounded."""
        runs = "".join(f"M{column} {row}h{length}v1h-{length}z" for row, column, length in mark.code.runs)
        place = f"translate({mark.x:g} {mark.y:g}) scale({mark.side / mark.code.size:g})"
        crisp = 'shape-rendering="crispEdges"'
        self.parts.append(f'<path class="modules" {crisp} transform="{place}" fill="#000000" d="{runs}"/>')


def _box(mark: Fill | Frame) -> str:
    return f'x="{mark.x:g}" y="{mark.y:g}" width="{mark.width:g}" height="{mark.height:g}"'


def _colour(ink: Ink) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in ink)
