"""Placeholders in a company's own Word file: where they stand, also when Word cut them into several runs, and their text put in.

A placeholder is a name in double braces and nothing else. It is looked up, never evaluated; what is put in is never read
again, so that a text that looks like a placeholder stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cmo.paper.docx.existing import Existing, W
from cmo.paper.plain import visible

SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
#: What no name has: signs of an expression.
_SIGNS = re.compile(r"[^\w.-]|__")
#: What template languages write; none of it is understood here.
_CODE = re.compile(r"\{%|%\}|\{#|#\}|\$\{|<%|\{\{\{")
_PARTIES = ("name_zh", "name_en", "uscc", "address_zh", "address_en", "legal_representative")

#: Placeholders that may stand within a line.
VALUES = (
    *("agreement.number", "agreement.title_zh", "agreement.title_en", "agreement.text_zh", "agreement.text_en"),
    *("term.starts_on", "term.ends_on", "term.period_zh", "term.period_en"),
    *(f"{side}.{name}" for side in ("registrant", "contractor") for name in _PARTIES),
    "contractor.licences",
)
#: Placeholders that stand alone in a paragraph of the document itself.
BLOCKS = ("clauses", "clauses_zh", "clauses_en", "matrix", "obligations", "coverage", "signatures")


@dataclass(frozen=True, slots=True)
class Found:
    """One placeholder or what looks like one. ``name``: as written, without spaces; ``part``: body, header or footer.

    ``paragraph``: its number in the part; ``alone``: whether nothing else stands in the paragraph, which is a paragraph of
    the body itself.
    """

    name: str
    part: str
    paragraph: int
    alone: bool

    @property
    def plain(self) -> bool:
        """Whether it is a name and nothing else."""
        return _SIGNS.search(self.name) is None


def text_parts(file: Existing) -> list[tuple[str, str]]:
    """(kind, name) of the parts in which placeholders are looked for."""
    kinds = (("header", "header"), ("footer", "footer"), ("note", "footnotes"), ("note", "endnotes"))
    found = [(kind, name) for kind, relation in kinds for name in file.related(relation)]
    return [("body", file.main), *dict.fromkeys(found)]


def paragraphs_of(root: Any) -> Iterator[Any]:
    """Every paragraph, also those in tables, controls and text boxes."""
    yield from root.iter(f"{W}p")


def words_of(paragraph: Any) -> list[Any]:
    """The pieces of text of a paragraph itself, without the paragraphs of a text box in it."""
    return [node for node in paragraph.iter(f"{W}t") if next(node.iterancestors(f"{W}p")) is paragraph]


def joined(paragraph: Any) -> str:
    """The text of a paragraph, whatever runs it was cut into."""
    return "".join(node.text or "" for node in words_of(paragraph))


def find(file: Existing) -> tuple[list[Found], list[Found]]:
    """Every placeholder in the order of the file, and everything that is code of a template language or left open."""
    placeholders, others = [], []
    for kind, name in text_parts(file):
        root = file.tree(name)
        body = root.find(f"{W}body")
        for number, paragraph in enumerate(paragraphs_of(root), 1):
            text = joined(paragraph)
            if "{" not in text and "}" not in text and "%" not in text:
                continue
            own = body is not None and paragraph.getparent() is body and not _holds_more(paragraph)
            for match in _BRACES.finditer(text):
                alone = own and text.strip() == match[0]
                placeholders.append(Found("".join(match[1].split())[:60], kind, number, alone))
            left = _BRACES.sub(" ", text)
            if (code := _CODE.search(text)) or "{{" in left or "}}" in left:
                others.append(Found(code[0] if code else "{{", kind, number, alone=False))
    return placeholders, others


def _holds_more(paragraph: Any) -> bool:
    """Whether something beside text stands in the paragraph that would be lost with it."""
    return any(next(paragraph.iter(f"{W}{name}"), None) is not None for name in ("drawing", "pict", "object"))


def put_in(root: Any, values: Mapping[str, str]) -> None:
    """Put the text of every known placeholder in its place; it takes the look of its first character."""
    for paragraph in paragraphs_of(root):
        nodes = words_of(paragraph)
        text = "".join(node.text or "" for node in nodes)
        for match in reversed(list(_BRACES.finditer(text))):
            value = values.get("".join(match[1].split()))
            if value is not None:
                _replace(nodes, match.start(), match.end(), visible(value).replace("\n", " "))


def _replace(nodes: list[Any], begin: int, end: int, value: str) -> None:
    """Write ``value`` for the characters from ``begin`` to ``end`` of the joined text."""
    place, first = 0, True
    for node in nodes:
        text = node.text or ""
        start, stop = max(begin - place, 0), min(end - place, len(text))
        if start < stop:
            node.text = text[:start] + (value if first else "") + text[stop:]
            node.set(SPACE, "preserve")
            first = False
        place += len(text)


def blocks(file: Existing) -> list[tuple[str, Any]]:
    """(name, paragraph) of every block placeholder that stands alone in a paragraph of the body."""
    body = file.tree(file.main).find(f"{W}body")
    found = ((joined(paragraph).strip(), paragraph) for paragraph in body.iterchildren(f"{W}p"))
    named = (("".join(match[1].split()), node) for text, node in found if (match := _BRACES.fullmatch(text)))
    return [(name, node) for name, node in named if name in BLOCKS]
