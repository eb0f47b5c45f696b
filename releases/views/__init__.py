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
from .deciding import market_release, production_release, release_production, release_to_market
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
from .lists import lots, pair_lots
from .lot import lot, lot_trail
from .registering import register_lot, take_over_lot

__all__ = [
    "add_document",
    "add_material",
    "answer_return",
    "begin_import",
    "continue_import",
    "export_list",
    "import_file",
    "import_progress",
    "import_report",
    "import_run",
    "import_template",
    "imports",
    "lift_lot_hold",
    "lot",
    "lot_trail",
    "lots",
    "market_release",
    "pair_lots",
    "place_lot_hold",
    "production_release",
    "register_lot",
    "release_production",
    "release_to_market",
    "return_file",
    "review_document",
    "take_over_lot",
    "veto_lot",
    "withdraw_market",
    "withdraw_production",
]
