"""Who reads and adds files on this app's records: whoever sees the pair reads, posts with a task in it add."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from cmo.evidence import registry
from cmo.parties.access import Can, has_read, require, scope_of
from cmo.parties.models import Pair
from cmo.trail.actor import Actor

from .models import AgreementRevision, Entrustment, ObligationRecord, PairDuty, Posting, Preparation, SupplierApproval

#: Kind of record → model and path to its pair.
RECORDS: dict[str, tuple[Any, str]] = {
    "agreements.preparation": (Preparation, "pair_id"),
    "agreements.entrustment": (Entrustment, "pair_id"),
    "agreements.agreementrevision": (AgreementRevision, "agreement__pair_id"),
    "agreements.obligationrecord": (ObligationRecord, "pair_id"),
    "agreements.posting": (Posting, "pair_id"),
    "agreements.supplierapproval": (SupplierApproval, "pair_id"),
    "agreements.pairduty": (PairDuty, "pair_id"),
}


def register() -> None:
    """Called once when the app is ready."""
    for kind, words in Preparation.Kind.choices:
        registry.register_kind(kind, words)
    registry.register_kind("signed_agreement", _("agreement signed on paper"))
    registry.register_kind("obligation_record", _("record of a performed obligation"))
    registry.register_kind("authority_report", _("report to the authority"))
    registry.register_kind("appointment_letter", _("appointment letter of a resident supervisor"))
    registry.register_kind("field_experience", _("proof of experience in the field"))
    registry.register_kind("training_record", _("training record"))
    registry.register_kind("supplier_audit_report", _("audit report on a supplier"))
    registry.register_kind("earlier_yearly_duty", _("record of an earlier audit or review"))
    for label in RECORDS:
        registry.register_reader(label, _reader(label))
        registry.register_writer(label, _writer(label))
        registry.register_owner(label, _owner(label))


def _pair_of(label: str, pk: int) -> Pair | None:
    model, path = RECORDS[label]
    return Pair.objects.filter(pk__in=model.objects.filter(pk=pk).values(path)).first()


def _reader(label: str) -> registry.Reader:
    def reads(user: Any, pk: int, on: date) -> bool:
        pair = _pair_of(label, pk)
        return pair is not None and has_read(scope_of(user, on), pair)

    return reads


def _writer(label: str) -> registry.Writer:
    def writes(user: Any, pk: int, on: date) -> Actor:
        pair = _pair_of(label, pk)
        if pair is None:
            raise PermissionDenied(label)
        return require(user, Can.ATTACH_EVIDENCE, pair, on)

    return writes


def _owner(label: str) -> registry.Owner:
    def stream(pk: int) -> str:
        pair = _pair_of(label, pk)
        return pair.stream if pair else ""

    return stream
