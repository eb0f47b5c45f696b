"""Drawing laid-out pages into a PDF file: every font embedded, no clock and no chance in its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import cos, radians, sin

from reportlab.pdfgen.canvas import Canvas

from .fonts import face
from .layout import Sheet
from .marks import Bookmark, Fill, Frame, Furniture, Ink, Mark, Modules, Rule, Shape, Text
from .watermark import marked


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the file says about itself; ``language`` as in BCP 47."""

    title: str
    author: str
    subject: str
    language: str


def drawn(
    leaves: Sequence[Sequence[Mark]], sheet: Sheet, furniture: Furniture, about: Metadata, mark: str = ""
) -> bytes:
    """The pages as one PDF file; the same pages give the same bytes. ``mark``: for whom every page is marked."""
    furniture = marked(furniture, [sheet] * len(leaves), mark)
    canvas = Canvas(
        BytesIO(),
        pagesize=(sheet.width, sheet.height),
        invariant=1,
        pageCompression=1,
        initialFontName=face().name,
        lang=about.language,
    )
    _describe(canvas, about)
    pen = _Pen(canvas, sheet.height)
    for number, leaf in enumerate(leaves, 1):
        for thing in (*furniture(number, len(leaves)), *leaf):
            pen.draw(thing)
        pen.turn()
    data: bytes = canvas.getpdfdata()
    return data


def _describe(canvas: Canvas, about: Metadata) -> None:
    drawable = face().drawable
    canvas.setTitle(drawable(about.title))
    canvas.setAuthor(drawable(about.author))
    canvas.setSubject(drawable(about.subject))
    canvas.setCreator("")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.showOutline()


class _Pen:
    """Puts marks on a canvas and remembers font, size and ink, so that a page repeats none of them needlessly."""

    def __init__(self, canvas: Canvas, height: float) -> None:
        self._canvas, self._height = canvas, height
        self._font: tuple[str, float] | None = None
        self._fill: Ink | None = None
        self._bookmarks = 0
        self._level = -1

    def turn(self) -> None:
        self._canvas.showPage()
        self._font = self._fill = None

    def draw(self, mark: Mark) -> None:
        match mark:
            case Text():
                self._text(mark)
            case Rule():
                self._stroke(mark.weight, mark.ink)
                self._canvas.line(mark.x, self._height - mark.y, mark.to_x, self._height - mark.to_y)
            case Fill():
                self._ink(mark.ink)
                self._canvas.rect(mark.x, self._up(mark.y, mark.height), mark.width, mark.height, stroke=0, fill=1)
            case Frame():
                self._stroke(mark.weight, mark.ink)
                self._canvas.rect(mark.x, self._up(mark.y, mark.height), mark.width, mark.height, stroke=1, fill=0)
            case Shape():
                self._shape(mark)
            case Modules():
                self._modules(mark)
            case Bookmark():
                self._bookmark(mark)

    def _up(self, y: float, height: float) -> float:
        return self._height - y - height

    def _text(self, mark: Text) -> None:
        if self._font != (mark.font, mark.size):
            self._font = (mark.font, mark.size)
            self._canvas.setFont(mark.font, mark.size)
        self._ink(mark.ink)
        if mark.turn:
            self._turned(mark)
            return
        self._canvas.drawString(mark.x, self._height - mark.y, mark.text, charSpace=mark.spread)

    def _turned(self, mark: Text) -> None:
        rise, run = sin(radians(mark.turn)), cos(radians(mark.turn))
        line = self._canvas.beginText()
        line.setTextTransform(run, rise, -rise, run, mark.x, self._height - mark.y)
        line.textOut(mark.text)
        self._canvas.drawText(line)

    def _ink(self, ink: Ink) -> None:
        if self._fill != ink:
            self._fill = ink
            self._canvas.setFillColorRGB(*ink)

    def _stroke(self, weight: float, ink: Ink) -> None:
        self._canvas.setLineWidth(weight)
        self._canvas.setStrokeColorRGB(*ink)

    def _shape(self, mark: Shape) -> None:
        self._ink(mark.ink)
        path = self._canvas.beginPath()
        (x, y), *more = mark.points
        path.moveTo(x, self._height - y)
        for to_x, to_y in more:
            path.lineTo(to_x, self._height - to_y)
        path.close()
        self._canvas.drawPath(path, stroke=0, fill=1)

    def _modules(self, mark: Modules) -> None:
        self._ink((0.0, 0.0, 0.0))
        module = mark.side / mark.code.size
        path = self._canvas.beginPath()
        for row, column, length in mark.code.runs:
            path.rect(mark.x + column * module, self._up(mark.y + row * module, module), length * module, module)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def _bookmark(self, mark: Bookmark) -> None:
        """An outline may not skip a level; one that would is raised."""
        self._level = min(mark.level, self._level + 1)
        self._bookmarks += 1
        key = f"place-{self._bookmarks}"
        self._canvas.bookmarkHorizontal(key, 0, self._height - mark.y + 12)
        self._canvas.addOutlineEntry(mark.title, key, self._level, closed=False)
