"""The verbs of lots and releases: the only writers of this app's tables.

Every verb goes the same way: permit, lock, load facts, judge, write, record, return.
"""

from .decisions import release_production, release_to_market, withdraw_market, withdraw_production
from .holds import lift_lot_hold, place_lot_hold, veto_lot
from .lots import add_material, register_lot, take_over_lot
from .measurement import register_lots_for_measurement
from .release_file import add_document, answer_return, return_file, review_document

__all__ = [
    "add_document",
    "add_material",
    "answer_return",
    "lift_lot_hold",
    "place_lot_hold",
    "register_lot",
    "register_lots_for_measurement",
    "release_production",
    "release_to_market",
    "return_file",
    "review_document",
    "take_over_lot",
    "veto_lot",
    "withdraw_market",
    "withdraw_production",
]
