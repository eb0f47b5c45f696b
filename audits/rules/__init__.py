"""Rules of audits: facts in, judgements out. No query, clock, request or permission."""

from .checklist import blockers_to_keep_checklist, blockers_to_withdraw_checklist
from .conduct import blockers_to_answer
from .planning import blockers_to_begin, blockers_to_cancel, blockers_to_close, blockers_to_plan, blockers_to_replan
from .reporting import (
    Compared,
    ReportAsked,
    blockers_in_checklist,
    blockers_to_lead,
    blockers_to_report,
    repeated,
    severities_found,
)
from .scoring import Answers, Judgement, Score, Tally, UnknownAnswers, score

__all__ = [
    "Answers",
    "Compared",
    "Judgement",
    "ReportAsked",
    "Score",
    "Tally",
    "UnknownAnswers",
    "blockers_in_checklist",
    "blockers_to_answer",
    "blockers_to_begin",
    "blockers_to_cancel",
    "blockers_to_close",
    "blockers_to_keep_checklist",
    "blockers_to_lead",
    "blockers_to_plan",
    "blockers_to_replan",
    "blockers_to_report",
    "blockers_to_withdraw_checklist",
    "repeated",
    "score",
    "severities_found",
]
