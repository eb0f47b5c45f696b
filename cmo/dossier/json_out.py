"""A dossier as JSON: canonical text (RFC 8785) with both languages, whatever language its PDF has.

``enclosed/dossier-1.schema.json`` is the published schema. What only concerns drawing (widths of columns) stays out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC
from typing import Any

from cmo.paper.words import Words
from cmo.trail.canonical import canonical

from .sheets import Block, Caution, Dossier, Facts, Pin, Section, Table, Text, Timeline

FORMAT = "cmo.dossier/1"
_HALVES = re.compile("[\ud800-\udfff]")


def json_text(dossier: Dossier) -> str:
    """The one text of this dossier; the same dossier gives the same text."""
    return canonical(as_data(dossier))


def as_data(dossier: Dossier) -> dict[str, Any]:
    """The dossier as JSON values."""
    return {
        "format": FORMAT,
        "pin": pin_data(dossier.pin),
        "title": _words(dossier.title),
        "registrant": _words(dossier.registrant),
        "contractor": _words(dossier.contractor),
        "sections": [_section(section) for section in dossier.sections],
        "frozen": [asdict(frozen) for frozen in dossier.frozen],
        "files": [asdict(file) for file in dossier.files],
        "notes": [_words(note) for note in dossier.notes],
        "scope": _words(dossier.scope),
        "marked_for": storable(dossier.marked_for),
    }


def pin_data(pin: Pin) -> dict[str, Any]:
    """The pin as JSON values; the instant in UTC, in the form that entries of the trail have."""
    return {
        "pair_id": pin.pair_id,
        "pair_number": pin.pair_number,
        "as_of": pin.as_of.isoformat(),
        "instant": pin.instant.astimezone(UTC).isoformat(timespec="microseconds"),
        "stream": pin.stream,
        "seq": pin.seq,
        "head": pin.head,
        "scope": list(pin.scope),
        "product_version": pin.product_version,
    }


def _words(words: Words | None) -> dict[str, str] | None:
    return {"zh": storable(words.zh), "en": storable(words.en)} if words else None


def storable(text: str) -> str:
    """Halves of characters, which no UTF-8 holds, become the sign for an unreadable one."""
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": _words(section.title),
        "count": section.count,
        "blocks": [_block(block) for block in section.blocks],
        "children": [_section(child) for child in section.children],
    }


def _block(block: Block) -> dict[str, Any]:
    kind, write = _BLOCKS[type(block)]
    return {"kind": kind, **write(block)}


def _facts(block: Facts) -> dict[str, Any]:
    items = [
        {"term": _words(one.term), "value": _words(one.value), "source": storable(one.source)} for one in block.items
    ]
    return {"heading": _words(block.heading), "items": items}


def _table(block: Table) -> dict[str, Any]:
    return {
        "key": block.key,
        "heading": _words(block.heading),
        "columns": [{"key": one.key, "words": _words(one.words), "align": one.align} for one in block.columns],
        "rows": [[_words(cell) for cell in row] for row in block.rows],
        "empty": _words(block.empty),
    }


def _text(block: Text) -> dict[str, Any]:
    return {"heading": _words(block.heading), "words": _words(block.words), "quoted": block.quoted}


def _timeline(block: Timeline) -> dict[str, Any]:
    lanes = [
        {
            "label": _words(lane.label),
            "spans": [
                {
                    "starts_on": span.starts_on.isoformat(),
                    "ends_on": span.ends_on.isoformat() if span.ends_on else None,
                    "label": _words(span.label),
                    "tone": span.tone,
                }
                for span in lane.spans
            ],
            "marks": [{"on": m.on.isoformat(), "label": _words(m.label), "tone": m.tone} for m in lane.marks],
        }
        for lane in block.lanes
    ]
    return {"heading": _words(block.heading), "until": block.until.isoformat(), "lanes": lanes}


def _caution(block: Caution) -> dict[str, Any]:
    return {"words": _words(block.words)}


_BLOCKS: dict[type, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    Facts: ("facts", _facts),
    Table: ("table", _table),
    Text: ("text", _text),
    Timeline: ("timeline", _timeline),
    Caution: ("caution", _caution),
}
