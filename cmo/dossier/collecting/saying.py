"""How collectors say a value: the words of a model's fields and choices in both languages, days, moments and persons."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django.apps import apps

from agreements.documents.collecting import in_both
from cmo.clock import SHANGHAI
from cmo.codes.provinces import PROVINCES
from cmo.paper.words import Words, same
from cmo.parties.actions.base_data import FIRST_ENTRY

from ..sheets import Column, Fact, Facts, Table
from ..snapshot import Row

NONE = same("—")
NO_LAST_DAY = Words("未定终止日", "no last day")
YES, NO = Words("是", "yes"), Words("否", "no")
_PROVINCES = {one.short: Words(one.zh, one.en) for one in PROVINCES}
_FIRST_ENTRY = Words(*FIRST_ENTRY.split(" · "))


@cache
def term(label: str, name: str) -> Words:
    """What a column is called on the pages, as the head of a line."""
    model = apps.get_model(label)
    found = in_both(lambda: model._meta.get_field(name.removesuffix("_id")).verbose_name)
    return Words(found.zh, found.en[:1].upper() + found.en[1:])


@cache
def choice(label: str, name: str, value: str) -> Words:
    """A choice in words; a value that nobody knows any more stands as it is."""
    known: dict[Any, Any] = dict(apps.get_model(label)._meta.get_field(name).flatchoices)
    return in_both(lambda: known.get(value, value))


def cell(row: Row, name: str) -> Words:
    """A column of a row in words."""
    value = row[name]
    if name == "province" and value in _PROVINCES:
        return _PROVINCES[value]
    if value not in ("", None) and getattr(apps.get_model(row.label)._meta.get_field(name), "choices", None):
        return choice(row.label, name, value)
    return plain(value)


def plain(value: Any) -> Words:
    """A value as it is printed; what is empty is a dash."""
    if value is None or value in ("", []):
        return NONE
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int):
        return figure(value)
    if isinstance(value, datetime):
        return same(moment(value))
    if isinstance(value, date):
        return same(value.isoformat())
    if isinstance(value, Words):
        return value
    if isinstance(value, list):
        return same("\n".join(plain(one).zh for one in value)) if _flat(value) else same(_as_text(value))
    return same(_as_text(value) if isinstance(value, dict) else str(value))


def facts_of(row: Row, names: Iterable[str], **told: Words) -> tuple[Fact, ...]:
    """Columns as terms and values; ``told``: columns whose value is worded by the caller."""
    return tuple(Fact(term(row.label, name), told.get(name) or cell(row, name)) for name in names)


def moment(at: datetime) -> str:
    """A moment in Beijing time; the zone is said once for all of them, by the notes and in the foot of every page."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def figure(number: int) -> Words:
    """``1,280``."""
    return same(f"{number:,}")


def numbered(pk: int) -> Words:
    """The number under which a record is kept: ``第31号``."""
    return Words(f"第{pk}号", f"no. {pk}")


def reason(text: str) -> Words:
    """Why something was done; first data of a party need no reason and bear one of the product, in both languages."""
    return _FIRST_ENTRY if text == FIRST_ENTRY else plain(text)


def by(row: Row, who: str = "recorded_by_name", at: str = "recorded_at") -> Words:
    """Who did it and when."""
    return same(f"{row[who]}\n{moment(row[at])}")


def lasting(first: date, last: date | None, open_end: Words | None = None) -> Words:
    """From when to when, last day included."""
    begins = first.isoformat()
    if last is not None:
        return Words(f"{begins} 至 {last.isoformat()}", f"{begins} to {last.isoformat()}")
    end = open_end or NO_LAST_DAY
    return Words(f"{begins} 起，{end.zh}", f"from {begins}, {end.en}")


def bilingual(row: Row | None, name: str) -> Words:
    """A pair of columns ``…_zh`` and ``…_en``; Chinese alone where no English was written."""
    if row is None:
        return NONE
    return Words(row[f"{name}_zh"], row[f"{name}_en"] or row[f"{name}_zh"])


def joined(words: Sequence[Words], by: str = "\n") -> Words:
    """Several values in one cell; a dash without any."""
    if not words:
        return NONE
    return Words(by.join(one.zh for one in words), by.join(one.en for one in words))


def capital(words: Words) -> Words:
    """With a capital at the beginning of the English."""
    return Words(words.zh, words.en[:1].upper() + words.en[1:])


def fact(term_zh: str, term_en: str, value: Words, source: str = "") -> Fact:
    """A term that only this dossier uses, and its value."""
    return Fact(Words(term_zh, term_en), value, source)


def table(
    key: str,
    columns: Sequence[tuple[str, Words, float]],
    rows: Iterable[tuple[Words, ...]],
    heading: Words | None = None,
    empty: Words | None = None,
    figures: Collection[str] = (),
) -> Table:
    """A table whose widths are given as parts of any whole; ``figures``: columns of numbers, which stand to the right."""
    total = sum(width for _key, _words, width in columns)
    heads = tuple(
        Column(name, words, width / total, "right" if name in figures else "left") for name, words, width in columns
    )
    return Table(key, heads, tuple(rows), heading, empty)


def facts(items: Iterable[Fact], heading: Words | None = None) -> Facts:
    """Terms and values in order."""
    return Facts(tuple(items), heading)


def _flat(values: list[Any]) -> bool:
    return not any(isinstance(one, dict | list) for one in values)


def _as_text(value: Any) -> str:
    """What no collector knows a form for, as JSON: nothing is dropped."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
