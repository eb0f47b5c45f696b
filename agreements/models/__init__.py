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
from .negotiation import (
    ChangeAnswer,
    DraftRemark,
    NegotiationRound,
    ProposedChange,
    ReturnedFile,
    ReturnedFileEnd,
    WordTemplate,
    WordTemplateEnd,
)
from .obligation import DraftObligation, Frequency, ObligationRecord
from .preparation import Preparation, PreparationAnswer
from .review import (
    AgreementReview,
    ReviewAction,
    ReviewActionDone,
    ReviewDraft,
    ReviewReturn,
    ReviewSignature,
)
from .supervision import PairPolicy, Posting, PostingEnd, PresenceEntry, SupplierApproval, SupplierApprovalEnd
from .template import OwnTemplate, OwnTemplateEnd

__all__ = [
    "Agreement",
    "AgreementDraft",
    "AgreementReview",
    "AgreementRevision",
    "ChangeAnswer",
    "DraftClause",
    "DraftCoverage",
    "DraftDuty",
    "DraftObligation",
    "DraftRemark",
    "Entrustment",
    "EntrustmentEvent",
    "Frequency",
    "Hold",
    "HoldLift",
    "NegotiationRound",
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
    "ProposedChange",
    "ReturnedFile",
    "ReturnedFileEnd",
    "ReviewAction",
    "ReviewActionDone",
    "ReviewDraft",
    "ReviewReturn",
    "ReviewSignature",
    "RevisionCoverage",
    "RevisionEvent",
    "RevisionSignature",
    "SigningOrder",
    "SupplierApproval",
    "SupplierApprovalEnd",
    "WordTemplate",
    "WordTemplateEnd",
]
