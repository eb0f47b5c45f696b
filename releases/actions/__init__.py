"""The verbs of lots and releases: the only writers of this app's tables.

Every verb goes the same way: permit, lock, load facts, judge, write, record, return.
"""

from .correcting import correct_lot, correct_material
from .decisions import release_production, release_to_market, withdraw_market, withdraw_production
from .deviations import answer_closure, propose_closure, record_deviation
from .exceptions import decide_exception, request_exception
from .holds import lift_lot_hold, place_lot_hold, veto_lot
from .importing import begin_import, continue_import, try_import
from .labels import check_label
from .lots import add_material, register_lot, take_over_lot
from .making import correct_step, end_planned_production, plan_production, record_step
from .measurement import register_lots_for_measurement
from .observing import observe_lot
from .release_file import add_document, answer_return, return_file, review_document

__all__ = [
    "add_document",
    "add_material",
    "answer_closure",
    "answer_return",
    "begin_import",
    "check_label",
    "continue_import",
    "correct_lot",
    "correct_material",
    "correct_step",
    "decide_exception",
    "end_planned_production",
    "lift_lot_hold",
    "observe_lot",
    "place_lot_hold",
    "plan_production",
    "propose_closure",
    "record_deviation",
    "record_step",
    "register_lot",
    "register_lots_for_measurement",
    "release_production",
    "release_to_market",
    "request_exception",
    "return_file",
    "review_document",
    "take_over_lot",
    "try_import",
    "veto_lot",
    "withdraw_market",
    "withdraw_production",
]
