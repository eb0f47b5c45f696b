"""Facts of UDI device identifiers, loaded set-wise: what each is assigned to, how far it has come, what it rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q

from cmo.parties.models import Pair, Site

from .models import Device, DeviceIdentifier, DeviceVersion, IdentifierEvent

Kind = IdentifierEvent.Kind


@dataclass(frozen=True, slots=True)
class IdentifierFact:
    """One DI. ``site_id`` None: for every place of production; the days are those on which each step was done."""

    identifier_id: int
    device_id: int
    code: str
    agency: str
    model: str
    level: str
    site_id: int | None
    contains_id: int | None
    contained_quantity: int | None
    replaces_id: int | None
    assigned_on: date
    submitted_on: date | None = None
    uploaded_on: date | None = None
    retired_on: date | None = None

    @property
    def product(self) -> tuple[str, str, int | None]:
        """What the DI stands for within its device: model, package level, place of production."""
        return self.model, self.level, self.site_id

    @property
    def last_step_on(self) -> date:
        """The day of the latest step on record."""
        return max(day for day in (self.assigned_on, self.submitted_on, self.uploaded_on, self.retired_on) if day)

    @property
    def state(self) -> str:
        """``retired``, ``uploaded``, ``submitted`` or ``assigned``."""
        if self.retired_on:
            return "retired"
        return "uploaded" if self.uploaded_on else "submitted" if self.submitted_on else "assigned"

    def stands_on(self, day: date) -> bool:
        """Whether the DI was assigned by ``day`` and not retired by then."""
        return self.assigned_on <= day and (self.retired_on is None or day < self.retired_on)


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """What assigning a DI to a device rests on; ``models`` is None while quality has confirmed no device data.

    ``code_known``: the registrant has assigned this code before, to whatever product; ``site_ids``: the own sites and
    those of the own contractors.
    """

    models: tuple[str, ...] | None
    code_known: bool
    site_ids: frozenset[int]
    existing: tuple[IdentifierFact, ...]

    def get(self, identifier_id: int | None) -> IdentifierFact | None:
        """The DI of this device with the id."""
        return next((fact for fact in self.existing if fact.identifier_id == identifier_id), None)


def load_identifiers(
    device_ids: Iterable[int], known_at: datetime | None = None
) -> Mapping[int, tuple[IdentifierFact, ...]]:
    """Device id → all its DIs, oldest first; one query. ``known_at``: only what was on record before that moment."""
    known = Q(recorded_at__lt=known_at) if known_at else Q()
    seen = Q(events__recorded_at__lt=known_at) if known_at else Q()
    rows = DeviceIdentifier.objects.filter(known, device_id__in=list(device_ids))
    days = {f"{kind}_on": Max("events__event_on", filter=Q(events__kind=kind) & seen) for kind in Kind.values}
    found: dict[int, list[IdentifierFact]] = defaultdict(list)
    for row in rows.annotate(**days).order_by("id"):
        found[row.device_id].append(_fact(row))
    return {device_id: tuple(facts) for device_id, facts in found.items()}


def identifier_facts(identifier: DeviceIdentifier) -> IdentifierFact:
    """The facts of one DI as the database knows them now."""
    return next(
        fact
        for fact in load_identifiers([identifier.device_id])[identifier.device_id]
        if fact.identifier_id == identifier.pk
    )


def _fact(row: Any) -> IdentifierFact:
    return IdentifierFact(
        identifier_id=row.pk,
        device_id=row.device_id,
        code=row.code,
        agency=row.agency,
        model=row.model,
        level=row.level,
        site_id=row.site_id,
        contains_id=row.contains_id,
        contained_quantity=row.contained_quantity,
        replaces_id=row.replaces_id,
        assigned_on=row.assigned_on,
        submitted_on=row.submitted_on,
        uploaded_on=row.uploaded_on,
        retired_on=row.retired_on,
    )


def assignment_facts(device: Device, code: str) -> AssignmentFacts:
    """What assigning ``code`` (in its kept form) to the device rests on; a constant number of queries."""
    version = DeviceVersion.objects.current().filter(device=device).first()
    return AssignmentFacts(
        models=tuple(version.models_and_specifications) if version else None,
        code_known=DeviceIdentifier.objects.filter(registrant_id=device.registrant_id, code=code).exists(),
        site_ids=frozenset(sites_for(device).values_list("pk", flat=True)),
        existing=load_identifiers([device.pk]).get(device.pk, ()),
    )


def sites_for(device: Device) -> Any:
    """The places where a device may be made: the registrant's own sites and those of its contractors."""
    contractors = Pair.objects.filter(registrant_id=device.registrant_id).values("contractor_id")
    return Site.objects.filter(Q(organisation_id=device.registrant_id) | Q(organisation_id__in=contractors))
