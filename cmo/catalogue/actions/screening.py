"""Screening devices, always on record whatever it says, and determining what no rule could decide."""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db import models, transaction

from cmo.clock import day_of
from cmo.errors import Finding, Refused, refuse_if_any
from cmo.evidence.models import File
from cmo.parties.access import Can, still_allowed_for
from cmo.parties.models import Side
from cmo.signing.actions import Proof, sign
from cmo.signing.models import Meaning
from cmo.trail.actions import record
from cmo.trail.actor import SYSTEM, Actor

from .. import rules
from ..facts import DeviceFacts, determination_facts, facts_of, held_catalogue, rescreen
from ..judgement import ScreeningResult
from ..models import Determination, Device, DeviceVersion, Screening


@transaction.atomic
def record_screening(*, device: Device, acted_on: date, by: Actor, at: datetime) -> Screening:
    """Judge a device's confirmed data for an act on ``acted_on`` and put it on record, also when it says no.

    :raises Refused: no confirmed data. :raises PermissionDenied: without a post at the registrant.
    """
    still_allowed_for(by, Can.READ, device.registrant_id, day_of(at), Side.REGISTRANT)
    Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    version = DeviceVersion.objects.current().filter(device=device).first()
    if version is None:
        raise Refused([_NOT_CONFIRMED])
    facts = version.screening_facts()
    result = rules.screen(facts, held_catalogue(), acted_on)
    row = _screening(DeviceFacts(version.pk, device.pk, facts), result, acted_on, by, at)
    row.save(force_insert=True)
    data = {"screening": row.pk, "acted_on": acted_on.isoformat(), **_said(row)}
    record("device.screened", by=by, at=at, subject=device, stream=device.stream, label=str(version), data=data)
    return row


@transaction.atomic
def rescreen_devices(
    *, acted_on: date, by: Actor = SYSTEM, at: datetime, devices: models.QuerySet[Device] | None = None
) -> list[Screening]:
    """Judge all (or these) devices anew and put on record each one whose outcome or entry differs from its last one.

    A constant number of queries for reading, inserts in batches, and one trail entry per registrant.
    """
    last = {
        row["device_id"]: (row["outcome"], row["edition_sha256"])
        for row in Screening.objects.order_by("id").values("device_id", "outcome", "edition_sha256")
    }
    new = [
        _screening(facts_of(row), result, acted_on, by, at)
        for row, result in rescreen(held_catalogue(), acted_on, devices)
        if last.get(row[1]) != (result.outcome, result.edition_sha256)
    ]
    Screening.objects.bulk_create(new, batch_size=500)
    owners = dict(Device.objects.filter(screenings__in=new).values_list("pk", "registrant_id").distinct())
    for owner, rows in groupby(sorted(new, key=lambda r: owners[r.device_id]), key=lambda r: owners[r.device_id]):
        _record_rescreening(owner, list(rows), acted_on, by, at)
    return new


def _record_rescreening(owner: int, rows: list[Screening], acted_on: date, by: Actor, at: datetime) -> None:
    data: dict[str, Any] = {"acted_on": acted_on.isoformat(), "devices": len(rows)}
    data |= {row.outcome: sorted(r.device_id for r in rows if r.outcome == row.outcome) for row in rows}
    subject, stream = f"parties.organisation:{owner}", f"organisation:{owner}"
    record("device.rescreened", by=by, at=at, subject=subject, stream=stream, data=data)


def _screening(found: DeviceFacts, result: ScreeningResult, acted_on: date, by: Actor, at: datetime) -> Screening:
    return Screening(
        device_id=found.device_id,
        version_id=found.version_id,
        acted_on=acted_on,
        facts=found.facts.as_dict(),
        edition_key=result.edition or "",
        edition_sha256=result.edition_sha256,
        outcome=result.outcome,
        result=result.as_dict(),
        recorded_by_id=by.user_id,
        recorded_by_name=by.name,
        recorded_at=at,
    )


def _said(row: Screening) -> dict[str, Any]:
    return {
        "outcome": row.outcome,
        "edition": row.edition_key,
        "edition_sha256": row.edition_sha256,
        "entry": row.result["entry"],
        "missing_facts": row.result["missing_facts"],
        "facts": row.facts,
    }


def determination_of(*, screening: Screening, outcome: str, reason: str, by: Actor, at: datetime) -> Determination:
    """The determination as it would be signed, not saved, with all standing evidence of the screening.

    Its hash is what the signing page shows; whoever adds or replaces evidence meanwhile changes it.
    """
    return Determination(
        screening=screening,
        outcome=outcome,
        reason=reason,
        evidence=[file.as_fact() for file in File.objects.of(f"catalogue.screening:{screening.pk}").standing()],
        recorded_by_id=by.user_id,
        recorded_by_name=by.name,
        recorded_at=at,
    )


@transaction.atomic
def determine(
    *, screening: Screening, outcome: str, reason: str, proof: Proof, by: Actor, at: datetime
) -> Determination:
    """Decide an undetermined screening, with signature; it stands for the facts and the edition it was made for.

    :raises Refused: prohibited, outdated, without evidence, determined already, changed since it was shown.
    :raises PermissionDenied: without a quality post at the registrant.
    """
    _permit(screening, by, at)
    row = determination_of(screening=screening, outcome=outcome, reason=reason, by=by, at=at)
    refuse_if_any(rules.blockers_to_determine(determination_facts(row, day_of(at))))
    row.full_clean()
    row.save(force_insert=True)
    subject, label, stream = screening.device, str(screening.version), screening.device.stream
    sign(row, meaning=Meaning.DETERMINES, proof=proof, by=by, at=at, stream=stream, reason=reason)
    data = {"screening": screening.pk, "determination": row.pk, "outcome": outcome, "evidence": row.evidence}
    record("screening.determined", by=by, at=at, subject=subject, stream=stream, reason=reason, data=data, label=label)
    return row


def _permit(screening: Screening, by: Actor, at: datetime) -> None:
    still_allowed_for(by, Can.DETERMINE, screening.device.registrant_id, day_of(at), Side.REGISTRANT)
    Device.objects.select_for_update(no_key=True).get(pk=screening.device_id)


_NOT_CONFIRMED = Finding(
    "device_not_confirmed",
    "blocks",
    "law",
    "产品信息尚未经质量人员确认，不能筛查。",
    "Quality has not confirmed this device's data yet; it cannot be screened.",
    "GMP25-45",
)
