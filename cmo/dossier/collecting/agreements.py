"""Quality agreements: every revision with its signatures and changes, the text in force word by word, and its obligations."""

from __future__ import annotations

import json
from collections.abc import Sequence

from agreements.documents import wording
from cmo.clock import day_of
from cmo.paper.words import Words, same
from cmo.trail.canonical import sha256

from ..sheets import Block, Lane, Mark, Pin, Section, Span, Text, Timeline
from ..snapshot import Row, Snapshot
from .agreement_changes import changes
from .agreement_signing import altered, signed_by, signing
from .agreement_text import text_sections
from .concluded import Revision, revisions_of, text_that_counts
from .covering import covering, state_at
from .performed import performed
from .reach import Reach, left_out, reach, split
from .saying import bilingual, by, capital, cell, fact, facts, joined, lasting, plain, table
from .signatures import signatures_of, standing

TITLE = Words("质量协议", "Quality agreements")
NO_AGREEMENTS = Words("双方未订立或者起草质量协议。", "The parties drafted or concluded no quality agreement.")
TERMS = Words("各版次的有效期", "Terms of the revisions")
REVISIONS = Words("各版次", "Revisions")
NO_REVISIONS = Words(
    "截至本档案时点，本协议未提交任何版次供签署；草稿不是记录，不在本档案内。",
    "At the moment of this dossier no revision was offered for signature; drafts are no records and are not shown.",
)
_COLUMNS = (
    ("revision", Words("版次", "No."), 7.0),
    ("kind", Words("性质、方式、签署顺序", "Kind, how, order of signing"), 17.0),
    ("term", Words("有效期", "Term"), 15.0),
    ("offered", Words("提交人、时间", "Offered by, at"), 14.0),
    ("signed", Words("双方签署", "Signed by"), 19.0),
    ("state", Words("本档案时点的状态", "State at the moment of this dossier"), 12.0),
    ("hash", Words("文本哈希（SHA-256）", "Hash of the text (SHA-256)"), 16.0),
)
_AGREEMENTS = Words("质量协议", "quality agreements")


def sections(snapshot: Snapshot, pin: Pin) -> list[Section]:
    """One chapter with a part for each agreement."""
    within = reach(snapshot, pin)
    rows, without = agreements_within(snapshot, within)
    rows.sort(key=lambda row: (row["recorded_at"], row.pk))
    children = tuple(_agreement(snapshot, pin, row, within) for row in rows)
    blocks = (*left_out(without, _AGREEMENTS), *(() if rows else (Text(NO_AGREEMENTS),)))
    return [Section("agreements", TITLE, blocks, len(rows), children)]


def agreements_within(snapshot: Snapshot, within: Reach) -> tuple[list[Row], int]:
    """The agreements that the scope reaches, and how many it leaves out."""
    return split(snapshot.rows("agreements.agreement"), lambda row: _inside(snapshot, row, within))


def _inside(snapshot: Snapshot, row: Row, within: Reach) -> bool:
    """One that the scope names, or, for a period, one whose terms or drafting touch it."""
    if within.agreements is not None:
        return row.pk in within.agreements
    revisions = snapshot.of("agreements.agreementrevision", "agreement_id", row.pk)
    agreed = any(within.overlaps(one["starts_on"], one["ends_on"]) for one in revisions)
    return agreed or within.within(row.day, *(one.day for one in revisions))


def _agreement(snapshot: Snapshot, pin: Pin, row: Row, within: Reach) -> Section:
    key = f"agreements.{row.pk}"
    found = revisions_of(snapshot, row.pk)
    shown = text_that_counts(found, pin.as_of)
    title = bilingual(row, "title")
    children = [
        *([covering(snapshot, pin, shown, key), _text(snapshot, pin, shown, key)] if shown else []),
        changes(found, key),
        signing(snapshot, found, key),
        performed(snapshot, row, found, within, key),
    ]
    blocks = (
        _facts(snapshot, pin, row, shown),
        *(_revisions(snapshot, pin, found) if found else (Text(NO_REVISIONS),)),
    )
    heading = Words(f"{row['number']} {title.zh}", f"{row['number']} {title.en}")
    return Section(key, heading, blocks, max(len(found), 1), tuple(children))


def _facts(snapshot: Snapshot, pin: Pin, row: Row, shown: Revision | None) -> Block:
    items = [
        fact("协议编号", "Agreement no.", same(row["number"])),
        fact("标题", "Title", bilingual(row, "title")),
        fact("起草人、时间", "Drafted by, at", by(row)),
        fact("列出条款的版次", "Revision shown word by word", _which(snapshot, pin, shown)),
    ]
    return facts(items)


def _which(snapshot: Snapshot, pin: Pin, shown: Revision | None) -> Words:
    if shown is None:
        return Words("无", "none")
    number, state = shown.row["number"], state_at(snapshot, pin, shown)[0]
    return Words(f"第 {number} 版（{state.zh}）", f"revision {number} ({state.en})")


def _revisions(snapshot: Snapshot, pin: Pin, found: Sequence[Revision]) -> tuple[Block, ...]:
    terms = Timeline(TERMS, tuple(_lane(snapshot, pin, one) for one in found), pin.as_of)
    rows = [_cells(snapshot, pin, one) for one in found]
    cautions = [block for one in found for block in altered(one, _intact(one))]
    return table("revisions", _COLUMNS, rows, REVISIONS, NO_REVISIONS), *cautions, terms


def _intact(one: Revision) -> bool:
    return sha256(one.row["body"]) == one.row["body_hash"]


def _cells(snapshot: Snapshot, pin: Pin, one: Revision) -> tuple[Words, ...]:
    row = one.row
    return (
        same(str(row["number"])),
        joined([cell(row, "kind"), cell(row, "route"), cell(row, "signing_order")]),
        lasting(row["starts_on"], row["ends_on"]),
        by(row),
        signed_by(snapshot, row),
        capital(state_at(snapshot, pin, one)[0]),
        same(row["body_hash"]),
    )


def _lane(snapshot: Snapshot, pin: Pin, one: Revision) -> Lane:
    """The days on which the text counted, its signatures, and its end."""
    number, (word, tone) = one.row["number"], state_at(snapshot, pin, one)
    spans: tuple[Span, ...] = ()
    if one.period.starts_on <= one.last_day:
        spans = (Span(one.period.starts_on, one.last_day, word, tone),)
    stands = {signature.pk for signature in standing(snapshot, one.row)}
    marks = [_mark(signature, signature.pk in stands) for signature in signatures_of(snapshot, one.row)]
    if one.event is not None:
        marks.append(Mark(one.event["event_on"], cell(one.event, "kind"), "bad"))
    return Lane(Words(f"第 {number} 版", f"revision {number}"), spans, tuple(marks))


def _mark(signature: Row, stands: bool) -> Mark:
    who = signature["signer_name"]
    words = Words(f"{who} 签名", f"signed by {who}")
    return Mark(day_of(signature["signed_at"]), words, "good" if stands else "bad")


def _text(snapshot: Snapshot, pin: Pin, shown: Revision, key: str) -> Section:
    body = json.loads(shown.row["body"])
    parts = text_sections(body, key)
    number, state = shown.row["number"], state_at(snapshot, pin, shown)[0]
    title = Words(f"第 {number} 版全文（{state.zh}）", f"Revision {number} word by word ({state.en})")
    kind = wording.KINDS.get(shown.row["kind"], plain(shown.row["kind"]))
    items = (
        fact("文件性质", "Kind", capital(kind)),
        fact("有效期", "Term", lasting(shown.row["starts_on"], shown.row["ends_on"])),
        fact("文本哈希（SHA-256）", "Hash of the text (SHA-256)", same(shown.row["body_hash"])),
    )
    return Section(f"{key}.text", title, (facts(items),), sum(part.count for part in parts), parts)
