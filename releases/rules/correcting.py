"""Reasons against correcting what is said of a lot, or one of its key material lines.

Whether manufacture was lawful on the corrected days is no reason here: a record must be able to say what is true, and the
conditions of release judge that.
"""

from __future__ import annotations

from cmo.clock import day_of
from cmo.errors import Finding

from ..facts.correcting import CorrectionAsked, MaterialAsked
from ..facts.values import PRODUCTION, LotFacts
from ..sentences import finding
from .registration import content_findings, in_progress_findings


def blockers_to_change_lot(lot: LotFacts) -> list[Finding]:
    """What a production decision rests on stays as it is while the decision stands."""
    return [finding("decision_rests_on_lot")] if lot.standing(PRODUCTION) is not None else []


def blockers_to_correct_lot(asked: CorrectionAsked) -> list[Finding]:
    """Every reason: what was typed, a decision that rests on it, steps and deviations that contradict it."""
    found = [*_reason(asked.reason), *blockers_to_change_lot(asked.lot)]
    if asked.meanwhile:
        found.append(finding("lot_corrected_meanwhile"))
    elif asked.before == asked.after:
        found.append(finding("correction_changes_nothing"))
    if asked.lot.taken_over:
        found += in_progress_findings(asked.typed)
    return [*found, *content_findings(asked.typed), *_steps_outside(asked), *_quantity(asked)]


def _reason(reason: str) -> list[Finding]:
    return [] if reason.strip() else [finding("correction_reason_missing")]


def _steps_outside(asked: CorrectionAsked) -> list[Finding]:
    first, last = asked.typed.produced_from, asked.typed.produced_to
    found = []
    for step in asked.lot.steps:
        begins, ends = day_of(step.starts_at), day_of(step.ends_at)
        if begins < first or ends > last:
            day = begins if begins < first else ends
            found.append(finding("step_outside_correction", step=step.name, day=day.isoformat()))
    return found


def _quantity(asked: CorrectionAsked) -> list[Finding]:
    quantity = asked.typed.quantity
    out = sum(deviation.taken_out for deviation in asked.lot.deviations)
    found = [finding("quantity_below_taken_out", quantity=quantity, out=out)] if quantity < out else []
    return found + [
        finding("quantity_below_concerned", quantity=quantity, reference=one.reference, concerned=one.quantity)
        for one in asked.lot.deviations
        if one.quantity is not None and one.quantity > quantity
    ]


def blockers_to_correct_material(asked: MaterialAsked) -> list[Finding]:
    """Every reason against replacing a line or striking it out."""
    found = [*_reason(asked.reason), *blockers_to_change_lot(asked.lot)]
    if asked.corrected:
        found.append(finding("material_corrected_already"))
    if asked.void:
        found.append(finding("material_struck_out"))
    return [*found, *_line(asked)] if asked.after is not None else found


def _line(asked: MaterialAsked) -> list[Finding]:
    after = asked.after
    assert after is not None
    found = [finding("material_missing")] if not (after.name and after.material_lot) else []
    if after == asked.before:
        found.append(finding("correction_changes_nothing"))
    if any((other.name, other.material_lot) == (after.name, after.material_lot) for other in asked.others):
        found.append(finding("material_listed_already"))
    return found
