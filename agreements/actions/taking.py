"""Taking a document of an agreement out of the product; it is recorded with whoever took it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cmo.clock import day_of
from cmo.parties.access import has_read, scope_of
from cmo.parties.models import User
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..models import Agreement, AgreementRevision


@transaction.atomic
def take_document(*, revision: AgreementRevision, name: str, sha256: str, by: Actor, at: datetime) -> str:
    """Record on the taker's own stream that they took this file, by its hash; whoever reads the pair may.

    The entry is about the person, not the revision: the other side never reads who took what.

    :raises PermissionDenied:
    """
    facts = {"revision": revision.pk, "number": str(revision)}
    return _taken(revision.agreement, facts, name, sha256, by=by, at=at)


@transaction.atomic
def take_word_file(
    *, agreement: Agreement, text: str, against: str, name: str, sha256: str, by: Actor, at: datetime
) -> str:
    """As :func:`take_document`, for a text that goes out to be worked on in Word; ``against``: what it is tracked against.

    :raises PermissionDenied:
    """
    facts = {"agreement": agreement.pk, "number": agreement.number, "text": text, "against": against}
    return _taken(agreement, facts, name, sha256, by=by, at=at)


def _taken(agreement: Agreement, facts: dict[str, Any], name: str, sha256: str, *, by: Actor, at: datetime) -> str:
    user = User.objects.filter(pk=by.user_id or 0).first()
    if user is None or not has_read(scope_of(user, day_of(at)), agreement.pair):
        raise PermissionDenied(str(agreement))
    data = {**facts, "file": name, "sha256": sha256}
    stream = f"user:{user.pk}"
    return record("agreement.document_taken", by=by, at=at, subject=user, stream=stream, label=name, data=data)
