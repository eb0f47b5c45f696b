"""What can be done, and which posts may do it: the one table behind every permission.

``Can`` names everything as a verb; ``HOLDERS`` says which (side, role) may do it. :mod:`cmo.parties.access` applies
the table to a person, a pair and a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from .models import Role, Side


class Can(StrEnum):
    """Everything that somebody may be allowed to do, named as a verb."""

    READ = "read"
    # base data of the own organisation
    PROPOSE_BASE_DATA = "propose_base_data"
    CONFIRM_BASE_DATA = "confirm_base_data"
    APPOINT = "appoint"
    # relationship
    PROPOSE_PAIR = "propose_pair"
    ANSWER_PROPOSAL = "answer_proposal"
    END_PAIR = "end_pair"
    ACCEPT_LICENCE = "accept_licence"
    GRANT = "grant"
    SHARE_DEVICE = "share_device"
    # devices and screening
    DETERMINE = "determine"
    LOAD_EDITION = "load_edition"
    # entrustment and agreement
    RECORD_PREPARATION = "record_preparation"
    ACCEPT_PREPARATION = "accept_preparation"
    OPEN_ENTRUSTMENT = "open_entrustment"
    CHANGE_ENTRUSTMENT = "change_entrustment"
    REPORT_ENTRUSTMENT = "report_entrustment"
    DRAFT_AGREEMENT = "draft_agreement"
    NEGOTIATE = "negotiate"
    SIGN_AGREEMENT = "sign_agreement"
    REGISTER_PAPER = "register_paper"
    CONFIRM_PAPER = "confirm_paper"
    KEEP_TEMPLATE = "keep_template"
    RECORD_OBLIGATION = "record_obligation"
    # supervision
    SET_POLICY = "set_policy"
    POST_SUPERVISOR = "post_supervisor"
    LOG_PRESENCE = "log_presence"
    STATE_PRESENCE = "state_presence"
    IMPORT_PRESENCE = "import_presence"
    APPROVE_SUPPLIER = "approve_supplier"
    # holds
    PLACE_HOLD = "place_hold"
    LIFT_HOLD = "lift_hold"
    VETO = "veto"
    # lots
    REGISTER_LOT = "register_lot"
    ATTACH_TO_LOT = "attach_to_lot"
    REVIEW_RELEASE_FILE = "review_release_file"
    RETURN_RELEASE_FILE = "return_release_file"
    RELEASE_PRODUCTION = "release_production"
    RELEASE_TO_MARKET = "release_to_market"
    PLAN_PRODUCTION = "plan_production"
    RECORD_STEP = "record_step"
    OBSERVE = "observe"
    RECORD_DEVIATION = "record_deviation"
    CLOSE_DEVIATION = "close_deviation"
    ANSWER_CLOSURE = "answer_closure"
    REQUEST_EXCEPTION = "request_exception"
    DECIDE_EXCEPTION = "decide_exception"
    # identification
    REGISTER_IDENTIFIER = "register_identifier"
    CHECK_LABEL = "check_label"
    ATTACH_EVIDENCE = "attach_evidence"
    # audits and yearly reviews
    KEEP_CHECKLIST = "keep_checklist"
    ADOPT_PROGRAMME = "adopt_programme"
    PLAN_AUDIT = "plan_audit"
    CONDUCT_AUDIT = "conduct_audit"
    CLOSE_AUDIT = "close_audit"
    ANSWER_FINDING = "answer_finding"
    DECIDE_CAPA = "decide_capa"
    RECORD_YEARLY_DUTY = "record_yearly_duty"
    DRAFT_REVIEW = "draft_review"
    SIGN_REVIEW = "sign_review"
    PERFORM_REVIEW_ACTION = "perform_review_action"
    # calendar
    RECORD_REPORT = "record_report"
    SET_REMINDERS = "set_reminders"
    SET_WORKING_DAYS = "set_working_days"
    # dossier
    TAKE_DOSSIER = "take_dossier"


R, C = Side.REGISTRANT, Side.CONTRACTOR
#: The ``post`` of an administrator's actor; no row of the post table has it.
ADMINISTRATOR = "administrator"
_QM_BOTH = frozenset({(R, Role.QUALITY_MANAGER), (C, Role.QUALITY_MANAGER)})
_REP_BOTH = frozenset({(R, Role.MANAGEMENT_REPRESENTATIVE), (C, Role.MANAGEMENT_REPRESENTATIVE)})
_QM_R = frozenset({(R, Role.QUALITY_MANAGER)})
_QM_C = frozenset({(C, Role.QUALITY_MANAGER)})
_REP_R = frozenset({(R, Role.MANAGEMENT_REPRESENTATIVE)})
_AUDITORS = _QM_R | _REP_R | frozenset({(R, Role.AUDITOR)})
_MAKERS = frozenset({(C, Role.PRODUCTION_PLANNER), (C, Role.QUALITY_MANAGER)})

#: Which posts exist on which side.
ROLES_OF_SIDE: dict[str, frozenset[str]] = {
    R: frozenset(
        {
            Role.QUALITY_MANAGER,
            Role.MANAGEMENT_REPRESENTATIVE,
            Role.SIGNATORY,
            Role.MARKET_RELEASER,
            Role.RESIDENT_SUPERVISOR,
            Role.AUDITOR,
            Role.VIEWER,
        }
    ),
    C: frozenset(
        {
            Role.QUALITY_MANAGER,
            Role.MANAGEMENT_REPRESENTATIVE,
            Role.SIGNATORY,
            Role.PRODUCTION_RELEASER,
            Role.PRODUCTION_PLANNER,
            Role.VIEWER,
        }
    ),
}
EVERY_POST: frozenset[tuple[str, str]] = frozenset((s, r) for s, roles in ROLES_OF_SIDE.items() for r in roles)

#: The one table: what can be done → the (side, role) posts that may do it.
HOLDERS: Mapping[Can, frozenset[tuple[str, str]]] = {
    Can.READ: EVERY_POST,
    Can.PROPOSE_BASE_DATA: _QM_BOTH | _REP_BOTH,
    Can.CONFIRM_BASE_DATA: _QM_BOTH,
    Can.APPOINT: _QM_BOTH | _REP_BOTH,
    Can.PROPOSE_PAIR: _QM_BOTH,
    Can.ANSWER_PROPOSAL: _QM_BOTH,
    Can.END_PAIR: _QM_BOTH,
    Can.ACCEPT_LICENCE: _QM_R,
    Can.GRANT: _QM_BOTH,
    Can.SHARE_DEVICE: _QM_R,
    Can.DETERMINE: _QM_R,
    Can.LOAD_EDITION: _QM_BOTH,
    Can.RECORD_PREPARATION: _QM_C | _AUDITORS,
    Can.ACCEPT_PREPARATION: _QM_R,
    Can.OPEN_ENTRUSTMENT: _QM_R,
    Can.CHANGE_ENTRUSTMENT: _QM_R,
    Can.REPORT_ENTRUSTMENT: _QM_BOTH,
    Can.DRAFT_AGREEMENT: _QM_BOTH,
    Can.NEGOTIATE: _QM_BOTH | _REP_BOTH | frozenset({(R, Role.SIGNATORY), (C, Role.SIGNATORY)}),
    Can.SIGN_AGREEMENT: frozenset({(R, Role.SIGNATORY), (C, Role.SIGNATORY)}),
    Can.REGISTER_PAPER: _QM_BOTH,
    Can.CONFIRM_PAPER: _QM_BOTH,
    Can.KEEP_TEMPLATE: _QM_BOTH,
    Can.RECORD_OBLIGATION: _QM_BOTH | _REP_BOTH,
    Can.SET_POLICY: _QM_R,
    Can.POST_SUPERVISOR: _QM_R | _REP_R,
    Can.LOG_PRESENCE: frozenset({(R, Role.RESIDENT_SUPERVISOR)}),
    Can.STATE_PRESENCE: _QM_R,
    Can.IMPORT_PRESENCE: _QM_R | {(R, Role.RESIDENT_SUPERVISOR)},
    Can.APPROVE_SUPPLIER: _QM_R,
    Can.PLACE_HOLD: EVERY_POST,
    Can.LIFT_HOLD: _QM_BOTH,
    Can.VETO: _REP_R,
    Can.REGISTER_LOT: _MAKERS,
    Can.ATTACH_TO_LOT: frozenset(
        {(C, Role.PRODUCTION_PLANNER), (C, Role.QUALITY_MANAGER), (C, Role.PRODUCTION_RELEASER)}
    ),
    Can.REVIEW_RELEASE_FILE: frozenset(
        {
            (C, Role.QUALITY_MANAGER),
            (C, Role.PRODUCTION_RELEASER),
            (R, Role.QUALITY_MANAGER),
            (R, Role.MARKET_RELEASER),
        }
    ),
    Can.RETURN_RELEASE_FILE: frozenset({(R, Role.QUALITY_MANAGER), (R, Role.MARKET_RELEASER)}),
    Can.RELEASE_PRODUCTION: frozenset({(C, Role.PRODUCTION_RELEASER)}),
    Can.RELEASE_TO_MARKET: frozenset({(R, Role.MARKET_RELEASER)}),
    Can.PLAN_PRODUCTION: _MAKERS,
    Can.RECORD_STEP: _MAKERS,
    Can.OBSERVE: frozenset({(R, Role.RESIDENT_SUPERVISOR)}),
    Can.RECORD_DEVIATION: _MAKERS | frozenset({(C, Role.PRODUCTION_RELEASER)}) | _QM_R,
    Can.CLOSE_DEVIATION: _QM_C,
    Can.ANSWER_CLOSURE: _QM_R,
    Can.REQUEST_EXCEPTION: _QM_BOTH
    | _MAKERS
    | frozenset({(C, Role.PRODUCTION_RELEASER), (R, Role.MARKET_RELEASER), (R, Role.RESIDENT_SUPERVISOR)}),
    Can.DECIDE_EXCEPTION: _QM_R,
    Can.REGISTER_IDENTIFIER: _QM_R,
    Can.CHECK_LABEL: _QM_BOTH,
    Can.ATTACH_EVIDENCE: EVERY_POST - frozenset({(R, Role.VIEWER), (C, Role.VIEWER)}),
    Can.KEEP_CHECKLIST: _QM_R | _REP_R,
    Can.ADOPT_PROGRAMME: _QM_R | _REP_R,
    Can.PLAN_AUDIT: _QM_R | _REP_R,
    Can.CONDUCT_AUDIT: _AUDITORS,
    Can.CLOSE_AUDIT: _QM_R,
    Can.ANSWER_FINDING: _QM_C | frozenset({(C, Role.MANAGEMENT_REPRESENTATIVE)}),
    Can.DECIDE_CAPA: _AUDITORS,
    Can.RECORD_YEARLY_DUTY: _AUDITORS,
    Can.DRAFT_REVIEW: _QM_R | _REP_R,
    Can.SIGN_REVIEW: _QM_BOTH,
    Can.PERFORM_REVIEW_ACTION: _QM_BOTH | _REP_BOTH,
    Can.RECORD_REPORT: _QM_BOTH | _REP_BOTH,
    Can.SET_REMINDERS: _QM_BOTH,
    Can.SET_WORKING_DAYS: _QM_BOTH,
    Can.TAKE_DOSSIER: EVERY_POST,
}
