"""How a dossier looks: sizes, inks, and how two languages share a place."""

from __future__ import annotations

from dataclasses import replace

from cmo.paper.pdf import ACCENT, GRAY, Line, Style, set_text
from cmo.paper.pdf.marks import Ink
from cmo.paper.words import Language, Words

from ..sheets import Tone

SECTIONS = (
    Style(15, 22, bold=True, ink=ACCENT),
    Style(12, 18, bold=True, ink=ACCENT),
    Style(10.5, 16, bold=True),
)
SECTIONS_SECOND = (Style(10.5, 15, ink=GRAY), Style(9, 13, ink=GRAY), Style(8.5, 12, ink=GRAY))
BLOCK_HEAD = Style(9.6, 15, bold=True)
LABEL = Style(9, 14, ink=GRAY)
VALUE = Style(9.6, 14)
SOURCE = Style(7.6, 11, ink=GRAY)
CELL = Style(8.4, 12.4)
CELL_HEAD = Style(8.4, 12.4, bold=True, ink=ACCENT)
CELL_SMALL = Style(7.2, 10.6)
CELL_SMALL_HEAD = Style(7.2, 10.6, bold=True, ink=ACCENT)
BODY_ZH = Style(10, 17, indent=2, justified=True, before=2)
BODY_EN = Style(9.6, 14.6, before=4)
NARROW_ZH = Style(9.2, 14.6, justified=True, before=2)
NARROW_EN = Style(8.8, 13, before=3)
QUIET = Style(9, 14, ink=GRAY)
SMALL = Style(8, 12.2, ink=GRAY, before=2)
FINE = Style(7, 10, ink=GRAY)
HEAD = Style(8, 11, ink=GRAY)
WATCH_INK: Ink = (0.62, 0.10, 0.10)
WATCH_GROUND: Ink = (0.992, 0.945, 0.941)
WATCH_HEAD = Style(9.6, 14.6, bold=True, ink=WATCH_INK)
WATCH = Style(9.6, 14.6)
HAIRLINE: Ink = (0.86, 0.88, 0.90)
QUOTED: Ink = (0.62, 0.66, 0.72)
TONES: dict[Tone, Ink] = {
    "good": (0.11, 0.42, 0.21),
    "bad": (0.70, 0.13, 0.15),
    "pending": (0.78, 0.50, 0.02),
    "idle": (0.58, 0.62, 0.64),
    "active": (0.15, 0.40, 0.70),
}
GUTTER = 20.0


def second(style: Style) -> Style:
    """English under Chinese: a little smaller and lighter."""
    return replace(style, size=style.size - 0.5, leading=style.leading - 1.2, bold=False, ink=GRAY, before=0.8)


def set_words(words: Words, width: float, style: Style, language: Language) -> list[Line]:
    """Chinese above English."""
    first, *more = words.parts(language)
    lines = set_text(first, width, style)
    for text in more:
        lines += set_text(text, width, second(style))
    return lines


def fitting(words: Words, width: float, style: Style, language: Language) -> list[Line]:
    """Both languages on one line where they fit, else Chinese above English."""
    line = words.joined(language, " / ")
    if "\n" not in line and len(line) < 200 and len(lines := set_text(line, width, style)) == 1:
        return lines
    return set_words(words, width, style, language)
