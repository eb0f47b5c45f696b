"""Registering lots, taking over lots in progress at go-live, and their key material lots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from agreements.models import Entrustment
from cmo.clock import day_of
from cmo.errors import Finding, refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts import RegistrationGround, load_lot_facts, load_registration_ground, registration_facts
from ..facts.correcting import content_data
from ..models import Lot, LotMaterial
from ..rules import findings_for_registration, findings_for_take_over
from ..rules.acts import blockers_to_change_file
from ..rules.registration import number_taken
from ..sentences import finding
from .correcting import material_data
from .writing import insert, lock_entrustment, lock_lot, who_and_when


def ground_to_register(*, entrustment: Entrustment, by: Actor, at: datetime) -> RegistrationGround:
    """Permit, lock and load once for any number of lots of one entrustment, registered in the transaction at hand.

    :raises PermissionDenied:
    """
    still_allowed(by, Can.REGISTER_LOT, entrustment.pair, day_of(at))
    return load_registration_ground(lock_entrustment(entrustment), by)


@transaction.atomic
def register_lot(
    *,
    entrustment: Entrustment,
    content: dict[str, Any],
    by: Actor,
    at: datetime,
    ground: RegistrationGround | None = None,
) -> Lot:
    """The contractor registers a lot made (or to be made) under an active entrustment.

    ``content``: number, model, produced_from, produced_to, quantity, unit, expires_on, label_version, ifu_version;
    ``ground``: of the same entrustment and transaction, where many lots are registered.

    :raises Refused: with every problem of what was typed and of entrustment, licence and catalogue on those days.
    :raises PermissionDenied:
    """
    ground = _ground(ground, entrustment, by, at)
    locked = ground.entrustment
    findings = refuse_if_any(findings_for_registration(registration_facts(ground, content)))
    lot = _insert(locked, content, by, at)
    record("lot.registered", by=by, at=at, subject=lot, stream=locked.pair.stream, data=_data(lot, findings))
    return lot


@transaction.atomic
def take_over_lot(
    *,
    entrustment: Entrustment,
    content: dict[str, Any],
    note: str,
    by: Actor,
    at: datetime,
    ground: RegistrationGround | None = None,
) -> Lot:
    """Take over a lot whose production began before the entrustment was recorded here; marked as such for good.

    ``content`` and ``ground`` as for :func:`register_lot`; ``note`` says why and on which records it rests.

    :raises Refused: with every problem, also when production began after records did. :raises PermissionDenied:
    """
    ground = _ground(ground, entrustment, by, at)
    locked, facts = ground.entrustment, registration_facts(ground, content, note)
    findings = refuse_if_any(findings_for_take_over(facts, day_of(at)))
    lot = _insert(locked, content, by, at, taken_over=True, taken_over_note=note.strip())
    stream = locked.pair.stream
    record("lot.taken_over", by=by, at=at, subject=lot, stream=stream, reason=note, data=_data(lot, findings))
    return lot


def _ground(given: RegistrationGround | None, entrustment: Entrustment, by: Actor, at: datetime) -> RegistrationGround:
    """The ground given, when it is of this entrustment and for this person; else a new one."""
    if given is not None and given.by == by and given.entrustment.pk == entrustment.pk:
        return given
    return ground_to_register(entrustment=entrustment, by=by, at=at)


def _insert(entrustment: Entrustment, content: dict[str, Any], by: Actor, at: datetime, **other: Any) -> Lot:
    lot = Lot(
        **tenant(entrustment.pair),
        entrustment=entrustment,
        device_id=entrustment.device_id,
        site_id=entrustment.site_id,
        **{**content, "number": content["number"].strip(), "model": content["model"].strip()},
        **other,
        **who_and_when(by, at),
    )
    return insert(lot, number_taken(content["number"]))


def _data(lot: Lot, findings: list[Finding]) -> dict[str, Any]:
    return {
        "entrustment": lot.entrustment_id,
        "number": lot.number,
        **content_data(lot),
        "findings": [finding.code for finding in findings],
    }


@transaction.atomic
def add_material(*, lot: Lot, name: str, material_lot: str, supplier: str = "", by: Actor, at: datetime) -> LotMaterial:
    """Add a key material lot used in the lot (GMP 2025 art. 81).

    :raises Refused: when the file is closed or the line is there already. :raises PermissionDenied:
    """
    still_allowed(by, Can.ATTACH_TO_LOT, lot.pair, day_of(at))
    locked = lock_lot(lot)
    refuse_if_any(blockers_to_change_file(load_lot_facts([locked])[locked.pk]))
    row = LotMaterial(lot=locked, name=name.strip(), material_lot=material_lot.strip(), supplier=supplier.strip())
    row.recorded_by_id, row.recorded_by_name, row.recorded_at = by.user_id, by.name, at
    row.full_clean(validate_unique=False, validate_constraints=False)
    insert(row, finding("material_listed_already"))
    record("lot.material_added", by=by, at=at, subject=locked, stream=lot.pair.stream, data=material_data(row))
    return row
