"""Which tables a dossier is read from, how a row of each finds its pair, and why other tables are no part of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Source:
    """One table: how a row finds its pair, and when it was recorded. ``only``: further condition."""

    label: str
    pair: str = "pair_id"
    at: str = "recorded_at"
    only: Q = field(default_factory=Q)


#: Tables that lead to the pair by a path of their own.
PAIR_SOURCES: tuple[Source, ...] = (
    Source("parties.pairend"),
    Source("parties.licenceacceptance", at="accepted_at"),
    Source("parties.grant", at="granted_at"),
    Source("parties.grantrevocation", "grant__pair_id", "revoked_at"),
    Source("parties.invitation", at="invited_at"),
    Source("parties.invitationanswer", "invitation__pair_id", "answered_at"),
    Source("catalogue.deviceshare"),
    Source("catalogue.deviceshareend", "share__pair_id"),
    Source("agreements.preparation"),
    Source("agreements.preparationanswer", "preparation__pair_id"),
    Source("agreements.entrustment"),
    Source("agreements.entrustmentevent", "entrustment__pair_id"),
    Source("agreements.agreement"),
    Source("agreements.agreementrevision", "agreement__pair_id"),
    Source("agreements.revisioncoverage", "revision__agreement__pair_id", "revision__recorded_at"),
    Source("agreements.revisionsignature", "revision__agreement__pair_id", "signature__signed_at"),
    Source("agreements.revisionevent", "revision__agreement__pair_id"),
    Source("agreements.paperagreement", "revision__agreement__pair_id"),
    Source("agreements.obligationrecord"),
    Source("agreements.agreementreview"),
    Source("agreements.reviewsignature", "review__pair_id", "signature__signed_at"),
    Source("agreements.reviewreturn", "review__pair_id"),
    Source("agreements.reviewaction", "review__pair_id", "review__recorded_at"),
    Source("agreements.reviewactiondone", "action__review__pair_id"),
    Source("agreements.pairpolicy"),
    Source("agreements.posting"),
    Source("agreements.postingend", "posting__pair_id"),
    Source("agreements.presenceentry"),
    Source("agreements.supplierapproval"),
    Source("agreements.supplierapprovalend", "approval__pair_id"),
    Source("agreements.hold"),
    Source("agreements.holdlift", "hold__pair_id"),
    Source("agreements.pairduty"),
    Source("audits.auditevent", "audit__pair_id"),
    Source("audits.auditplan", "audit__pair_id"),
    Source("audits.auditmember", "plan__audit__pair_id", "plan__recorded_at"),
    Source("audits.auditreport", "audit__pair_id"),
    Source("audits.auditfinding"),
    Source("audits.findingwithdrawal", "finding__pair_id"),
    Source("audits.capaplan", "finding__pair_id"),
    Source("audits.capaplananswer", "plan__finding__pair_id"),
    Source("audits.capacompletion", "plan__finding__pair_id"),
    Source("audits.effectivenesscheck", "completion__plan__finding__pair_id"),
    Source("releases.lot"),
    Source("releases.lotcorrection", "lot__pair_id"),
    Source("releases.lotmaterial", "lot__pair_id"),
    Source("releases.lotdocument", "lot__pair_id"),
    Source("releases.documentreview", "document__lot__pair_id"),
    Source("releases.filereturn", "lot__pair_id"),
    Source("releases.fileanswer", "file_return__lot__pair_id"),
    Source("releases.lothold", "lot__pair_id"),
    Source("releases.lotholdlift", "hold__lot__pair_id"),
    Source("releases.deviation", "lot__pair_id"),
    Source("releases.deviationclosure", "deviation__lot__pair_id"),
    Source("releases.deviationanswer", "closure__deviation__lot__pair_id"),
    Source("releases.lotexception", "lot__pair_id"),
    Source("releases.exceptiondecision", "exception__lot__pair_id"),
    Source("releases.labelcheck"),
    Source("releases.plannedproduction"),
    Source("releases.plannedproductionend", "planned__pair_id"),
    Source("releases.lotstep", "lot__pair_id"),
    Source("releases.observation", "lot__pair_id"),
    Source("releases.productionrelease", "lot__pair_id"),
    Source("releases.productionwithdrawal", "release__lot__pair_id"),
    Source("releases.marketrelease", "lot__pair_id"),
    Source("releases.marketwithdrawal", "release__lot__pair_id"),
)
#: Every table of a snapshot.
LABELS: frozenset[str] = frozenset(source.label for source in PAIR_SOURCES) | {
    "audits.audit",
    "audits.templateversion",
    "parties.organisationversion",
    "parties.organisationdecision",
    "parties.site",
    "parties.siteversion",
    "parties.sitedecision",
    "parties.licence",
    "parties.licenceversion",
    "parties.licencedecision",
    "parties.post",
    "parties.postdecision",
    "parties.postend",
    "catalogue.deviceversion",
    "catalogue.devicedecision",
    "catalogue.technicaldocument",
    "catalogue.labelversion",
    "catalogue.deviceidentifier",
    "catalogue.screening",
    "catalogue.labelwithdrawal",
    "catalogue.identifierevent",
    "catalogue.determination",
    "signing.signature",
    "evidence.file",
}

#: Tables of the same apps that are no part of a dossier, with the reason; a test holds that every table is here or above.
NOT_PART: dict[str, str] = {
    **dict.fromkeys(
        ("parties.organisation", "parties.pair", "parties.user", "catalogue.device"),
        "an identity: what is said of it lies in versions, posts and the pin",
    ),
    **dict.fromkeys(
        ("parties.joinrequest", "parties.pairproposal", "parties.proposalanswer"),
        "came before the pair; its beginning is on the chain",
    ),
    "parties.pairuserobjectpermission": "derived from grants",
    "parties.workingday": "holds for the reminders of one organisation, not for one pair",
    "catalogue.heldedition": "public text; a screening keeps what it judged by",
    "signing.acceptance": "of a person, not of a pair",
    **dict.fromkeys(
        (
            "agreements.agreementdraft",
            "agreements.draftclause",
            "agreements.draftduty",
            "agreements.draftcoverage",
            "agreements.draftobligation",
            "agreements.reviewdraft",
        ),
        "a draft is no record: what was offered for signature is",
    ),
    **dict.fromkeys(
        (
            "agreements.negotiationround",
            "agreements.returnedfile",
            "agreements.returnedfileend",
            "agreements.proposedchange",
            "agreements.changeanswer",
            "agreements.draftremark",
        ),
        "working papers of a negotiation: what came of it is the text offered for signature",
    ),
    **dict.fromkeys(
        (
            "agreements.wordtemplate",
            "agreements.wordtemplateend",
            "agreements.owntemplate",
            "agreements.owntemplateend",
            "audits.templateend",
        ),
        "a company's own; what was made from it keeps its text",
    ),
    "releases.importrun": "how records came in; the records are here",
    **dict.fromkeys(
        ("audits.audititem", "audits.itemanswer", "audits.settled", "audits.sentfile"),
        "working papers of an audit, which one side keeps; the report binds their chain",
    ),
    **dict.fromkeys(("audits.programme", "audits.programmeentry"), "the registrant's plan for all its contractors"),
}
