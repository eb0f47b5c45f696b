"""What is known of two parties, written as rows by hand, and what every section that is made of them must be like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models

from cmo.clock import SHANGHAI
from cmo.dossier.sheets import Block, Caution, Facts, Pin, Section, Table, Text, Timeline
from cmo.dossier.snapshot import Row, Snapshot
from cmo.paper.words import Words
from cmo.parties.models import Pair

AT = datetime(2026, 6, 1, 9, 0, tzinfo=SHANGHAI)
DAY = AT.date()
REGISTRANT, CONTRACTOR = 1, 2
PAIR = Pair(pk=7, number="P2026-000007", registrant_id=REGISTRANT, contractor_id=CONTRACTOR, created_at=AT)


def row(label: str, pk: int, **values: Any) -> Row:
    """A row with every column of its table; what is not given is the column's default or empty."""
    fields = apps.get_model(label)._meta.concrete_fields
    known = {field.attname: _empty(field) for field in fields} | {"id": pk}
    assert set(values) <= set(known), set(values) - set(known)
    return Row(label, pk, known | values)


def _empty(field: Any) -> Any:
    if field.has_default():
        return field.get_default()
    if field.null:
        return None
    if isinstance(field, models.DateTimeField):
        return AT
    if isinstance(field, models.DateField):
        return DAY
    if isinstance(field, models.BooleanField):
        return False
    return "" if isinstance(field, models.CharField | models.TextField) else 1


def version(label: str, decision: str, pk: int, number: int, *, outcome: str = "confirmed", **values: Any) -> list[Row]:
    """A version with its own hash, and its decision; without an outcome it waits."""
    made = row(label, pk, number=number, proposed_by_name="甲", reason="登记", **values)
    hashed = Row(label, pk, {**made.values, "content_hash": apps.get_model(label)(**made.values).compute_hash()})
    if not outcome:
        return [hashed]
    decided = row(decision, pk, version_id=pk, outcome=outcome, decided_by_name="乙", decided_at=AT)
    return [hashed, decided]


def organisation(subject: int, pk: int, number: int = 1, **values: Any) -> list[Row]:
    label, decision = "parties.organisationversion", "parties.organisationdecision"
    return version(label, decision, pk, number, organisation_id=subject, **values)


def device(subject: int, pk: int, number: int = 1, **values: Any) -> list[Row]:
    known = {
        "name_zh": "髋关节假体",
        "name_en": "Hip prosthesis",
        "number_printed": f"国械注准{pk}",
        "device_class": "III",
    }
    label, decision = "catalogue.deviceversion", "catalogue.devicedecision"
    return version(label, decision, pk, number, device_id=subject, kind="registration", **{**known, **values})


def signature(under: Row, pk: int, record_hash: str, **values: Any) -> Row:
    known = {"signer_name": "丙", "signer_id": 30 + pk, "post": "signatory", "side": "registrant", "method": "password"}
    told = {"record_key": under.key, "record_hash": record_hash, "meaning": "agrees", **known, **values}
    return row("signing.signature", pk, **told)


def snapshot(rows: Iterable[Row], names: dict[int, str] | None = None) -> Snapshot:
    return Snapshot.of_rows(PAIR, AT + timedelta(hours=1), rows, names)


def pin(kind: str = "whole", key: str = "", as_of: date = DAY) -> Pin:
    return Pin(PAIR.pk, PAIR.number, as_of, AT + timedelta(hours=1), PAIR.stream, 3, "0" * 64, (kind, key))


def every(sections: Iterable[Section]) -> dict[str, Section]:
    """All sections by key; a key stands for one section only."""
    found = [section for one in sections for _level, section in one.walk()]
    assert len({section.key for section in found}) == len(found)
    return {section.key: section for section in found}


def table(section: Section, key: str) -> Table:
    return next(block for block in section.blocks if isinstance(block, Table) and block.key == key)


def told(section: Section) -> dict[str, str]:
    """Term → value in Chinese of all facts of a section."""
    return {item.term.zh: item.value.zh for block in section.blocks if isinstance(block, Facts) for item in block.items}


def cautions(sections: Iterable[Section]) -> list[str]:
    return [b.words.zh for one in sections for _n, s in one.walk() for b in s.blocks if isinstance(b, Caution)]


def said(sections: Iterable[Section], language: str = "zh") -> str:
    """Everything that sections say in one language."""
    return "\n".join(getattr(words, language) for one in sections for _n, s in one.walk() for words in _words(s))


def _words(section: Section) -> Iterator[Words]:
    yield section.title
    for block in section.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[Words]:
    match block:
        case Facts(items, heading):
            yield from (words for item in items for words in (item.term, item.value))
            yield from [heading] if heading else []
        case Table():
            yield from (column.words for column in block.columns)
            yield from (cell for cells in block.rows for cell in cells)
            yield from (words for words in (block.heading, None if block.rows else block.empty) if words)
        case Text():
            yield block.words
            yield from [block.heading] if block.heading else []
        case Timeline():
            yield block.heading
            yield from (lane.label for lane in block.lanes)
        case Caution():
            yield block.words


def assert_well_formed(sections: Iterable[Section]) -> None:
    """Every table can be drawn, everything is said in both languages, and nothing empty is left unsaid."""
    for section in every(sections).values():
        assert section.title.zh
        assert section.title.en
        assert section.blocks or section.children, section.key
        for block in section.blocks:
            if isinstance(block, Table):
                assert 1 <= len(block.columns) <= 7
                assert abs(sum(column.share for column in block.columns) - 1) < 1e-9
                assert all(len(cells) == len(block.columns) for cells in block.rows)
                assert block.rows or block.empty, (section.key, block.key)
            assert all(words.zh and words.en for words in _block(block)), (section.key, block)
