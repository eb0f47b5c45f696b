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
    SigningOrder,
)
from .entrustment import Entrustment, EntrustmentEvent
from .hold import Hold, HoldLift, PairDuty
from .obligation import DraftObligation, Frequency, ObligationRecord
from .preparation import Preparation, PreparationAnswer
from .supervision import PairPolicy, Posting, PostingEnd, PresenceEntry, SupplierApproval, SupplierApprovalEnd
from .template import OwnTemplate, OwnTemplateEnd

__all__ = [
    "Agreement",
    "AgreementDraft",
    "AgreementRevision",
    "DraftClause",
    "DraftCoverage",
    "DraftDuty",
    "DraftObligation",
    "Entrustment",
    "EntrustmentEvent",
    "Frequency",
    "Hold",
    "HoldLift",
    "ObligationRecord",
    "OwnTemplate",
    "OwnTemplateEnd",
    "PairDuty",
    "PairPolicy",
    "PaperAgreement",
    "Posting",
    "PostingEnd",
    "Preparation",
    "PreparationAnswer",
    "PresenceEntry",
    "RevisionCoverage",
    "RevisionEvent",
    "RevisionSignature",
    "SigningOrder",
    "SupplierApproval",
    "SupplierApprovalEnd",
]
