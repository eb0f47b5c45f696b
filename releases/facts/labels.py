"""Facts of labels: what a label of an entrustment must say as confirmed on a day, and the latest check of each version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from agreements.facts import EntrustmentFacts, load_entrustment_facts
from agreements.models import Entrustment
from cmo.catalogue.facts_identifiers import load_identifiers
from cmo.catalogue.models import DeviceVersion, TechnicalDocument
from cmo.catalogue.rules.identifiers import identifier_for, udi_is_due
from cmo.clock import day_of
from cmo.parties.models import OrganisationVersion, SiteVersion
from cmo.parties.versions import end_of_day

from ..label_block import LabelBlock, LotOnLabel, label_block
from ..labels import LabelFacts
from ..models import LabelCheck, Lot
from ..rules.validity import IN_FORCE, best_licence, covers_product, covers_site


@dataclass(frozen=True, slots=True)
class LabelCheckFact:
    """The latest check of one label or IFU version for one entrustment."""

    check_id: int
    checked_on: date
    checked_by: str
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing was missing."""
        return not self.missing


def load_label_checks(
    entrustment_ids: Iterable[int], known_at: datetime | None = None
) -> Mapping[tuple[int, int], LabelCheckFact]:
    """(entrustment, label version) → its latest check, for any number of entrustments in one query."""
    rows = LabelCheck.objects.filter(entrustment_id__in=list(entrustment_ids)).defer("text", "expected")
    if known_at is not None:
        rows = rows.filter(recorded_at__lt=known_at)
    return {
        (row.entrustment_id, row.label_id): LabelCheckFact(
            row.pk, day_of(row.recorded_at), row.recorded_by_name, tuple(row.missing)
        )
        for row in rows.order_by("id")
    }


def load_label_facts(entrustment: Entrustment, on: date, known_at: datetime | None = None) -> LabelFacts:
    """What a label of the entrustment says on ``on``; a constant number of queries.

    ``known_at``: only base data confirmed before that moment; default everything confirmed.
    """
    device = DeviceVersion.objects.current_by_subject([entrustment.device_id], known_at).get(entrustment.device_id)
    parties = (entrustment.registrant_id, entrustment.contractor_id)
    names = OrganisationVersion.objects.current_by_subject(parties, known_at)
    registrant, contractor = (names.get(pk) for pk in parties)
    site = SiteVersion.objects.current_by_subject([entrustment.site_id], known_at).get(entrustment.site_id)
    facts = load_entrustment_facts([entrustment], known_at)[entrustment.pk]
    return LabelFacts(
        product_name=device.name_zh if device else "",
        models=tuple(device.models_and_specifications) if device else (),
        certificate=device.number_printed if device else "",
        registrant=registrant.name_zh if registrant else "",
        registrant_address=registrant.address_zh if registrant else "",
        registrant_contact=registrant.contact if registrant else "",
        contractor=contractor.name_zh if contractor else "",
        contractor_address=contractor.address_zh if contractor else "",
        contractor_contact=contractor.contact if contractor else "",
        production_address=site.address_zh if site else "",
        licence=_licence(facts, on),
        technical_requirements=_technical_requirements(entrustment.device_id, on, known_at),
        udi_due=device is None or udi_is_due(device.device_class, device.sub_catalogue, device.udi_listed, on),
    )


def _licence(facts: EntrustmentFacts, on: date) -> str:
    """The number of the licence under which the product may be made at the site; empty when none fits."""
    licence = best_licence(facts, on)
    fits = licence is not None and covers_product(licence, facts) and covers_site(licence, facts)
    return licence.number if licence is not None and fits and licence.standing == IN_FORCE else ""


def _technical_requirements(device_id: int, on: date, known_at: datetime | None) -> str:
    rows = TechnicalDocument.objects.filter(
        device_id=device_id, kind=TechnicalDocument.Kind.TECHNICAL_REQUIREMENTS, effective_from__lte=on
    )
    if known_at is not None:
        rows = rows.filter(recorded_at__lt=known_at)
    return rows.order_by("-effective_from", "-id").values_list("reference", flat=True).first() or ""


def load_label_block(lot: Lot) -> LabelBlock:
    """The label block of a lot (with its entrustment loaded), as confirmed by the end of its last production day.

    For a lot taken over at go-live that is the end of the day on which its entrustment was recorded here: nothing older
    is on record.
    """
    known_on = lot.produced_to
    if lot.taken_over:
        known_on = max(known_on, day_of(lot.entrustment.recorded_at))
    facts = load_label_facts(lot.entrustment, lot.produced_to, end_of_day(known_on))
    identifiers = load_identifiers([lot.device_id]).get(lot.device_id, ())
    identifier = identifier_for(identifiers, lot.model, lot.site_id, lot.produced_to)
    said = LotOnLabel(lot.number, lot.model, lot.produced_to, lot.expires_on)
    return label_block(facts, said, identifier)
