"""Correcting what is said of a lot, and its key material lines: a further entry with a reason, nothing is overwritten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts import load_lot_facts, typed_again
from ..facts.correcting import CorrectionAsked, content_data, material_asked
from ..models import CONTENT, Lot, LotCorrection, LotMaterial
from ..rules.correcting import blockers_to_correct_lot, blockers_to_correct_material
from ..sentences import finding
from .writing import insert, lock_lot, stripped, who_and_when


@transaction.atomic
def correct_lot(*, lot: Lot, content: dict[str, Any], seen: int, reason: str, by: Actor, at: datetime) -> LotCorrection:
    """Let a lot say what is true: the contractor corrects or completes what was registered.

    ``content``: all of model, produced_from, produced_to, quantity, unit, expires_on, label_version, ifu_version. The
    lot reads like this from now on; what it said before stays in the correction. ``seen``: how many corrections there
    were when that was typed.

    :raises Refused: without a reason or a change, corrected by somebody else since, while a production decision stands (withdraw that first), or where steps
        or deviations contradict it. :raises PermissionDenied:
    """
    still_allowed(by, Can.REGISTER_LOT, lot.pair, day_of(at))
    locked = lock_lot(lot)
    before, said = content_data(locked), stripped(content)
    row = LotCorrection(lot=locked, **said, before=before, reason=reason.strip(), **who_and_when(by, at))
    facts = load_lot_facts([locked])[locked.pk]
    refuse_if_any(
        blockers_to_correct_lot(
            CorrectionAsked(
                lot=facts,
                typed=typed_again(facts, said),
                before=before,
                after=content_data(row),
                meanwhile=locked.corrections.count() != seen,
                reason=row.reason,
            )
        )
    )
    row.full_clean(validate_unique=False, validate_constraints=False)
    row.save(force_insert=True)
    Lot.objects.filter(pk=locked.pk).update(**{name: getattr(row, name) for name in CONTENT})
    data = {"correction": row.pk, **content_data(row), "before": before}
    record("lot.corrected", by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.reason, data=data)
    return row


@transaction.atomic
def correct_material(
    *, material: LotMaterial, content: dict[str, Any] | None, reason: str, by: Actor, at: datetime
) -> LotMaterial:
    """Replace a key material line by what ``content`` (name, material_lot, supplier) says, or strike it out (None).

    :raises Refused: without a reason, corrected before, the same as another line, while a production decision stands.
    :raises PermissionDenied:
    """
    lot = material.lot
    still_allowed(by, Can.ATTACH_TO_LOT, lot.pair, day_of(at))
    locked = lock_lot(lot)
    said = {name: getattr(material, name) for name in MATERIAL} if content is None else stripped(content)
    row = LotMaterial(lot=locked, **said, corrects=material, void=content is None, reason=reason.strip())
    row.recorded_by_id, row.recorded_by_name, row.recorded_at = by.user_id, by.name, at
    standing = locked.materials.filter(corrected_by__isnull=True, void=False).exclude(pk=material.pk)
    corrected = LotMaterial.objects.filter(corrects=material).exists()
    facts = load_lot_facts([locked])[locked.pk]
    refuse_if_any(blockers_to_correct_material(material_asked(facts, material, row, corrected, list(standing))))
    row.full_clean(validate_unique=False, validate_constraints=False)
    insert(row, finding("material_corrected_already"))
    data = material_data(row) | {"corrects": material.pk, "void": row.void, "before": material_data(material)}
    verb = "lot.material_corrected"
    record(verb, by=by, at=at, subject=locked, stream=lot.pair.stream, reason=row.reason, data=data)
    return row


#: What a key material line says, as typed.
MATERIAL = ("name", "material_lot", "supplier")


def material_data(row: LotMaterial) -> dict[str, Any]:
    """A key material line as the trail keeps it."""
    return {"material": row.pk, "name": row.name, "material_lot": row.material_lot, "supplier": row.supplier}
