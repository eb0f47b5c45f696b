"""A dossier on screen: sections of its ``dossier.json`` as a page shows them, in the reader's language or side by side.

Everything is data of others: unseen characters are shown by their code point, texts are escaped, nothing is markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cmo import clock
from cmo.paper.plain import visible
from cmo.paper.words import Language
from cmo.web import charts
from cmo.web.templatetags.look import unbroken

from .across import MOST_COLUMNS

#: A JSON object of ``dossier.json``.
Data = Mapping[str, Any]
#: Rows of one table on a page.
PER_PAGE = 100
#: A section with what is in it stands on one page up to so many lines; beyond, what is in it has pages of its own.
MOST_LINES = 250

#: More sections than this in one are listed on its own page and not in the contents beside.
MOST_BESIDE = 60

_TAGS = {"zh": "zh-Hans", "en": "en"}
_HASH = re.compile("[0-9a-f]{64}")


def said(words: Mapping[str, str] | None, language: Language) -> SafeString:
    """A text in this language, or in both, one under the other, where they differ."""
    if not words:
        return SafeString("")
    zh, en = words["zh"], words["en"]
    if language == "both" and zh != en and zh and en:
        return format_html(
            '<span lang="zh-Hans">{}</span><span class="said-second" lang="en">{}</span>', _plain(zh), _plain(en)
        )
    wanted, other = (en, zh) if language == "en" else (zh, en)
    return _plain(wanted or other)


def in_one(words: Mapping[str, str] | None, language: Language) -> str:
    """A text on one line, as titles and drawings need it."""
    if not words:
        return ""
    first, second = (words["en"], words["zh"]) if language == "en" else (words["zh"], words["en"])
    if language == "both" and first != second and second:
        return visible(f"{first} {second}")
    return visible(first or second)


def _plain(text: str) -> SafeString:
    if _HASH.fullmatch(text):
        return format_html('<code class="hash hash-whole">{}<wbr>{}</code>', text[:32], text[32:])
    return unbroken(visible(text))


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents. ``current``: this is what the page shows; ``inside``: what the page shows is in it."""

    key: str
    title: str
    count: int
    level: int
    current: bool = False
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table that one page shows. ``previous`` and ``next``: numbers of pages, None where there is none."""

    rows: tuple[tuple[tuple[str, SafeString], ...], ...]
    first: int
    last: int
    total: int
    number: int
    pages: int

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


@dataclass(frozen=True, slots=True)
class Shown:
    """One section on a page. ``blocks``: what it says, ready for the template; ``inner``: sections with pages of their own."""

    key: str
    title: SafeString
    count: int
    level: int
    blocks: tuple[dict[str, Any], ...]
    inner: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a language, and one page of one table (``section.table``)."""

    language: Language
    table: str = ""
    page: int = 1


def walk(sections: Sequence[Data], level: int = 1) -> Iterator[tuple[int, Data]]:
    """Every section with its level, in the order of reading."""
    for section in sections:
        yield level, section
        yield from walk(section["children"], level + 1)


def path_to(sections: Sequence[Data], key: str) -> tuple[Data, ...]:
    """The section with this key after those that it is in; empty when there is none."""
    for section in sections:
        if section["key"] == key:
            return (section,)
        if found := path_to(section["children"], key):
            return (section, *found)
    return ()


def contents(data: Data, path: Sequence[Data], language: Language) -> list[Entry]:
    """Every chapter, and below those that lead to the section shown what is in them."""
    return list(_contents(data["sections"], [step["key"] for step in path], language, 1))


def _contents(sections: Sequence[Data], path: Sequence[str], language: Language, level: int) -> Iterator[Entry]:
    for section in sections:
        here = bool(path) and path[0] == section["key"]
        yield _entry(section, language, level, current=here and len(path) == 1, inside=here and len(path) > 1)
        if here and not _stands_whole(section):
            beside = _beside(section["children"], path[1:])
            yield from _contents(beside, path[1:], language, level + 1)


def _beside(children: Sequence[Data], path: Sequence[str]) -> Sequence[Data]:
    """All of them, or where there are too many only what leads to the section shown."""
    return children if len(children) <= MOST_BESIDE else [one for one in children if path and one["key"] == path[0]]


def _entry(section: Data, language: Language, level: int, **state: bool) -> Entry:
    return Entry(section["key"], in_one(section["title"], language), section["count"], level, **state)


def turned(sections: Sequence[Data], key: str, language: Language) -> tuple[Entry | None, Entry | None]:
    """The pages before and after that of a section, in the order of reading; without ``key`` the first page is next."""
    pages = list(_pages(sections, language, 1))
    place = next((number for number, page in enumerate(pages) if page.key == key), -1)
    before = pages[place - 1] if place > 0 else None
    return before, pages[place + 1] if place + 1 < len(pages) else None


def _pages(sections: Sequence[Data], language: Language, level: int) -> Iterator[Entry]:
    for section in sections:
        yield _entry(section, language, level)
        if not _stands_whole(section):
            yield from _pages(section["children"], language, level + 1)


def shown(section: Data, asked: Asked) -> list[Shown]:
    """What a page shows of a section: all of it, or itself with a list of what is in it."""
    whole = _stands_whole(section)
    inside = walk([section]) if whole else iter([(1, section)])
    return [_shown(one, level, asked, whole=whole) for level, one in inside]


def _shown(section: Data, level: int, asked: Asked, *, whole: bool) -> Shown:
    inner = () if whole else tuple(_entry(child, asked.language, level + 1) for child in section["children"])
    blocks = tuple(_block(section["key"], block, asked) for block in section["blocks"])
    return Shown(section["key"], said(section["title"], asked.language), section["count"], level, blocks, inner)


def _stands_whole(section: Data) -> bool:
    """Whether a section stands on one page with everything in it."""
    return not section["children"] or sum(_lines(one) for _level, one in walk([section])) <= MOST_LINES


def _lines(section: Data) -> int:
    """Roughly how many lines the blocks of a section take; of a long table one page."""
    return 2 + sum(_SIZES[block["kind"]](block) for block in section["blocks"])


_SIZES = {
    "facts": lambda block: len(block["items"]),
    "table": lambda block: 2 + min(len(block["rows"]), PER_PAGE),
    "text": lambda block: 1 + len(block["words"]["zh"]) // 60,
    "timeline": lambda block: 3 * len(block["lanes"]) + sum(len(lane["marks"]) for lane in block["lanes"]),
    "caution": lambda _block: 1,
}


def _block(section: str, block: Data, asked: Asked) -> dict[str, Any]:
    heading = said(block.get("heading"), asked.language)
    return {"kind": block["kind"], "heading": heading, **_BLOCKS[block["kind"]](section, block, asked)}


def _facts(_section: str, block: Data, asked: Asked) -> dict[str, Any]:
    items = [
        {
            "term": said(one["term"], asked.language),
            "value": said(one["value"], asked.language),
            "source": visible(one["source"]),
        }
        for one in block["items"]
    ]
    return {"items": items}


def _table(section: str, block: Data, asked: Asked) -> dict[str, Any]:
    name = f"{section}.{block['key']}"
    heads = [{"words": said(column["words"], asked.language), "align": column["align"]} for column in block["columns"]]
    return {
        "name": name,
        "heads": heads,
        "wide": len(heads) > MOST_COLUMNS,
        "label": in_one(block["heading"], asked.language),
        "empty": said(block["empty"], asked.language),
        "page": _rows(block, asked, asked.page if asked.table == name else 1),
    }


def _rows(block: Data, asked: Asked, number: int) -> Rows:
    total = len(block["rows"])
    pages = max(-(-total // PER_PAGE), 1)
    number = min(max(number, 1), pages)
    start = (number - 1) * PER_PAGE
    cut = block["rows"][start : start + PER_PAGE]
    aligned = [column["align"] for column in block["columns"]]
    rows = tuple(
        tuple((align, said(cell, asked.language)) for align, cell in zip(aligned, row, strict=True)) for row in cut
    )
    return Rows(rows, start + 1 if cut else 0, start + len(cut), total, number, pages)


def _text(_section: str, block: Data, asked: Asked) -> dict[str, Any]:
    return {"words": paragraphs(block["words"], asked.language), "quoted": block["quoted"]}


def paragraphs(words: Mapping[str, str], language: Language) -> SafeString:
    """A longer text: in both languages each as a whole, one under the other."""
    kinds = ("zh", "en") if language == "both" and words["zh"] != words["en"] else (language,)
    told = [(_TAGS[kind], words[kind]) for kind in kinds if kind in _TAGS and words[kind]]
    if not told:
        told = [(tag, words[kind]) for kind, tag in _TAGS.items() if words[kind]][:1]
    return format_html_join("", '<p lang="{}">{}</p>', ((tag, _plain(text)) for tag, text in told))


def _timeline(_section: str, block: Data, asked: Asked) -> dict[str, Any]:
    until = _day(block["until"])
    today = until if until == clock.today() else None
    lanes = [_lane(lane, asked.language, None if today else until) for lane in block["lanes"]]
    return {"lanes": lanes, "title": in_one(block["heading"], asked.language), "today": today}


def _lane(lane: Data, language: Language, until: date | None) -> charts.Lane:
    """``until``: where spans end that were still going on, in a dossier of a day that is over."""
    spans = [
        charts.Span(
            _day(one["starts_on"]),
            _day(one["ends_on"]) if one["ends_on"] else until,
            in_one(one["label"], language),
            one["tone"],
        )
        for one in lane["spans"]
    ]
    marks = [charts.Mark(_day(one["on"]), in_one(one["label"], language), one["tone"]) for one in lane["marks"]]
    return charts.Lane(in_one(lane["label"], language), spans, marks)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _caution(_section: str, block: Data, asked: Asked) -> dict[str, Any]:
    return {"words": said(block["words"], asked.language)}


_BLOCKS = {"facts": _facts, "table": _table, "text": _text, "timeline": _timeline, "caution": _caution}
