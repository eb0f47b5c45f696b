"""Rules of the agreements app: facts in, all reasons out. No query, clock, request or permission."""

from .agreement import (
    blockers_to_edit_stale,
    blockers_to_keep_clause,
    blockers_to_move_clause,
    blockers_to_offer,
    blockers_to_set_coverage,
    blockers_to_take_from_template,
)
from .hold import blockers_to_hold, blockers_to_lift, blockers_to_record_duty
from .matrix import blockers_to_edit_duty, blockers_to_remove_duty
from .obligation import blockers_to_keep_obligation
from .opening import blockers_to_open_entrustment
from .preparation import blockers_to_accept_preparation, blockers_to_record_preparation, blockers_to_return_preparation
from .signing import (
    blockers_after_the_end,
    blockers_to_begin_the_end,
    blockers_to_close_revision,
    blockers_to_confirm_paper,
    blockers_to_end_together,
    blockers_to_follow,
    blockers_to_register_paper,
    blockers_to_restore,
    blockers_to_sign,
    blockers_to_terminate,
    sides_in_turn,
)
from .state import (
    blockers_to_end,
    blockers_to_report,
    blockers_to_resume,
    blockers_to_suspend,
    duties_of_entrustment,
)
from .template import blockers_to_keep_template, blockers_to_withdraw_template

__all__ = [
    "blockers_after_the_end",
    "blockers_to_accept_preparation",
    "blockers_to_begin_the_end",
    "blockers_to_close_revision",
    "blockers_to_confirm_paper",
    "blockers_to_edit_duty",
    "blockers_to_edit_stale",
    "blockers_to_end",
    "blockers_to_end_together",
    "blockers_to_follow",
    "blockers_to_hold",
    "blockers_to_keep_clause",
    "blockers_to_keep_obligation",
    "blockers_to_keep_template",
    "blockers_to_lift",
    "blockers_to_move_clause",
    "blockers_to_offer",
    "blockers_to_open_entrustment",
    "blockers_to_record_duty",
    "blockers_to_record_preparation",
    "blockers_to_register_paper",
    "blockers_to_remove_duty",
    "blockers_to_report",
    "blockers_to_restore",
    "blockers_to_resume",
    "blockers_to_return_preparation",
    "blockers_to_set_coverage",
    "blockers_to_sign",
    "blockers_to_suspend",
    "blockers_to_take_from_template",
    "blockers_to_terminate",
    "blockers_to_withdraw_template",
    "duties_of_entrustment",
    "sides_in_turn",
]
