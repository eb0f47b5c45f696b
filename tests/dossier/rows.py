"""Rows of a pair written by hand, with every column of their table, for collectors that are tested without a database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import NOT_PROVIDED, TextField
from django.db.models.fields import BooleanField, CharField

from cmo.dossier.sheets import Block, Fact, Facts, Pin, Section, Table
from cmo.dossier.snapshot import ChainEntry, Row, Snapshot
from cmo.parties.models import Pair
from cmo.trail.canonical import canonical, sha256

AT = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)
DAY = date(2026, 11, 22)
PAIR = Pair(pk=7, number="WT2026-7", registrant_id=1, contractor_id=2)


def row(label: str, pk: int, **values: Any) -> Row:
    """A row of a table; columns that are not named are empty, who and when are an inventor's of a fixed moment."""
    made = {field.attname: _empty(field) for field in apps.get_model(label)._meta.concrete_fields}
    who = {name: f"林知夏{pk}" for name in made if name.endswith("_by_name")}
    moments = {name: AT - timedelta(days=30) for name in made if name in {"recorded_at", "proposed_at", "decided_at"}}
    assert not set(values) - set(made), f"{label} has no {sorted(set(values) - set(made))}"
    return Row(label, pk, {**made, **who, **moments, **values, "id": pk})


def _empty(field: Any) -> Any:
    if field.default is not NOT_PROVIDED and not field.has_default():
        return None
    if field.has_default():
        return field.get_default()
    if isinstance(field, CharField | TextField):
        return ""
    return False if isinstance(field, BooleanField) else None


def snapshot(*rows: Row, entries: tuple[ChainEntry, ...] = ()) -> Snapshot:
    return Snapshot.of_rows(PAIR, AT, rows, entries=entries)


def pin(kind: str = "whole", key: str = "", seq: int = 0) -> Pin:
    return Pin(PAIR.pk, PAIR.number, DAY, AT, "pair:7", seq, "f" * 64, (kind, key))


def chain(*contents: dict[str, Any]) -> tuple[ChainEntry, ...]:
    """Entries with whatever they do not say filled in."""
    plain: dict[str, Any] = {
        "at": "2026-06-01T01:00:00.000000+00:00",
        "by_name": "林知夏",
        "by_post": "quality_manager",
    }
    plain |= {"by_organisation": "甲公司", "subject": "releases.lot:1", "label": "L1", "reason": "", "data": {}}
    payloads = [canonical(plain | content | {"seq": n}) for n, content in enumerate(contents, start=1)]
    return tuple(ChainEntry(n, payload, sha256(payload)) for n, payload in enumerate(payloads, start=1))


def base() -> list[Row]:
    """An entrusted implantable device made at one site, with confirmed data."""
    device = {
        "device_id": 1,
        "number": 1,
        "name_zh": "髋关节假体",
        "name_en": "Hip prosthesis",
        "number_printed": "国械注准20223130456",
        "implantable": "yes",
        "release_documents": [{"key": "batch_record", "zh": "批生产记录", "en": "Batch record"}],
    }
    return [
        row("catalogue.deviceversion", 1, **device),
        row("catalogue.devicedecision", 1, version_id=1, outcome="confirmed"),
        row("parties.siteversion", 1, site_id=1, number=1, name_zh="杭州一厂", name_en="Hangzhou plant 1"),
        row("parties.sitedecision", 1, version_id=1, outcome="confirmed"),
        row("agreements.entrustment", 1, number="ET2026-1", device_id=1, site_id=1, pair_id=7),
    ]


def lot(pk: int, **values: Any) -> Row:
    """A lot of that device, made on three days of June."""
    days = {"produced_from": date(2026, 6, 1), "produced_to": date(2026, 6, 3), "expires_on": date(2031, 6, 1)}
    what = {"number": f"L{pk}", "model": "KL-H100", "quantity": 240, "unit": "件"}
    whose = {"pair_id": 7, "entrustment_id": 1, "device_id": 1, "site_id": 1}
    return row("releases.lot", pk, **days | what | whose | values)


def section(found: list[Section], key: str) -> Section:
    """The section with this key, wherever it stands."""
    return next(one for part in found for _level, one in part.walk() if one.key == key)


def table(part: Section, key: str) -> Table:
    return next(block for block in part.blocks if isinstance(block, Table) and block.key == key)


def facts(part: Section) -> dict[str, Fact]:
    """English term → fact, of all blocks."""
    return {fact.term.en: fact for block in part.blocks if isinstance(block, Facts) for fact in block.items}


def texts(found: list[Section]) -> Iterator[str]:
    """Every Chinese text of these sections."""
    for part in found:
        for _level, one in part.walk():
            for block in one.blocks:
                yield from words(block)


def words(block: Block) -> Iterator[str]:
    if isinstance(block, Facts):
        yield from (text for fact in block.items for text in (fact.term.zh, fact.value.zh))
    elif isinstance(block, Table):
        yield from (cell.zh for cells in block.rows for cell in cells)
        yield block.empty.zh if block.empty and not block.rows else ""
    elif hasattr(block, "words"):
        yield block.words.zh
