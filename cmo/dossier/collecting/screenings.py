"""Screenings of a device against the prohibited catalogue: facts, edition, outcome and reasons as recorded then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cmo.catalogue.facts_vocabulary import ASKED, WORDS
from cmo.paper.words import Words, same

from ..sheets import Block, Fact, Section, Text
from ..snapshot import Row, Snapshot
from .saying import NONE, by, capital, cell, choice, fact, facts, joined, plain, table
from .signatures import signature_blocks
from .versions import value_of

TITLE = Words("禁止委托生产目录筛查", "Screening against the catalogue of devices that must not be entrusted")
NONE_MADE = Words("未记录本产品的筛查。", "No screening of this device is recorded.")
FACTS = Words("筛查所依据的事实", "Facts that were judged")
REASONS = Words("筛查理由", "Reasons")
DETERMINATION = Words("质量负责人的判定", "Determination by the quality manager")
UNDETERMINED = Words(
    "本次筛查不能由规则得出结论，也没有人工判定。", "No rule decided this screening, and nobody determined it."
)
VERSION = "catalogue.deviceversion"


def screenings(snapshot: Snapshot, device: int, key: str) -> Section:
    """Every screening of a device, oldest first."""
    rows = sorted(snapshot.of("catalogue.screening", "device_id", device), key=lambda row: (row["acted_on"], row.pk))
    children = tuple(_screening(snapshot, row, key) for row in rows)
    blocks: tuple[Block, ...] = () if rows else (Text(NONE_MADE),)
    return Section(f"{key}.screenings", TITLE, blocks, len(rows), children)


def _screening(snapshot: Snapshot, row: Row, key: str) -> Section:
    outcome = cell(row, "outcome")
    day = row["acted_on"].isoformat()
    blocks = (
        facts(_outcome(snapshot, row)),
        facts(_facts(row["facts"]), FACTS),
        _reasons(row["result"]),
        *_determination(snapshot, row),
    )
    title = Words(f"{day} 筛查：{outcome.zh}", f"Screening of {day}: {outcome.en}")
    return Section(f"{key}.screening-{row.pk}", title, blocks, 1)


def _outcome(snapshot: Snapshot, row: Row) -> Iterator[Fact]:
    result = row["result"]
    version = snapshot.one(VERSION, row["version_id"])
    yield fact("结论", "Outcome", capital(cell(row, "outcome")))
    yield fact("筛查日期", "Date of the act", cell(row, "acted_on"))
    yield fact("目录版本", "Edition of the catalogue", plain(row["edition_key"]), row["edition_sha256"])
    yield fact("所依据的产品资料版本", "Version of the device data", plain(value_of(version, "number")))
    entry = Words(result.get("entry_zh", ""), result.get("entry_en", ""))
    if entry.zh:
        yield fact("命中的目录条目", "Entry of the catalogue", entry, str(result.get("entry") or ""))
    if result.get("exclusion_zh"):
        excluded = Words(result["exclusion_zh"], result.get("exclusion_en", ""))
        yield fact("条目载明的例外", "Exception that the entry states", excluded)
    if missing := result.get("missing_facts"):
        yield fact("缺少的事实", "Facts that were missing", joined([_fact_name(name) for name in missing]))
    yield fact("记录人、时间", "Recorded by, at", by(row))


def _fact_name(name: str) -> Words:
    zh, en = WORDS.get(name, (name, name))
    return capital(Words(zh, en))


def _facts(judged: Mapping[str, Any]) -> Iterator[Fact]:
    """In the order in which they are asked, then whatever else was kept."""
    for name in (*(one for one in ASKED if one in judged), *sorted(set(judged) - set(ASKED))):
        yield Fact(_fact_name(name), _value(name, judged[name]))


def _value(name: str, value: Any) -> Words:
    column = "implantable" if name in _ANSWERED else name
    if value and name in (*_ANSWERED, "vascular_site"):
        return choice(VERSION, column, value)
    return plain(value)


_ANSWERED = ("implantable", "contains_animal_derived", "directly_from_animal_tissue", "contains_allogeneic")


def _reasons(result: Mapping[str, Any]) -> Block:
    columns = (
        ("reason", Words("理由", "Reason"), 70.0),
        ("citation", Words("依据", "Basis"), 30.0),
    )
    rows = [
        (Words(str(one.get("zh", "")), str(one.get("en", ""))), plain(one.get("citation")))
        for one in result.get("reasons", ())
    ]
    return table("reasons", columns, rows, REASONS, NONE)


def _determination(snapshot: Snapshot, screening: Row) -> tuple[Block, ...]:
    row = next(iter(snapshot.of("catalogue.determination", "screening_id", screening.pk)), None)
    if row is None:
        return (Text(UNDETERMINED),) if screening["outcome"] == "undetermined" else ()
    items = (
        fact("判定结论", "Judgement", capital(cell(row, "outcome"))),
        fact("判定理由", "Reason", same(row["reason"])),
        fact("判定所依据的证据", "Evidence", plain(row["evidence"])),
        fact("判定人、时间", "Determined by, at", by(row)),
    )
    return facts(items, DETERMINATION), *signature_blocks(snapshot, row, "signatures")
