"""The verbs of audits: everything that changes their state."""

from .capa import answer_plan, check_effectiveness, complete_capa, plan_capa, withdraw_finding
from .checklists import keep_checklist, withdraw_checklist
from .conduct import Answered, answer_item
from .planning import begin_audit, cancel_audit, close_audit, plan_audit, replan_audit
from .programme import ProgrammeSaid, adopt_programme
from .reporting import report_audit
from .taking import take_report

__all__ = [
    "Answered",
    "ProgrammeSaid",
    "adopt_programme",
    "answer_item",
    "answer_plan",
    "begin_audit",
    "cancel_audit",
    "check_effectiveness",
    "close_audit",
    "complete_capa",
    "keep_checklist",
    "plan_audit",
    "plan_capa",
    "replan_audit",
    "report_audit",
    "take_report",
    "withdraw_checklist",
    "withdraw_finding",
]
