"""Declining, withdrawing and giving notice: how one side alone closes a revision."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from cmo.clock import day_of
from cmo.parties.access import Can
from cmo.parties.models import Pair
from cmo.signing.actions import Proof, sign
from cmo.signing.models import Meaning
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..facts import load_authorisation, load_revision_facts
from ..models import AgreementRevision, RevisionEvent
from .revision import insert_event, lock_revision, revision_data

Kind = RevisionEvent.Kind


@transaction.atomic
def decline_revision(*, revision: AgreementRevision, reason: str, by: Actor, at: datetime) -> RevisionEvent:
    """A signatory (on paper: quality) declines with a reason. :raises Refused: :raises PermissionDenied:"""
    paper = revision.route == AgreementRevision.Route.PAPER
    can = Can.CONFIRM_PAPER if paper else Can.SIGN_AGREEMENT
    pair, row = lock_revision(revision, can, by, at)
    return _close(row, pair, Kind.DECLINED, reason, by=by, at=at)


@transaction.atomic
def withdraw_revision(*, revision: AgreementRevision, reason: str, by: Actor, at: datetime) -> RevisionEvent:
    """Quality takes a revision back before the second signature. :raises Refused: :raises PermissionDenied:"""
    pair, row = lock_revision(revision, Can.DRAFT_AGREEMENT, by, at)
    return _close(row, pair, Kind.WITHDRAWN, reason, by=by, at=at)


def _close(row: AgreementRevision, pair: Pair, kind: Kind, reason: str, *, by: Actor, at: datetime) -> RevisionEvent:
    found = rules.blockers_to_close_revision(load_revision_facts(row), reason)
    event = insert_event(row, kind, found, event_on=day_of(at), reason=reason, by=by, at=at)
    data = revision_data(row) | {"event_on": event.event_on.isoformat()}
    record(f"agreement.{kind.value}", by=by, at=at, subject=row, stream=pair.stream, reason=reason, data=data)
    return event


@transaction.atomic
def terminate_revision(
    *,
    revision: AgreementRevision,
    ended_on: date,
    reason: str,
    post_market: str,
    documents_return: str,
    proof: Proof,
    by: Actor,
    at: datetime,
) -> RevisionEvent:
    """One side's signed notice for cause: the revision ends from ``ended_on`` on (today or later).

    ``post_market``, ``documents_return``: who handles delivered goods, and what becomes of documents and materials.

    :raises Refused: with every reason, also when the notice is not what the page showed. :raises PermissionDenied:
    """
    pair, row = lock_revision(revision, Can.SIGN_AGREEMENT, by, at)
    authorisation = load_authorisation(by, day_of(at))
    words = {"reason": reason.strip(), "post_market": post_market.strip(), "documents_return": documents_return.strip()}
    said = (words["reason"], words["post_market"], words["documents_return"])
    found = rules.blockers_to_terminate(load_revision_facts(row), ended_on, day_of(at), said, authorisation)
    event = insert_event(row, Kind.TERMINATED, found, event_on=ended_on, by=by, at=at, **words)
    signature = sign(event, meaning=Meaning.TERMINATES, proof=proof, by=by, at=at, stream=pair.stream, reason=reason)
    data = revision_data(row) | {
        "event_on": ended_on.isoformat(),
        "signature": signature.pk,
        "authorisation": authorisation.as_data() if authorisation else None,
    }
    record("agreement.terminated", by=by, at=at, subject=row, stream=pair.stream, reason=reason, data=data)
    return event


def notice_of(
    *, revision: AgreementRevision, ended_on: date, reason: str, post_market: str, documents_return: str
) -> RevisionEvent:
    """The notice as it would be signed, not saved: what the signing page shows and hashes."""
    return RevisionEvent(
        revision=revision,
        kind=Kind.TERMINATED,
        event_on=ended_on,
        reason=reason.strip(),
        post_market=post_market.strip(),
        documents_return=documents_return.strip(),
    )
