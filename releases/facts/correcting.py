"""What a correction of a lot or of a key material line rests on, and what lots said before they were corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from ..models import CONTENT, Lot, LotContent, LotCorrection, LotMaterial
from .values import LotFacts, MaterialFact, RegistrationFacts


@dataclass(frozen=True, slots=True)
class CorrectionAsked:
    """What a lot should read: ``typed`` as for a registration, ``before`` and ``after`` by name, JSON-ready.

    ``meanwhile``: somebody has corrected the lot since this was typed.
    """

    lot: LotFacts
    typed: RegistrationFacts
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    meanwhile: bool
    reason: str


@dataclass(frozen=True, slots=True)
class MaterialAsked:
    """A key material line as it should read, or struck out (None), and the other lines of the lot that count.

    ``corrected``: somebody has corrected the line before; ``void``: it is a stroke itself.
    """

    lot: LotFacts
    before: MaterialFact
    after: MaterialFact | None
    others: tuple[MaterialFact, ...]
    corrected: bool
    void: bool
    reason: str


#: What can be corrected: name → field.
FIELDS = {field.name: field for field in Lot._meta.concrete_fields if field.name in CONTENT}


def content_data(row: LotContent) -> dict[str, Any]:
    """What a lot or its correction says, by name: days as ISO text, label and IFU version as id."""
    found = {name: getattr(row, FIELDS[name].attname) for name in CONTENT}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def said_before(later: QuerySet[LotCorrection]) -> dict[int, dict[str, Any]]:
    """Lot id → its columns as they stood before the first of these corrections; one query."""
    rows = later.order_by("-id").values_list("lot_id", "before")
    return {lot: _columns(before) for lot, before in rows}  # the first correction comes last and wins


def _columns(before: Mapping[str, Any]) -> dict[str, Any]:
    return {FIELDS[name].attname: FIELDS[name].to_python(value) for name, value in before.items()}


def as_known(lots: Sequence[Lot], known_at: datetime) -> None:
    """Let lots say what they said just before ``known_at``; a constant number of queries."""
    later = LotCorrection.objects.filter(lot_id__in=[lot.pk for lot in lots], recorded_at__gte=known_at)
    before = said_before(later)
    for lot in lots:
        for column, value in before.get(lot.pk, {}).items():
            setattr(lot, column, value)
    prefetch_related_objects(lots, "label_version__withdrawal", "ifu_version__withdrawal")


def material_asked(
    facts: LotFacts, line: LotMaterial, after: LotMaterial, corrected: bool, others: Sequence[LotMaterial]
) -> MaterialAsked:
    """A correction of a line as rules judge it; ``others``: further lines of the lot that count."""
    return MaterialAsked(
        lot=facts,
        before=_material(line),
        after=None if after.void else _material(after),
        others=tuple(_material(other) for other in others),
        corrected=corrected,
        void=line.void,
        reason=after.reason,
    )


def _material(row: LotMaterial) -> MaterialFact:
    return MaterialFact(row.name, row.material_lot, row.supplier)
