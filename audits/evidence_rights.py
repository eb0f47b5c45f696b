"""Who reads and adds evidence files of the items of an audit.

They are working papers: the registrant's people read them, the contractor once the report is signed; people of the
registrant add to them while the audit is conducted. They are recorded on the audit's own chain.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from cmo.evidence import registry
from cmo.parties.access import Can, may, require, scope_of
from cmo.parties.models import Side
from cmo.trail.actor import Actor

from .facts.audit import CONDUCTED
from .facts.conducting import course_of, with_course
from .models import Audit, AuditItem

LABEL = "audits.audititem"
KIND = "audit_evidence"


def register() -> None:
    """Speak for the items of audits."""
    registry.register_kind(KIND, _("evidence of an audit"))
    registry.register_reader(LABEL, _reads)
    registry.register_writer(LABEL, _writes)
    registry.register_owner(LABEL, _stream)


def key_of(item_id: int) -> str:
    """The key under which files of an item hang."""
    return f"{LABEL}:{item_id}"


def may_attach(user: Any, audit: Any, on: date) -> bool:
    """Whether this person may add files to the items of an audit (of ``with_course``) now; no query of its own."""
    post = may(scope_of(user, on), Can.ATTACH_EVIDENCE, audit.pair)
    return post is not None and post.side == Side.REGISTRANT and course_of(audit) == CONDUCTED


def _audit(pk: int) -> Any:
    items = AuditItem.objects.filter(pk=pk)
    return with_course(Audit.objects.filter(pk__in=items.values("audit_id"))).first()


def _reads(user: Any, pk: int, on: date) -> bool:
    audit, scope = _audit(pk), scope_of(user, on)
    if audit is None or not scope.sees_pair(audit.pair):
        return False
    return audit.reported or audit.registrant_id in scope.registrant_ids


def _writes(user: Any, pk: int, on: date) -> Actor:
    audit = _audit(pk)
    if audit is None or not may_attach(user, audit, on):
        raise PermissionDenied
    return require(user, Can.ATTACH_EVIDENCE, audit.pair, on)


def _stream(pk: int) -> str:
    return f"audit:{AuditItem.objects.values_list('audit_id', flat=True).get(pk=pk)}"
