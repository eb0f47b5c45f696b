"""A timeline as vectors: lanes on one axis of days with numbered items, and a table under it that says what each is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cmo.paper.pdf import ACCENT, GRAY, Cell, Fill, Rule, Style, measured, set_text
from cmo.paper.pdf import Mark as Drawn
from cmo.paper.pdf.layout import text_at
from cmo.paper.words import Language
from cmo.web.charts.axis import Axis, tick_text, ticks

from .. import cover, spans
from ..sheets import Lane, Span, Timeline
from . import styles
from .pages import Pages
from .signs import bar, sign

_LABELS, _SPACE, _TIP = 0.24, 8.0, 7.0
_LEVEL, _BAR, _SIGN = 12.0, 7.0, 5.0
#: A lane that would need more levels is crowded: it goes without numbers, and with ticks for what is in order.
_MOST_LEVELS, _CROWDED = 8, 3
_MOST_LINES = 3
_NUMBER = Style(6.4, 8, ink=GRAY)
_TICK = Style(7, 9, ink=GRAY)
_DAY = Style(7, 9, bold=True, ink=ACCENT)
_SHARES = (0.07, 0.25, 0.22, 0.30, 0.16)


@dataclass(frozen=True, slots=True)
class _Place:
    """An item within its lane: left and right edge in points from the axis, its level, and whether its number fits."""

    item: spans.Item
    left: float
    right: float
    level: int
    numbered: bool


def draw_timeline(pages: Pages, timeline: Timeline, language: Language) -> None:
    """Legend, drawing and table."""
    items = spans.items(timeline)
    if not items:
        pages.text(cover.NO_RECORDS.joined(language, " "), styles.QUIET)
        return
    _legend(pages, items, language)
    drawing = _Drawing(pages, timeline, language)
    for lane in timeline.lanes:
        drawing.lane(lane, [item for item in items if item.lane is lane])
    pages.y += 10
    _table(pages, items, language)


def _legend(pages: Pages, items: list[spans.Item], language: Language) -> None:
    """The signs in use, each with its word; a new line where one would not fit."""
    used = {item.tone for item in items}
    x, right = pages.sheet.left, pages.sheet.left + pages.sheet.breadth
    for tone in (tone for tone in styles.TONES if tone in used):
        word = cover.TONES[tone].joined(language, " / ")
        width = measured(word, _TICK) + 30
        if x + width > right:
            x = pages.sheet.left
            pages.y += 12
        for mark in (*sign(tone, x + 5, pages.y + 6), *bar(tone, x + 12, pages.y + 3, 10, 6)):
            pages.put(mark)
        pages.put(text_at(x + 26, pages.y + 8.4, word, _TICK))
        x += width + 8
    pages.y += 16


class _Drawing:
    """The lanes of one timeline; the axis stands again on every page."""

    def __init__(self, pages: Pages, timeline: Timeline, language: Language) -> None:
        self._pages, self._language, self._until = pages, language, timeline.until
        self._axis = _axis(timeline)
        self._reached = self._axis.first <= timeline.until <= self._axis.last
        self._labels = pages.sheet.breadth * _LABELS
        self._zero = pages.sheet.left + self._labels
        self._width = pages.sheet.breadth - self._labels - _TIP
        self._headed = -1

    def lane(self, lane: Lane, items: list[spans.Item]) -> None:
        """Label, grid, bars and signs of one lane."""
        pages = self._pages
        label = set_text(lane.label.joined(self._language, "\n"), self._labels - _SPACE, styles.CELL)[:_MOST_LINES]
        places = self._places(items)
        levels = max((place.level for place in places), default=0) + 1
        height = max(levels * _LEVEL, sum(line.height for line in label)) + 8
        pages.need(height + (30 if self._headed < 0 else 4))
        if self._headed != pages.number:
            self._headed = pages.number
            self._head()
        top = pages.y
        self._grid(top, height)
        for place in places:
            for mark in self._item(place, top + 4):
                pages.put(mark)
        pages.y = top + 4
        pages.row([Cell(0, label)])
        pages.y = top + height
        left, right = pages.sheet.left, pages.sheet.left + pages.sheet.breadth
        pages.put(Rule(left, pages.y, right, pages.y, 0.4, styles.HAIRLINE))

    def _at(self, on: date) -> float:
        """Points from the axis' zero to the start of a day."""
        return self._axis.at(on) / 100 * self._width

    def _head(self) -> None:
        """Dates over the lanes; the day of the dossier in its own line."""
        pages = self._pages
        if self._reached:
            day = cover.until(self._until).joined(self._language, " / ")
            place = max(self._zero + self._at(self._until + timedelta(days=1)), self._zero + measured(day, _DAY))
            pages.put(text_at(place + 1, pages.y + 7, day, _DAY, align="right"))
            pages.y += 11
        for tick in ticks(self._axis):
            pages.put(text_at(self._zero + self._at(tick), pages.y + 7, tick_text(tick, self._axis), _TICK))
        pages.y += 11
        pages.put(Rule(pages.sheet.left, pages.y, pages.sheet.left + pages.sheet.breadth, pages.y, 0.6, ACCENT))

    def _grid(self, top: float, height: float) -> None:
        for tick in ticks(self._axis):
            x = self._zero + self._at(tick)
            self._pages.put(Rule(x, top, x, top + height, 0.3, styles.HAIRLINE))
        if self._reached:
            x = self._zero + self._at(self._until + timedelta(days=1))
            self._pages.put(Rule(x, top, x, top + height, 0.8, ACCENT))

    def _places(self, items: list[spans.Item]) -> list[_Place]:
        """Each item on the first level with room for it and its number; without numbers where that needs too many."""
        ends: list[float] = []
        places = [self._place(item, ends) for item in items]
        if max((place.level for place in places), default=0) < _MOST_LEVELS:
            return places
        return [replace(place, level=_crowded_level(n, place), numbered=False) for n, place in enumerate(places)]

    def _place(self, item: spans.Item, ends: list[float]) -> _Place:
        """``ends``: how far each level is taken."""
        left, right = self._edges(item)
        level = next((n for n, end in enumerate(ends[:_MOST_LEVELS]) if end <= left), min(len(ends), _MOST_LEVELS))
        ends[level : level + 1] = [right + len(str(item.number)) * 4 + 4]
        return _Place(item, left, right, level, numbered=True)

    def _edges(self, item: spans.Item) -> tuple[float, float]:
        what = item.what
        if isinstance(what, Span):
            left = self._at(what.starts_on)
            right = max(self._at((what.ends_on or self._until) + timedelta(days=1)), left + 2)
            return left, right + (_TIP - 1 if what.ends_on is None else 1)
        middle = (self._at(what.on) + self._at(what.on + timedelta(days=1))) / 2
        return middle - _SIGN, middle + _SIGN

    def _item(self, place: _Place, top: float) -> Iterator[Drawn]:
        x, y = self._zero + place.left, top + place.level * _LEVEL
        what = place.item.what
        if isinstance(what, Span):
            onward = what.ends_on is None
            width = place.right - place.left - (_TIP - 1 if onward else 1)
            yield from bar(what.tone, x, y + 1.5, width, _BAR, onward=onward)
        elif place.numbered or what.tone == "bad":
            yield from sign(what.tone, x + _SIGN, y + 5)
        else:
            yield Fill(x + _SIGN - 0.4, y + 0.5, 0.8, 9, styles.TONES[what.tone])
        if place.numbered:
            yield text_at(self._zero + place.right + 1.5, y + 7.4, str(place.item.number), _NUMBER)


def _crowded_level(number: int, place: _Place) -> int:
    """In a crowded lane single days are ticks side by side; only what lasted takes turns on a few levels."""
    return number % _CROWDED if isinstance(place.item.what, Span) else 0


def _axis(timeline: Timeline) -> Axis:
    """The days of all items; up to the day of the dossier where something still goes on or it is not far off."""
    days = []
    for lane in timeline.lanes:
        days += [day for span in lane.spans for day in (span.starts_on, span.ends_on or timeline.until)]
        days += [mark.on for mark in lane.marks]
    first, last = min(days), max(days)
    if (timeline.until - last).days <= max((last - first).days // 2, 7):
        last = max(last, timeline.until)
    margin = timedelta(days=max((last - first).days // 30, 1))
    return Axis(first - margin, last + margin)


def _table(pages: Pages, items: list[spans.Item], language: Language) -> None:
    widths = [pages.sheet.breadth * share for share in _SHARES]
    xs = [sum(widths[:number]) + pages.pad for number in range(len(widths))]
    rooms = [width - 2 * pages.pad for width in widths]
    head = [
        Cell(x, styles.set_words(words, room, styles.CELL_HEAD, language))
        for x, room, words in zip(xs, rooms, spans.HEADS, strict=True)
    ]
    rows = (
        [
            Cell(x, styles.set_words(words, room, styles.CELL, language))
            for x, room, words in zip(xs, rooms, item.row(), strict=True)
        ]
        for item in items
    )
    pages.grid(head, rows)
