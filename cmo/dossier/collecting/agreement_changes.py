"""What each revision of an agreement changed: every difference from the text before it, before and after in full."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from agreements.comparing import ADDED, CHANGED, MOVED, PARTS, REMOVED, Comparison, Item, Piece, compare
from agreements.documents import wording
from agreements.documents.collecting import citation_words
from cmo.paper.words import Words, same

from ..sheets import Block, Fact, Section, Text
from . import names
from .agreement_text import cap, frequency
from .concluded import REVISION, Revision
from .saying import NONE, choice, facts, figure, table

TITLE = Words("各版次的变更", "What each revision changed")
FIRST = Words("首个文本，无可比较的前一版。", "The first text; there is none before it to compare with.")
EQUAL = Words("与比较的版次相比，条款、职责、覆盖范围和期限均无变化。", "Nothing differs between these two texts.")
NO_REVISIONS = Words("未提交任何版次供签署。", "No revision was offered for signature.")
_PARTS = {
    "terms": Words("期限与格式", "Terms"),
    "parties": Words("双方", "Parties"),
    "coverage": Words("覆盖的委托生产事项", "Coverage"),
    "clauses": Words("条款", "Clauses"),
    "duties": Words("职责", "Duties"),
    "obligations": Words("应履行事项", "Obligations"),
}
_STATUSES = {
    ADDED: Words("新增", "added"),
    CHANGED: Words("变更", "changed"),
    REMOVED: Words("删除", "removed"),
    MOVED: Words("移动", "moved"),
}
_NAMES = {
    "title": Words("标题", "Title"),
    "starts_on": Words("有效期起始日", "Term: first day"),
    "ends_on": Words("有效期截止日", "Term: last day"),
    "signing_order": Words("签署顺序", "Order of signing"),
    "template": Words("协议模板", "Template"),
    "scan": Words("扫描件哈希（SHA-256）", "Hash of the scan (SHA-256)"),
    "name": Words("名称", "Name"),
    "uscc": Words("统一社会信用代码", "Unified social credit code"),
    "address": Words("地址", "Address"),
    "legal_representative": Words("法定代表人", "Legal representative"),
    "licences": Words("生产许可证或者备案", "Production licence or filing"),
    "device": Words("产品", "Device"),
    "certificate": Words("注册证或者备案编号", "Certificate or filing"),
    "device_class": Words("管理类别", "Class"),
    "models": Words("型号规格", "Models"),
    "certificate_last_day": Words("注册证有效期截止日", "Certificate valid until"),
    "site": Words("生产场地", "Site"),
    "last_day": Words("覆盖截止日", "Covered until"),
    "capped_by": Words("截止日取决于", "Limited by"),
    "heading": Words("标题", "Heading"),
    "text": Words("内容", "Text"),
    "citation": Words("依据", "Basis"),
    "duty": Words("职责", "Duty"),
    "registrant": Words("委托方", "Registrant"),
    "contractor": Words("受托方", "Contractor"),
    "clause": Words("条款", "Clause"),
    "what": Words("事项", "What"),
    "proof": Words("证明记录", "Proving record"),
    "side": Words("责任方", "Who"),
    "frequency": Words("频次", "How often"),
    "days_allowed": Words("期满后允许的天数", "Days allowed after each period"),
}
_COLUMNS = (
    ("part", Words("部分", "Part"), 36.0),
    ("added", Words("新增", "Added"), 16.0),
    ("changed", Words("变更", "Changed"), 16.0),
    ("removed", Words("删除", "Removed"), 16.0),
    ("moved", Words("移动", "Moved"), 16.0),
)


def changes(found: Sequence[Revision], key: str) -> Section:
    """Each revision against the one before, and against the one that it follows where that is another."""
    by_key = {one.row.pk: one for one in found}
    children = []
    for number, one in enumerate(found):
        before = [found[number - 1]] if number else []
        parent = by_key.get(one.row["parent_id"])
        if parent is not None and parent not in before:
            before.append(parent)
        children.append(_changes(one, before, key))
    blocks: tuple[Block, ...] = () if found else (Text(NO_REVISIONS),)
    return Section(f"{key}.changes", TITLE, blocks, len(found), tuple(children))


def _changes(one: Revision, before: Sequence[Revision], key: str) -> Section:
    number = one.row["number"]
    title = Words(f"第 {number} 版的变更", f"What revision {number} changed")
    blocks = tuple(block for other in before for block in _compared(other, one))
    return Section(f"{key}.changes-{number}", title, blocks or (Text(FIRST),))


def _compared(before: Revision, after: Revision) -> Iterator[Block]:
    found = compare(json.loads(before.row["body"]), json.loads(after.row["body"]))
    old, new = before.row["number"], after.row["number"]
    heading = Words(f"第 {new} 版与第 {old} 版比较", f"Revision {new} compared with revision {old}")
    if found.empty:
        yield Text(EQUAL, heading)
        return
    yield _counts(found, heading, old)
    for part in PARTS:
        for item in found.parts[part]:
            if item.differs:
                yield facts(_pieces(item), _head(item))


def _counts(found: Comparison, heading: Words, old: int) -> Block:
    rows = [
        (_PARTS[part], *(figure(found.count(part, status)) for status in (ADDED, CHANGED, REMOVED, MOVED)))
        for part in PARTS
    ]
    return table(f"against_{old}", _COLUMNS, rows, heading, figures={one[0] for one in _COLUMNS[1:]})


def _head(item: Item) -> Words:
    """Part, number before and after, and what became of it."""
    part, status = _PARTS[item.part], _STATUSES[item.status]
    numbers = " → ".join(str(number) if number else "—" for number in (item.before, item.after))
    where = names.SIDES.get(item.key, same(f"{numbers}　{item.key}"))
    return Words(f"{part.zh} {where.zh}：{status.zh}", f"{part.en} {where.en}: {status.en}")


def _pieces(item: Item) -> Iterator[Fact]:
    """What changed, before and after; of what was added or removed everything; a moved one says where."""
    pieces = item.changes or item.pieces[:1]
    for piece in pieces:
        term = _NAMES.get(piece.name, same(piece.name))
        before, after = (_value(item, piece, side) for side in ("before", "after"))
        if item.status == ADDED:
            yield Fact(term, after)
        elif item.status == REMOVED:
            yield Fact(term, before)
        elif item.status == MOVED:
            yield Fact(term, after)
        else:
            yield Fact(Words(f"{term.zh}（原）", f"{term.en} (before)"), before)
            yield Fact(Words(f"{term.zh}（现）", f"{term.en} (after)"), after)


def _value(item: Item, piece: Piece, side: str) -> Words:
    zh, en = piece.before if side == "before" else piece.after
    if not zh and not en:
        return NONE
    told = _WORDED.get((item.part, piece.name))
    return told(zh) if told else Words(zh, en or zh)


_WORDED: Mapping[tuple[str, str], Callable[[str], Words]] = {
    ("terms", "signing_order"): lambda key: choice(REVISION, "signing_order", key),
    ("coverage", "capped_by"): cap,
    ("coverage", "device_class"): wording.device_class,
    ("clauses", "citation"): lambda key: citation_words(key) or NONE,
    ("duties", "citation"): lambda key: citation_words(key) or NONE,
    ("duties", "registrant"): wording.part,
    ("duties", "contractor"): wording.part,
    ("obligations", "side"): lambda key: names.SIDES.get(key, same(key)),
    ("obligations", "frequency"): frequency,
}
