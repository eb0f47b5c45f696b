"""Which templates a draft can begin from: the product's own, and those that either party of the pair keeps.

A draft names its template by key and version. The product's keys are words (``quality_agreement``); an own template's
key is ``own:<organisation>:<key>``, so that two companies may use the same word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from cmo.parties.models import Pair

from ..models import OwnTemplate
from ..template_file import PARTS
from ..templates_data import Template, TemplateDuty, read_template, template_on, template_version, templates

PREFIX = "own:"
#: The product's template whose law-fixed duties no template may move.
BASE = "quality_agreement"


@dataclass(frozen=True, slots=True)
class Offered:
    """A template that a new draft can begin from. ``organisation_id``: whose own it is, None for the product's."""

    key: str
    version: str
    title_zh: str
    title_en: str
    organisation_id: int | None


def own_key(row: OwnTemplate) -> str:
    """The key under which drafts name an own template."""
    return f"{PREFIX}{row.organisation_id}:{row.key}"


def read_own(row: OwnTemplate) -> Template:
    """The template that a row keeps, as any other; it was checked when it was kept."""
    return replace(_read(row.body), key=own_key(row), version=str(row.version), effective_from=row.effective_from)


@lru_cache(maxsize=64)
def _read(body: str) -> Template:
    return read_template(json.loads(body) | {"key": BASE, "version": "0", "effective_from": date.min})


def content_of(template: Template) -> dict[str, Any]:
    """What an own template keeps of a template: titles, clauses, duties and obligations as plain values."""
    rows = asdict(template)
    return {name: _plain(rows[name]) for name in PARTS if name in rows}


def _plain(value: Any) -> Any:
    """Rows without their empty fields and with lists for tuples, as a template file writes them."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items() if item not in ("", (), [])}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


def standing(on: date) -> Any:
    """Own templates in force on a day and not withdrawn, newest version first."""
    rows = OwnTemplate.objects.filter(end__isnull=True, effective_from__lte=on)
    return rows.order_by("organisation_id", "key", "-version")


def templates_offered(pair: Pair, on: date) -> list[Offered]:
    """What a draft of this pair can begin from: the product's template first, then the latest own ones of both parties."""
    known = {template.key for template in templates()}
    built_in = [found for key in sorted(known) if (found := template_on(key, on)) is not None]
    own = _latest(standing(on).filter(organisation_id__in=(pair.registrant_id, pair.contractor_id)))
    return [Offered(t.key, t.version, t.title_zh, t.title_en, None) for t in built_in] + [
        Offered(own_key(row), str(row.version), row.title_zh, row.title_en, row.organisation_id) for row in own
    ]


def _latest(rows: Iterable[OwnTemplate]) -> list[OwnTemplate]:
    found: dict[tuple[int, str], OwnTemplate] = {}
    for row in rows:
        found.setdefault((row.organisation_id, row.key), row)
    return list(found.values())


def template_for(pair: Pair, key: str, on: date) -> Template | None:
    """The version of a template that a draft of this pair begins from on a day; None for one it is not offered."""
    if not key.startswith(PREFIX):
        return template_on(key, on)
    offered = next((item for item in templates_offered(pair, on) if item.key == key), None)
    return find_template(key, offered.version) if offered else None


def find_template(key: str, version: str) -> Template | None:
    """The template that a draft was made from, also after it was withdrawn; None when nobody knows it."""
    if not key.startswith(PREFIX):
        return template_version(key, version)
    organisation, _colon, word = key.removeprefix(PREFIX).partition(":")
    if not (organisation.isdecimal() and version.isdecimal()):
        return None
    row = OwnTemplate.objects.filter(organisation_id=int(organisation), key=word, version=int(version)).first()
    return read_own(row) if row else None


def duties_fixed_by_law(on: date) -> tuple[TemplateDuty, ...]:
    """The duties that the law fixes, from the product's template in force on a day, whatever a draft came from."""
    template = template_on(BASE, on)
    return template.fixed_duties if template else ()
