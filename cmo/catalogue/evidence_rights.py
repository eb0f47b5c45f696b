"""Who reads and adds evidence files of the catalogue's records: the registrant's own people, and nobody else."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied

from cmo.evidence.registry import register_owner, register_reader, register_writer
from cmo.parties.access import Can, require_for, scope_of
from cmo.parties.models import Side
from cmo.trail.actor import Actor

#: Kind of record → path to its device.
RECORDS = {
    "catalogue.device": "",
    "catalogue.deviceversion": "device",
    "catalogue.screening": "device",
    "catalogue.technicaldocument": "device",
    "catalogue.labelversion": "device",
}


def register() -> None:
    """Called once when the app is ready."""
    for label, path in RECORDS.items():
        register_reader(label, _reader(label, path))
        register_writer(label, _writer(label, path))
        register_owner(label, _owner(label, path))


def _registrant_of(label: str, path: str, pk: int) -> int | None:
    column = f"{path}__registrant_id" if path else "registrant_id"
    return apps.get_model(label)._default_manager.filter(pk=pk).values_list(column, flat=True).first()


def _reader(label: str, path: str) -> Any:
    def may_read(user: Any, pk: int, on: date) -> bool:
        scope = scope_of(user, on)
        return scope.limited_to is None and _registrant_of(label, path, pk) in scope.registrant_ids

    return may_read


def _writer(label: str, path: str) -> Any:
    def writer(user: Any, pk: int, on: date) -> Actor:
        registrant = _registrant_of(label, path, pk)
        if registrant is None:
            raise PermissionDenied(label)
        return require_for(user, Can.ATTACH_EVIDENCE, registrant, on, Side.REGISTRANT)

    return writer


def _owner(label: str, path: str) -> Any:
    return lambda pk: f"organisation:{_registrant_of(label, path, pk)}"
