"""Base data as entrustment rules see them: contractors' licences, certificates and screenings, for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from cmo.catalogue.models import DeviceVersion, Screening
from cmo.parties.models import LicenceAcceptance, LicenceVersion, OrganisationVersion

from .entrustment import CertificateFact, LicenceFact

#: (device id, contractor id) → all confirmed versions of the device's certificate, oldest first.
Certificates = dict[tuple[int, int], tuple[CertificateFact, ...]]
#: (pair id, contractor id) → all confirmed versions of the contractor's licences, with this pair's acceptance.
Licences = dict[tuple[int, int], tuple[LicenceFact, ...]]


@dataclass(frozen=True, slots=True)
class Determined:
    """A signed determination: for these facts of the device, under this edition."""

    determination_id: int
    edition_key: str
    outcome: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ScreeningState:
    """What the latest screening of a device says; a determination that decides it speaks through ``outcome``.

    ``outcome`` is empty when the device was never screened; ``version_id`` and ``facts`` are what was judged.
    """

    outcome: str = ""
    screening_id: int | None = None
    determination_id: int | None = None
    acted_on: date | None = None
    edition_sha256: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    determined: tuple[Determined, ...] = ()


NEVER_SCREENED = ScreeningState()


def load_certificates(couples: Iterable[tuple[int, int]], known_at: datetime | None = None) -> Certificates:
    """Certificates for (device, contractor) couples: two queries."""
    wanted = sorted(set(couples))
    rows = DeviceVersion.objects.confirmed(known_at).filter(device_id__in={device for device, _c in wanted})
    by_device: dict[int, list[DeviceVersion]] = defaultdict(list)
    for row in rows.order_by("device_id", "number"):
        by_device[row.device_id].append(row)
    contractors = OrganisationVersion.objects.current_by_subject({c for _d, c in wanted}, known_at)
    uscc = {pk: version.uscc for pk, version in contractors.items()}
    return {
        (device, contractor): tuple(
            certificate_fact(row, current=row is by_device[device][-1], uscc=uscc.get(contractor, ""))
            for row in by_device[device]
        )
        for device, contractor in wanted
    }


def certificate_fact(row: DeviceVersion, *, current: bool, uscc: str) -> CertificateFact:
    """One confirmed version of a certificate as rules see it; ``uscc`` is the contractor's credit code."""
    return CertificateFact(
        version_id=row.pk,
        content_hash=row.content_hash,
        current=current,
        number=row.number_printed,
        first_day=row.first_day,
        last_day=row.last_day,
        deemed_renewed=row.deemed_renewed,
        standing=row.standing,
        device_class=row.device_class,
        sub_catalogue=row.sub_catalogue,
        classification_code=row.classification_code,
        implantable=row.implantable,
        sterile=row.sterile,
        contractor_on_certificate=bool(uscc and row.address_of_contractor(uscc)),
        screening_facts=row.screening_facts().as_dict(),
    )


def load_screenings(
    devices: Collection[int], known_at: datetime | None = None, on: date | None = None
) -> dict[int, ScreeningState]:
    """Device id → its latest screening, of an act on or before ``on`` where given, and every determination: one query."""
    known = Screening.objects.filter(device_id__in=devices)
    if known_at is not None:
        known = known.filter(recorded_at__lt=known_at)
    fitting = known if on is None else known.filter(acted_on__lte=on)
    latest = fitting.filter(device_id=OuterRef("device_id")).order_by("-id").values("pk")[:1]
    rows = known.filter(Q(pk=Subquery(latest)) | Q(determination__isnull=False)).select_related("determination")
    by_device: dict[int, list[Screening]] = defaultdict(list)
    for row in rows.order_by("id"):
        by_device[row.device_id].append(row)
    return {device: _screening_state(by_device[device], known_at, on) for device in devices}


def _screening_state(rows: list[Screening], known_at: datetime | None, on: date | None) -> ScreeningState:
    """The state from a device's latest fitting screening and its determined ones, oldest first."""
    determined = tuple(
        Determined(row.determination.pk, row.edition_key, row.determination.outcome, row.facts)
        for row in rows
        if hasattr(row, "determination") and (known_at is None or row.determination.recorded_at < known_at)
    )
    row = next((r for r in reversed(rows) if on is None or r.acted_on <= on), None)
    if row is None:
        return replace(NEVER_SCREENED, determined=determined)
    decided = hasattr(row, "determination") and row.determination.pk in {d.determination_id for d in determined}
    return ScreeningState(
        outcome=row.determination.outcome if decided else row.outcome,
        screening_id=row.pk,
        determination_id=row.determination.pk if decided else None,
        acted_on=row.acted_on,
        edition_sha256=row.edition_sha256,
        result=row.result,
        determined=determined,
    )


def load_licences(
    pairs: Iterable[tuple[int, int]],
    known_at: datetime | None = None,
    accepted_versions: Collection[tuple[int, int]] | None = None,
) -> Licences:
    """Licences for (pair, contractor) couples: two queries, or one when the accepted (pair, version) are at hand."""
    couples = sorted(set(pairs))
    rows = LicenceVersion.objects.confirmed(known_at).filter(licence__organisation_id__in={c for _p, c in couples})
    held = _accepted({p for p, _c in couples}, known_at) if accepted_versions is None else accepted_versions
    by_contractor: dict[int, list[LicenceVersion]] = defaultdict(list)
    latest: dict[int, int] = {}
    for row in rows.select_related("licence").order_by("licence_id", "number"):
        by_contractor[row.licence.organisation_id].append(row)
        latest[row.licence_id] = row.pk
    return {
        (pair, contractor): tuple(
            licence_fact(row, current=latest[row.licence_id] == row.pk, accepted=(pair, row.pk) in held)
            for row in by_contractor[contractor]
        )
        for pair, contractor in couples
    }


def _accepted(pairs: Collection[int], known_at: datetime | None) -> set[tuple[int, int]]:
    rows = LicenceAcceptance.objects.filter(pair_id__in=pairs)
    if known_at is not None:
        rows = rows.filter(accepted_at__lt=known_at)
    return set(rows.values_list("pair_id", "version_id"))


def licence_fact(row: LicenceVersion, *, current: bool, accepted: bool) -> LicenceFact:
    """One confirmed licence version (with its licence loaded) as rules see it."""
    return LicenceFact(
        version_id=row.pk,
        content_hash=row.content_hash,
        licence_id=row.licence_id,
        current=current,
        accepted=accepted,
        kind=row.licence.kind,
        number=row.number_printed,
        first_day=row.first_day,
        last_day=row.last_day,
        deemed_renewed=row.deemed_renewed,
        scope=tuple(row.scope),
        site_ids=tuple(row.site_ids),
        standing=row.standing,
        qms_inspected_on=row.qms_inspected_on,
    )
