"""Does everything on record still keep the invariants of the domain? Set-wise over the whole database, row by row named.

What the database already refuses by itself is judged once more here, because a restored or tampered database may have
lost its guards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from . import base_data, correcting, decisions, entrusting, presence, tenancy
from .broken import Broken

#: Name of the check → (number of the invariant it belongs to, function of today).
CHECKS: dict[str, tuple[int, Callable[[date], Iterator[Broken]]]] = {
    "prohibited_device_entrusted": (1, entrusting.prohibited_but_active),
    "entrustment_opened_against_reasons": (1, entrusting.opened_against_reasons),
    "released_against_reasons": (2, decisions.released_against_reasons),
    "two_decisions_stand": (3, decisions.two_stand),
    "market_without_production": (3, decisions.market_without_production),
    "same_person_or_entity": (3, decisions.same_person_or_entity),
    "statutory_duty_moved": (4, entrusting.statutory_duty_moved),
    "lapsed_agreement_used": (6, decisions.not_judged_at_manufacture),
    "gap_without_exception": (7, presence.gap_without_exception),
    "base_data_altered": (9, base_data.altered),
    "base_data_confirmed_alone": (9, base_data.confirmed_alone),
    "signature_void": (10, decisions.unsigned_or_void),
    "lot_unlike_its_correction": (10, correcting.unlike_the_newest),
    "agreement_signed_by_one_person": (10, entrusting.signed_by_one_person),
    "quantity_exceeded": (11, decisions.quantity_exceeded),
    "tenant_columns_wrong": (12, tenancy.columns_wrong),
    "lot_not_of_its_entrustment": (12, tenancy.lot_not_of_its_entrustment),
    "person_at_two_entities": (3, tenancy.person_at_two_entities),
}


def broken(on: date) -> Iterator[Broken]:
    """Every row that breaks an invariant on ``on``."""
    for name, (number, check) in CHECKS.items():
        for found in check(on):
            yield found.of(number, name)


__all__ = ["CHECKS", "Broken", "broken"]
