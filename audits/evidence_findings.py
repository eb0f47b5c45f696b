"""Who reads and adds evidence files of findings, of plans of corrective action and of their completion.

Whoever sees the pair reads them. Both sides add to a finding, the contractor's people alone to its plans and their
completion, for these are its word; nobody adds anything once the finding is closed or withdrawn.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from cmo.evidence import registry
from cmo.parties.access import Can, has_read, require, scope_of
from cmo.parties.models import Side
from cmo.trail.actor import Actor

from .actions.capa import CHECK_RECORD, PLAN_RECORD, PROOF
from .facts.capa import open_rows
from .models import AuditFinding

#: Kind of record → path to its finding.
RECORDS = {"audits.auditfinding": "pk", "audits.capaplan": "finding_id", "audits.capacompletion": "plan__finding_id"}


def register() -> None:
    """Called once when the app is ready."""
    registry.register_kind(PLAN_RECORD, _("record of the analysis of a finding"))
    registry.register_kind(PROOF, _("proof of a completed corrective action"))
    registry.register_kind(CHECK_RECORD, _("record of a check of effectiveness"))
    for label in RECORDS:
        registry.register_reader(label, _reader(label))
        registry.register_writer(label, _writer(label))
        registry.register_owner(label, _owner(label))


def _finding_of(label: str, pk: int) -> AuditFinding | None:
    rows = apps.get_model(label)._default_manager.filter(pk=pk)
    return AuditFinding.objects.filter(pk__in=rows.values(RECORDS[label])).select_related("pair").first()


def _reader(label: str) -> registry.Reader:
    def reads(user: Any, pk: int, on: date) -> bool:
        finding = _finding_of(label, pk)
        return finding is not None and has_read(scope_of(user, on), finding.pair)

    return reads


def _writer(label: str) -> registry.Writer:
    def writes(user: Any, pk: int, on: date) -> Actor:
        finding = _finding_of(label, pk)
        if finding is None or not open_rows(AuditFinding.objects.filter(pk=finding.pk)).exists():
            raise PermissionDenied(label)
        actor = require(user, Can.ATTACH_EVIDENCE, finding.pair, on)
        if label != "audits.auditfinding" and actor.side != Side.CONTRACTOR:
            raise PermissionDenied(label)
        return actor

    return writes


def _owner(label: str) -> registry.Owner:
    def stream(pk: int) -> str:
        finding = _finding_of(label, pk)
        return f"pair:{finding.pair_id}" if finding else ""

    return stream
