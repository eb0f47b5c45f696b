"""Offering the draft for signature, signing, declining, withdrawing and terminating a revision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from cmo.clock import day_of
from cmo.errors import Finding, Refused, refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair
from cmo.signing.actions import Proof, sign
from cmo.signing.models import Meaning, Signature
from cmo.trail.actions import record
from cmo.trail.actor import Actor
from cmo.trail.canonical import canonical, sha256

from .. import rules
from ..body import Frame, body_of
from ..facts import load_draft_facts, load_revision_facts
from ..facts.frame import load_frame
from ..models import (
    Agreement,
    AgreementDraft,
    AgreementRevision,
    Entrustment,
    RevisionCoverage,
    RevisionEvent,
    RevisionSignature,
)
from ..wording import finding
from .recording import recorded

Kind = RevisionEvent.Kind


@transaction.atomic
def offer_for_signature(*, agreement: Agreement, by: Actor, at: datetime) -> AgreementRevision:
    """Freeze the draft as the next revision, complete in both languages, for both sides to sign.

    :raises Refused: with everything an inspector would fault. :raises PermissionDenied:
    """
    still_allowed(by, Can.DRAFT_AGREEMENT, agreement.pair, day_of(at))
    draft = (
        AgreementDraft.objects.select_for_update(of=("self",), no_key=True)
        .select_related("agreement")
        .get(agreement=agreement)
    )
    found = refuse_if_any(rules.blockers_to_offer(load_draft_facts(draft, day_of(at)), day_of(at)))
    covered = list(Entrustment.objects.filter(pk__in=draft.coverage.values("entrustment_id")).order_by("id"))
    frame = load_frame(
        agreement,
        covered,
        template={"key": draft.template_key, "version": draft.template_version},
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        signing_order=draft.signing_order,
    )
    rows = (part.order_by("position", "id") for part in (draft.clauses, draft.duties, draft.obligations))
    body = body_of(frame, *rows)
    revision = insert_revision(agreement, body, frame, AgreementRevision.Route.ELECTRONIC, by=by, at=at)
    data = {"revision": revision.number, "body_hash": revision.body_hash, "warnings": [f.code for f in found]}
    record("agreement.offered", by=by, at=at, subject=revision, stream=agreement.pair.stream, data=data)
    return revision


def insert_revision(
    agreement: Agreement, body: dict[str, Any], frame: Frame, route: str, *, by: Actor, at: datetime
) -> AgreementRevision:
    """The frozen revision with its coverage; the caller has locked and judged."""
    text = canonical(body)
    revision = AgreementRevision(
        agreement=agreement,
        number=frame.revision,
        parent=AgreementRevision.objects.filter(agreement=agreement, number=frame.parent or 0).first(),
        route=route,
        kind=body["kind"],
        signing_order=body["signing_order"],
        starts_on=frame.starts_on,
        ends_on=frame.ends_on,
        body=text,
        body_hash=sha256(text),
        **recorded(by, at),
    )
    revision.save(force_insert=True)
    RevisionCoverage.objects.bulk_create(
        RevisionCoverage(revision=revision, entrustment=row.entrustment) for row in frame.covered
    )
    return revision


@transaction.atomic
def sign_agreement(*, revision: AgreementRevision, proof: Proof, by: Actor, at: datetime) -> Signature:
    """Sign a revision for the actor's side: once per side, two different people; with the second it is concluded.

    :raises Refused: with every reason, also when the text is not what the page showed. :raises PermissionDenied:
    """
    pair, row = _lock(revision, Can.SIGN_AGREEMENT, by, at)
    refuse_if_any(rules.blockers_to_sign(load_revision_facts(row), by.side, by.user_id, day_of(at)))
    signature = sign_for_side(row, Meaning.AGREES, proof, pair, by=by, at=at)
    data = _revision_data(row) | {"side": by.side, "signature": signature.pk, "concluded": _concluded(row)}
    record("agreement.signed", by=by, at=at, subject=row, stream=pair.stream, data=data)
    return signature


def sign_for_side(
    row: AgreementRevision, meaning: Meaning, proof: Proof, pair: Pair, *, by: Actor, at: datetime
) -> Signature:
    """The signature and the row that makes it its side's only one.

    :raises Refused: when the side has signed meanwhile.
    """
    signature = sign(row, meaning=meaning, proof=proof, by=by, at=at, stream=pair.stream)
    try:
        with transaction.atomic():
            RevisionSignature(revision=row, side=by.side, signature=signature).save(force_insert=True)
    except IntegrityError as error:
        raise Refused([finding("side_signed_already")]) from error
    return signature


def _concluded(row: AgreementRevision) -> bool:
    return RevisionSignature.objects.filter(revision=row).count() == 2


@transaction.atomic
def decline_revision(*, revision: AgreementRevision, reason: str, by: Actor, at: datetime) -> RevisionEvent:
    """A signatory (on paper: quality) declines with a reason. :raises Refused: :raises PermissionDenied:"""
    paper = revision.route == AgreementRevision.Route.PAPER
    can = Can.CONFIRM_PAPER if paper else Can.SIGN_AGREEMENT
    pair, row = _lock(revision, can, by, at)
    found = rules.blockers_to_close_revision(load_revision_facts(row), reason)
    return _close(row, pair, Kind.DECLINED, found, day_of(at), reason, by=by, at=at)


@transaction.atomic
def withdraw_revision(*, revision: AgreementRevision, reason: str, by: Actor, at: datetime) -> RevisionEvent:
    """Quality takes a revision back before the second signature. :raises Refused: :raises PermissionDenied:"""
    pair, row = _lock(revision, Can.DRAFT_AGREEMENT, by, at)
    found = rules.blockers_to_close_revision(load_revision_facts(row), reason)
    return _close(row, pair, Kind.WITHDRAWN, found, day_of(at), reason, by=by, at=at)


@transaction.atomic
def terminate_revision(
    *, revision: AgreementRevision, ended_on: date, reason: str, by: Actor, at: datetime
) -> RevisionEvent:
    """End a concluded revision from ``ended_on`` on (today or later); a signatory's act.

    :raises Refused: :raises PermissionDenied:
    """
    pair, row = _lock(revision, Can.SIGN_AGREEMENT, by, at)
    found = rules.blockers_to_terminate(load_revision_facts(row), ended_on, day_of(at), reason)
    return _close(row, pair, Kind.TERMINATED, found, ended_on, reason, by=by, at=at)


def _lock(revision: AgreementRevision, can: Can, by: Actor, at: datetime) -> tuple[Pair, AgreementRevision]:
    pair = Pair.objects.get(pk=revision.agreement.pair_id)
    still_allowed(by, can, pair, day_of(at))
    return pair, AgreementRevision.objects.select_for_update(no_key=True).get(pk=revision.pk)


def _close(
    row: AgreementRevision,
    pair: Pair,
    kind: RevisionEvent.Kind,
    found: list[Finding],
    event_on: date,
    reason: str,
    *,
    by: Actor,
    at: datetime,
) -> RevisionEvent:
    refuse_if_any(found)
    event = RevisionEvent(revision=row, kind=kind, event_on=event_on, reason=reason, **recorded(by, at))
    event.save(force_insert=True)
    data = _revision_data(row) | {"event_on": event_on.isoformat()}
    record(f"agreement.{kind.value}", by=by, at=at, subject=row, stream=pair.stream, reason=reason, data=data)
    return event


def _revision_data(row: AgreementRevision) -> dict[str, Any]:
    return {"revision": row.number, "body_hash": row.body_hash}
