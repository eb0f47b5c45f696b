"""Agreements signed on paper: registered with scan, signatories, date and seals, then confirmed by both sides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.evidence.actions import attach
from cmo.evidence.inspection import inspect
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair
from cmo.signing.actions import Proof
from cmo.signing.models import Meaning, Signature
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..body import body_of
from ..facts import load_revision_facts
from ..facts.frame import load_frame
from ..models import Agreement, AgreementRevision, Entrustment, PaperAgreement
from .drafting import create_agreement
from .recording import recorded
from .revision import insert_revision, lock_revision
from .signing import sign_for_side

#: The fields of ``content`` that describe the paper; the others are the agreement's term and titles.
PAPER_FIELDS = (
    "signed_on",
    "registrant_signatory",
    "contractor_signatory",
    "sealed_by_registrant",
    "sealed_by_contractor",
)


@transaction.atomic
def register_paper_agreement(
    *,
    pair: Pair,
    content: dict[str, Any],
    entrustments: Iterable[Entrustment],
    scan: Any,
    by: Actor,
    at: datetime,
) -> AgreementRevision:
    """Register an agreement that both parties signed on paper; it counts once quality of both sides confirmed it.

    ``content``: starts_on, ends_on, title_zh, title_en, signed_on, registrant_signatory, contractor_signatory,
    sealed_by_registrant, sealed_by_contractor, lots_made_in_time (what the paper says about lots made in time, or empty).
    A draft from the template is begun beside it, for the next revision.

    :raises Refused: with every reason, also for an unacceptable scan. :raises PermissionDenied:
    """
    still_allowed(by, Can.REGISTER_PAPER, pair, day_of(at))
    covered = list(entrustments)
    signatories = (content["registrant_signatory"], content["contractor_signatory"])
    seals = (content["sealed_by_registrant"], content["sealed_by_contractor"])
    refuse_if_any(rules.blockers_to_register_paper(content["signed_on"], day_of(at), signatories, seals, len(covered)))
    sha256 = inspect(scan).sha256
    agreement = create_agreement(
        pair=pair,
        starts_on=content["starts_on"],
        ends_on=content["ends_on"],
        entrustments=covered,
        title_zh=content["title_zh"],
        title_en=content["title_en"],
        by=by,
        at=at,
    )
    revision = _insert(agreement, covered, content, sha256, by=by, at=at)
    attach(
        revision,
        upload=scan,
        title=str(revision),
        event_on=content["signed_on"],
        kind="signed_agreement",
        by=by,
        at=at,
    )
    data = _paper_data(content, sha256)
    record("agreement.paper_registered", by=by, at=at, subject=revision, stream=pair.stream, data=data)
    return revision


def _insert(
    agreement: Agreement, covered: list[Entrustment], content: dict[str, Any], sha256: str, *, by: Actor, at: datetime
) -> AgreementRevision:
    """The revision whose text is the paper, and what the paper says."""
    days = {"starts_on": content["starts_on"], "ends_on": content["ends_on"]}
    paper = _paper_data(content, sha256)
    frame = load_frame(agreement, covered, template={"key": "paper", "version": ""}, paper=paper, **days)
    revision = insert_revision(agreement, body_of(frame, (), ()), frame, AgreementRevision.Route.PAPER, by=by, at=at)
    details = {name: content[name] for name in PAPER_FIELDS}
    PaperAgreement(revision=revision, scan_sha256=sha256, **details, **recorded(by, at)).save(force_insert=True)
    return revision


def _paper_data(content: dict[str, Any], sha256: str) -> dict[str, Any]:
    return {
        **{name: content[name] for name in PAPER_FIELDS},
        "signed_on": content["signed_on"].isoformat(),
        "lots_made_in_time": content.get("lots_made_in_time", ""),
        "scan_sha256": sha256,
    }


@transaction.atomic
def confirm_paper_agreement(*, revision: AgreementRevision, proof: Proof, by: Actor, at: datetime) -> Signature:
    """Quality of one side confirms that this is the agreement signed on paper; once per side, two people.

    :raises Refused: with every reason. :raises PermissionDenied:
    """
    pair, row = lock_revision(revision, Can.CONFIRM_PAPER, by, at)
    refuse_if_any(rules.blockers_to_confirm_paper(load_revision_facts(row), by.side, by.user_id))
    signature = sign_for_side(row, Meaning.CONFIRMS_PAPER, proof, pair, by=by, at=at)
    data = {"revision": row.number, "body_hash": row.body_hash, "side": by.side, "signature": signature.pk}
    record("agreement.paper_confirmed", by=by, at=at, subject=row, stream=pair.stream, data=data)
    return signature
