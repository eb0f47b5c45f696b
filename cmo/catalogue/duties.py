"""What the catalogue app has waiting: certificates to confirm, screenings to settle, last days of certificates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cmo.clock import day_of
from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may_for

from .models import Device, DeviceVersion


def waiting_on(scope: Scope, on: date) -> list[Duty]:
    """Device data that this person can confirm; one query."""
    deciding = [org for org in scope.registrant_ids if may_for(scope, Can.CONFIRM_BASE_DATA, org)]
    rows = DeviceVersion.objects.undecided().filter(device__registrant_id__in=deciding)
    return [
        Duty(
            Kind.CONFIRM,
            _("Confirm device data"),
            f"{row} · {row._meta.verbose_name}",
            reverse("catalogue:device", args=[row.device_id]),
            since=day_of(row.proposed_at),
        )
        for row in rows
        if row.proposed_by_id != scope.user_id
    ]


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Certificates of visible devices that end by ``until`` or have lapsed; two queries."""
    devices = Device.objects.visible_to(scope).values("pk")
    return list(_certificate_ends(DeviceVersion.objects.current().filter(device_id__in=devices), on, until))


def _certificate_ends(rows: object, on: date, until: date) -> Iterator[Duty]:
    for row in rows:  # type: ignore[attr-defined]
        if row.last_day and not row.deemed_renewed and row.standing == "in_force" and row.last_day <= until:
            title = (
                _("Registration certificate ends") if row.last_day >= on else _("Registration certificate has lapsed")
            )
            url = reverse("catalogue:device", args=[row.device_id])
            yield Duty(Kind.RENEW, title, f"{row.number_printed} {row.name_zh}", url, due_on=row.last_day)
