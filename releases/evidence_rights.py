"""Who reads and adds evidence files of lots and of what hangs on them: whoever sees the lot; and who may attach to it.

What somebody has reviewed, decided or accepted keeps its files (GMP 2025 art. 104, 113): a review says something about the
bytes that lay there, so that other bytes need a document, a review and a decision of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from cmo.errors import Finding
from cmo.evidence import registry
from cmo.parties.access import Can, has_read, require, scope_of
from cmo.trail.actor import Actor

from .actions.writing import lock_lot
from .facts import LotFacts, load_lot_facts
from .models import Deviation, DeviationClosure, Lot, LotDocument
from .rules.acts import (
    blockers_to_file,
    blockers_to_file_closure,
    blockers_to_file_deviation,
    blockers_to_file_document,
)


def register() -> None:
    """Speak for lots, the documents of their release files, and their deviations with the proposed closures."""
    registry.register_kind("release_document", _("document of a release file"))
    registry.register_kind("deviation_record", _("record of a deviation"))
    for label, find, judge in (
        ("releases.lot", _lot, blockers_to_file),
        ("releases.lotdocument", _lot_of_document, blockers_to_file_document),
        ("releases.deviation", _lot_of_deviation, blockers_to_file_deviation),
        ("releases.deviationclosure", _lot_of_closure, blockers_to_file_closure),
    ):
        registry.register_reader(label, _reader(find))
        registry.register_writer(label, _writer(find))
        registry.register_owner(label, _owner(find))
        registry.register_judge(label, _judge(find, judge))


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


def _judge(find: Any, blockers: Callable[[LotFacts, int, bool], list[Finding]]) -> registry.Judge:
    def judges(pk: int, replaces: bool) -> list[Finding]:
        lot = lock_lot(find(pk))
        return blockers(load_lot_facts([lot])[lot.pk], pk, replaces)

    return judges


def _owner(find: Any) -> registry.Owner:
    return lambda pk: f"pair:{find(pk).pair_id}"
