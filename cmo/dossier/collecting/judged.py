"""Facts and findings that were frozen when an entrustment was opened, in words; what has no word stands by its name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agreements.documents.collecting import citation_words
from cmo.paper.words import Words, same
from cmo.trail.canonical import sha256

from ..sheets import Block, Fact
from .saying import NONE, choice, fact, facts, joined, plain, table

FINDINGS = Words("开立时的判断结果", "Findings when it was opened")
NO_FINDINGS = Words("未发现阻止或者需要提醒的事项。", "Nothing stood against it and nothing was to be warned of.")
JUDGED = Words("开立委托生产所依据的事实", "Facts on which it was opened")
_CERTIFICATE, _LICENCE, _SCREENING = "catalogue.deviceversion", "parties.licenceversion", "catalogue.screening"
_PREPARATION = "agreements.preparation"
_GROUPS = {
    "certificate": Words("注册证或者备案", "Certificate or filing"),
    "licences": Words("受托方许可证或者备案", "The contractor's licence or filing"),
    "screening": Words("禁止委托生产目录筛查", "Screening against the prohibited catalogue"),
    "preparations": Words("已接受的前期准备", "Accepted preparations"),
}
_TERMS = {
    "on": Words("判断日期", "Judged on"),
    "starts_on": Words("委托开始日", "Entrusted from"),
    "pair": Words("委托关系（内部编号）", "Pair (record no.)"),
    "device": Words("产品（内部编号）", "Device (record no.)"),
    "site": Words("生产场地（内部编号）", "Site (record no.)"),
    "device_shared": Words("已向受托方公开产品资料", "Device shared with the contractor"),
    "version": Words("资料版本（内部编号）", "Version (record no.)"),
    "content_hash": Words("内容哈希（SHA-256）", "Content hash (SHA-256)"),
    "number": Words("编号", "Number"),
    "last_day": Words("有效期截止日", "Last day of validity"),
    "deemed_renewed": Words("视为准予延续", "Deemed renewed"),
    "standing": Words("证件状态", "Standing"),
    "implantable": Words("植入性医疗器械", "Implantable"),
    "sub_catalogue": Words("子目录", "Sub-catalogue"),
    "contractor_on_certificate": Words("证件载明受托方并注明委托生产", "Contractor stated on it as such"),
    "accepted": Words("委托方已认可", "Accepted by the registrant"),
    "scope": Words("生产范围（子目录）", "Scope (sub-catalogues)"),
    "qms_inspected_on": Words("最近一次通过质量管理体系核查的日期", "Last passed QMS inspection"),
    "screening": Words("筛查记录（内部编号）", "Screening (record no.)"),
    "determination": Words("人工判定（内部编号）", "Determination (record no.)"),
    "outcome": Words("筛查结论", "Outcome"),
    "edition_sha256": Words("目录版本哈希（SHA-256）", "Hash of the edition (SHA-256)"),
    "preparation": Words("准备记录（内部编号）", "Preparation (record no.)"),
    "kind": Words("事项", "Kind"),
    "event_on": Words("发生日期", "Date of the event"),
    "expires_on": Words("有效期至", "Valid until"),
}
#: Group and member → table and column whose choices these are.
_CHOICES = {
    ("certificate", "standing"): (_CERTIFICATE, "standing"),
    ("certificate", "implantable"): (_CERTIFICATE, "implantable"),
    ("licences", "standing"): (_LICENCE, "standing"),
    ("screening", "outcome"): (_SCREENING, "outcome"),
    ("preparations", "kind"): (_PREPARATION, "kind"),
}
_SEVERITIES = {"blocks": Words("阻止", "blocks"), "warns": Words("提醒", "warns")}
_BASES = {
    "law": Words("法规", "law"),
    "announcement": Words("公告、通告", "announcement"),
    "guide": Words("指南", "guide"),
    "agreement": Words("协议", "agreement"),
    "policy": Words("双方约定的管理要求", "policy"),
}
_COLUMNS = (
    ("severity", Words("性质", "Severity"), 10.0),
    ("finding", Words("判断", "Finding"), 44.0),
    ("basis", Words("依据", "Basis"), 22.0),
    ("todo", Words("处理", "What to do"), 24.0),
)


def judged_blocks(text: str) -> tuple[Block, ...]:
    """The frozen facts, part by part, and the hash of their text."""
    data: Mapping[str, Any] = json.loads(text)
    simple = {name: value for name, value in data.items() if not _is_group(value)}
    first = [*_items("", simple), fact("事实文本哈希（SHA-256）", "Hash of these facts (SHA-256)", same(sha256(text)))]
    blocks: list[Block] = [facts(first, JUDGED)]
    for name in (*(one for one in _GROUPS if one in data), *sorted(set(data) - set(_GROUPS) - set(simple))):
        blocks += _group(name, data[name])
    return tuple(blocks)


def finding_blocks(text: str, key: str = "findings") -> tuple[Block, ...]:
    """The frozen findings as a table, and the hash of their text."""
    rows = [_finding(one) for one in json.loads(text)]
    hashed = fact("判断结果文本哈希（SHA-256）", "Hash of these findings (SHA-256)", same(sha256(text)))
    return table(key, _COLUMNS, rows, FINDINGS, NO_FINDINGS), facts([hashed])


def _is_group(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict) for one in value))


def _group(name: str, value: Any) -> Iterator[Block]:
    head = _GROUPS.get(name, same(name))
    if value is None or value == []:
        yield facts([Fact(head, NONE)])
        return
    many: Sequence[Any] = value if isinstance(value, list) else [value]
    for number, one in enumerate(many, 1):
        numbered = Words(f"{head.zh}（{number}）", f"{head.en} ({number})") if len(many) > 1 else head
        members = one if isinstance(one, dict) else {name: one}
        yield facts(_items(name, members), numbered)


def _items(group: str, members: Mapping[str, Any]) -> Iterator[Fact]:
    """Members that have words first, in the order of the words."""
    known = [name for name in _TERMS if name in members]
    for name in (*known, *sorted(set(members) - set(known))):
        yield Fact(_TERMS.get(name, same(name)), _value(group, name, members[name]))


def _value(group: str, name: str, value: Any) -> Words:
    told = _CHOICES.get((group, name))
    return choice(*told, value) if told and value else plain(value)


def _finding(one: Mapping[str, Any]) -> tuple[Words, ...]:
    cited = citation_words(str(one.get("citation", "")))
    basis = str(one.get("basis", ""))
    return (
        _SEVERITIES.get(str(one.get("severity")), plain(one.get("severity"))),
        Words(str(one.get("zh", "")), str(one.get("en", ""))),
        joined([_BASES.get(basis, plain(basis)), *([cited] if cited else [])]),
        Words(one.get("todo_zh") or NONE.zh, one.get("todo_en") or NONE.en),
    )
