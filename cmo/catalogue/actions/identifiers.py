"""UDI device identifiers: assigned, submitted, uploaded, retired, in this order and each once (source demands E1–E7)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import Finding, refuse_if_any
from cmo.parties.access import Can, still_allowed_for
from cmo.parties.models import Side
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import wording_identifiers as words
from ..facts_identifiers import IdentifierFact, assignment_facts, identifier_facts, load_identifiers
from ..models import Device, DeviceIdentifier, IdentifierEvent
from ..rules import identifiers as rules
from .devices import insert_once, recorded

Kind = IdentifierEvent.Kind


@transaction.atomic
def assign_identifier(*, device: Device, content: dict[str, Any], by: Actor, at: datetime) -> DeviceIdentifier:
    """Assign a DI to one model of the own device on one package level, for good.

    ``content``: model, level, agency, code, site, contains, contained_quantity, replaces, new_because, assigned_on.

    :raises Refused: with every reason. :raises PermissionDenied: without a registrant-side post that may.
    """
    still_allowed_for(by, Can.REGISTER_IDENTIFIER, device.registrant_id, day_of(at), Side.REGISTRANT)
    locked = Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    kept = {**content, "code": rules.kept_code(content["code"], content["agency"])}
    found = refuse_if_any(rules.findings_to_assign(kept, assignment_facts(locked, kept["code"]), day_of(at)))
    row = DeviceIdentifier(device=locked, registrant_id=locked.registrant_id, **kept, **recorded(by, at))
    row.full_clean(validate_unique=False, validate_constraints=False)
    insert_once(row, words.ASSIGNED_BEFORE)
    _record("device.identifier_assigned", row, by, at, data=_data(row, found))
    return row


def _data(row: DeviceIdentifier, found: list[Finding]) -> dict[str, Any]:
    return {
        "identifier": row.pk,
        "code": row.code,
        "agency": row.agency,
        "model": row.model,
        "level": row.level,
        "site": row.site_id,
        "contains": row.contains_id,
        "contained_quantity": row.contained_quantity,
        "replaces": row.replaces_id,
        "new_because": row.new_because,
        "assigned_on": row.assigned_on.isoformat(),
        "findings": [finding.code for finding in found],
    }


@transaction.atomic
def submit_identifier(
    *, identifier: DeviceIdentifier, event_on: date, reference: str, by: Actor, at: datetime
) -> IdentifierEvent:
    """Record that the DI was submitted in the registration system; ``reference`` names the record there.

    :raises Refused: retired, submitted already, day before it was assigned or in the future. :raises PermissionDenied:
    """
    facts = _locked(identifier, by, at)
    refuse_if_any(rules.blockers_to_submit(facts, event_on, reference, day_of(at)))
    return _happened(identifier, Kind.SUBMITTED, event_on, reference, words.SUBMITTED_ALREADY, by, at)


@transaction.atomic
def upload_identifier(
    *, identifier: DeviceIdentifier, event_on: date, reference: str, by: Actor, at: datetime
) -> IdentifierEvent:
    """Record that the data of the DI were uploaded to the national database.

    :raises Refused: not submitted, uploaded already, retired, day out of order. :raises PermissionDenied:
    """
    facts = _locked(identifier, by, at)
    refuse_if_any(rules.blockers_to_upload(facts, event_on, reference, day_of(at)))
    return _happened(identifier, Kind.UPLOADED, event_on, reference, words.UPLOADED_ALREADY, by, at)


@transaction.atomic
def retire_identifier(
    *, identifier: DeviceIdentifier, event_on: date, reason: str, by: Actor, at: datetime
) -> IdentifierEvent:
    """Stop using a DI, for good; the code is never used for anything else.

    :raises Refused: retired already, still inside a standing package, no reason. :raises PermissionDenied:
    """
    facts = _locked(identifier, by, at)
    existing = load_identifiers([identifier.device_id])[identifier.device_id]
    refuse_if_any(rules.blockers_to_retire(facts, existing, event_on, reason, day_of(at)))
    return _happened(identifier, Kind.RETIRED, event_on, reason, words.RETIRED, by, at)


def _locked(identifier: DeviceIdentifier, by: Actor, at: datetime) -> IdentifierFact:
    """Permit, lock the device, and load what is known of the DI."""
    still_allowed_for(by, Can.REGISTER_IDENTIFIER, identifier.registrant_id, day_of(at), Side.REGISTRANT)
    Device.objects.select_for_update(no_key=True).get(pk=identifier.device_id)
    return identifier_facts(identifier)


def _happened(
    identifier: DeviceIdentifier, kind: str, event_on: date, reference: str, again: Finding, by: Actor, at: datetime
) -> IdentifierEvent:
    row = IdentifierEvent(identifier=identifier, kind=kind, event_on=event_on, reference=reference.strip())
    row.recorded_by_id, row.recorded_by_name, row.recorded_at = by.user_id, by.name, at
    row.full_clean(validate_unique=False, validate_constraints=False)
    insert_once(row, again)
    data = {"identifier": identifier.pk, "event_on": event_on.isoformat(), "reference": row.reference}
    reason = row.reference if kind == Kind.RETIRED else ""
    _record(f"device.identifier_{kind}", identifier, by, at, data=data, reason=reason)
    return row


def _record(
    verb: str, row: DeviceIdentifier, by: Actor, at: datetime, *, data: dict[str, Any], reason: str = ""
) -> None:
    device = row.device
    label = f"{row.code} · {row.model}"
    record(verb, by=by, at=at, subject=device, stream=device.stream, label=label, reason=reason, data=data)
