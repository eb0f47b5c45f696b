"""One section of the first level with everything in it, set on pages of its own."""

from __future__ import annotations

from dataclasses import dataclass

from cmo.paper.pdf import ACCENT, Cell, Leaf, Rule, set_text
from cmo.paper.words import Language, Words

from .. import cover
from ..across import opens_across
from ..sheets import Section
from . import styles
from .blocks import draw, least
from .pages import LANDSCAPE, PORTRAIT, Pages


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a section begins: its number, level from 1, and page of the set section from 0."""

    number: str
    title: Words
    level: int
    count: Words | None
    page: int
    y: float


@dataclass(frozen=True, slots=True)
class SetSection:
    """Written pages of a section, the name in the head of each, and where it and its children begin."""

    leaves: tuple[Leaf, ...]
    running: tuple[str, ...]
    entries: tuple[Entry, ...]


def set_section(section: Section, number: str, language: Language) -> SetSection:
    """Pages of a section and its children; the same section under the same number gives the same pages."""
    pages, entries = Pages(), list[Entry]()
    _set(pages, section, number, language, 1, entries)
    pages.close()
    return SetSection(tuple(pages.finished), tuple(pages.running), tuple(entries))


def _set(pages: Pages, section: Section, number: str, language: Language, level: int, entries: list[Entry]) -> None:
    pages.onto(LANDSCAPE if opens_across(section) else PORTRAIT)
    _head(pages, section, number, language, level, entries)
    for block in section.blocks:
        draw(pages, block, language)
    if not section.blocks and not section.children:
        pages.text(cover.NO_RECORDS.joined(language, " "), styles.QUIET)
    for place, child in enumerate(section.children, 1):
        _set(pages, child, f"{number}.{place}", language, level + 1, entries)


def _kept(pages: Pages, section: Section, language: Language, rank: int) -> float:
    """The room that what follows a heading needs on the same page: its first block, or the heading below it with its own."""
    if section.blocks:
        return max(84.0, min(least(pages, section.blocks[0], language), 460.0))
    if not section.children:
        return 84.0
    under = min(rank + 1, len(styles.SECTIONS) - 1)
    return 2 * styles.SECTIONS[under].leading + 20 + _kept(pages, section.children[0], language, under)


def _head(pages: Pages, section: Section, number: str, language: Language, level: int, entries: list[Entry]) -> None:
    """The heading, kept with what follows, and its places in outline and contents."""
    rank = min(level, len(styles.SECTIONS)) - 1
    style, under = styles.SECTIONS[rank], styles.SECTIONS_SECOND[rank]
    first, *second = section.title.parts(language)
    width = pages.sheet.breadth
    lines = set_text(f"{number}　{first}", width, style)
    for text in second:
        lines += set_text(text, width, under)
    pages.gap((0, 18, 14)[rank])
    pages.need(sum(line.height for line in lines) + 6 + _kept(pages, section, language, rank))
    name = f"{number} {section.title.joined(language)}"
    pages.begin(name)
    pages.bookmark(name, level - 1)
    entries.append(Entry(number, section.title, level, cover.records(section), pages.number, pages.y))
    pages.row([Cell(0, lines)])
    pages.y += 2
    if level == 1:
        left = pages.sheet.left
        pages.put(Rule(left, pages.y, left + width, pages.y, 0.7, ACCENT))
        pages.y += 6
    pages.y += 4
