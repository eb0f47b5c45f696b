"""A company's own Word file with a text of an agreement put in: names replaced by text, blocks by clauses and tables.

The clauses stand in the same content controls as in our own layout, in the look of the paragraph that they replace; the
tables bring their own styles. Nothing of the file is run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from lxml import etree

from cmo.paper.docx import custom_properties
from cmo.paper.docx.controls import Look
from cmo.paper.docx.existing import Existing, W
from cmo.paper.docx.parts import comments

from ..documents import wording
from ..documents.sheets import PartySheet
from .clauses import Looks
from .house import bring_styles, counted, track_changes
from .outside import sealed
from .placeholders import blocks, put_in, text_parts
from .tags import CLAUSES_BEGIN, CLAUSES_END
from .writing import LANGUAGES, Order, Page

_NAMESPACE = W.strip("{}")
#: The order in which the properties of a paragraph stand, as far as we add to them.
_FIRST = ("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr")
_NOT_OF_HEADINGS = ("ind", "jc", "numPr", "keepNext", "outlineLvl")
_NOT_OF_TEXT = ("sectPr", "rPr", "pPrChange", "numPr", "framePr", "outlineLvl")


def fill(template: bytes, order: Order) -> bytes:
    """The file with everything put in; the same template and text give the same bytes."""
    file = Existing(template)
    found = blocks(file)
    page = Page(order)
    page.body.breadth = _breadth(file.tree(file.main))
    values = _values(page)
    for _kind, name in text_parts(file):
        put_in(file.tree(name), values)
    bring_styles(file)
    lists = counted(file)
    for name, paragraph in found:
        page.looks = _looks(paragraph, lists)
        _stand_for(paragraph, _written(page, name))
    track_changes(file)
    _say(file, page)
    return sealed(file.saved())


def _values(page: Page) -> Mapping[str, str]:
    """What stands for each placeholder within a line."""
    document = page.document
    term = wording.period(document.starts_on, document.ends_on)
    values = {
        "agreement.number": document.number,
        "agreement.title_zh": document.title.zh,
        "agreement.title_en": document.title.en,
        "agreement.text_zh": page.text.zh,
        "agreement.text_en": page.text.en,
        "term.starts_on": document.starts_on.isoformat(),
        "term.ends_on": document.ends_on.isoformat(),
        "term.period_zh": term.zh,
        "term.period_en": term.en,
        "contractor.licences": "、".join(licence.number for licence in document.contractor.licences),
    }
    return values | _party("registrant", document.registrant) | _party("contractor", document.contractor)


def _party(side: str, party: PartySheet) -> dict[str, str]:
    return {
        f"{side}.name_zh": party.name.zh,
        f"{side}.name_en": party.name.en,
        f"{side}.uscc": party.uscc,
        f"{side}.address_zh": party.address.zh,
        f"{side}.address_en": party.address.en,
        f"{side}.legal_representative": party.legal_representative,
    }


def _written(page: Page, name: str) -> list[Any]:
    """The elements that stand for a block."""
    writers: Mapping[str, Callable[[], None]] = {
        "clauses": lambda: page.controls(*LANGUAGES[page.language]),
        "clauses_zh": lambda: page.controls("zh"),
        "clauses_en": lambda: page.controls("en"),
        "matrix": page.matrix_table,
        "obligations": page.obligations_table,
        "coverage": page.coverage_table,
        "signatures": page.signatures,
    }
    page.body.blocks.clear()
    writers[name]()
    if name.startswith("clauses"):
        page.body.blocks.insert(0, page.place(CLAUSES_BEGIN))
        page.body.blocks.append(page.place(CLAUSES_END))
    return list(etree.fromstring(f'<w:body xmlns:w="{_NAMESPACE}">{"".join(page.body.blocks)}</w:body>'))


def _stand_for(paragraph: Any, elements: list[Any]) -> None:
    """Put the elements in the paragraph's place; a section that ends with it still ends there."""
    for element in elements:
        paragraph.addprevious(element)
    section = paragraph.find(f"{W}pPr/{W}sectPr")
    if section is None:
        paragraph.getparent().remove(paragraph)
        return
    for child in list(paragraph):
        paragraph.remove(child)
    properties = etree.SubElement(paragraph, f"{W}pPr")
    properties.append(section)


def _looks(paragraph: Any, lists: Mapping[str, int]) -> Looks:
    """Text as the paragraph looks; headings bold, counted, and kept with their text."""
    properties = paragraph.find(f"{W}pPr")
    own = (
        [deepcopy(node) for node in properties if node.tag not in _named(_NOT_OF_TEXT)]
        if properties is not None
        else []
    )
    run = next((node for node in paragraph.iter(f"{W}rPr") if node.getparent().tag == f"{W}r"), None)
    letters = [deepcopy(node) for node in run] if run is not None else []
    strong = [*(n for n in letters if n.tag not in _named(("b", "bCs"))), *_made("<w:b/><w:bCs/>")]
    text = Look("", _said(own), _said(_letters(letters)))
    plain = [node for node in own if node.tag not in _named(_NOT_OF_HEADINGS)]
    headings = {
        language: Look("", _said(_ordered([*plain, *_made(_counting(number))])), _said(_letters(strong)))
        for language, number in lists.items()
    }
    gone = Look("", _said(_ordered([*plain, *_made("<w:keepNext/>")])), _said(_letters(strong)))
    return Looks(headings, dict.fromkeys(lists, text), dict.fromkeys(lists, gone))


def _counting(number: int) -> str:
    return f'<w:keepNext/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'


def _ordered(nodes: list[Any]) -> list[Any]:
    """In the order that Word asks for: what is added stands before everything that is kept."""
    rank = {f"{W}{name}": number for number, name in enumerate(_FIRST)}
    return sorted(nodes, key=lambda node: rank.get(node.tag, len(rank)))


#: The order of a run's properties, as far as we add to them.
_LETTERS = ("rStyle", "rFonts", "b", "bCs")


def _letters(nodes: list[Any]) -> list[Any]:
    rank = {f"{W}{name}": number for number, name in enumerate(_LETTERS)}
    return sorted(nodes, key=lambda node: rank.get(node.tag, len(rank)))


def _named(names: tuple[str, ...]) -> set[str]:
    return {f"{W}{name}" for name in names}


def _made(xml: str) -> list[Any]:
    return list(etree.fromstring(f'<w:x xmlns:w="{_NAMESPACE}">{xml}</w:x>'))


def _said(nodes: list[Any]) -> str:
    return "".join(etree.tostring(node, encoding="unicode") for node in nodes)


def _breadth(root: Any) -> int:
    """The width between the margins of the last section, in twentieths of a point."""
    size, margins = root.find(f".//{W}body/{W}sectPr/{W}pgSz"), root.find(f".//{W}body/{W}sectPr/{W}pgMar")
    try:
        width = int(size.get(f"{W}w")) - int(margins.get(f"{W}left")) - int(margins.get(f"{W}right"))
    except (AttributeError, TypeError, ValueError):
        return 9000
    return min(max(width, 4000), 20000)


def _say(file: Existing, page: Page) -> None:
    """By which agreement and text the file is known again, and the comments, if any."""
    file.add(custom_properties({**_kept_properties(file), **page.known_by()}))
    if page.numbers.comments:
        file.add(comments(page.numbers.comments))


def _kept_properties(file: Existing) -> dict[str, str]:
    """The properties of the company's own choice, as text."""
    path = next((r.path for r in file.relations("") if r.kind == "custom-properties"), None)
    if path not in file.names():
        return {}
    return {node.get("name", ""): "".join(node.itertext()) for node in file.tree(path) if isinstance(node.tag, str)}
