"""Everything that hangs on lots, their entrustments and devices, in one union of narrow rows, because a round trip
costs more than the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat

from cmo.catalogue.models import DeviceIdentifier
from cmo.signing.models import Signature

from ..models import (
    Deviation,
    FileReturn,
    LabelCheck,
    LotDocument,
    LotException,
    LotHold,
    LotMaterial,
    LotStep,
    MarketRelease,
    ProductionRelease,
)

#: (kind, key) → rows, oldest first. The key is the lot's id, for checks the entrustment's, for identifiers the device's.
Hanging = Mapping[tuple[str, int], list[Any]]


@dataclass(frozen=True, slots=True)
class Keys:
    """What to look for: ids of lots, of their entrustments and devices, and of the label and IFU versions used."""

    lots: Collection[int]
    entrustments: Collection[int]
    devices: Collection[int]
    labels: Collection[int]


#: Columns of the union: name → (type, empty value).
_COLUMNS: dict[str, tuple[Any, Any]] = {
    "row": (BigIntegerField(), None),
    "key": (BigIntegerField(), None),
    "count": (BigIntegerField(), 0),
    "amount": (BigIntegerField(), 0),
    "word": (CharField(), ""),
    "side_of": (CharField(), ""),
    "text": (TextField(), ""),
    "more": (TextField(), ""),
    "note": (TextField(), ""),
    "verdict": (CharField(), ""),
    "organisation": (BigIntegerField(), None),
    "person": (BigIntegerField(), None),
    "person_name": (CharField(), ""),
    "other_name": (CharField(), ""),
    "day": (DateField(), None),
    "other_day": (DateField(), None),
    "at": (DateTimeField(), None),
    "begins_at": (DateTimeField(), None),
    "ends_at": (DateTimeField(), None),
    "closed_by": (BigIntegerField(), None),
    "closed_at": (DateTimeField(), None),
}


def load_hanging(keys: Keys, known_at: datetime | None) -> Hanging:
    """Every row by kind and key; one query. What was closed or answered after ``known_at`` counts as open."""
    parts = [_part(tag, rows, given, known_at) for tag, (rows, given) in _sources(keys, known_at).items()]
    found: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in parts[0].union(*parts[1:], all=True).order_by("c_row", "c_closed_by"):
        plain = {name.removeprefix("c_"): value for name, value in row.items()}
        if known_at is not None and plain["closed_at"] is not None and plain["closed_at"] >= known_at:
            plain |= {"closed_by": None, "closed_at": None}
        found[plain["tag"], plain["key"]].append(plain)
    return found


def _sources(keys: Keys, known_at: datetime | None) -> dict[str, tuple[QuerySet[Any], dict[str, Any]]]:
    """Kind → rows and which of their columns go where."""

    def of_lots(model: Any) -> QuerySet[Any]:
        return model.objects.filter(lot_id__in=list(keys.lots))

    checks = LabelCheck.objects.filter(entrustment_id__in=list(keys.entrustments), label_id__in=list(keys.labels))
    sales_units = DeviceIdentifier.objects.filter(
        device_id__in=list(keys.devices), level=DeviceIdentifier.Level.SALES_UNIT
    )
    return {
        "document": (of_lots(LotDocument), {"word": "kind", "text": "reference", **_REVIEW}),
        "material": (of_lots(LotMaterial), {"text": "name", "more": "material_lot", "word": "supplier"}),
        "return": (of_lots(FileReturn), {"text": "question", **_closed("answer")}),
        "hold": (of_lots(LotHold), {"word": "kind", "text": "reason", "side_of": "side", **_closed("lift")}),
        "production": (of_lots(ProductionRelease), _DECISION | {"verdict": _signed()}),
        "market": (of_lots(MarketRelease), _DECISION),
        "step": (_effective(of_lots(LotStep), known_at), _STEP),
        "deviation": (of_lots(Deviation), _DEVIATION | {"verdict": _answered(known_at)}),
        "exception": (of_lots(LotException), _EXCEPTION),
        "check": (checks, {"key": "entrustment_id", "count": "label_id", "text": "missing"}),
        "identifier": (sales_units, _IDENTIFIER),
    }


def _part(tag: str, rows: QuerySet[Any], given: Mapping[str, Any], known_at: datetime | None) -> QuerySet[Any]:
    """One table's rows in the shape of the union."""
    known = rows.order_by() if known_at is None else rows.order_by().filter(recorded_at__lt=known_at)
    who = {"person": "recorded_by_id", "person_name": "recorded_by_name", "at": "recorded_at"}
    names: dict[str, Any] = {"row": "id", "key": "lot_id"} | who | dict(given)
    columns: dict[str, Any] = {"c_tag": Value(tag, output_field=CharField())}
    for name, (field, empty) in _COLUMNS.items():
        source = names.get(name, Value(empty))
        columns[f"c_{name}"] = Cast(F(source) if isinstance(source, str) else source, field)
    return known.annotate(**columns).values(*columns)


def _closed(related: str) -> dict[str, str]:
    return {"closed_by": f"{related}__id", "closed_at": f"{related}__recorded_at"}


#: A document's row carries one review; a document with several reviews comes in several rows.
_REVIEW = {
    "side_of": "reviews__side",
    "person": "reviews__recorded_by_id",
    "person_name": "reviews__recorded_by_name",
    **_closed("reviews"),
}
_DECISION: dict[str, Any] = {
    "count": "number",
    "amount": "quantity",
    "word": "outcome",
    "text": "conditions",
    "organisation": "organisation_id",
    **_closed("withdrawal"),
}
_STEP = {"text": "name", "word": "kind", "more": "performed_by", "begins_at": "starts_at", "ends_at": "ends_at"}
#: A deviation's row carries one proposal to close it.
_DEVIATION: dict[str, Any] = {
    "side_of": "kind",
    "word": "severity",
    "text": "reference",
    "more": "description",
    "amount": "quantity",
    "day": "occurred_on",
    "other_day": "discovered_on",
    "note": "closures__disposition",
    "count": "closures__quantity_out",
    "person": "closures__recorded_by_id",
    **_closed("closures"),
}
_IDENTIFIER = {
    "key": "device_id",
    "text": "model",
    "more": "code",
    "organisation": "site_id",
    "day": "assigned_on",
    "word": "events__kind",
    "other_day": "events__event_on",
    **_closed("events"),
}


def _yes_no(field: str, yes: str, no: str) -> Case:
    return Case(When(**{field: True}, then=Value(yes)), When(**{field: False}, then=Value(no)), default=Value(""))


_EXCEPTION: dict[str, Any] = {
    "word": "code",
    "text": "waived",
    "more": "justification",
    "note": "effect",
    "amount": "quantity",
    "verdict": _yes_no("decision__approved", "approved", "refused"),
    "side_of": "decision__reason",
    "other_name": "decision__recorded_by_name",
    **_closed("decision"),
}


def _answered(known_at: datetime | None) -> Case:
    """What the registrant answered to the proposal by then."""
    known = Q() if known_at is None else Q(closures__answer__recorded_at__lt=known_at)
    return Case(
        When(Q(closures__answer__accepted=True) & known, then=Value("accepted")),
        When(Q(closures__answer__accepted=False) & known, then=Value("returned")),
        default=Value(""),
    )


def _signed() -> Case:
    """Whether the person who decided has signed the decision."""
    key = Concat(Value(f"{ProductionRelease._meta.label_lower}:"), Cast(OuterRef("pk"), CharField()))
    own = Signature.objects.filter(record_key=key, signer_id=OuterRef("recorded_by_id"))
    return Case(When(Exists(own), then=Value("signed")), default=Value(""))


def _effective(rows: QuerySet[Any], known_at: datetime | None) -> QuerySet[Any]:
    """Steps that nobody has corrected or struck out by then."""
    stands = Q(corrected_by__isnull=True)
    if known_at is not None:
        stands |= Q(corrected_by__recorded_at__gte=known_at)
    return rows.filter(stands, void=False)
