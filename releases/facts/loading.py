"""Loading facts of lots set-wise: the same few queries for one lot and for two hundred.

Everything that hangs on lots (documents with reviews, returns, holds, decisions, materials) comes in one union of
narrow rows, because one round trip costs more than the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, DateTimeField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast

from agreements.facts import EntrustmentFacts, load_entrustment_facts
from agreements.models import Entrustment
from cmo.catalogue.facts import held_catalogue
from cmo.catalogue.models import DeviceVersion, LabelVersion
from cmo.catalogue.rules import Catalogue, screen
from cmo.clock import day_of
from cmo.parties.models import Post

from ..models import FileReturn, Lot, LotDocument, LotHold, LotMaterial, MarketRelease, ProductionRelease
from .values import (
    DecisionFact,
    DocumentFact,
    LabelFact,
    LotFacts,
    LotHoldFact,
    MaterialFact,
    RegistrationFacts,
    ReleaserFact,
    RequiredDocument,
    ReturnFact,
    ReviewFact,
)

_GRAVITY = {"allowed": 0, "undetermined": 1, "prohibited": 2}

#: Columns of the union: name → (type, empty value).
_COLUMNS: dict[str, tuple[Any, Any]] = {
    "row": (BigIntegerField(), None),
    "lot": (BigIntegerField(), None),
    "count": (BigIntegerField(), 0),
    "amount": (BigIntegerField(), 0),
    "word": (CharField(), ""),
    "text": (TextField(), ""),
    "more": (TextField(), ""),
    "side_of": (CharField(), ""),
    "organisation": (BigIntegerField(), None),
    "person": (BigIntegerField(), None),
    "person_name": (CharField(), ""),
    "at": (DateTimeField(), None),
    "closed_by": (BigIntegerField(), None),
    "closed_at": (DateTimeField(), None),
}


def load_lot_facts(lots: Iterable[Lot | int], known_at: datetime | None = None) -> dict[int, LotFacts]:
    """Lot id → facts in the order given, with a constant number of queries.

    ``known_at``: only what was on record before that moment; default everything on record.
    """
    ids = [lot.pk if isinstance(lot, Lot) else lot for lot in lots]
    rows = {row.pk: row for row in _lots(ids)}
    if not rows:
        return {}
    entrusted = load_entrustment_facts({r.entrustment_id: r.entrustment for r in rows.values()}.values(), known_at)
    hanging = _hanging(ids, known_at)
    versions = DeviceVersion.objects.current_by_subject({row.device_id for row in rows.values()}, known_at)
    catalogue = held_catalogue()
    return {
        pk: _facts(rows[pk], entrusted[rows[pk].entrustment_id], hanging, versions.get(rows[pk].device_id), catalogue)
        for pk in ids
        if pk in rows
    }


def _lots(ids: Iterable[int]) -> QuerySet[Lot]:
    related = ("entrustment", "label_version__withdrawal", "ifu_version__withdrawal")
    return Lot.objects.filter(pk__in=list(ids)).select_related(*related)


def _facts(
    row: Lot,
    entrustment: EntrustmentFacts,
    hanging: Mapping[tuple[str, int], list[Any]],
    version: DeviceVersion | None,
    catalogue: Catalogue,
) -> LotFacts:
    outcome, edition = _screened(version, catalogue, row.produced_from, row.produced_to)
    return LotFacts(
        lot_id=row.pk,
        number=row.number,
        pair_id=row.pair_id,
        registrant_id=row.registrant_id,
        contractor_id=row.contractor_id,
        device_id=row.device_id,
        device_name_zh=version.name_zh if version else "",
        device_name_en=version.name_en if version else "",
        site_id=row.site_id,
        entrustment=entrustment,
        go_live_on=day_of(row.entrustment.recorded_at),
        model=row.model,
        produced_from=row.produced_from,
        produced_to=row.produced_to,
        quantity=row.quantity,
        unit=row.unit,
        expires_on=row.expires_on,
        taken_over=row.taken_over,
        taken_over_note=row.taken_over_note,
        registered_by_id=row.recorded_by_id,
        label=_label(row.label_version),
        ifu=_label(row.ifu_version),
        catalogue=outcome,
        catalogue_edition=edition,
        required_documents=_required(version),
        **_hung(row.pk, hanging),
    )


def _hung(lot: int, hanging: Mapping[tuple[str, int], list[Any]]) -> dict[str, Any]:
    """What hangs on the lot, as facts."""
    return {
        "documents": _documents(hanging["document", lot]),
        "materials": tuple(MaterialFact(m["text"], m["more"], m["word"]) for m in hanging["material", lot]),
        "returns": tuple(_return(r) for r in hanging["return", lot] if r["closed_by"] is None),
        "holds": tuple(_hold(h) for h in hanging["hold", lot] if h["closed_by"] is None),
        "production": tuple(_decision(d) for d in hanging["production", lot]),
        "market": tuple(_decision(d) for d in hanging["market", lot]),
    }


def _screened(version: DeviceVersion | None, catalogue: Catalogue, first: date, last: date) -> tuple[str, str]:
    """The gravest outcome over the production window; a device without confirmed data is undetermined."""
    if version is None:
        return "undetermined", ""
    results = [screen(version.screening_facts(), catalogue, day) for day in sorted({first, last})]
    gravest = max(results, key=lambda result: _GRAVITY[result.outcome])
    return gravest.outcome, gravest.edition or ""


def registration_facts(
    entrustment: Entrustment, loaded: EntrustmentFacts, content: Mapping[str, Any], note: str = ""
) -> RegistrationFacts:
    """What registering a lot with this content rests on; a constant number of queries."""
    device_id = entrustment.device_id
    version = DeviceVersion.objects.current_by_subject([device_id]).get(device_id)
    first, last = content["produced_from"], content["produced_to"]
    number = content["number"].strip()
    known = Lot.objects.filter(contractor_id=entrustment.contractor_id, device_id=device_id, number=number)
    return RegistrationFacts(
        entrustment=loaded,
        catalogue=_screened(version, held_catalogue(), first, last)[0],
        go_live_on=day_of(entrustment.recorded_at),
        number=number,
        number_known=known.exists(),
        model=content["model"],
        produced_from=first,
        produced_to=last,
        quantity=content["quantity"],
        expires_on=content.get("expires_on"),
        label_fits=_fits(content.get("label_version"), device_id, LabelVersion.Kind.LABEL),
        ifu_fits=_fits(content.get("ifu_version"), device_id, LabelVersion.Kind.IFU),
        note=note,
    )


def _fits(chosen: LabelVersion | None, device_id: int, kind: str) -> bool:
    """Whether a chosen version (none is fine) is of this device and of the right kind."""
    return chosen is None or (chosen.device_id == device_id and chosen.kind == kind)


def _required(version: DeviceVersion | None) -> tuple[RequiredDocument, ...]:
    listed = version.release_documents if version else ()
    return tuple(RequiredDocument(item["key"], item["zh"], item.get("en", "")) for item in listed)


def _label(row: LabelVersion | None) -> LabelFact | None:
    if row is None:
        return None
    withdrawal = getattr(row, "withdrawal", None)
    ends = [day for day in (row.effective_to, withdrawal.last_used_on if withdrawal else None) if day is not None]
    return LabelFact(row.pk, row.version, row.effective_from, min(ends, default=None))


def _hanging(ids: list[int], known_at: datetime | None) -> Mapping[tuple[str, int], list[Any]]:
    """(kind, lot) → its rows, oldest first; one query. What was closed after ``known_at`` counts as open."""
    sources = {
        "document": (LotDocument, {"word": "kind", "text": "reference", **_review()}),
        "material": (LotMaterial, {"text": "name", "more": "material_lot", "word": "supplier"}),
        "return": (FileReturn, {"text": "question", **_closed("answer")}),
        "hold": (LotHold, {"word": "kind", "text": "reason", "side_of": "side", **_closed("lift")}),
        "production": (ProductionRelease, _DECISION),
        "market": (MarketRelease, _DECISION),
    }
    parts = [_part(kind, model, given, ids, known_at) for kind, (model, given) in sources.items()]
    found: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in parts[0].union(*parts[1:], all=True).order_by("c_row", "c_closed_by"):
        plain = {name.removeprefix("c_"): value for name, value in row.items()}
        if known_at is not None and plain["closed_at"] is not None and plain["closed_at"] >= known_at:
            plain |= {"closed_by": None, "closed_at": None}
        found[plain["tag"], plain["lot"]].append(plain)
    return found


def _closed(related: str) -> dict[str, str]:
    return {"closed_by": f"{related}__id", "closed_at": f"{related}__recorded_at"}


def _review() -> dict[str, str]:
    """A document's row carries one review; a document with several reviews comes in several rows."""
    return {
        "side_of": "reviews__side",
        "person": "reviews__recorded_by_id",
        "person_name": "reviews__recorded_by_name",
        **_closed("reviews"),
    }


_DECISION = {
    "count": "number",
    "amount": "quantity",
    "word": "outcome",
    "text": "conditions",
    "organisation": "organisation_id",
    **_closed("withdrawal"),
}


def _part(kind: str, model: Any, given: dict[str, str], ids: list[int], known_at: datetime | None) -> QuerySet[Any]:
    """One table's rows in the shape of the union."""
    rows = model.objects.filter(lot_id__in=ids).order_by()
    if known_at is not None:
        rows = rows.filter(recorded_at__lt=known_at)
    who = {"person": "recorded_by_id", "person_name": "recorded_by_name", "at": "recorded_at"}
    names = {"row": "id", "lot": "lot_id"} | who | given
    columns: dict[str, Any] = {"c_tag": Value(kind, output_field=CharField())}
    for name, (field, empty) in _COLUMNS.items():
        columns[f"c_{name}"] = Cast(F(names[name]) if name in names else Value(empty), field)
    return rows.annotate(**columns).values(*columns)


def _documents(rows: list[Any]) -> tuple[DocumentFact, ...]:
    reviews: dict[int, list[ReviewFact]] = defaultdict(list)
    first: dict[int, Any] = {}
    for row in rows:
        first.setdefault(row["row"], row)
        if row["closed_by"] is not None:
            day = day_of(row["closed_at"])
            reviews[row["row"]].append(ReviewFact(row["side_of"], row["person"], row["person_name"], day))
    return tuple(
        DocumentFact(pk, row["word"], row["text"], day_of(row["at"]), tuple(reviews[pk])) for pk, row in first.items()
    )


def _return(row: Any) -> ReturnFact:
    return ReturnFact(row["row"], row["text"], day_of(row["at"]), row["person_name"])


def _hold(row: Any) -> LotHoldFact:
    placed = day_of(row["at"])
    return LotHoldFact(row["row"], row["word"], row["side_of"], row["text"], placed, row["person"], row["person_name"])


def _decision(row: Any) -> DecisionFact:
    return DecisionFact(
        decision_id=row["row"],
        number=row["count"],
        outcome=row["word"],
        quantity=row["amount"],
        conditions=row["text"],
        organisation_id=row["organisation"],
        person_id=row["person"],
        person=row["person_name"],
        decided_at=row["at"],
        withdrawal_id=row["closed_by"],
        withdrawn_at=row["closed_at"],
    )


def load_releaser(user: Any, role: str, side: str, organisation_id: int, on: date) -> ReleaserFact:
    """The post under which a person would decide on ``on``; the nearest one when none is effective. One query."""
    posts = Post.objects.confirmed().filter(user_id=user.pk).select_related("end")
    wanted = (role, side, organisation_id)
    facts = [_releaser(user, post) for post in posts.order_by("id")]
    fitting = [fact for fact in facts if (fact.role, fact.side, fact.organisation_id) == wanted]
    nobody = ReleaserFact(user.pk, user.printed_name, user.is_active)
    return max(fitting or facts, key=lambda fact: (fact.holds_post_on(on), fact.starts_on), default=nobody)


def _releaser(user: Any, post: Post) -> ReleaserFact:
    end = getattr(post, "end", None)
    return ReleaserFact(
        person_id=user.pk,
        person=user.printed_name,
        account_open=user.is_active,
        role=post.role,
        side=post.side,
        organisation_id=post.organisation_id,
        starts_on=post.starts_on,
        ends_on=post.ends_on,
        ended_on=end.ended_on if end else None,
        authorised_on=post.authorised_on,
        authorisation_reference=post.authorisation_reference,
        trained_on=post.trained_on,
        full_time=post.full_time,
    )
