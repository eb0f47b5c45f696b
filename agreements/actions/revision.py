"""What offering, signing and ending a revision share: freezing the text, locking the row, closing it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from cmo.clock import day_of
from cmo.errors import Finding, refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair
from cmo.trail.actor import Actor
from cmo.trail.canonical import canonical, sha256

from ..body import Frame
from ..models import Agreement, AgreementDraft, AgreementRevision, RevisionCoverage, RevisionEvent
from .recording import recorded


def lock_draft(agreement: Agreement) -> AgreementDraft:
    """The agreement's one draft, locked: whoever offers a revision of the agreement holds it."""
    rows = AgreementDraft.objects.select_for_update(of=("self",), no_key=True).select_related("agreement")
    return rows.get(agreement=agreement)


def lock_revision(revision: AgreementRevision, can: Can, by: Actor, at: datetime) -> tuple[Pair, AgreementRevision]:
    """The revision, locked, after judging again that the actor may do this. :raises PermissionDenied:"""
    pair = Pair.objects.get(pk=revision.agreement.pair_id)
    still_allowed(by, can, pair, day_of(at))
    return pair, AgreementRevision.objects.select_for_update(no_key=True).get(pk=revision.pk)


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


def insert_event(
    row: AgreementRevision,
    kind: RevisionEvent.Kind,
    found: list[Finding],
    *,
    event_on: date,
    reason: str,
    by: Actor,
    at: datetime,
    **arrangements: str,
) -> RevisionEvent:
    """The one event of a locked revision. :raises Refused: with ``found``."""
    refuse_if_any(found)
    event = RevisionEvent(revision=row, kind=kind, event_on=event_on, reason=reason, **arrangements, **recorded(by, at))
    event.save(force_insert=True)
    return event


def revision_data(row: AgreementRevision) -> dict[str, Any]:
    """What every trail entry about a revision says."""
    return {"revision": row.number, "body_hash": row.body_hash, "kind": row.kind}
