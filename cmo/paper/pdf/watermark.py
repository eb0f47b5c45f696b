"""The mark on pages made for one reader: their text, light and aslant behind the page, and once readable at its foot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, radians

from .fonts import face
from .layout import Sheet, text_at
from .marks import Furniture, Ink, Mark, Text
from .setting import Style, measured, set_text

_LIGHT: Ink = (0.885, 0.90, 0.92)
_ASLANT = Style(11, 16, ink=_LIGHT)
_ANGLE = 28.0
#: Distance between two repetitions down the page, and how many lines of the mark each shows.
_STEP, _REPEATED = 124.0, 2
_FOOT = Style(6.2, 7.4, ink=(0.42, 0.44, 0.48), align="centre")
_EDGE, _LINES = 30.0, 3


def marked(furniture: Furniture, sheets: Sequence[Sheet], mark: str) -> Furniture:
    """Head and foot of every page with the mark behind them; ``sheets``: the size of each page. No mark changes nothing."""
    if not mark:
        return furniture
    known = {sheet: list(watermark(mark, sheet)) for sheet in dict.fromkeys(sheets)}
    return lambda number, of: [*known[sheets[number - 1]], *furniture(number, of)]


def watermark(mark: str, sheet: Sheet) -> Iterator[Mark]:
    """What a page of this size bears for one reader; hostile characters appear by their code point."""
    text = face().drawable(mark).replace("\n", " ")
    lines = [line.text for line in set_text(text, sheet.width - 2 * _EDGE, _ASLANT)][:_REPEATED]
    # All lines begin below each other: centred ones would run into the next repetition.
    x = (sheet.width - max(measured(line, _ASLANT) for line in lines) * cos(radians(_ANGLE))) / 2
    y = _STEP
    while y < sheet.height + _STEP:
        for row, line in enumerate(lines):
            yield Text(x, y + row * _ASLANT.leading, line, face().name, _ASLANT.size, _LIGHT, turn=_ANGLE)
        y += _STEP
    foot = [line.text for line in set_text(text, sheet.width - 2 * _EDGE, _FOOT)][:_LINES]
    for number, line in enumerate(reversed(foot)):
        yield text_at(sheet.width / 2, sheet.height - 9 - number * _FOOT.leading, line, _FOOT, align="centre")
