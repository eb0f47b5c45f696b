"""What opening an entrustment rests on: one device, one site, one pair, one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from cmo.catalogue.facts import screening_states
from cmo.catalogue.models import Device, DeviceShare
from cmo.parties.facts import current_sites
from cmo.parties.models import Pair, PairEnd, Site

from ..models import Entrustment, EntrustmentEvent, Preparation
from .base_data import load_certificates, load_licences
from .entrustment import CertificateFact, LicenceFact


@dataclass(frozen=True, slots=True)
class PreparationFact:
    """One prepared fact. ``accepted`` is None while the registrant's quality has not answered."""

    preparation_id: int
    kind: str
    event_on: date
    expires_on: date | None
    accepted: bool | None

    def counts_on(self, day: date) -> bool:
        """Accepted, and not past its last day."""
        return bool(self.accepted) and (self.expires_on is None or day <= self.expires_on)


@dataclass(frozen=True, slots=True)
class ScreeningFact:
    """The outcome for an act on the day (a standing determination included), and the recorded screening it rests on.

    ``screening_id`` is None while no screening of exactly these facts against this edition is on record.
    """

    outcome: str
    screening_id: int | None
    determination_id: int | None
    edition_sha256: str


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """Everything about opening an entrustment of ``device_id`` at ``site_id`` on ``on``.

    ``open_number``: the entrustment of the same device and site that is open already.
    """

    pair_id: int
    device_id: int
    site_id: int
    on: date
    starts_on: date
    pair_ended_on: date | None
    device_shared: bool
    site_in_use: bool
    certificate: CertificateFact | None
    licences: tuple[LicenceFact, ...]
    screening: ScreeningFact
    preparations: tuple[PreparationFact, ...]
    open_number: str

    @property
    def licences_at_site(self) -> tuple[LicenceFact, ...]:
        """The current versions of the contractor's licences that name the site."""
        return tuple(fact for fact in self.licences if fact.current and self.site_id in fact.site_ids)

    def as_data(self) -> dict[str, Any]:
        """JSON-ready form, frozen with the entrustment: what was judged, with version ids and hashes."""
        certificate = self.certificate
        return {
            "on": self.on.isoformat(),
            "starts_on": self.starts_on.isoformat(),
            "pair": self.pair_id,
            "device": self.device_id,
            "site": self.site_id,
            "device_shared": self.device_shared,
            "certificate": _certificate_data(certificate) if certificate else None,
            "licences": [_licence_data(fact) for fact in self.licences_at_site],
            "screening": {
                "screening": self.screening.screening_id,
                "determination": self.screening.determination_id,
                "outcome": self.screening.outcome,
                "edition_sha256": self.screening.edition_sha256,
            },
            "preparations": [_preparation_data(fact) for fact in self.preparations if fact.counts_on(self.on)],
        }


def _certificate_data(fact: CertificateFact) -> dict[str, Any]:
    return {
        "version": fact.version_id,
        "content_hash": fact.content_hash,
        "number": fact.number,
        "last_day": fact.last_day.isoformat() if fact.last_day else None,
        "deemed_renewed": fact.deemed_renewed,
        "standing": fact.standing,
        "implantable": fact.implantable,
        "sub_catalogue": fact.sub_catalogue,
        "contractor_on_certificate": fact.contractor_on_certificate,
    }


def _licence_data(fact: LicenceFact) -> dict[str, Any]:
    return {
        "version": fact.version_id,
        "content_hash": fact.content_hash,
        "number": fact.number,
        "accepted": fact.accepted,
        "last_day": fact.last_day.isoformat() if fact.last_day else None,
        "deemed_renewed": fact.deemed_renewed,
        "standing": fact.standing,
        "scope": list(fact.scope),
        "qms_inspected_on": fact.qms_inspected_on.isoformat() if fact.qms_inspected_on else None,
    }


def _preparation_data(fact: PreparationFact) -> dict[str, Any]:
    return {"preparation": fact.preparation_id, "kind": fact.kind, "event_on": fact.event_on.isoformat()}


def load_opening_facts(pair: Pair, device: Device, site: Site, on: date, starts_on: date | None = None) -> OpeningFacts:
    """Everything that opening an entrustment on ``on`` is judged by; it begins on ``starts_on`` (default: ``on``)."""
    certificates = load_certificates({(device.pk, pair.contractor_id)})[device.pk, pair.contractor_id]
    certificate = next((fact for fact in certificates if fact.current), None)
    sites = {row.site_id: row for row in current_sites([pair.contractor_id])}
    return OpeningFacts(
        pair_id=pair.pk,
        device_id=device.pk,
        site_id=site.pk,
        on=on,
        starts_on=starts_on or on,
        pair_ended_on=PairEnd.objects.filter(pair=pair).values_list("ended_on", flat=True).first(),
        device_shared=DeviceShare.objects.standing().filter(pair=pair, device=device).exists(),
        site_in_use=site.pk in sites and sites[site.pk].in_use,
        certificate=certificate,
        licences=load_licences({(pair.pk, pair.contractor_id)})[pair.pk, pair.contractor_id],
        screening=load_screening(device.pk, on),
        preparations=load_preparations(pair, device, site),
        open_number=open_entrustment_at(pair, device, site),
    )


def load_screening(device_id: int, on: date) -> ScreeningFact:
    """What the edition in force on ``on`` says about the device's present facts, and the record of it."""
    state = screening_states([device_id], on).get(device_id)
    if state is None:
        return ScreeningFact("undetermined", None, None, "")
    return ScreeningFact(state.outcome, state.screening_id, state.determination_id, state.result.edition_sha256)


def load_preparations(pair: Pair, device: Device | None, site: Site | None) -> tuple[PreparationFact, ...]:
    """The pair's preparations that concern this device and site (or every device, every site), oldest first."""
    rows = Preparation.objects.filter(pair=pair).select_related("answer").order_by("id")
    fitting = (
        row
        for row in rows
        if (row.device_id is None or device is None or row.device_id == device.pk)
        and (row.site_id is None or site is None or row.site_id == site.pk)
    )
    return tuple(
        PreparationFact(
            preparation_id=row.pk,
            kind=row.kind,
            event_on=row.event_on,
            expires_on=row.expires_on,
            accepted=row.answer.accepted if hasattr(row, "answer") else None,
        )
        for row in fitting
    )


def open_entrustment_at(pair: Pair, device: Device, site: Site) -> str:
    """Number of the entrustment of this device at this site that has not ended; empty when there is none."""
    ended = EntrustmentEvent.objects.filter(kind=EntrustmentEvent.Kind.ENDED).values("entrustment_id")
    rows = Entrustment.objects.filter(pair=pair, device=device, site=site).exclude(pk__in=ended)
    return rows.values_list("number", flat=True).first() or ""
