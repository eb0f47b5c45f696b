"""Putting the set sections of a dossier together: contents, numbers of pages, running heads, one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from cmo.paper.pdf import Jump, Leaf, Mark, Metadata, Rule, bound, measured
from cmo.paper.pdf.fonts import face
from cmo.paper.pdf.layout import text_at
from cmo.paper.words import Language

from .. import cover
from ..sheets import Dossier, Section
from . import styles
from .front import Line, set_contents, set_cover
from .pages import PORTRAIT, Pages
from .sections import Entry, SetSection, set_section

#: A section, its number and the language → its pages; a cache may stand in front of ``set_section``.
Setter = Callable[[Section, str, Language], SetSection]


def render_pdf(dossier: Dossier, language: Language, set_one: Setter = set_section) -> bytes:
    """The whole dossier in one language or side by side; the same dossier gives the same bytes."""
    parts = [set_one(section, str(number), language) for number, section in enumerate(dossier.sections, 1)]
    front = set_cover(dossier, language)
    ahead = len(front.finished)
    contents, lines = _contents(dossier, parts, language, ahead)
    leaves = [*front.finished, *contents.finished, *(leaf for part in parts for leaf in part.leaves)]
    running = [*front.running, *contents.running, *(name for part in parts for name in part.running)]
    about = Metadata(
        title=cover.title_of(dossier, language),
        author=f"{dossier.registrant.joined(language)}; {dossier.contractor.joined(language)}",
        subject=cover.binding(dossier),
        language=cover.TAGS[language],
    )
    furniture = _Furniture(dossier, language, leaves, running)
    return bound(
        leaves, furniture, about, dossier.pin.instant, [_jump(line, ahead) for line in lines], dossier.marked_for
    )


def _contents(
    dossier: Dossier, parts: Sequence[SetSection], language: Language, ahead: int
) -> tuple[Pages, list[Line]]:
    """The contents with the page of every section, which depends on how many pages the contents themselves take."""
    known, deepest = 0, cover.depth(dossier)
    while True:
        pages, lines = set_contents(dossier, list(_begins(parts, ahead + known, deepest)), language)
        if len(pages.finished) == known:
            return pages, lines
        known = len(pages.finished)


def _begins(parts: Sequence[SetSection], ahead: int, deepest: int) -> Iterator[tuple[Entry, int]]:
    """Every section down to this level with the page it begins on, when this many pages stand before the first."""
    for part in parts:
        for entry in part.entries:
            if entry.level <= deepest:
                yield entry, ahead + entry.page + 1
        ahead += len(part.leaves)


def _jump(line: Line, ahead: int) -> Jump:
    """From a line of the contents to the section it names."""
    return Jump(ahead + line.on, PORTRAIT.left, line.y, PORTRAIT.breadth, line.height, line.page, line.entry.y)


class _Furniture:
    """Running head and foot of every page."""

    def __init__(self, dossier: Dossier, language: Language, leaves: Sequence[Leaf], running: Sequence[str]) -> None:
        self._language, self._leaves, self._running = language, leaves, running
        self._number = dossier.pin.pair_number
        self._foot = cover.foot(dossier).joined("en" if language == "en" else "zh")

    def __call__(self, number: int, of: int) -> list[Mark]:
        """What stands in head and foot of this page; the cover has no head."""
        sheet = self._leaves[number - 1].sheet
        left, right, foot = sheet.left, sheet.left + sheet.breadth, sheet.height - 38
        words = cover.page(number, of).joined(self._language, " / ")
        marks: list[Mark] = []
        if number > 1:
            label = _clipped(self._number, sheet.breadth * 0.3)
            name = _clipped(self._running[number - 1], sheet.breadth * 0.66)
            marks += [
                text_at(left, 48, label, styles.HEAD),
                text_at(right, 48, name, styles.HEAD, align="right"),
                Rule(left, 55, right, 55, 0.4),
            ]
        return [
            *marks,
            Rule(left, foot - 12, right, foot - 12, 0.4),
            text_at(left, foot, self._foot, styles.FINE),
            text_at(right, foot, words, styles.HEAD, align="right"),
        ]


def _clipped(text: str, width: float) -> str:
    """The text, or as much of it as fits and an ellipsis."""
    text = face().drawable(text).replace("\n", " ")
    if measured(text, styles.HEAD) <= width:
        return text
    room, kept = width - measured("…", styles.HEAD), ""
    for character in text:
        room -= measured(character, styles.HEAD)
        if room < 0:
            break
        kept += character
    return f"{kept}…"
