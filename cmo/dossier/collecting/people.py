"""Posts in regulated roles with their written authorisations, and what named outsiders were granted on the pair."""

from __future__ import annotations

from cmo.paper.words import Words, same

from ..enclosed.verify import SCOPES
from ..scoping import period
from ..sheets import Block, Pin, Section, Text
from ..snapshot import Row, Snapshot
from . import names
from .reach import left_out
from .saying import NONE, by, cell, choice, joined, lasting, plain, table

POSTS = Words("受控岗位人员与书面授权", "People in regulated posts and their written authorisations")
NO_POSTS = Words("该方未登记受控岗位的任命。", "No appointment to a regulated post is recorded for this party.")
GRANTS = Words("对外部人员的邀请和授权", "Invitations and grants to named persons")
INVITED = Words("邀请", "Invitations")
GRANTED = Words("授权", "Grants")
NO_INVITATIONS = Words("未邀请外部人员。", "Nobody from outside was invited.")
NO_GRANTS = Words(
    "就本委托关系未授予任何人查阅、限定或者取用档案的权限。",
    "No permission to read this pair, to be limited to it or to take its dossier was granted to anybody.",
)
NOT_REGULATED = "viewer"
_HELD = (
    ("person", Words("姓名", "Name"), 13.0),
    ("role", Words("岗位", "Post"), 16.0),
    ("period", Words("任期", "Period"), 16.0),
    ("authorised", Words("书面授权日期、文号", "Authorised in writing on, reference"), 18.0),
    ("trained", Words("培训日期、记录", "Trained on, record"), 17.0),
    ("full_time", Words("专职", "Full time"), 8.0),
    ("state", Words("状态", "State"), 13.0),
)
_MADE = (
    ("person", Words("姓名", "Name"), 12.0),
    ("role", Words("岗位", "Post"), 14.0),
    ("proposed", Words("提出人、时间", "Proposed by, at"), 18.0),
    ("decided", Words("决定人、时间", "Decided by, at"), 18.0),
    ("decision", Words("决定及理由", "Decision and reason"), 16.0),
    ("ended", Words("提前免任：记录人、时间", "Ended early: recorded by, at"), 12.0),
    ("reason", Words("免任日期及原因", "No longer held from, reason"), 10.0),
)
_INVITED = (
    ("person", Words("被邀请人、单位", "Invited person, authority or firm"), 18.0),
    ("purpose", Words("身份", "As"), 10.0),
    ("reads", Words("可查阅的内容", "May read"), 20.0),
    ("period", Words("期限", "Period"), 14.0),
    ("reason", Words("理由", "Reason"), 14.0),
    ("invited", Words("邀请人、时间", "Invited by, at"), 12.0),
    ("answer", Words("接受或者撤回", "Accepted or withdrawn"), 12.0),
)
_GRANTED = (
    ("person", Words("被授权人", "Person"), 13.0),
    ("permission", Words("权限", "Permission"), 17.0),
    ("period", Words("期限", "Period"), 15.0),
    ("reason", Words("理由", "Reason"), 17.0),
    ("granted", Words("授权人、时间", "Granted by, at"), 14.0),
    ("revoked", Words("撤销人、时间", "Revoked by, at"), 12.0),
    ("revocation", Words("撤销理由", "Reason for the revocation"), 12.0),
)


def posts(snapshot: Snapshot, pin: Pin) -> Section:
    """Every appointment of both parties on their side of this pair; those who only read are counted."""
    pair = snapshot.pair
    children = (
        _side(snapshot, pin, pair.registrant_id, "registrant", names.REGISTRANT),
        _side(snapshot, pin, pair.contractor_id, "contractor", names.CONTRACTOR),
    )
    return Section("people", POSTS, (), sum(child.count for child in children), children)


def _side(snapshot: Snapshot, pin: Pin, organisation: int, side: str, title: Words) -> Section:
    every = [row for row in snapshot.of("parties.post", "organisation_id", organisation) if row["side"] == side]
    rows = sorted((row for row in every if row["role"] != NOT_REGULATED), key=_order)
    held = table("posts", _HELD, [_held(snapshot, pin, row) for row in rows], empty=NO_POSTS)
    made = table("appointments", _MADE, [_made(snapshot, row) for row in rows], _HOW, NO_POSTS)
    blocks: tuple[Block, ...] = (held, made) if rows else (held,)
    return Section(f"people.{side}", title, (*blocks, *_readers(len(every) - len(rows))), len(rows))


_HOW = Words("任命的提出、决定与免除", "How appointments were proposed, decided and ended")


def _order(row: Row) -> tuple[str, object, int]:
    return row["role"], row["starts_on"], row.pk


def _readers(count: int) -> tuple[Block, ...]:
    """Says how many may only read: they decide nothing and sign nothing."""
    if not count:
        return ()
    zh = f"另有 {count} 项仅供查阅的任命，不作决定、不签名，未列出。"
    return (Text(Words(zh, f"Not shown: {count} appointment(s) that only give the right to read.")),)


def _held(snapshot: Snapshot, pin: Pin, row: Row) -> tuple[Words, ...]:
    return (
        names.person(snapshot, row["user_id"]),
        cell(row, "role"),
        lasting(row["starts_on"], row["ends_on"]),
        joined([plain(row["authorised_on"]), plain(row["authorisation_reference"])]),
        joined([plain(row["trained_on"]), plain(row["training_reference"])]),
        cell(row, "full_time"),
        _state(snapshot, pin, row),
    )


def _state(snapshot: Snapshot, pin: Pin, row: Row) -> Words:
    decision, end = _one(snapshot, "parties.postdecision", row), _one(snapshot, "parties.postend", row)
    if decision is None:
        return Words("待确认", "waiting for confirmation")
    if decision["outcome"] != "confirmed":
        return Words("未予确认", "turned down")
    if (end and end["ended_on"] <= pin.as_of) or (row["ends_on"] and row["ends_on"] < pin.as_of):
        return Words("已结束", "ended")
    return Words("尚未开始", "begins later") if row["starts_on"] > pin.as_of else Words("在任", "held")


def _made(snapshot: Snapshot, row: Row) -> tuple[Words, ...]:
    decision, end = _one(snapshot, "parties.postdecision", row), _one(snapshot, "parties.postend", row)
    return (
        names.person(snapshot, row["user_id"]),
        cell(row, "role"),
        by(row, "proposed_by_name", "proposed_at"),
        by(decision, "decided_by_name", "decided_at") if decision else NONE,
        joined([cell(decision, "outcome"), *_said(decision["reason"])]) if decision else NONE,
        by(end, "ended_by_name") if end else NONE,
        joined([plain(end["ended_on"]), same(end["reason"])]) if end else NONE,
    )


def _said(reason: str) -> list[Words]:
    return [same(reason)] if reason else []


def _one(snapshot: Snapshot, label: str, post: Row) -> Row | None:
    return next(iter(snapshot.of(label, "post_id", post.pk)), None)


def grants(snapshot: Snapshot, pin: Pin) -> Section:
    """Dated exceptions on this pair: who was invited, may read it, is limited to it or may take its dossier. A limited dossier
    says only how many: who else reads the pair is not for every reader."""
    if pin.scope[0] != "whole":
        count = len(snapshot.rows("parties.grant")) + len(snapshot.rows("parties.invitation"))
        return Section("grants", GRANTS, left_out(count, GRANTS), 0)
    invitations = sorted(snapshot.rows("parties.invitation"), key=lambda row: (row["invited_at"], row.pk))
    rows = sorted(snapshot.rows("parties.grant"), key=lambda row: (row["starts_on"], row.pk))
    invited = [_invited(snapshot, row) for row in invitations]
    granted = [_granted(snapshot, row) for row in rows]
    blocks = (
        table("invitations", _INVITED, invited, INVITED, NO_INVITATIONS),
        table("grants", _GRANTED, granted, GRANTED, NO_GRANTS),
    )
    return Section("grants", GRANTS, blocks, len(rows) + len(invitations))


def _invited(snapshot: Snapshot, row: Row) -> tuple[Words, ...]:
    answer = next(iter(snapshot.of("parties.invitationanswer", "invitation_id", row.pk)), None)
    return (
        joined([plain(row["printed_name"]), plain(row["employer"])]),
        choice(row.label, "purpose", row["purpose"]),
        joined([choice(row.label, "reads", row["reads"]), *_limits(row), *([_TAKES] if row["takes"] else [])]),
        lasting(row["starts_on"], row["ends_on"]),
        same(row["reason"]),
        by(row, "invited_by_name", "invited_at"),
        _answered(answer) if answer else _UNANSWERED,
    )


_TAKES = Words("可以带走档案", "may take the dossier away")
_UNANSWERED = Words("尚未答复", "not answered yet")


def _limits(row: Row) -> list[Words]:
    """What the dossier is limited to for this person; nothing for the whole pair."""
    if row["scope_kind"] == "whole":
        return []
    (zh, en), key = SCOPES[row["scope_kind"]], row["scope_key"]
    said = lasting(*period(key)) if row["scope_kind"] == "period" else same(key)
    return [Words(f"{zh}：{said.zh}", f"{en}: {said.en}")]


def _answered(row: Row) -> Words:
    word = Words("已接受", "accepted") if row["user_id"] else Words("已撤回", "withdrawn")
    reason = [same(row["reason"])] if row["reason"] else []
    return joined([word, by(row, "answered_by_name", "answered_at"), *reason])


def _granted(snapshot: Snapshot, row: Row) -> tuple[Words, ...]:
    revoked = next(iter(snapshot.of("parties.grantrevocation", "grant_id", row.pk)), None)
    return (
        names.person(snapshot, row["user_id"]),
        joined([choice(row.label, "permission", row["permission"]), *_limits(row)]),
        lasting(row["starts_on"], row["ends_on"]),
        same(row["reason"]),
        by(row, "granted_by_name", "granted_at"),
        by(revoked, "revoked_by_name", "revoked_at") if revoked else NONE,
        same(revoked["reason"]) if revoked else NONE,
    )
