"""What one revision of an agreement says, word by word: parties, coverage, clauses, responsibility matrix, obligations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from agreements.documents import wording
from agreements.documents.collecting import citation_words, in_both
from agreements.models import Frequency
from agreements.states import CAPS, cap_word
from cmo.paper.words import Words, same

from ..sheets import Block, Section, Text
from . import names
from .saying import NONE, fact, facts, joined, plain, table

Body = Mapping[str, Any]
CLAUSES = Words("协议条款", "Clauses")
NO_CLAUSES = Words("本文本不含条款；以纸质原件为准。", "This text holds no clauses; the original on paper prevails.")
MATRIX = Words("职责分工表", "Responsibility matrix")
NO_DUTIES = Words("本文本未列出职责分工。", "This text lists no division of duties.")
COVERAGE = Words("覆盖的委托生产事项", "Entrustments covered")
NO_COVERAGE = Words("本文本未覆盖任何委托生产事项。", "This text covers no entrustment.")
OBLIGATIONS = Words("应履行事项", "Obligations")
NO_OBLIGATIONS = Words("本文本未约定应定期履行的事项。", "This text agrees on no recurring obligation.")
PARTIES = Words("协议载明的双方", "The parties as stated in the agreement")
_COVERED = (
    ("number", Words("编号", "No."), 14.0),
    ("device", Words("产品、注册证或者备案编号", "Device, certificate or filing"), 23.0),
    ("device_class", Words("管理类别", "Class"), 10.0),
    ("models", Words("型号规格", "Models"), 16.0),
    ("site", Words("生产地址", "Production address"), 23.0),
    ("until", Words("覆盖截止日", "Covered until"), 14.0),
)
_DUTIES = (
    ("position", Words("序号", "No."), 6.0),
    ("duty", Words("职责", "Duty"), 31.0),
    ("registrant", Words("委托方", "Registrant"), 11.0),
    ("contractor", Words("受托方", "Contractor"), 11.0),
    ("clause", Words("条款", "Clause"), 9.0),
    ("basis", Words("依据", "Basis"), 25.0),
    ("by_law", Words("法定", "By law"), 7.0),
)
_OBLIGED = (
    ("position", Words("序号", "No."), 6.0),
    ("what", Words("事项", "What"), 34.0),
    ("side", Words("责任方", "Who"), 11.0),
    ("frequency", Words("频次", "How often"), 17.0),
    ("proof", Words("证明记录", "Proving record"), 22.0),
    ("clause", Words("条款", "Clause"), 10.0),
)


def text_sections(body: Body, key: str) -> tuple[Section, ...]:
    """The whole text in parts."""
    return (_parties(body, key), _clauses(body, key), _matrix(body, key), _obligations(body, key))


def both(row: Mapping[str, Any], name: str) -> Words:
    """A pair of members ``…_zh`` and ``…_en``."""
    return Words(str(row[f"{name}_zh"]), str(row[f"{name}_en"] or row[f"{name}_zh"]))


@cache
def frequency(key: str) -> Words:
    """How often, in words."""
    return in_both(lambda: Frequency(key).label) if key in Frequency.values else same(key)


@cache
def cap(key: str) -> Words:
    """What limits the coverage, in words."""
    return in_both(lambda: cap_word(key)) if key in CAPS else same(key)


def _parties(body: Body, key: str) -> Section:
    blocks = [_party(body["parties"][side], names.SIDES[side]) for side in ("registrant", "contractor")]
    rows = [_covered(row) for row in body["coverage"]]
    shown = table("coverage", _COVERED, rows, COVERAGE, NO_COVERAGE)
    return Section(f"{key}.parties", PARTIES, (*blocks, shown))


def _party(row: Mapping[str, Any], side: Words) -> Block:
    items = [
        fact("名称", "Name", both(row, "name")),
        fact("统一社会信用代码", "Unified social credit code", plain(row["uscc"])),
        fact("住所", "Registered address", both(row, "address")),
        fact("法定代表人", "Legal representative", plain(row["legal_representative"])),
    ]
    for licence in row.get("licences", ()):
        until = f"{licence['number']}（有效期至 {licence['last_day']}）" if licence["last_day"] else licence["number"]
        english = f"{licence['number']} (until {licence['last_day']})" if licence["last_day"] else licence["number"]
        items.append(fact("生产许可证或者备案编号", "Production licence or filing", Words(until, english)))
    return facts(items, Words(side.zh, side.en[:1].upper() + side.en[1:]))


def _covered(row: Mapping[str, Any]) -> tuple[Words, ...]:
    device, site = row["device"], row["site"]
    limit = cap(row["capped_by"])
    return (
        same(str(row["number"])),
        joined([both(device, "name"), same(str(device["number"]))]),
        wording.device_class(device["device_class"]),
        plain([str(model) for model in device["models"]]),
        joined([both(site, "name"), both(site, "address")]),
        Words(f"{row['last_day']}（{limit.zh}）", f"{row['last_day']} ({limit.en})"),
    )


def _clauses(body: Body, key: str) -> Section:
    blocks = tuple(block for row in body["clauses"] for block in _clause(row))
    return Section(f"{key}.clauses", CLAUSES, blocks or (Text(NO_CLAUSES),), len(body["clauses"]))


def _clause(row: Mapping[str, Any]) -> Iterator[Block]:
    article, heading = wording.article(int(row["position"])), both(row, "heading")
    yield Text(both(row, "text"), Words(f"{article.zh}　{heading.zh}", f"{article.en}  {heading.en}"), quoted=True)
    cited = citation_words(row["citation"])
    if cited:
        yield Text(Words(f"依据：{cited.zh}", f"Basis: {cited.en}"))


def _numbers(body: Body) -> dict[str, int]:
    return {row["key"]: int(row["position"]) for row in body["clauses"]}


def _article(numbers: Mapping[str, int], clause: str) -> Words:
    if not clause:
        return NONE
    return wording.article(numbers[clause]) if clause in numbers else same(clause)


def _matrix(body: Body, key: str) -> Section:
    numbers = _numbers(body)
    rows = [_duty(row, numbers) for row in body["duties"]]
    blocks = (Text(wording.MATRIX_KEY), table("duties", _DUTIES, rows, empty=NO_DUTIES))
    return Section(f"{key}.matrix", MATRIX, blocks, len(rows))


def _duty(row: Mapping[str, Any], numbers: Mapping[str, int]) -> tuple[Words, ...]:
    return (
        same(str(row["position"])),
        both(row, "duty"),
        wording.part(row["registrant"]),
        wording.part(row["contractor"]),
        _article(numbers, row["clause"]),
        citation_words(row["citation"]) or NONE,
        plain(bool(row["locked"])),
    )


def _obligations(body: Body, key: str) -> Section:
    numbers = _numbers(body)
    rows = [_obligation(row, numbers) for row in body.get("obligations", ())]
    return Section(
        f"{key}.obligations", OBLIGATIONS, (table("obligations", _OBLIGED, rows, empty=NO_OBLIGATIONS),), len(rows)
    )


def _obligation(row: Mapping[str, Any], numbers: Mapping[str, int]) -> tuple[Words, ...]:
    often, allowed = frequency(row["frequency"]), wording.within(int(row["days_allowed"]))
    return (
        same(str(row["position"])),
        both(row, "what"),
        names.SIDES.get(row["side"], same(row["side"])),
        joined([often, allowed]) if allowed.zh else often,
        both(row, "proof"),
        _article(numbers, row["clause"]),
    )
