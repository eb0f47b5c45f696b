"""The devices of the pair: certificates with every version, screenings, labels, identifiers and technical documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cmo.paper.words import Words, same

from ..sheets import Block, Lane, Pin, Section, Text, Timeline
from ..snapshot import Row, Snapshot
from . import names
from .parties import validity_span
from .product_records import documents, identifiers, labels
from .reach import left_out, reach
from .saying import NONE, by, cell, joined, table
from .screenings import screenings
from .versions import DEVICE, content_sections, current, version_blocks, versions_of

TITLE = Words("产品与注册证、备案", "Devices, registration certificates and filings")
NO_DEVICES = Words(
    "截至本档案时点，没有向受托方公开或者委托生产的产品。",
    "At the moment of this dossier no device was shared with or entrusted to the contractor.",
)
VALIDITY = Words("注册证、备案的有效期", "Validity of certificates and filings")
SHARES = Words("向受托方公开产品资料", "Sharing with the contractor")
NOT_SHARED = Words("未记录向受托方公开。", "No share with the contractor is recorded.")
_SHARED = (
    ("shared", Words("公开人、时间", "Shared by, at"), 34.0),
    ("withdrawn", Words("撤回人、时间", "Withdrawn by, at"), 33.0),
    ("reason", Words("撤回理由", "Reason for the withdrawal"), 33.0),
)
_DEVICES = Words("产品", "devices")


def sections(snapshot: Snapshot, pin: Pin) -> list[Section]:
    """One chapter with a part for each device."""
    ids, without = devices_in(snapshot, pin)
    children = tuple(_device(snapshot, pk) for pk in ids)
    blocks: tuple[Block, ...] = left_out(without, _DEVICES)
    blocks += (_validity(snapshot, pin, ids),) if ids else (Text(NO_DEVICES),)
    return [Section("products", TITLE, blocks, sum(child.count for child in children), children)]


def devices_in(snapshot: Snapshot, pin: Pin) -> tuple[list[int], int]:
    """Devices shared with or entrusted to the contractor that the scope reaches, and how many it leaves out."""
    known = sorted({row["device_id"] for label in _NAMING for row in snapshot.rows(label)})
    wanted = reach(snapshot, pin).devices
    found = [pk for pk in known if wanted is None or pk in wanted]
    return found, len(known) - len(found)


_NAMING = ("catalogue.deviceshare", "agreements.entrustment")


def _device(snapshot: Snapshot, pk: int) -> Section:
    key = f"products.{pk}"
    found = versions_of(snapshot, DEVICE, pk)
    rows = snapshot.of("catalogue.deviceshare", "device_id", pk)
    children = (
        *content_sections(snapshot, DEVICE, pk, key, _told),
        screenings(snapshot, pk, key),
        labels(snapshot, pk, key),
        identifiers(snapshot, pk, key),
        documents(snapshot, pk, key),
    )
    shown = table("shares", _SHARED, [_shared(snapshot, row) for row in rows], SHARES, NOT_SHARED)
    blocks = (*version_blocks(snapshot, DEVICE, pk), shown)
    count = len(found) + len(rows) + sum(child.count for child in children)
    name = names.device(snapshot, pk)
    return Section(key, Words(name.zh.replace("\n", " "), name.en.replace("\n", " ")), blocks, count, children)


def _shared(snapshot: Snapshot, row: Row) -> tuple[Words, ...]:
    end = next(iter(snapshot.of("catalogue.deviceshareend", "share_id", row.pk)), None)
    return by(row), by(end) if end else NONE, same(end["reason"]) if end else NONE


def _told(row: Row) -> Mapping[str, Words]:
    return {
        "last_day": cell(row, "last_day") if row["last_day"] else Words("长期有效", "no last day"),
        "production_addresses": joined([_address(one) for one in row["production_addresses"]]),
        "release_documents": joined([Words(one["zh"], one["en"] or one["zh"]) for one in row["release_documents"]]),
    }


def _address(one: Mapping[str, Any]) -> Words:
    if not one.get("entrusted"):
        return same(str(one.get("address", "")))
    who = f"{one.get('contractor_name', '')} {one.get('contractor_uscc', '')}".strip()
    zh = f"{one.get('address', '')}（委托生产）　备注栏：{who}"
    return Words(zh, f"{one.get('address', '')} (委托生产: made under contract); in the remarks: {who}")


def _validity(snapshot: Snapshot, pin: Pin, ids: list[int]) -> Timeline:
    return Timeline(VALIDITY, tuple(_lane(snapshot, pin, pk) for pk in ids), pin.as_of)


def _lane(snapshot: Snapshot, pin: Pin, pk: int) -> Lane:
    now = current(snapshot, DEVICE, pk)
    name = names.device(snapshot, pk)
    label = Words(name.zh.replace("\n", " "), name.en.replace("\n", " "))
    return Lane(label, tuple(validity_span(row, pin, now) for row in versions_of(snapshot, DEVICE, pk)))
