"""Everything that hangs on lots, their entrustments and devices, and what their labels name, in one union of narrow rows."""

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
    Max,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat

from cmo.catalogue.models import DeviceIdentifier, DeviceVersion, TechnicalDocument
from cmo.narrow import Columns, united
from cmo.parties.models import OrganisationVersion, SiteVersion
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
    Observation,
    ProductionRelease,
)

#: (kind, key) → rows, oldest first. The key is the lot's id, for checks the entrustment's, for identifiers, versions and
#: technical requirements of devices the device's, for versions of organisations and sites theirs.
Hanging = Mapping[tuple[str, int], list[Any]]


@dataclass(frozen=True, slots=True)
class Keys:
    """What to look for: ids of lots, of their entrustments and devices, of the label and IFU versions used, and of the
    organisations and sites that labels name."""

    lots: Collection[int] = ()
    entrustments: Collection[int] = ()
    devices: Collection[int] = ()
    labels: Collection[int] = ()
    organisations: Collection[int] = ()
    sites: Collection[int] = ()


#: Columns of the union.
_COLUMNS: Columns = {
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
    parts = {tag: (_known(rows, known_at), _SHARED | given) for tag, (rows, given) in _sources(keys, known_at).items()}
    parts |= _versions(keys, known_at)
    found: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in united(_COLUMNS, parts, "row", "closed_by") if parts else ():
        if known_at is not None and row["closed_at"] is not None and row["closed_at"] >= known_at:
            row |= {"closed_by": None, "closed_at": None}
        found[row["tag"], row["key"]].append(row)
    return found


def _sales_units(devices: Collection[int]) -> QuerySet[Any]:
    return DeviceIdentifier.objects.filter(device_id__in=list(devices), level=DeviceIdentifier.Level.SALES_UNIT)


def _sources(keys: Keys, known_at: datetime | None) -> dict[str, tuple[QuerySet[Any], dict[str, Any]]]:
    """Kind → rows and which of their columns go where; only kinds of which anything is looked for."""
    of_lots = _of_lots(keys.lots, known_at) if keys.lots else {}
    of_labels = _of_labels(keys, known_at) if keys.labels else {}
    of_devices = {
        "identifier": (_sales_units(keys.devices), _IDENTIFIER),
        "technical": (_technical(keys.devices), {"key": "device_id", "text": "reference", "day": "effective_from"}),
    }
    return of_lots | of_labels | (of_devices if keys.devices else {})


def _of_labels(keys: Keys, known_at: datetime | None) -> dict[str, tuple[QuerySet[Any], dict[str, Any]]]:
    """The latest check of every version used."""
    checks = LabelCheck.objects.filter(entrustment_id__in=list(keys.entrustments), label_id__in=list(keys.labels))
    latest = _known(checks, known_at).order_by().values("entrustment_id", "label_id").annotate(last=Max("pk"))
    return {"check": (LabelCheck.objects.filter(pk__in=latest.values("last")), _CHECK)}


def _of_lots(lots: Collection[int], known_at: datetime | None) -> dict[str, tuple[QuerySet[Any], dict[str, Any]]]:
    def of_lots(model: Any) -> QuerySet[Any]:
        return model.objects.filter(lot_id__in=list(lots))

    return {
        "document": (of_lots(LotDocument), {"word": "kind", "text": "reference", **_REVIEW}),
        "material": (
            _effective(of_lots(LotMaterial), known_at),
            {"text": "name", "more": "material_lot", "word": "supplier"},
        ),
        "return": (of_lots(FileReturn), {"text": "question", **_closed("answer")}),
        "hold": (of_lots(LotHold), {"word": "kind", "text": "reason", "side_of": "side", **_closed("lift")}),
        "production": (of_lots(ProductionRelease), _DECISION | {"verdict": _signed()}),
        "market": (of_lots(MarketRelease), _DECISION),
        "step": (_effective(of_lots(LotStep), known_at), _STEP),
        "deviation": (of_lots(Deviation), _DEVIATION | {"verdict": _answered(known_at)}),
        "exception": (of_lots(LotException), _EXCEPTION),
        "doubtful": (
            of_lots(Observation).filter(outcome=Observation.Outcome.DOUBTFUL),
            {"text": "text", "begins_at": "event_at"},
        ),
    }


def _technical(devices: Collection[int]) -> QuerySet[Any]:
    kind = TechnicalDocument.Kind.TECHNICAL_REQUIREMENTS
    return TechnicalDocument.objects.filter(device_id__in=list(devices), kind=kind)


def _versions(keys: Keys, known_at: datetime | None) -> dict[str, tuple[QuerySet[Any], dict[str, Any]]]:
    """Confirmed versions of what labels name, at the moment of their confirmation."""

    def confirmed(model: Any, ids: Collection[int]) -> QuerySet[Any]:
        rows: QuerySet[Any] = model.objects.confirmed(known_at)
        return rows.filter(**{f"{model.subject_field}_id__in": list(ids)})

    named = {"text": "name_zh", "more": "address_zh", "at": "decision__decided_at"}
    organisation = {"key": "organisation_id", "note": "contact", **named}
    looked_for: dict[str, tuple[Any, Collection[int], dict[str, Any]]] = {
        "organisation": (OrganisationVersion, keys.organisations, organisation),
        "site": (SiteVersion, keys.sites, {"key": "site_id", **named}),
        "device": (DeviceVersion, keys.devices, _DEVICE),
    }
    return {tag: (confirmed(model, ids), given) for tag, (model, ids, given) in looked_for.items() if ids}


def _known(rows: QuerySet[Any], known_at: datetime | None) -> QuerySet[Any]:
    return rows if known_at is None else rows.filter(recorded_at__lt=known_at)


def _closed(related: str) -> dict[str, str]:
    return {"closed_by": f"{related}__id", "closed_at": f"{related}__recorded_at"}


#: What every kind has, unless it says otherwise.
_SHARED: dict[str, Any] = {
    "key": "lot_id",
    "person": "recorded_by_id",
    "person_name": "recorded_by_name",
    "at": "recorded_at",
}
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


_DEVICE: dict[str, Any] = {
    "key": "device_id",
    "text": "name_zh",
    "more": "number_printed",
    "note": Cast("models_and_specifications", TextField()),
    "verdict": "udi_listed",
    "day": "first_day",
    "at": "decision__decided_at",
}
#: Whether a text is that of a small label, its expectations say: only those have the pointer to the instructions.
_CHECK: dict[str, Any] = {
    "key": "entrustment_id",
    "count": "label_id",
    "text": Cast("missing", TextField()),
    "more": "text",
    "word": "label__kind",
    "verdict": Case(When(expected__has_key="see_ifu", then=Value("small")), default=Value("")),
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
    """Steps or material lines that nobody has corrected or struck out by then."""
    stands = Q(corrected_by__isnull=True)
    if known_at is not None:
        stands |= Q(corrected_by__recorded_at__gte=known_at)
    return rows.filter(stands, void=False)
