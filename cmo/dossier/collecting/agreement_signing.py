"""How an agreement was concluded and ended: signatures with the signatories' authorisations, paper originals, ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cmo.clock import day_of
from cmo.paper.words import Words, same

from ..sheets import Block, Caution, Fact, Section, Text
from ..snapshot import Row, Snapshot
from .concluded import PAPER, REVISION, Revision
from .saying import by, capital, cell, choice, fact, facts, joined, numbered, plain
from .signatures import hash_of, signature_blocks, signatures_of

TITLE = Words("签署、纸质协议与终止", "Signatures, agreements on paper, and ends")
NO_REVISIONS = Words("未提交任何版次供签署。", "No revision was offered for signature.")
PAPER_HEADING = Words("登记的纸质协议", "The agreement on paper as registered")
AUTHORISED = Words("签署人的书面授权", "Written authorisation of the signatories")
NOT_ON_RECORD = Words(
    "签署之日未登记该岗位的书面授权", "no written authorisation for this post is on record for that day"
)
NOTICE = Words("终止通知的签名", "Signature under the notice of termination")
STRAY = Words(
    "该签名未计入本版次的签署：每方只计一份签名。",
    "This signature does not count for the revision: one signature of each side counts.",
)


def signing(snapshot: Snapshot, found: Sequence[Revision], key: str) -> Section:
    """A part for each revision."""
    children = tuple(_revision(snapshot, one, key) for one in found)
    blocks: tuple[Block, ...] = () if found else (Text(NO_REVISIONS),)
    count = sum(len(signatures_of(snapshot, one.row)) for one in found)
    return Section(f"{key}.signing", TITLE, blocks, count, children)


def _revision(snapshot: Snapshot, one: Revision, key: str) -> Section:
    number = one.row["number"]
    blocks = (
        *signature_blocks(snapshot, one.row, "signatures"),
        *_stray(snapshot, one.row),
        *_authorised(snapshot, signatures_of(snapshot, one.row)),
        *_paper(snapshot, one.row),
        *(_end(snapshot, one.event) if one.event else ()),
    )
    return Section(f"{key}.signing-{number}", Words(f"第 {number} 版", f"Revision {number}"), blocks)


def _stray(snapshot: Snapshot, row: Row) -> Iterator[Block]:
    counted = {one["signature_id"] for one in snapshot.of("agreements.revisionsignature", "revision_id", row.pk)}
    for one in signatures_of(snapshot, row):
        if one.pk not in counted:
            kept = numbered(one.pk)
            yield Caution(Words(f"{kept.zh}签名：{STRAY.zh}", f"Signature {kept.en}: {STRAY.en}"))


def _authorised(snapshot: Snapshot, signatures: Sequence[Row]) -> tuple[Block, ...]:
    if not signatures:
        return ()
    items = [
        Fact(joined([same(one["signer_name"]), numbered(one.pk)], " "), _authorisation(snapshot, one))
        for one in signatures
    ]
    return (facts(items, AUTHORISED),)


def _authorisation(snapshot: Snapshot, signature: Row) -> Words:
    """By the posts on record: who held this post on the day of signing, and since which authorisation."""
    day = day_of(signature["signed_at"])
    held = [row for row in snapshot.of("parties.post", "user_id", signature["signer_id"]) if _is_post(row, signature)]
    found = [row for row in held if _held(snapshot, row, day)]
    if not found:
        return NOT_ON_RECORD
    post = found[-1]
    return same(f"{post['authorisation_reference'] or '—'}　{post['authorised_on'].isoformat()}")


def _is_post(row: Row, signature: Row) -> bool:
    names = (("organisation_id", "organisation_id"), ("side", "side"), ("role", "post"))
    return all(row[own] == signature[theirs] for own, theirs in names)


def _held(snapshot: Snapshot, row: Row, day: object) -> bool:
    decisions = snapshot.of("parties.postdecision", "post_id", row.pk)
    ends = snapshot.of("parties.postend", "post_id", row.pk)
    over = any(one["ended_on"] <= day for one in ends) or (row["ends_on"] is not None and row["ends_on"] < day)
    return any(one["outcome"] == "confirmed" for one in decisions) and row["starts_on"] <= day and not over


def _paper(snapshot: Snapshot, row: Row) -> Iterator[Block]:
    for one in snapshot.of(PAPER, "revision_id", row.pk):
        items = (
            fact("签署日期", "Signed on", plain(one["signed_on"])),
            fact("委托方签署人", "Signed for the registrant by", plain(one["registrant_signatory"])),
            fact("受托方签署人", "Signed for the contractor by", plain(one["contractor_signatory"])),
            fact("加盖委托方公章", "Bears the registrant's seal", plain(one["sealed_by_registrant"])),
            fact("加盖受托方公章", "Bears the contractor's seal", plain(one["sealed_by_contractor"])),
            fact("扫描件哈希（SHA-256）", "Hash of the scan (SHA-256)", plain(one["scan_sha256"])),
            fact("登记人、时间", "Registered by, at", by(one)),
        )
        yield facts(items, PAPER_HEADING)


def _end(snapshot: Snapshot, event: Row) -> Iterator[Block]:
    items = [
        fact("方式", "How", capital(cell(event, "kind"))),
        fact("日期", "Date", plain(event["event_on"])),
        fact("原因", "Reason", plain(event["reason"])),
    ]
    if event["kind"] == "terminated":
        items += [
            fact("已交付产品的上市后职责", "Post-market duties for delivered goods", plain(event["post_market"])),
            fact("文件和物料的返还", "Return of documents and materials", plain(event["documents_return"])),
        ]
    yield facts(
        [*items, fact("记录人、时间", "Recorded by, at", by(event))], Words("本版次的终结", "End of this revision")
    )
    if event["kind"] == "terminated" or signatures_of(snapshot, event):
        yield from signature_blocks(snapshot, event, "notice", NOTICE)
        yield from _authorised(snapshot, signatures_of(snapshot, event))


def signed_by(snapshot: Snapshot, row: Row) -> Words:
    """Who signed a revision for which side, in the order of signing; what no longer stands is said to be void."""
    expected = hash_of(snapshot, row)
    lines = [_line(one, one["record_hash"] == expected) for one in signatures_of(snapshot, row)]
    if not lines:
        return Words("尚未签署", "not signed yet")
    return Words("\n".join(one.zh for one in lines), "\n".join(one.en for one in lines))


def _line(signature: Row, stands: bool) -> Words:
    side = choice("parties.post", "side", signature["side"])
    day, who = day_of(signature["signed_at"]).isoformat(), signature["signer_name"]
    void = Words("", "") if stands else Words("（无效）", " (void)")
    return Words(f"{side.zh} {who} {day}{void.zh}", f"{side.en}: {who} {day}{void.en}")


def altered(one: Revision, intact: bool) -> tuple[Block, ...]:
    """A caution where the text is not what was offered."""
    if intact:
        return ()
    number = one.row["number"]
    zh = f"第 {number} 版的文本与提交签署时的哈希不一致（{REVISION}:{one.row.pk}）。"
    return (Caution(Words(zh, f"The text of revision {number} differs from the hash recorded when it was offered.")),)
