"""Where a line of Chinese or mixed text may end: no mark that closes at its start, none that opens at its end.

Words and numbers of Latin letters and digits stay whole. One pass over the text, whatever its length.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

#: May not stand at the start of a line.
NOSTART = frozenset("，。、；：？！）》〉」』】〕〗］｝”’…—·％℃‰,.;:!?)]}%")
#: May not stand at the end of a line.
NOEND = frozenset("（《〈「『【〔〖［｛“‘￥¥＄([{$")

_SPACE, _NOSTART, _NOEND, _WORD, _DIGIT, _UNIT = 1, 2, 4, 8, 16, 32
#: A figure stays with the unit that follows it: ``12日`` is never torn apart.
_UNITS = frozenset("年月日时分秒天条款项章版页批号类次个")
_FUZZ = 1e-6


class _Kinds(dict[str, int]):
    """What each character is to a line break, worked out once."""

    def __missing__(self, character: str) -> int:
        kind = _SPACE if character == " " else 0
        if character in NOSTART or unicodedata.combining(character):
            kind |= _NOSTART
        if character in NOEND:
            kind |= _NOEND
        if character != " " and (character.isascii() or unicodedata.category(character) in {"Ll", "Lu", "Nd"}):
            kind |= _WORD
        if character.isdecimal():
            kind |= _DIGIT
        if character in _UNITS:
            kind |= _UNIT
        self[character] = kind
        return kind


_KINDS = _Kinds()


@dataclass(slots=True)
class _Place:
    """The last place where the line may be cut: position and width up to it."""

    position: int = 0
    width: float = 0.0


def break_lines(text: str, width: float, widths: Mapping[str, float], *, first: float = 0.0) -> list[str]:
    """The lines of a text that is ``width`` wide; ``widths`` holds the width of each character in the same unit.

    A line feed always ends a line. ``first``: how much narrower the first line of each paragraph is. Spaces at the end
    of a line are dropped. A word wider than the line is cut where no mark is misplaced; a single character wider than
    the line stands alone.
    """
    return [line for paragraph in text.split("\n") for line in _paragraph(paragraph, width, widths, first)]


def _paragraph(text: str, width: float, widths: Mapping[str, float], first: float) -> list[str]:
    lines: list[str] = []
    start, used, before = 0, first, 0
    between, within = _Place(), _Place()
    for position, character in enumerate(text):
        kind = _KINDS[character]
        if position > start and not kind & (_NOSTART | _SPACE) and not before & _NOEND:
            within.position, within.width = position, used
            together = before & kind & _WORD or (before & _DIGIT and kind & _UNIT)
            if before & _SPACE or not together:
                between.position, between.width = position, used
        breadth = widths[character]
        while used + breadth > width + _FUZZ and position > start and not kind & _SPACE:
            cut = next((p for p in (between, within) if p.position > start), _Place(position, used))
            lines.append(text[start : cut.position].rstrip(" "))
            start, gone = cut.position, cut.width
            used -= gone
            between.width -= gone
            within.width -= gone
        used += breadth
        before = kind
    lines.append(text[start:].rstrip(" "))
    return lines
