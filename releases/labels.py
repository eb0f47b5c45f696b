"""What the law demands on the label and in the instructions of an entrusted device, and whether a text has it.

Pure: facts in, demanded items with the values looked for out, and a comparison that overlooks widths, blanks, case and
punctuation but not a digit. Items that differ from lot to lot are demanded as the names of their fields.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

LABEL, SMALL_LABEL, IFU = "label", "small_label", "ifu"


@dataclass(frozen=True, slots=True)
class Item:
    """One demanded item; ``citation`` is the legal reference, ``words`` field names that satisfy it by themselves."""

    key: str
    zh: str
    en: str
    citation: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """What a label of one entrustment must say, as confirmed on one day; empty where nothing is on record."""

    product_name: str = ""
    models: tuple[str, ...] = ()
    certificate: str = ""
    registrant: str = ""
    registrant_address: str = ""
    registrant_contact: str = ""
    contractor: str = ""
    contractor_address: str = ""
    contractor_contact: str = ""
    production_address: str = ""
    licence: str = ""
    technical_requirements: str = ""
    udi_due: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found: the line (from 1) and the words there."""

    line: int
    excerpt: str


_MODEL = ("型号规格", "规格型号", "型号", "规格")
_MADE = ("生产日期", "制造日期")
_USE_BY = ("使用期限", "失效日期", "有效期至", "有效期")

_NAMES = (
    Item("product_name", "产品名称", "Product name", "O6-13"),
    Item("model", "型号、规格", "Model and specification", "O6-13", _MODEL),
)
_PARTIES = (
    Item("registrant", "注册人、备案人名称", "Name of the registrant", "O6-13"),
    Item("registrant_address", "注册人、备案人住所", "Residence of the registrant", "O6-13"),
    Item("registrant_contact", "注册人、备案人联系方式", "Contact of the registrant", "O739-39"),
    Item("certificate", "注册证编号或者备案编号", "Certificate or filing number", "O6-13"),
    Item("entrusted", "委托生产的标注", "Mark of entrusted production", "O6-13", ("委托生产", "受托生产", "受托企业")),
    Item("contractor", "受托生产企业名称", "Name of the contractor", "O6-13"),
    Item("contractor_address", "受托生产企业住所", "Residence of the contractor", "O6-13"),
    Item("contractor_contact", "受托生产企业联系方式", "Contact of the contractor", "O739-39"),
    Item("production_address", "生产地址", "Address of production", "O6-13"),
    Item("licence", "生产许可证编号或者生产备案编号", "Production licence or filing number", "O6-13"),
)
_DATES = (
    Item("made_on", "生产日期", "Manufacture date", "O6-13", _MADE),
    Item("use_by", "使用期限或者失效日期", "Use-by or expiry date", "O6-13", _USE_BY),
)
_LOT = Item("lot", "生产批号或者序列号", "Lot or serial number", "GMP25-90", ("生产批号", "产品批号", "批号", "序列号"))
_UDI = Item("udi", "医疗器械唯一标识", "Unique device identifier", "UDI-UPLOAD", ("UDI", "唯一标识", "产品标识"))
_TECHNICAL = Item(
    "technical_requirements",
    "产品技术要求编号",
    "Number of the technical requirements",
    "O6-10",
    ("产品技术要求编号", "产品技术要求的编号", "技术要求编号"),
)
_SEE_IFU = Item(
    "see_ifu",
    "“其他内容详见说明书”",
    "“For the rest see the instructions”",
    "O6-13",
    ("其他内容详见说明书", "其它内容详见说明书"),
)
_DEMANDED: Mapping[str, tuple[Item, ...]] = {
    LABEL: (*_NAMES, *_PARTIES, *_DATES, _LOT, _UDI),
    SMALL_LABEL: (*_NAMES, *_DATES, _SEE_IFU),
    IFU: (*_NAMES, *_PARTIES, _TECHNICAL, *_DATES),
}
#: Every item by key, for naming what a check looked for.
ITEMS: Mapping[str, Item] = {item.key: item for items in _DEMANDED.values() for item in items}


def demanded(kind: str) -> tuple[Item, ...]:
    """The items demanded of a ``label``, a ``small_label`` (too small for everything) or an ``ifu``, in reading order.

    Instructions cite the article about instructions where labels cite the one about labels.
    """
    if kind != IFU:
        return _DEMANDED[kind]
    cited = {"O6-13": "O6-10"}
    return tuple(
        Item(item.key, item.zh, item.en, cited.get(item.citation, item.citation), item.words) for item in _DEMANDED[IFU]
    )


def expected_for(kind: str, facts: LabelFacts) -> dict[str, list[str]]:
    """Key of each demanded item → what may satisfy it; an empty list where the fact is not on record, so it is missing.

    Items that no fact here says are demanded as the names of their fields, so is the number of technical requirements
    while none are listed.
    """
    items = [item for item in demanded(kind) if item.key != "udi" or facts.udi_due]
    return {item.key: list(_alternatives(item, facts)) for item in items}


def _alternatives(item: Item, facts: LabelFacts) -> Iterator[str]:
    value: Any = getattr(facts, item.key, None)
    if item.key == "model":
        yield from (*facts.models, *item.words) if facts.models else ()
    elif value:
        yield value
        if item.key.endswith("_contact"):
            yield from re.findall(r"[0-9][0-9 -]{5,}[0-9]", value)
    else:
        yield from item.words


#: Beginning of an item's key → where its fact is entered, in both languages.
_ENTERED = {
    "registrant": ("注册人的单位信息", "the registrant's organisation data"),
    "contractor": ("受托方的单位信息", "the contractor's organisation data"),
    "production_address": ("受托方的生产地址信息", "the contractor's site data"),
    "licence": ("受托方的生产许可（备案）", "the contractor's production licence or filing"),
}
_OF_THE_DEVICE = ("产品信息", "the device data")


def entered_in(keys: Iterable[str]) -> tuple[str, str]:
    """Where the facts of these items are entered and confirmed, as words in Chinese and in English."""
    places = [next((place for key, place in _ENTERED.items() if one.startswith(key)), _OF_THE_DEVICE) for one in keys]
    once = list(dict.fromkeys(places))
    return "、".join(zh for zh, _en in once), ", ".join(en for _zh, en in once)


def missing_items(text: str, expected: Mapping[str, Iterable[str]]) -> list[str]:
    """Keys of the expected items of which the text has no alternative, in the order of ``expected``."""
    return [key for key, place in find_items(text, expected).items() if place is None]


def find_items(text: str, expected: Mapping[str, Iterable[str]]) -> dict[str, Place | None]:
    """Key → where one of its alternatives stands in the text, or None."""
    folded = _fold(text)
    return {
        key: next((place for value in values if (place := _find(text, folded, value)) is not None), None)
        for key, values in expected.items()
    }


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text without what a comparison overlooks; ``places`` says where each character stood."""

    text: str
    places: tuple[int, ...]


_KEPT = frozenset("#%+")
_TIMES = str.maketrans({"×": "x", "✕": "x", "*": "x"})


@lru_cache(maxsize=8)
def _fold(text: str) -> _Folded:
    """Of the latest texts kept: one text is searched for several sets of values."""
    return _folded(text)


def _folded(text: str) -> _Folded:
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for one in _kept(sign):
            if one != "." or _between_digits(text, place):
                signs.append(one)
                places.append(place)
    return _Folded("".join(signs), tuple(places))


@lru_cache(maxsize=8192)
def _kept(sign: str) -> str:
    """What a comparison keeps of one sign, whatever stands beside it, and full stops; texts are long, signs are few."""
    plain = unicodedata.normalize("NFKC", sign).translate(_TIMES).casefold()
    return "".join(one for one in plain if one.isalnum() or one in _KEPT or one == ".")


@lru_cache(maxsize=8192)
def _sought(value: str) -> str:
    return _folded(value).text


def _between_digits(text: str, place: int) -> bool:
    return text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()


def _find(text: str, folded: _Folded, value: str) -> Place | None:
    """The first place where the value stands by itself: no digit continues its digits, no letter its letters."""
    wanted = _sought(value)
    start = folded.text.find(wanted) if wanted else -1
    while start >= 0:
        first, last = folded.places[start], folded.places[start + len(wanted) - 1]
        if not _goes_on(text[first - 1 : first], wanted[0]) and not _goes_on(text[last + 1 : last + 2], wanted[-1]):
            return Place(text.count("\n", 0, first) + 1, _excerpt(text, first, last))
        start = folded.text.find(wanted, start + 1)
    return None


def _goes_on(neighbour: str, edge: str) -> bool:
    """Whether the neighbour in the text continues a number or a Latin word that ends at this edge."""
    sign = unicodedata.normalize("NFKC", neighbour)
    if not (sign.isascii() and edge.isascii()):
        return False
    return (sign.isdigit() and edge.isdigit()) or (sign.isalpha() and edge.isalpha())


def _excerpt(text: str, first: int, last: int) -> str:
    begin = text.rfind("\n", 0, first) + 1
    end = text.find("\n", last)
    line = text[begin : len(text) if end < 0 else end].strip()
    return line if len(line) <= 80 else text[first : last + 1].replace("\n", " ")[:80]
