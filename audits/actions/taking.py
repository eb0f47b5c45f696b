"""Taking a document of an audit report out of the product; it is recorded with whoever took it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cmo.clock import day_of
from cmo.parties.access import has_read, scope_of
from cmo.parties.models import User
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..models import AuditReport


@transaction.atomic
def take_report(*, report: AuditReport, name: str, sha256: str, by: Actor, at: datetime) -> str:
    """Record on the taker's own stream that they took this file, by its hash; whoever reads the pair may.

    The entry is about the person, not the audit: the other side never reads who took what.

    :raises PermissionDenied:
    """
    user = User.objects.filter(pk=by.user_id or 0).first()
    if user is None or not has_read(scope_of(user, day_of(at)), report.audit.pair):
        raise PermissionDenied(str(report))
    data = {"report": report.pk, "number": report.audit.number, "file": name, "sha256": sha256}
    return record("audit.document_taken", by=by, at=at, subject=user, stream=f"user:{user.pk}", label=name, data=data)
