"""Reading signatures back: who signed, and whether the record still is what was signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from cmo.trail.actions import subject_key

from .actions import record_hash
from .models import Signature


@dataclass(frozen=True, slots=True)
class SignatureState:
    """One signature and whether it still stands: ``void`` when the record differs from what was signed."""

    signature: Signature
    void: bool


def signatures_under(records: Iterable[Any]) -> dict[str, list[SignatureState]]:
    """All signatures under each record (by its key), oldest first; one query for any number of records."""
    hashes = {subject_key(r): record_hash(r) for r in records}
    found: dict[str, list[SignatureState]] = {key: [] for key in hashes}
    for row in Signature.objects.filter(record_key__in=hashes).order_by("id"):
        found[row.record_key].append(SignatureState(row, row.record_hash != hashes[row.record_key]))
    return found


def state_of(signature: Signature) -> SignatureState:
    """The signature's state now; a record that no longer exists makes it void."""
    model_label, _, pk = signature.record_key.partition(":")
    row = apps.get_model(model_label)._default_manager.filter(pk=pk).first()
    return SignatureState(signature, row is None or record_hash(row) != signature.record_hash)
