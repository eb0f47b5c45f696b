"""What the catalogue has waiting: data to confirm, undetermined screenings, DIs to upload, certificates that run out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cmo.clock import day_of
from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may_for
from cmo.parties.models import Side
from cmo.parties.renewal import CERTIFICATE_OPENS, certificate_window
from cmo.workdays import add_months

from .facts_identifiers import load_identifiers
from .models import DeviceVersion, Screening
from .rules.identifiers import udi_due

#: A month end counted forward may lie a few days before the one counted back.
MARGIN = timedelta(days=3)


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
    rows = DeviceVersion.objects.undecided().filter(device__registrant_id__in=organisations).select_related("device")
    for row in rows.exclude(proposed_by_id=scope.user_id or 0).order_by("id"):
        url = reverse("catalogue:confirm_version", args=[row.pk])
        given = _given("device_confirm", "POLICY-FOUR-EYES", row.device.registrant_id)
        yield Duty(Kind.CONFIRM, _("Confirm device data"), str(row), url, since=day_of(row.proposed_at), **given)


def _screenings(organisations: set[int]) -> Iterator[Duty]:
    """The latest screening of each device, where it is undetermined and nobody has determined it."""
    found: dict[int, Screening] = {}
    rows = Screening.objects.filter(device__registrant_id__in=organisations).select_related(
        "version", "determination", "device"
    )
    for row in rows.order_by("id"):
        found[row.device_id] = row
    for row in found.values():
        if row.outcome == "undetermined" and not hasattr(row, "determination"):
            url = reverse("catalogue:screening", args=[row.pk])
            since = day_of(row.recorded_at)
            given = _given("screening_settle", "O739-34", row.device.registrant_id)
            yield Duty(Kind.REVIEW, _("Settle an undetermined screening"), str(row.version), url, since=since, **given)


def _identifiers(organisations: set[int], on: date) -> Iterator[Duty]:
    """DIs to submit or to upload, one duty per device whose UDI is due; two queries."""
    rows = DeviceVersion.objects.current().filter(device__registrant_id__in=organisations).select_related("device")
    due = {
        row.device_id: row
        for row in rows
        if udi_due(row.device_class, row.sub_catalogue, row.udi_listed, on).demanded and row.valid_on(on)
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
                given = _given(f"di_{state}", "UDI-UPLOAD", due[device_id].device.registrant_id)
                yield Duty(Kind.REPORT, title, f"{due[device_id]} · {codes}", url, since=since, **given)


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Last days and renewal windows of the own certificates up to ``until`` and those already past; one query."""
    if scope.limited_to is not None or not scope.registrant_ids:
        return []
    rows = DeviceVersion.objects.current().filter(
        device__registrant_id__in=sorted(scope.registrant_ids), last_day__isnull=False, standing="in_force"
    )
    rows = rows.filter(deemed_renewed=False, last_day__lte=add_months(until, CERTIFICATE_OPENS) + MARGIN)
    found = [
        duty for row in rows.select_related("device").order_by("last_day", "id") for duty in _of_certificate(row, on)
    ]
    return [duty for duty in found if duty.due_on is not None and duty.due_on <= until]


def _of_certificate(row: DeviceVersion, on: date) -> Iterator[Duty]:
    last_day = row.last_day or date.max
    yield _certificate_duty(row, _("Registration certificate ends"), last_day, on, "certificate_ends")
    if row.renewal_filed_on is not None or last_day < on:
        return
    opens, closes = certificate_window(last_day)
    if opens >= on:
        title = _("Renewal of the certificate is due to be prepared from this day")
        yield _certificate_duty(row, title, opens, on, "certificate_window_opens")
    yield _certificate_duty(row, _("Renewal of the certificate is due"), closes, on, "certificate_window_closes", opens)


def _certificate_duty(
    row: DeviceVersion, title: Promise, due_on: date, on: date, code: str, since: date | None = None
) -> Duty:
    url, tone = reverse("catalogue:device", args=[row.device_id]), "bad" if due_on < on else "pending"
    given = _given(code, "O739-22", row.device.registrant_id)
    return Duty(Kind.RENEW, title, str(row), url, since=since, due_on=due_on, tone=tone, **given)


def _given(code: str, citation: str, registrant_id: int) -> dict[str, Any]:
    return {"code": code, "citation": citation, "owner_ids": frozenset({registrant_id})}
