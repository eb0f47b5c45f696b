"""Facts of labels: what a label of an entrustment must say on a day, the checks of its versions, the block of a lot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from agreements.facts import load_entrustment_facts
from agreements.models import Entrustment
from cmo.catalogue.facts_identifiers import load_identifiers
from cmo.catalogue.models import LabelVersion
from cmo.catalogue.rules.identifiers import identifier_for
from cmo.clock import day_of

from ..label_block import LabelBlock, LotOnLabel, label_block
from ..labels import LabelFacts
from ..models import Lot
from .demands import CheckFact, same_model
from .hanging import Keys, load_hanging
from .printing import Printing


def load_printing(
    entrustments: Iterable[Entrustment], labels: Collection[int] = (), known_at: datetime | None = None
) -> Printing:
    """Everything that labels of these entrustments rest on, with the latest checks of the versions ``labels``; a constant
    number of queries.
    """
    rows = list(entrustments)
    keys = Keys(
        lots=(),
        entrustments={row.pk for row in rows},
        devices={row.device_id for row in rows},
        labels=labels,
        organisations={pk for row in rows for pk in (row.registrant_id, row.contractor_id)},
        sites={row.site_id for row in rows},
    )
    return Printing(load_entrustment_facts(rows, known_at), load_hanging(keys, known_at))


def load_label_checks(
    entrustments: Iterable[Entrustment], on: date, known_at: datetime | None = None
) -> Mapping[tuple[int, int], CheckFact]:
    """(entrustment, label version) → its latest check, judged for a lot finished on ``on``; a constant number of queries."""
    rows = list(entrustments)
    devices = {row.device_id for row in rows}
    labels = dict(LabelVersion.objects.filter(device_id__in=devices).values_list("pk", "device_id"))
    printing = load_printing(rows, labels, known_at)
    couples = [(row.pk, label) for row in rows for label, device in labels.items() if device == row.device_id]
    found = {couple: printing.check(*couple, on) for couple in couples}
    return {couple: check for couple, check in found.items() if check is not None}


def load_label_facts(entrustment: Entrustment, on: date, known_at: datetime | None = None) -> LabelFacts:
    """What a label of the entrustment says of a lot finished on ``on``; a constant number of queries.

    ``known_at``: only base data confirmed before that moment; default everything confirmed.
    """
    return load_printing([entrustment], known_at=known_at).demanded(entrustment.pk, on).then


def load_label_block(lot: Lot) -> LabelBlock:
    """The label block of a lot (with its entrustment loaded), as confirmed by the end of its last production day.

    For a lot taken over at go-live that is the end of the day on which its entrustment was recorded here: nothing older
    is on record.
    """
    printing = load_printing([lot.entrustment])
    facts = printing.demanded(lot.entrustment_id, lot.produced_to, day_of(lot.entrustment.recorded_at)).then
    known = load_identifiers([lot.device_id]).get(lot.device_id, ())
    own = [replace(fact, model=lot.model) for fact in known if same_model(fact.model, lot.model)]
    identifier = identifier_for(own, lot.model, lot.site_id, lot.produced_to)
    said = LotOnLabel(lot.number, lot.model, lot.produced_to, lot.expires_on)
    return label_block(facts, said, identifier)
