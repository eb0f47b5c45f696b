"""What the catalogue has waiting: data to confirm, undetermined screenings, DIs to upload, certificates that run out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cmo.clock import day_of
from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may_for
from cmo.parties.models import Side

from .facts_identifiers import load_identifiers
from .models import DeviceVersion, Screening
from .rules.identifiers import udi_is_due


def waiting_on(scope: Scope, on: date) -> list[Duty]:
    """Everything of this app that this person can do now; a constant number of queries."""
    deciding, keeping = (_own(scope, can) for can in (Can.CONFIRM_BASE_DATA, Can.REGISTER_IDENTIFIER))
    return [
        *(_versions(scope, deciding) if deciding else ()),
        *(_screenings(deciding) if deciding else ()),
        *(_identifiers(keeping, on) if keeping else ()),
    ]


def _own(scope: Scope, can: Can) -> set[int]:
    """The organisations for which this person does it as registrant."""
    return {pk for pk in scope.registrant_ids if may_for(scope, can, pk, Side.REGISTRANT) is not None}


def _versions(scope: Scope, organisations: set[int]) -> Iterator[Duty]:
    rows = DeviceVersion.objects.undecided().filter(device__registrant_id__in=organisations)
    for row in rows.exclude(proposed_by_id=scope.user_id or 0).order_by("id"):
        url = reverse("catalogue:confirm_version", args=[row.pk])
        yield Duty(Kind.CONFIRM, _("Confirm device data"), str(row), url, since=day_of(row.proposed_at))


def _screenings(organisations: set[int]) -> Iterator[Duty]:
    """The latest screening of each device, where it is undetermined and nobody has determined it."""
    found: dict[int, Screening] = {}
    rows = Screening.objects.filter(device__registrant_id__in=organisations).select_related("version", "determination")
    for row in rows.order_by("id"):
        found[row.device_id] = row
    for row in found.values():
        if row.outcome == "undetermined" and not hasattr(row, "determination"):
            url = reverse("catalogue:screening", args=[row.pk])
            since = day_of(row.recorded_at)
            yield Duty(Kind.REVIEW, _("Settle an undetermined screening"), str(row.version), url, since=since)


def _identifiers(organisations: set[int], on: date) -> Iterator[Duty]:
    """DIs to submit or to upload, one duty per device whose UDI is due; two queries."""
    rows = DeviceVersion.objects.current().filter(device__registrant_id__in=organisations)
    due = {
        row.device_id: row
        for row in rows
        if udi_is_due(row.device_class, row.sub_catalogue, row.udi_listed, on) and row.valid_on(on)
    }
    steps = (
        ("assigned", _("Submit the DI in the registration system")),
        ("submitted", _("Upload the DI to the national database")),
    )
    for device_id, facts in load_identifiers(due).items():
        url = reverse("catalogue:device_identifiers", args=[device_id])
        for state, title in steps:
            if waiting := [fact for fact in facts if fact.state == state]:
                codes = "、".join(fact.code for fact in waiting)
                since = min(fact.last_step_on for fact in waiting)
                yield Duty(Kind.REPORT, title, f"{due[device_id]} · {codes}", url, since=since)


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Last days of the own certificates up to ``until`` and those already past; one query."""
    if scope.limited_to is not None or not scope.registrant_ids:
        return []
    rows = DeviceVersion.objects.current().filter(
        device__registrant_id__in=sorted(scope.registrant_ids), last_day__lte=until, standing="in_force"
    )
    return [
        Duty(
            Kind.RENEW,
            _("Renew the registration certificate"),
            str(row),
            reverse("catalogue:device", args=[row.device_id]),
            due_on=row.last_day,
            tone="bad" if row.last_day and row.last_day < on else "pending",
        )
        for row in rows.filter(deemed_renewed=False).order_by("last_day", "id")
    ]
