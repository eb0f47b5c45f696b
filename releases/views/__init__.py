"""Pages of lots and releases: load the visible object, fill a form, call one action, redirect."""

from .acts import (
    add_document,
    add_material,
    answer_return,
    lift_lot_hold,
    place_lot_hold,
    return_file,
    review_document,
    veto_lot,
    withdraw_market,
    withdraw_production,
)
from .affected import affected
from .conditions import conditions
from .correcting import correct_lot, correct_material
from .deciding import market_release, production_release, release_production, release_to_market
from .deviations import answer_closure, deviation, propose_closure, record_deviation
from .every_deviation import all_deviations
from .exceptions import decide_exception, exception, request_exception
from .importing import (
    begin_import,
    continue_import,
    export_list,
    import_file,
    import_progress,
    import_report,
    import_run,
    import_template,
    imports,
)
from .labels import check_label, label_as_pdf, label_as_svg, label_checks, label_proof, lot_udi, pair_labels
from .lists import lots, pair_lots
from .lot import lot, lot_trail
from .making import correct_step, observation, observe_lot, record_step
from .planning import end_planned_production, pair_planned, plan_production, planned
from .registering import register_lot, take_over_lot
from .supervision import pair_supervision, supervision

__all__ = [
    "add_document",
    "add_material",
    "affected",
    "all_deviations",
    "answer_closure",
    "answer_return",
    "begin_import",
    "check_label",
    "conditions",
    "continue_import",
    "correct_lot",
    "correct_material",
    "correct_step",
    "decide_exception",
    "deviation",
    "end_planned_production",
    "exception",
    "export_list",
    "import_file",
    "import_progress",
    "import_report",
    "import_run",
    "import_template",
    "imports",
    "label_as_pdf",
    "label_as_svg",
    "label_checks",
    "label_proof",
    "lift_lot_hold",
    "lot",
    "lot_trail",
    "lot_udi",
    "lots",
    "market_release",
    "observation",
    "observe_lot",
    "pair_labels",
    "pair_lots",
    "pair_planned",
    "pair_supervision",
    "place_lot_hold",
    "plan_production",
    "planned",
    "production_release",
    "propose_closure",
    "record_deviation",
    "record_step",
    "register_lot",
    "release_production",
    "release_to_market",
    "request_exception",
    "return_file",
    "review_document",
    "supervision",
    "take_over_lot",
    "veto_lot",
    "withdraw_market",
    "withdraw_production",
]
