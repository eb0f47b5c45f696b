"""What recurring reports rest on: since when an organisation is known here, its licences and certificates, what was filed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cmo.catalogue.models import DeviceVersion
from cmo.clock import day_of
from cmo.codes import check_code
from cmo.parties.models import LicenceVersion, Organisation
from cmo.workdays import add_months

from ..models import PeriodicReport

#: Registration periods last five years; versions whose first days lie further apart than this are two periods.
NEXT_PERIOD_AFTER = 48
#: A certificate that begins so many years after the year in its number is a renewal; the number keeps the first year.
RENEWED_YEARS = 4
#: Standings that end a licence or certificate before its last day; a suspended one still has a holder.
ENDING = frozenset({"revoked", "cancelled"})

#: Kind of report, device or None, first day of the period.
Key = tuple[str, int | None, date]


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day inclusive; no last day: for good."""

    first: date
    last: date | None

    def meets(self, first: date, last: date) -> bool:
        """Whether they share a day with ``first`` … ``last``."""
        return self.first <= last and (self.last is None or self.last >= first)


@dataclass(frozen=True, slots=True)
class RegisteredDevice:
    """One device with its registration periods, the oldest first.

    ``first_period``: whether the oldest one is the first registration, as the year in the number tells.
    ``ended_on``: when its certificate was known to be revoked or cancelled.
    """

    device_id: int
    name_zh: str
    name_en: str
    number: str
    filing: bool
    known_from: date
    first_period: bool
    periods: tuple[Span, ...]
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Filed:
    """A report that was recorded."""

    record_id: int
    last: date
    due_on: date
    done_on: date
    reference: str
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """One organisation. ``holds``: when it held a licence or certificate as registrant or contractor."""

    organisation_id: int
    known_from: date
    holds: tuple[Span, ...]
    devices: tuple[RegisteredDevice, ...]
    filed: Mapping[Key, Filed]

    def device(self, pk: int | None) -> RegisteredDevice | None:
        return next((each for each in self.devices if each.device_id == pk), None)


def load_report_facts(organisation_ids: Iterable[int]) -> dict[int, ReportFacts]:
    """Organisation id → its facts; four queries for any number of organisations and devices."""
    ids = sorted(set(organisation_ids))
    if not ids:
        return {}
    devices, licences, filed = _devices(ids), _licences(ids), _filed(ids)
    return {
        pk: ReportFacts(
            organisation_id=pk,
            known_from=day_of(created_at),
            holds=(*_held(licences.get(pk, {})), *_held(devices.get(pk, {}))),
            devices=tuple(_device(rows) for rows in devices.get(pk, {}).values()),
            filed=filed.get(pk, {}),
        )
        for pk, created_at in Organisation.objects.filter(pk__in=ids).values_list("pk", "created_at")
    }


def _devices(ids: list[int]) -> dict[int, dict[int, list[DeviceVersion]]]:
    """Registrant → device → its confirmed versions, the newest first."""
    found: dict[int, dict[int, list[DeviceVersion]]] = {}
    rows = DeviceVersion.objects.confirmed().filter(device__registrant_id__in=ids)
    for row in rows.select_related("device", "decision").order_by("device_id", "-number"):
        found.setdefault(row.device.registrant_id, {}).setdefault(row.device_id, []).append(row)
    return found


def _licences(ids: list[int]) -> dict[int, dict[int, list[LicenceVersion]]]:
    """Organisation → licence → its confirmed versions, the newest first."""
    found: dict[int, dict[int, list[LicenceVersion]]] = {}
    rows = LicenceVersion.objects.confirmed().filter(licence__organisation_id__in=ids)
    for row in rows.select_related("licence", "decision").order_by("licence_id", "-number"):
        found.setdefault(row.licence.organisation_id, {}).setdefault(row.licence_id, []).append(row)
    return found


def _held(subjects: Mapping[int, Sequence[DeviceVersion | LicenceVersion]]) -> Iterator[Span]:
    """From the first day of each licence or certificate to what its newest version says."""
    for rows in subjects.values():
        yield Span(min(row.first_day for row in rows), _last_day(rows[0]))


def _filed(ids: list[int]) -> dict[int, dict[Key, Filed]]:
    found: dict[int, dict[Key, Filed]] = {}
    for row in PeriodicReport.objects.filter(organisation_id__in=ids):
        made = (row.done_on, row.reference, row.recorded_by_name, row.recorded_at)
        known = Filed(row.pk, row.period_to, row.due_on, *made)
        found.setdefault(row.organisation_id, {})[row.kind, row.device_id, row.period_from] = known
    return found


def _last_day(row: DeviceVersion | LicenceVersion) -> date | None:
    """The last day that a version is worth; whoever lost a licence held it until that was known here."""
    if row.standing in ENDING:
        return max(row.first_day, day_of(row.decision.decided_at))  # type: ignore[union-attr]
    return None if row.deemed_renewed else row.last_day


def _device(rows: list[DeviceVersion]) -> RegisteredDevice:
    newest = rows[0]
    periods = _periods(rows)
    year = _year_in(newest)
    return RegisteredDevice(
        device_id=newest.device_id,
        name_zh=newest.name_zh,
        name_en=newest.name_en,
        number=newest.number_printed,
        filing=newest.kind == DeviceVersion.Kind.FILING,
        known_from=day_of(newest.device.created_at),
        first_period=year is None or periods[0].first.year - year < RENEWED_YEARS,
        periods=periods,
        ended_on=_last_day(newest) if newest.standing in ENDING else None,
    )


def _periods(rows: list[DeviceVersion]) -> tuple[Span, ...]:
    """The registration periods among versions: a later version of the same period only corrects it."""
    found: list[Span] = []
    for row in rows:
        if not found or found[-1].first >= add_months(row.first_day, NEXT_PERIOD_AFTER):
            found.append(Span(row.first_day, row.last_day))
    return tuple(reversed(found))


def _year_in(row: DeviceVersion) -> int | None:
    """The year of the first registration or of the filing, which the number keeps through every renewal."""
    fields = check_code(row.number_printed, today=row.first_day).fields
    year = fields.get("first_registration_year", fields.get("year"))
    return int(year) if year else None
