"""Postings of resident supervisors with their qualification, duties and ends, and every entry of presence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from agreements.facts.supervision import PresenceSpan
from agreements.rules.coverage import counted
from cmo.clock import day_of
from cmo.paper.words import Words, same

from ...sheets import Block, Caution, Fact, Facts, Pin, Section, Text
from ...snapshot import Row, Snapshot
from ..confirmed import lots_within, site_name
from ..lots.making import standing_of
from ..reach import Reach, left_out, reach, split
from ..saying import NONE, bilingual, by, cell, fact, facts_of, joined, lasting, moment, numbered, plain, table
from .facts import Presence, correction_of, ended, last_day, postings

#: A site on a day.
Place = tuple[int, date]
_TITLE = Words("派驻人员", "Resident supervisors")
_NONE = Words("范围内未登记派驻人员。", "No resident supervisor was posted within the scope.")
_STAYS = (
    ("person", Words("派驻人员", "Supervisor"), 18.0),
    ("site", Words("生产场地", "Site"), 20.0),
    ("in", Words("进场", "In"), 18.0),
    ("out", Words("离场", "Out"), 18.0),
    ("counted", Words("计入的在场时间", "Presence that counts"), 32.0),
)
_ENTRIES = (
    ("person", Words("派驻人员、记录", "Supervisor, entry"), 16.0),
    ("kind", Words("事项", "What"), 12.0),
    ("at", Words("时间", "Time"), 18.0),
    ("source", Words("来源", "Source"), 14.0),
    ("recorded", Words("登记人、时间", "Recorded by"), 20.0),
    ("standing", Words("记录状态", "State of the record"), 30.0),
)
_STILL_THERE = Words("未登记离场", "no check-out")
_COUNTS_NOT = Words(
    "不计入（不在任职、培训或任命的期间内）", "does not count: outside posting, training or appointment"
)
_COUNTS_NOT_YET = Words("登记离场之前不计入", "does not count before the check-out")
_HOW_LONG = Words(
    "在场时间自任职、培训和任命均已完成之日起计入；登记离场之前不计入。时间均为北京时间。档案限于产品、批次或者质量协议的，"
    "只列所涉批次生产日的记录。",
    "Presence counts from the day on which the person was posted, trained and appointed, once the check-out is on "
    "record. All times are UTC+8. A dossier limited to a device, a lot or an agreement shows the records of the days "
    "on which the lots in question were made.",
)


def postings_section(snapshot: Snapshot, pin: Pin) -> Section:
    """A section for each posting."""
    rows, without = postings_within(snapshot, reach(snapshot, pin))
    children = tuple(_posting(snapshot, row) for row in rows)
    said: tuple[Block, ...] = () if rows else (Text(_NONE),)
    blocks = (*left_out(without, Words("派驻任命", "postings")), *said)
    return Section("postings", _TITLE, blocks, len(rows), children)


def postings_within(snapshot: Snapshot, reached: Reach) -> tuple[list[Row], int]:
    """The postings that the scope reaches, and how many it leaves out."""
    return split(postings(snapshot), lambda row: reached.overlaps(row["starts_on"], last_day(snapshot, row)))


def _posting(snapshot: Snapshot, row: Row) -> Section:
    end = ended(snapshot, row)
    blocks: list[Block] = [Facts(tuple(_facts(snapshot, row, end)))]
    if end is not None:
        blocks.append(Caution(_ended(row, end)))
    blocks.append(
        Text(bilingual(row, "duties"), Words("职责（摘自质量协议）", "Duties, from the agreement"), quoted=True)
    )
    days = lasting(row["starts_on"], last_day(snapshot, row))
    title = Words(f"{row['person_name']}（{days.zh}）", f"{row['person_name']} ({days.en})")
    return Section(f"posting-{row.pk}", title, tuple(blocks), 1)


def _facts(snapshot: Snapshot, row: Row, end: Row | None) -> Iterator[Fact]:
    yield fact("生产场地", "Production site", site_name(snapshot, row["site_id"]))
    yield fact("任职期间", "Posted", lasting(row["starts_on"], row["ends_on"]))
    if end is not None:
        yield fact("提前结束", "Ended early on", plain(end["last_day"]))
    yield fact("代理", "Deputy of", _deputised(snapshot, row))
    named = ("experience", "trained_on", "training_reference", "appointed_on", "appointment_reference")
    yield from facts_of(row, named)
    qualified = max(row["starts_on"], row["trained_on"], row["appointed_on"])
    yield fact("自此日起在场计入", "Presence counts from", plain(qualified))
    yield fact("职责出自", "Duties taken from", _revision(snapshot, row))
    yield fact("登记人、时间", "Recorded by", by(row))


def _deputised(snapshot: Snapshot, row: Row) -> Words:
    other = snapshot.one("agreements.posting", row["deputy_for_id"]) if row["deputy_for_id"] else None
    return same(other["person_name"]) if other is not None else NONE


def _revision(snapshot: Snapshot, row: Row) -> Words:
    revision = snapshot.one("agreements.agreementrevision", row["revision_id"])
    agreement = snapshot.one("agreements.agreement", revision["agreement_id"]) if revision is not None else None
    if revision is None or agreement is None:
        return numbered(row["revision_id"])
    number = agreement["number"]
    return Words(f"质量协议 {number} 第{revision['number']}版", f"agreement {number}, revision {revision['number']}")


def _ended(row: Row, end: Row) -> Words:
    who, at, day = end["recorded_by_name"], moment(end["recorded_at"]), end["last_day"].isoformat()
    return Words(
        f"{row['person_name']} 的派驻提前结束，最后一日 {day}。理由：{end['reason']}（{who}，{at}）",
        f"The posting of {row['person_name']} ended early, last day {day}. Reason: {end['reason']} ({who}, {at})",
    )


def presence_section(snapshot: Snapshot, presence: Presence, pin: Pin) -> Section:
    """Effective stays first, then every entry as it was made."""
    reached = reach(snapshot, pin)
    ordered = sorted(snapshot.rows("agreements.presenceentry"), key=lambda row: (row["event_at"], row.pk))
    made = production_days(snapshot, pin)
    entries, without = split(ordered, lambda row: _entry_within(presence, reached, made, row))
    spans = [span for span in presence.facts.presence if _stay_within(reached, made, span)]
    blocks: tuple[Block, ...] = (
        Text(_HOW_LONG),
        *left_out(without, Words("在场记录", "entries of presence")),
        _stays(snapshot, presence, spans),
        _entries(snapshot, entries),
    )
    return Section("presence", Words("在场记录", "Presence on site"), blocks, len(entries))


def production_days(snapshot: Snapshot, pin: Pin) -> frozenset[Place] | None:
    """Sites and days on which the lots were made that the scope reaches; None where it is not a matter of lots."""
    if pin.scope[0] not in {"device", "lot", "agreement"}:
        return None
    return frozenset(
        (lot["site_id"], lot["produced_from"] + timedelta(days=number))
        for lot in lots_within(snapshot, pin)[0]
        for number in range((lot["produced_to"] - lot["produced_from"]).days + 1)
    )


def _entry_within(presence: Presence, reached: Reach, made: frozenset[Place] | None, row: Row) -> bool:
    day = day_of(row["event_at"])
    posting = presence.posting.get(row["posting_id"])
    known = made is None or (posting is not None and (posting.site_id, day) in made)
    return known and reached.within(day)


def _stay_within(reached: Reach, made: frozenset[Place] | None, span: PresenceSpan) -> bool:
    first, last = _days(span)
    return reached.overlaps(first, last) and (
        made is None or (span.site_id, first) in made or (span.site_id, last) in made
    )


def _days(span: PresenceSpan) -> tuple[date, date]:
    first = day_of(span.starts_at)
    return first, day_of(span.ends_at) if span.ends_at else first


def _stays(snapshot: Snapshot, presence: Presence, spans: Sequence[PresenceSpan]) -> Block:
    rows = [
        (
            same(span.person),
            site_name(snapshot, span.site_id),
            same(moment(span.starts_at)),
            same(moment(span.ends_at)) if span.ends_at else _STILL_THERE,
            _counted(presence, span),
        )
        for span in spans
    ]
    empty = Words("范围内没有有效的在场时段。", "No stay is on record within the scope.")
    return table("stays", _STAYS, rows, Words("有效的在场时段", "Stays on record"), empty)


def _counted(presence: Presence, span: PresenceSpan) -> Words:
    if span.ends_at is None:
        return _COUNTS_NOT_YET
    start, end = counted(span, presence.posting[span.posting_id])
    if start >= end:
        return _COUNTS_NOT
    minutes = int((end - start).total_seconds() // 60)
    whole = (start, end) == (span.starts_at, span.ends_at)
    said = "" if whole else f"{moment(start)} – {moment(end)}\n"
    return Words(f"{said}{minutes:,} 分钟", f"{said}{minutes:,} minutes")


def _entries(snapshot: Snapshot, entries: Sequence[Row]) -> Block:
    rows = [
        (
            _person(snapshot, row),
            cell(row, "kind"),
            same(moment(row["event_at"])),
            cell(row, "source"),
            by(row),
            standing_of(row, correction_of(snapshot, row)),
        )
        for row in entries
    ]
    empty = Words("范围内未登记进场或离场。", "No check-in or check-out was recorded within the scope.")
    return table("entries", _ENTRIES, rows, Words("全部进场和离场记录", "Every entry"), empty)


def _person(snapshot: Snapshot, row: Row) -> Words:
    posting = snapshot.one("agreements.posting", row["posting_id"])
    return joined([same(posting["person_name"]) if posting is not None else NONE, numbered(row.pk)])
