"""Checklists, audits, findings with their corrective action, and the yearly programme."""

from .answer import AuditItem, ItemAnswer, Settled
from .audit import Audit, AuditEvent, AuditMember, AuditPlan
from .capa import CapaCompletion, CapaPlan, CapaPlanAnswer, EffectivenessCheck
from .programme import Programme, ProgrammeEntry
from .report import AuditFinding, AuditReport, FindingWithdrawal
from .sent_file import SentFile
from .template import TemplateEnd, TemplateVersion

__all__ = [
    "Audit",
    "AuditEvent",
    "AuditFinding",
    "AuditItem",
    "AuditMember",
    "AuditPlan",
    "AuditReport",
    "CapaCompletion",
    "CapaPlan",
    "CapaPlanAnswer",
    "EffectivenessCheck",
    "FindingWithdrawal",
    "ItemAnswer",
    "Programme",
    "ProgrammeEntry",
    "SentFile",
    "Settled",
    "TemplateEnd",
    "TemplateVersion",
]
