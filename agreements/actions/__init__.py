"""The verbs of the agreements app: its only writers, one function each, grouped by concern."""

from .accepting import accept_changes
from .answering import answer_change
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
from .presence import check_in, check_out, correct_presence, import_presence
from .proposing import propose_change, withdraw_change
from .remarking import remark
from .renewing import begin_renewal, restore_draft
from .returned_files import put_file_aside, take_over_changes, take_returned_file
from .review_signing import perform_review_action, return_review, sign_review
from .reviews import begin_review, offer_review, save_review
from .rounds import hand_over
from .signing import sign_agreement
from .supervision import end_posting, make_posting, set_pair_policy
from .suppliers import approve_supplier, end_supplier_approval
from .taking import take_document, take_word_file
from .templates import keep_template, withdraw_template
from .word_templates import keep_word_template, withdraw_word_template

__all__ = [
    "accept_changes",
    "add_draft_clause",
    "add_draft_duty",
    "add_draft_obligation",
    "answer_change",
    "answer_preparation",
    "approve_supplier",
    "begin_renewal",
    "begin_review",
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
    "hand_over",
    "import_presence",
    "keep_template",
    "keep_word_template",
    "lift_hold",
    "load_edition_and_rescreen",
    "make_posting",
    "move_draft_clause",
    "offer_for_signature",
    "offer_review",
    "offer_termination",
    "open_entrustment",
    "perform_review_action",
    "place_hold",
    "propose_change",
    "put_back_draft_row",
    "put_file_aside",
    "record_obligation",
    "record_pair_duty",
    "record_preparation",
    "register_paper_agreement",
    "remark",
    "remove_draft_clause",
    "remove_draft_duty",
    "remove_draft_obligation",
    "report_entrustment",
    "restore_draft",
    "resume_entrustment",
    "return_review",
    "save_review",
    "set_draft_terms",
    "set_pair_policy",
    "set_signing_order",
    "sign_agreement",
    "sign_review",
    "suspend_entrustment",
    "take_document",
    "take_over_changes",
    "take_returned_file",
    "take_word_file",
    "terminate_revision",
    "veto",
    "withdraw_change",
    "withdraw_revision",
    "withdraw_template",
    "withdraw_word_template",
]
