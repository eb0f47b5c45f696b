"""Facts of audits: loaded set-wise into frozen values; no decision is taken here."""

from .answers import AnswerFact, ItemFact, agreed, load_items
from .audit import AuditFacts, MemberFact, PlanAsked, load_audits
from .findings import EarlierFinding, earlier_findings
from .template import template_of

__all__ = [
    "AnswerFact",
    "AuditFacts",
    "EarlierFinding",
    "ItemFact",
    "MemberFact",
    "PlanAsked",
    "agreed",
    "earlier_findings",
    "load_audits",
    "load_items",
    "template_of",
]
