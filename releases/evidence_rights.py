"""Who reads and adds evidence files of lots and of what hangs on them: whoever sees the lot; and who may attach to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from cmo.evidence import registry
from cmo.parties.access import Can, has_read, require, scope_of
from cmo.trail.actor import Actor

from .models import Deviation, DeviationClosure, Lot, LotDocument


def register() -> None:
    """Speak for lots, the documents of their release files, and their deviations with the proposed closures."""
    registry.register_kind("release_document", _("document of a release file"))
    registry.register_kind("deviation_record", _("record of a deviation"))
    for label, find in (
        ("releases.lot", _lot),
        ("releases.lotdocument", _lot_of_document),
        ("releases.deviation", _lot_of_deviation),
        ("releases.deviationclosure", _lot_of_closure),
    ):
        registry.register_reader(label, _reader(find))
        registry.register_writer(label, _writer(find))
        registry.register_owner(label, _owner(find))


def _lot(pk: int) -> Lot | None:
    return Lot.objects.select_related("pair").filter(pk=pk).first()


def _lot_of_document(pk: int) -> Lot | None:
    document = LotDocument.objects.select_related("lot__pair").filter(pk=pk).first()
    return document.lot if document else None


def _lot_of_deviation(pk: int) -> Lot | None:
    deviation = Deviation.objects.select_related("lot__pair").filter(pk=pk).first()
    return deviation.lot if deviation else None


def _lot_of_closure(pk: int) -> Lot | None:
    closure = DeviationClosure.objects.select_related("deviation__lot__pair").filter(pk=pk).first()
    return closure.deviation.lot if closure else None


def _reader(find: Any) -> registry.Reader:
    def reads(user: Any, pk: int, on: date) -> bool:
        lot = find(pk)
        return lot is not None and has_read(scope_of(user, on), lot.pair)

    return reads


def _writer(find: Any) -> registry.Writer:
    def writes(user: Any, pk: int, on: date) -> Actor:
        lot = find(pk)
        if lot is None:
            raise PermissionDenied
        return require(user, Can.ATTACH_EVIDENCE, lot.pair, on)

    return writes


def _owner(find: Any) -> registry.Owner:
    return lambda pk: f"pair:{find(pk).pair_id}"
