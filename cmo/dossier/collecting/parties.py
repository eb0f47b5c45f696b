"""Who the two parties are: organisations, production sites and licences with every version, and the relation itself."""

from __future__ import annotations

from collections.abc import Mapping

from cmo.clock import day_of
from cmo.paper.words import Words, same

from ..sheets import Block, Lane, Mark, Pin, Section, Span, Text, Timeline, Tone
from ..snapshot import Row, Snapshot
from . import names, people
from .saying import NONE, cell, choice, fact, facts, joined, moment, numbered, plain, table
from .versions import (
    LICENCE,
    ORGANISATION,
    SITE,
    content_sections,
    current,
    version_blocks,
    versions_of,
)

RELATION = Words("委托生产关系", "The relation")
ORGANISATIONS = Words("双方企业", "Both parties")
LICENCES = Words("受托方生产许可证和第一类医疗器械生产备案", "The contractor's production licences and class I filings")
SITES = Words("生产场地", "Production sites")
NO_SITES = Words("未登记生产场地。", "No production site is recorded.")
NO_LICENCES = Words(
    "未登记受托方的医疗器械生产许可证或者第一类医疗器械生产备案。",
    "No production licence and no class I production filing of the contractor is recorded.",
)
ACCEPTED = Words("委托方的认可", "Acceptance by the registrant")
NOT_ACCEPTED = Words("委托方未认可本许可证的任何版本。", "The registrant has accepted no version of this licence.")
VALIDITY = Words("许可证、备案的有效期", "Validity of licences and filings")
FULL = Words("本章不受档案范围的限制。", "This chapter is complete whatever the scope of the dossier.")


def sections(snapshot: Snapshot, pin: Pin) -> list[Section]:
    """The parties, the contractor's licences, the people in regulated posts, and what outsiders were granted."""
    return [
        _parties(snapshot, pin),
        _licences(snapshot, pin),
        people.posts(snapshot, pin),
        people.grants(snapshot, pin),
    ]


def full(pin: Pin) -> tuple[Block, ...]:
    """Says that a chapter is complete although the dossier is limited."""
    return () if pin.scope[0] == "whole" else (Text(FULL),)


def _parties(snapshot: Snapshot, pin: Pin) -> Section:
    pair = snapshot.pair
    children = [
        _organisation(snapshot, pair.registrant_id, "registrant", names.REGISTRANT),
        _organisation(snapshot, pair.contractor_id, "contractor", names.CONTRACTOR),
    ]
    blocks = (*full(pin), _relation(snapshot))
    return Section("parties", ORGANISATIONS, blocks, sum(child.count for child in children), tuple(children))


def _relation(snapshot: Snapshot) -> Block:
    pair = snapshot.pair
    items = [
        fact("委托关系编号", "Pair no.", same(pair.number)),
        fact("委托方（注册人、备案人）", "Registrant", names.organisation(snapshot, pair.registrant_id)),
        fact("受托方（受托生产企业）", "Contractor", names.organisation(snapshot, pair.contractor_id)),
        fact("关系建立时间", "Relation since", same(moment(pair.created_at))),
    ]
    ended = next(iter(snapshot.rows("parties.pairend")), None)
    if ended is None:
        items.append(fact("关系终止", "End", Words("截至本档案时点未终止", "not ended at the moment of this dossier")))
    else:
        items += [
            fact("关系终止日", "Ended on", plain(ended["ended_on"])),
            fact("终止原因", "Reason for the end", same(ended["reason"])),
            fact("终止记录人、时间", "End recorded by, at", _recorded(ended)),
        ]
    return facts(items, RELATION)


def _recorded(row: Row) -> Words:
    return same(f"{row['recorded_by_name']} {moment(row['recorded_at'])}")


def _organisation(snapshot: Snapshot, pk: int, side: str, title: Words) -> Section:
    key = f"parties.{side}"
    found = versions_of(snapshot, ORGANISATION, pk)
    name = names.organisation(snapshot, pk)
    sites = _sites(snapshot, pk, key)
    return Section(
        key,
        Words(f"{title.zh}：{name.zh}", f"{title.en}: {name.en}"),
        version_blocks(snapshot, ORGANISATION, pk),
        len(found) + sites.count,
        (*content_sections(snapshot, ORGANISATION, pk, key, lambda row: {}), sites),
    )


def _sites(snapshot: Snapshot, organisation: int, key: str) -> Section:
    rows = snapshot.of("parties.site", "organisation_id", organisation)
    children = tuple(_site(snapshot, row, key) for row in rows)
    blocks: tuple[Block, ...] = () if rows else (Text(NO_SITES),)
    return Section(f"{key}.sites", SITES, blocks, sum(child.count for child in children), children)


def _site(snapshot: Snapshot, row: Row, key: str) -> Section:
    own = f"{key}.site-{row.pk}"
    return Section(
        own,
        names.site(snapshot, row.pk),
        version_blocks(snapshot, SITE, row.pk),
        len(versions_of(snapshot, SITE, row.pk)),
        content_sections(snapshot, SITE, row.pk, own, lambda version: {}),
    )


def _licences(snapshot: Snapshot, pin: Pin) -> Section:
    rows = snapshot.rows("parties.licence")
    children = tuple(_licence(snapshot, row) for row in rows)
    blocks: tuple[Block, ...] = (*full(pin), *((_validity(snapshot, pin, rows),) if rows else (Text(NO_LICENCES),)))
    return Section("licences", LICENCES, blocks, sum(child.count for child in children), children)


def _licence(snapshot: Snapshot, row: Row) -> Section:
    key = f"licences.{row.pk}"
    number, kind = _licence_number(snapshot, row), choice(row.label, "kind", row["kind"])
    found = versions_of(snapshot, LICENCE, row.pk)
    return Section(
        key,
        Words(f"{kind.zh} {number.zh}", f"{number.en}, {kind.en}"),
        (*version_blocks(snapshot, LICENCE, row.pk), _acceptances(snapshot, found)),
        len(found),
        content_sections(snapshot, LICENCE, row.pk, key, lambda version: _told(snapshot, version)),
    )


def _licence_number(snapshot: Snapshot, row: Row) -> Words:
    """The number printed on a licence by its confirmed version."""
    version = current(snapshot, LICENCE, row.pk)
    return same(version["number_printed"]) if version is not None else numbered(row.pk)


def _told(snapshot: Snapshot, version: Row) -> Mapping[str, Words]:
    scope = "、".join(version["scope"])
    return {
        "scope": same(scope) if scope else NONE,
        "site_ids": joined([names.site(snapshot, pk) for pk in version["site_ids"]]),
        "last_day": cell(version, "last_day") if version["last_day"] else Words("长期有效", "no last day"),
    }


def _acceptances(snapshot: Snapshot, found: tuple[Row, ...]) -> Block:
    columns = (
        ("version", Words("许可证版本", "Version of the licence"), 30.0),
        ("number", Words("证号", "Number"), 30.0),
        ("accepted", Words("认可人、时间", "Accepted by, at"), 40.0),
    )
    rows = [
        (
            same(str(version["number"])),
            same(version["number_printed"]),
            same(f"{row['accepted_by_name']} {moment(row['accepted_at'])}"),
        )
        for version in found
        for row in snapshot.of("parties.licenceacceptance", "version_id", version.pk)
    ]
    return table("acceptances", columns, rows, ACCEPTED, NOT_ACCEPTED)


def _validity(snapshot: Snapshot, pin: Pin, rows: tuple[Row, ...]) -> Timeline:
    return Timeline(VALIDITY, tuple(_lane(snapshot, pin, row) for row in rows), pin.as_of)


def _lane(snapshot: Snapshot, pin: Pin, row: Row) -> Lane:
    confirmed = versions_of(snapshot, LICENCE, row.pk)
    accepted = [
        Mark(
            day_of(one["accepted_at"]),
            Words(f"认可第 {version['number']} 版", f"version {version['number']} accepted"),
            "good",
        )
        for version in confirmed
        for one in snapshot.of("parties.licenceacceptance", "version_id", version.pk)
    ]
    return Lane(
        _licence_number(snapshot, row),
        tuple(validity_span(one, pin, current(snapshot, LICENCE, row.pk)) for one in confirmed),
        tuple(accepted),
    )


def validity_span(version: Row, pin: Pin, now: Row | None) -> Span:
    """How long a version of a licence or certificate says that it is valid, and whether that holds at the pin."""
    label = Words(f"第 {version['number']} 版", f"version {version['number']}")
    return Span(version["first_day"], version["last_day"], label, _tone(version, pin, now))


def _tone(version: Row, pin: Pin, now: Row | None) -> Tone:
    if now is None or now.pk != version.pk:
        return "idle"
    if version["standing"] != "in_force":
        return "bad"
    if version["last_day"] is None or pin.as_of <= version["last_day"]:
        return "good" if version["first_day"] <= pin.as_of else "pending"
    return "pending" if version["deemed_renewed"] else "bad"
