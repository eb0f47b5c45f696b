"""The verbs of the agreements app: its only writers, one function each, grouped by concern."""

from .clauses import add_draft_clause, edit_draft_clause, move_draft_clause, remove_draft_clause
from .drafting import create_agreement, put_back_draft_row, set_draft_terms, set_signing_order
from .edition import load_edition_and_rescreen
from .ending import decline_revision, terminate_revision, withdraw_revision
from .entrustment import (
    end_entrustment,
    open_entrustment,
    report_entrustment,
    resume_entrustment,
    suspend_entrustment,
)
from .hold import lift_hold, place_hold, record_pair_duty, veto
from .matrix import add_draft_duty, edit_draft_duty, remove_draft_duty
from .obligations import add_draft_obligation, edit_draft_obligation, remove_draft_obligation
from .offering import offer_for_signature, offer_termination
from .paper import confirm_paper_agreement, register_paper_agreement
from .performance import record_obligation
from .preparation import answer_preparation, record_preparation
from .presence import check_in, check_out, correct_presence
from .renewing import begin_renewal, restore_draft
from .signing import sign_agreement
from .supervision import end_posting, make_posting, set_pair_policy
from .suppliers import approve_supplier, end_supplier_approval
from .taking import take_document
from .templates import keep_template, withdraw_template

__all__ = [
    "add_draft_clause",
    "add_draft_duty",
    "add_draft_obligation",
    "answer_preparation",
    "approve_supplier",
    "begin_renewal",
    "check_in",
    "check_out",
    "confirm_paper_agreement",
    "correct_presence",
    "create_agreement",
    "decline_revision",
    "edit_draft_clause",
    "edit_draft_duty",
    "edit_draft_obligation",
    "end_entrustment",
    "end_posting",
    "end_supplier_approval",
    "keep_template",
    "lift_hold",
    "load_edition_and_rescreen",
    "make_posting",
    "move_draft_clause",
    "offer_for_signature",
    "offer_termination",
    "open_entrustment",
    "place_hold",
    "put_back_draft_row",
    "record_obligation",
    "record_pair_duty",
    "record_preparation",
    "register_paper_agreement",
    "remove_draft_clause",
    "remove_draft_duty",
    "remove_draft_obligation",
    "report_entrustment",
    "restore_draft",
    "resume_entrustment",
    "set_draft_terms",
    "set_pair_policy",
    "set_signing_order",
    "sign_agreement",
    "suspend_entrustment",
    "take_document",
    "terminate_revision",
    "veto",
    "withdraw_revision",
    "withdraw_template",
]
