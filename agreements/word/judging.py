"""What a company's own Word file holds: its placeholders, and everything for which it is not taken as a template. Pure.

Only what is known to be harmless is let in: kinds of fields, kinds of parts, targets of links.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from cmo.paper.docx.existing import Existing, W
from cmo.paper.word.opening import NotTaken, opened
from cmo.paper.word.parts import Unsafe

from .placeholders import BLOCKS, VALUES, Found, find, text_parts

#: Fields that show something of the document itself.
FIELDS = frozenset(
    {
        *("PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "TOC", "REF", "PAGEREF", "NOTEREF", "STYLEREF"),
        *("HYPERLINK", "SEQ", "DATE", "TIME", "TITLE", "SYMBOL", "="),
    }
)
#: Parts that a document leads to, by the last word of the relation's type.
_KINDS = frozenset(
    {
        *("officeDocument", "core-properties", "extended-properties", "custom-properties", "thumbnail", "styles"),
        *("stylesWithEffects", "numbering", "settings", "webSettings", "fontTable", "font", "theme", "themeOverride"),
        *("header", "footer", "footnotes", "endnotes", "image", "hyperlink", "customXml", "customXmlProps"),
        *("glossaryDocument", "people"),
    }
)
_SCHEMES = ("http://", "https://", "mailto:")
_TRACKED = ("ins", "del", "moveFrom", "moveTo", "pPrChange", "rPrChange", "sectPrChange", "tblPrChange")
_OBJECTS = ("altChunk", "object", "control", "subDoc", "movie")
_SETTINGS = {"attachedTemplate": "outside", "mailMerge": "mail_merge", "documentProtection": "protected"}
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason against a file. ``part``, ``paragraph``: where (0: the file as a whole); ``what``: what stands there."""

    code: str
    part: str = "file"
    paragraph: int = 0
    what: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A file as a template: the placeholders in the order of the file, and every fault."""

    placeholders: tuple[str, ...]
    faults: tuple[Fault, ...]


def judge(data: bytes) -> Judged:
    """Everything that is to be known of the file before it is kept.

    :raises NotTaken: it is no Word file, or is hostile as a whole.
    """
    opened(BytesIO(data))
    file = _parsed(data)
    if file.main not in file.names() or file.tree(file.main).find(f"{W}body") is None:
        raise NotTaken("not_word")
    placeholders, others = find(file)
    faults = [*_relations(file), *_settings(file), *_contents(file), *_texts(placeholders, others)]
    names = tuple(dict.fromkeys(found.name for found in placeholders))
    return Judged(names, tuple(dict.fromkeys(faults)))


def _parsed(data: bytes) -> Existing:
    """The file with every part of it parsed. :raises NotTaken:"""
    name = ""
    try:
        file = Existing(data)
        for name in file.names():
            if name.lower().endswith((".xml", ".rels")):
                file.tree(name)
    except Unsafe as error:
        raise NotTaken(error.code, part=name) from error
    return file


def _relations(file: Existing) -> Iterator[Fault]:
    """Parts of other kinds, and targets outside of the file other than ordinary links."""
    for name in file.names():
        if not name.endswith(".rels"):
            continue
        folder, _slash, source = name.removesuffix(".rels").rpartition("_rels/")
        for relation in file.relations(f"{folder}{source}"):
            if relation.kind == "comments" or relation.kind.startswith("comments"):
                yield Fault("comments")
            elif relation.kind not in _KINDS:
                yield Fault("part", what=relation.kind[:_LONGEST])
            elif relation.external and not _is_link(relation.kind, relation.target):
                yield Fault("outside", what=relation.target[:_LONGEST])


def _is_link(kind: str, target: str) -> bool:
    return kind == "hyperlink" and target.lower().startswith(_SCHEMES)


def _settings(file: Existing) -> Iterator[Fault]:
    for name in file.related("settings"):
        root = file.tree(name)
        for element, code in _SETTINGS.items():
            if root.find(f"{W}{element}") is not None:
                yield Fault(code)


def _contents(file: Existing) -> Iterator[Fault]:
    """Fields, objects, tracked changes and our own controls in any part with text."""
    for kind, name in text_parts(file):
        root = file.tree(name)
        for element in _OBJECTS:
            if next(root.iter(f"{W}{element}"), None) is not None:
                yield Fault("part", kind, what=element)
        if any(next(root.iter(f"{W}{element}"), None) is not None for element in _TRACKED):
            yield Fault("tracked", kind)
        if any(node.get(f"{W}val", "").startswith("qa/") for node in root.iter(f"{W}tag")):
            yield Fault("controls", kind)
        for code in codes_of(root):
            word = code.split()[0].upper() if code.split() else ""
            if word not in FIELDS or (word == "HYPERLINK" and not _leads_to_page(code)):
                yield Fault("field", kind, what=code.strip()[:_LONGEST])


def _leads_to_page(code: str) -> bool:
    words = code.replace('"', " ").split()[1:]
    return bool(words) and (words[0] == "\\l" or words[0].lower().startswith(_SCHEMES))


def codes_of(root: Any) -> Iterator[str]:
    """The code of every field, put together from its runs; also of fields within fields."""
    yield from (node.get(f"{W}instr", "") for node in root.iter(f"{W}fldSimple"))
    stack: list[list[str]] = []
    for node in root.iter(f"{W}fldChar", f"{W}instrText", f"{W}delInstrText"):
        kind = node.get(f"{W}fldCharType")
        if kind == "begin":
            stack.append([])
        elif kind == "end":
            yield "".join(stack.pop()) if stack else ""
        elif kind is None and stack:
            stack[-1].append(node.text or "")
        elif kind is None:
            yield node.text or ""
    yield from ("".join(pieces) for pieces in stack)


def _texts(placeholders: list[Found], others: list[Found]) -> Iterator[Fault]:
    """Unknown names, code, blocks that do not stand alone or stand twice, and what is missing."""
    for found in others:
        yield Fault("code" if found.name != "{{" else "unclosed", found.part, found.paragraph, found.name)
    for found in placeholders:
        place = (found.part, found.paragraph, found.name)
        if not found.plain:
            yield Fault("code", *place)
        elif found.name in BLOCKS and not found.alone:
            yield Fault("not_alone", *place)
        elif found.name not in (*BLOCKS, *VALUES):
            yield Fault("unknown", *place)
    names = Counter(found.name for found in placeholders)
    whole = names["clauses"]
    if whole > 1 or names["clauses_zh"] > 1 or names["clauses_en"] > 1:
        yield Fault("doubled")
    if whole and (names["clauses_zh"] or names["clauses_en"]):
        yield Fault("doubled")
    if not whole and not (names["clauses_zh"] and names["clauses_en"]):
        yield Fault("clauses_missing")
    if not names["agreement.number"]:
        yield Fault("number_missing")
