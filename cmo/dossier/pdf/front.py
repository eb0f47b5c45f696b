"""The pages before the sections: cover, and contents with page numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cmo.paper.pdf import ACCENT, GRAY, Cell, Fill, Frame, Rule, Style, Text, measured, set_text
from cmo.paper.pdf.fonts import face
from cmo.paper.pdf.layout import text_at
from cmo.paper.words import Language, Words

from .. import cover
from ..sheets import Dossier
from . import styles
from .pages import Pages
from .sections import Entry

_KICKER = Style(11, 16, ink=GRAY)
_TITLE = Style(22, 32, bold=True, ink=ACCENT)
_SUBTITLE = Style(13, 20, ink=GRAY, before=2)
_LABEL, _VALUE = Style(9.6, 16, ink=GRAY), Style(10.6, 16)
_HASH = Style(11.5, 18, bold=True)
_STEP = Style(8.6, 13)
_LABELS = 150.0
_ENTRIES = (Style(10.4, 17, bold=True), Style(9.4, 15), Style(8.8, 14, ink=GRAY))
_COUNT = Style(7.6, 11, ink=GRAY)
_FIGURE, _DOT = 30.0, 4.2


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the contents: on which of their pages it stands, counted from 1, and the page it leads to."""

    on: int
    page: int
    y: float
    height: float
    entry: Entry


def set_cover(dossier: Dossier, language: Language) -> Pages:
    """Title, parties, what the file is bound to, and how to check it."""
    pages = Pages()
    pages.bookmark(cover.title_of(dossier, language), 0)
    pages.y += 20
    pages.text(dossier.pin.pair_number, _KICKER)
    pages.y += 4
    first, *more = dossier.title.parts(language)
    pages.text(first, _TITLE)
    for text in more:
        pages.text(text, _SUBTITLE)
    pages.y += 10
    pages.put(Fill(pages.sheet.left, pages.y, 64, 3, ACCENT))
    pages.y += 24
    for label, value in cover.facts(dossier, language):
        _labelled(pages, label, value, language)
    pages.y += 12
    _chain(pages, dossier, language)
    _steps(pages, dossier, language)
    pages.close()
    return pages


def _labelled(pages: Pages, label: Words, value: Words, language: Language) -> None:
    width = pages.sheet.breadth - _LABELS
    cells = [
        Cell(0, styles.fitting(label, _LABELS - 12, _LABEL, language)),
        Cell(_LABELS, styles.fitting(value, width, _VALUE, language)),
    ]
    pages.row(cells)
    pages.y += 3
    left = pages.sheet.left
    pages.put(Rule(left, pages.y, left + pages.sheet.breadth, pages.y, 0.3, styles.HAIRLINE))
    pages.y += 3


def _chain(pages: Pages, dossier: Dossier, language: Language) -> None:
    """Name, length and last hash of the chain in a frame; the hash in groups that an eye can compare."""
    pin, left, breadth = dossier.pin, pages.sheet.left, pages.sheet.breadth
    inner, half = 12.0, breadth / 2
    pages.need(112)
    top = pages.y
    pages.put(Fill(left, top, breadth, 100))
    pages.put(Frame(left, top, breadth, 100, 0.6, styles.QUOTED))
    said = ((cover.STREAM, pin.pair_number), (cover.LENGTH, f"{pin.seq:,}"))
    for place, (label, value) in enumerate(said):
        pages.put(text_at(left + inner + place * half, top + 17, label.joined(language, " / "), styles.SMALL))
        lines = set_text(value, half - 2 * inner, _HASH)
        pages.put(text_at(left + inner + place * half, top + 33, lines[0].text, _HASH))
    pages.put(text_at(left + inner, top + 53, cover.HEAD.joined(language, " / "), styles.SMALL))
    step = (breadth - 2 * inner) / 4
    for place, group in enumerate(cover.groups(pin.head)[:8]):
        row, column = divmod(place, 4)
        pages.put(text_at(left + inner + column * step, top + 71 + row * 18, group, _HASH))
    pages.y = top + 112


def _steps(pages: Pages, dossier: Dossier, language: Language) -> None:
    pages.y += 4
    pages.text(cover.CHECK.joined(language, " / "), styles.BLOCK_HEAD)
    pages.y += 2
    width = pages.sheet.breadth - 16
    for number, step in enumerate(cover.steps(dossier), 1):
        lines = styles.set_words(step, width, _STEP, language)
        pages.row([Cell(0, set_text(f"{number}.", 14, _STEP)), Cell(16, lines)])
        pages.gap(3)


def set_contents(
    dossier: Dossier, entries: Sequence[tuple[Entry, int]], language: Language
) -> tuple[Pages, list[Line]]:
    """The contents and where each entry stands in them; ``entries``: with the page each begins on."""
    pages, lines = Pages(), list[Line]()
    pages.begin(cover.CONTENTS.joined(language))
    pages.heading(cover.CONTENTS.joined(language, " / "), styles.SECTIONS[0], level=0, ruled=True)
    pages.gap(6)
    places = _number_widths([entry for entry, _page in entries])
    for entry, page in entries:
        lines.append(_entry(pages, entry, page, places[: entry.level], language))
    if dossier.notes:
        pages.gap(18)
        pages.heading(cover.NOTES.joined(language, " / "), styles.BLOCK_HEAD)
        for note in dossier.notes:
            pages.row([Cell(0, styles.set_words(note, pages.sheet.breadth, styles.SMALL, language))])
            pages.gap(3)
    pages.close()
    return pages, lines


def _number_widths(entries: Sequence[Entry]) -> list[float]:
    """For each level the width that its numbers need, so that titles of one level stand under each other."""
    widths = [0.0] * max((entry.level for entry in entries), default=0)
    for entry in entries:
        width = measured(entry.number, _ENTRIES[min(entry.level, len(_ENTRIES)) - 1]) + 10
        widths[entry.level - 1] = max(widths[entry.level - 1], width)
    return widths


def _entry(pages: Pages, entry: Entry, page: int, places: Sequence[float], language: Language) -> Line:
    """Number and title, how many records, dots, and the page."""
    style = _ENTRIES[min(entry.level, len(_ENTRIES)) - 1]
    indent, place = min(sum(places[:-1]), 160.0), places[-1]
    breadth = pages.sheet.breadth
    room = breadth - indent - place - _FIGURE - 70
    title = styles.fitting(entry.title, room, style, language)
    pages.gap(6 if entry.level == 1 else 0)
    pages.need(sum(line.height for line in title))
    base = pages.y + style.leading - (style.leading - style.size) / 2 - style.size * 0.14
    line = Line(pages.number + 1, page, pages.y, sum(line.height for line in title), entry)
    number = set_text(entry.number, place, replace(style, bold=entry.level == 1))
    end = pages.sheet.left + indent + place + measured(title[0].text, title[0].style)
    right = pages.sheet.left + breadth
    pages.row([Cell(indent, number), Cell(indent + place, title[:1])])
    if entry.count is not None:
        count = entry.count.joined("en" if language == "en" else "zh")
        pages.put(text_at(end + 8, base, count, _COUNT))
        end += 8 + measured(count, _COUNT)
    _dots(pages, end + 6, right - _FIGURE + 4, base)
    pages.put(text_at(right, base, str(page), replace(style, ink=styles.CELL.ink), align="right"))
    pages.row([Cell(indent + place, title[1:])])
    return line


def _dots(pages: Pages, start: float, end: float, base: float) -> None:
    """Dots up to the page number, in step from line to line."""
    count = int((end - start) / _DOT)
    if count > 1:
        font = face()
        spread = _DOT - font.widths["."] * _COUNT.size
        pages.put(Text(end - count * _DOT, base, "." * count, font.name, _COUNT.size, GRAY, spread))
