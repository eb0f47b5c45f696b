"""The two faces of the product, embedded in every file, with the width of each character measured once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from ..plain import shown, visible

FOLDER = Path(__file__).resolve().parents[3] / "assets" / "fonts"
_FILES = {False: ("PaperSans", "NotoSansSC-Regular.ttf"), True: ("PaperSans-Bold", "NotoSansSC-Bold.ttf")}


class _ReadableFont(TTFont):
    """A font whose rare characters (beyond U+FFFF, as in names) can be copied and searched.

    The library writes their code points as five digits into the map that readers use, where a pair of surrogates belongs.
    """

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - the library's name
        super().addObjects(doc)
        for name, stream in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                stream.content = _LONG_CODES.sub(_as_surrogates, stream.content)


_LONG_CODES = re.compile(r"(?<= )<([0-9A-F]{5,6})>")


def _as_surrogates(found: re.Match[str]) -> str:
    return f"<{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"


class _Widths(dict[str, float]):
    """Character → width at size 1."""

    def __init__(self, font: TTFont) -> None:
        super().__init__()
        self._font = font

    def __missing__(self, character: str) -> float:
        width = self._font.face.getCharWidth(ord(character)) / 1000
        self[character] = width
        return width


@dataclass(frozen=True, slots=True)
class Face:
    """A registered font: its name on the canvas, the characters it holds, their widths at size 1."""

    name: str
    glyphs: frozenset[int]
    widths: _Widths

    def drawable(self, text: str) -> str:
        """The text as this face can show it: what it has no glyph for appears by its code point."""
        seen = visible(text)
        missing = {ord(c): shown(c) for c in set(seen) if c != "\n" and ord(c) not in self.glyphs}
        return seen.translate(missing) if missing else seen


def face(bold: bool = False) -> Face:
    """The regular or the bold face; read from disk once in a process."""
    return _read(bold)


@cache
def _read(bold: bool) -> Face:
    name, file = _FILES[bold]
    font = _ReadableFont(name, str(FOLDER / file))
    pdfmetrics.registerFont(font)
    return Face(name, frozenset(font.face.charToGlyph), _Widths(font))
