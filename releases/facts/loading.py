"""Loading facts of lots set-wise: the same few queries for one lot and for two hundred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from agreements.facts import EntrustmentFacts, load_entrustment_facts
from agreements.facts.supervision import load_supervision
from agreements.models import Entrustment
from cmo.catalogue.facts import held_catalogue
from cmo.catalogue.facts_vocabulary import ScreeningFacts
from cmo.catalogue.models import DeviceVersion, LabelVersion
from cmo.catalogue.rules import Catalogue, screen
from cmo.clock import day_of
from cmo.parties.models import Post
from cmo.trail.actor import Actor

from ..models import Lot
from ..on_day import judged_by
from .correcting import as_known
from .demands import same_model
from .hanging import Hanging, Keys, load_hanging
from .hung import facts_of, identifiers_of
from .printing import Printing
from .supervising import Supervisions
from .values import LabelFact, LotFacts, RegistrationFacts, ReleaserFact, RequiredDocument

_GRAVITY = {"allowed": 0, "undetermined": 1, "prohibited": 2}


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Every row the facts are made of, indexed."""

    entrustments: Mapping[int, EntrustmentFacts]
    versions: Mapping[int, DeviceVersion]
    hanging: Hanging
    printing: Printing
    supervision: Supervisions
    catalogue: Catalogue


def load_lot_facts(lots: Iterable[Lot | int], known_at: datetime | None = None) -> dict[int, LotFacts]:
    """Lot id → facts in the order given, with a constant number of queries.

    ``known_at``: only what was on record before that moment; default everything on record.
    """
    ids = [lot.pk if isinstance(lot, Lot) else lot for lot in lots]
    rows = {row.pk: row for row in _lots(ids)}
    if not rows:
        return {}
    if known_at is not None:
        as_known(list(rows.values()), known_at)
    loaded = _load(list(rows.values()), known_at)
    return {pk: _facts(rows[pk], loaded) for pk in ids if pk in rows}


def _load(rows: list[Lot], known_at: datetime | None) -> _Loaded:
    devices = {row.device_id for row in rows}
    keys = Keys(
        lots=[row.pk for row in rows],
        entrustments={row.entrustment_id for row in rows},
        devices=devices,
        labels={pk for row in rows for pk in (row.label_version_id, row.ifu_version_id) if pk is not None},
        organisations={pk for row in rows for pk in (row.registrant_id, row.contractor_id)},
        sites={row.site_id for row in rows},
    )
    entrustments = load_entrustment_facts({r.entrustment_id: r.entrustment for r in rows}.values(), known_at)
    hanging = load_hanging(keys, known_at)
    return _Loaded(
        entrustments=entrustments,
        versions=DeviceVersion.objects.current_by_subject(devices, known_at),
        hanging=hanging,
        printing=Printing(entrustments, hanging),
        supervision=Supervisions(load_supervision({row.pair_id for row in rows}, known_at)),
        catalogue=held_catalogue(),
    )


def _lots(ids: Iterable[int]) -> QuerySet[Lot]:
    related = ("entrustment", "label_version__withdrawal", "ifu_version__withdrawal")
    return Lot.objects.filter(pk__in=list(ids)).select_related(*related)


def _facts(row: Lot, loaded: _Loaded) -> LotFacts:
    version, hanging = loaded.versions.get(row.device_id), loaded.hanging
    entrustment = loaded.entrustments[row.entrustment_id]
    outcome, editions, determined = screened_by(entrustment, loaded.catalogue, row.produced_from, row.produced_to)
    hung = facts_of(row.pk, hanging)
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
        label=label_fact(row.label_version) if row.label_version else None,
        ifu=label_fact(row.ifu_version) if row.ifu_version else None,
        catalogue=outcome,
        catalogue_editions=editions,
        catalogue_determined=determined,
        required_documents=_required(version),
        udi_listed=version.udi_listed if version else "unknown",
        **_demanded(row, hung, loaded),
        **hung,
    )


def _demanded(row: Lot, hung: Mapping[str, Any], loaded: _Loaded) -> dict[str, Any]:
    """Checks of the texts used, identifiers of the model, and the supervision of the days of manufacture."""
    hanging, days = loaded.hanging, (row.produced_from, row.produced_to)
    judged_on = (row.produced_to, day_of(row.entrustment.recorded_at))
    named = [*(material.supplier for material in hung["materials"]), *(step.performed_by for step in hung["steps"])]
    return {
        "label_check": loaded.printing.check(row.entrustment_id, row.label_version_id, *judged_on),
        "ifu_check": loaded.printing.check(row.entrustment_id, row.ifu_version_id, *judged_on),
        "identifiers": tuple(one for one in identifiers_of(row.device_id, hanging) if same_model(one.model, row.model)),
        "supervision": loaded.supervision.of_lot(row.pair_id, row.site_id, days, hung["steps"], named),
    }


#: The outcome over a window, the editions that give it, and what quality determined of these facts under each of them.
Screened = tuple[str, tuple[str, ...], tuple[str, ...]]


def screened_by(entrustment: EntrustmentFacts, catalogue: Catalogue, first: date, last: date) -> Screened:
    """The gravest that any data of the device say which :func:`releases.on_day.judged_by` names; an outcome that signed
    determinations of the same facts clear weighs less. A device without confirmed data is undetermined."""
    found: list[Screened] = []
    for version in judged_by(entrustment, first, last):
        outcome, editions = screened(ScreeningFacts(**version.screening_facts), catalogue, first, last)
        said = tuple(entrustment.determined_for(version.screening_facts, key) for key in editions)
        found.append((outcome, editions, said))
    return max(
        found, key=lambda one: (_GRAVITY[one[0]], set(one[2]) != {"allowed"}), default=("undetermined", ("",), ("",))
    )


def screened(facts: ScreeningFacts, catalogue: Catalogue, first: date, last: date) -> tuple[str, tuple[str, ...]]:
    """The gravest outcome over the production window, with every edition in force in it that gives this outcome (an
    empty key: none was held that day)."""
    begin = (edition.effective_from for edition in catalogue.editions)
    end = (edition.effective_to + timedelta(days=1) for edition in catalogue.editions if edition.effective_to)
    days = {first, last, *(day for day in (*begin, *end) if first < day <= last)}
    results = [screen(facts, catalogue, day) for day in sorted(days)]
    gravest = max((result.outcome for result in results), key=_GRAVITY.__getitem__)
    found = (result.edition or "" for result in results if result.outcome == gravest)
    return gravest, tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class RegistrationGround:
    """What lots of one entrustment are registered on whatever they are; ``by`` may register them."""

    by: Actor
    entrustment: Entrustment
    facts: EntrustmentFacts
    catalogue: Catalogue


def load_registration_ground(entrustment: Entrustment, by: Actor) -> RegistrationGround:
    """A constant number of queries."""
    facts = load_entrustment_facts([entrustment])[entrustment.pk]
    return RegistrationGround(by, entrustment, facts, held_catalogue())


def registration_facts(ground: RegistrationGround, content: Mapping[str, Any], note: str = "") -> RegistrationFacts:
    """What registering a lot with this content rests on; one query."""
    entrustment, device_id = ground.entrustment, ground.entrustment.device_id
    first, last = content["produced_from"], content["produced_to"]
    number = content["number"].strip()
    known = Lot.objects.filter(contractor_id=entrustment.contractor_id, device_id=device_id, number=number)
    return RegistrationFacts(
        entrustment=ground.facts,
        catalogue=screened_by(ground.facts, ground.catalogue, first, last)[0],
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


def typed_again(facts: LotFacts, content: Mapping[str, Any]) -> RegistrationFacts:
    """What correcting a lot to this content rests on. Number and catalogue are not asked again: the first stays, the
    second is a condition of release."""
    return RegistrationFacts(
        entrustment=facts.entrustment,
        catalogue=facts.catalogue,
        go_live_on=facts.go_live_on,
        number=facts.number,
        number_known=False,
        model=content["model"],
        produced_from=content["produced_from"],
        produced_to=content["produced_to"],
        quantity=content["quantity"],
        expires_on=content["expires_on"],
        label_fits=_fits(content["label_version"], facts.device_id, LabelVersion.Kind.LABEL),
        ifu_fits=_fits(content["ifu_version"], facts.device_id, LabelVersion.Kind.IFU),
        note=facts.taken_over_note,
    )


def _fits(chosen: LabelVersion | None, device_id: int, kind: str) -> bool:
    """Whether a chosen version (none is fine) is of this device and of the right kind."""
    return chosen is None or (chosen.device_id == device_id and chosen.kind == kind)


def _required(version: DeviceVersion | None) -> tuple[RequiredDocument, ...]:
    listed = version.release_documents if version else ()
    return tuple(RequiredDocument(item["key"], item["zh"], item.get("en", "")) for item in listed)


def label_fact(row: LabelVersion) -> LabelFact:
    """A label or IFU version, with its withdrawal loaded, as gates see it."""
    withdrawal = getattr(row, "withdrawal", None)
    ends = [day for day in (row.effective_to, withdrawal.last_used_on if withdrawal else None) if day is not None]
    return LabelFact(row.pk, row.version, row.effective_from, min(ends, default=None))


def load_releaser(user: Any, role: str, side: str, organisation_id: int, on: date) -> ReleaserFact:
    """The post under which a person would decide on ``on``; the nearest one when none is effective. One query."""
    posts = Post.objects.confirmed().filter(user_id=user.pk).select_related("end")
    wanted = (role, side, organisation_id)
    facts = [releaser_fact(user, post) for post in posts.order_by("id")]
    return nearest_post(facts, wanted, on) or ReleaserFact(user.pk, user.printed_name, user.is_active)


def nearest_post(facts: Iterable[ReleaserFact], wanted: tuple[str, str, int], on: date) -> ReleaserFact | None:
    """Of somebody's posts the one of this role, side and organisation that is held on ``on``, or comes nearest to it."""
    held = list(facts)
    fitting = [fact for fact in held if (fact.role, fact.side, fact.organisation_id) == wanted]
    return max(fitting or held, key=lambda fact: (fact.holds_post_on(on), fact.starts_on), default=None)


def releaser_fact(user: Any, post: Post) -> ReleaserFact:
    """One confirmed post of a person as gates see it."""
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
