"""Tables of the agreements app, by concern."""

from .agreement import (
    Agreement,
    AgreementDraft,
    AgreementRevision,
    DraftClause,
    DraftCoverage,
    DraftDuty,
    PaperAgreement,
    RevisionCoverage,
    RevisionEvent,
    RevisionSignature,
)
from .entrustment import Entrustment, EntrustmentEvent
from .hold import Hold, HoldLift, PairDuty
from .preparation import Preparation, PreparationAnswer

__all__ = [
    "Agreement",
    "AgreementDraft",
    "AgreementRevision",
    "DraftClause",
    "DraftCoverage",
    "DraftDuty",
    "Entrustment",
    "EntrustmentEvent",
    "Hold",
    "HoldLift",
    "PairDuty",
    "PaperAgreement",
    "Preparation",
    "PreparationAnswer",
    "RevisionCoverage",
    "RevisionEvent",
    "RevisionSignature",
]
