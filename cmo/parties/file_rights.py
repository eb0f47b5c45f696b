"""Who reads and adds files on records of this app: told to evidence once, when the app is ready."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from cmo.evidence import registry
from cmo.trail.actor import Actor

from .access import Can, has_read, require, require_for, scope_of
from .models import Licence, Pair, Post


def register() -> None:
    """Speak for pairs, licences and posts."""
    registry.register_kind("entrustment_contract", _("entrustment contract"))
    registry.register_kind("credit_statement", _("credit statement"))
    registry.register_kind("licence_scan", _("copy of the licence"))
    registry.register_kind("renewal_notice", _("acceptance notice of the renewal"))
    registry.register_kind("authorisation", _("written authorisation"))
    registry.register_reader("parties.pair", _reads_pair)
    registry.register_writer("parties.pair", _writes_on_pair)
    registry.register_owner("parties.pair", lambda pk: f"pair:{pk}")
    for label, model in (("parties.licence", Licence), ("parties.post", Post)):
        registry.register_reader(label, _reader_of(model))
        registry.register_writer(label, _writer_of(model))
        registry.register_owner(label, _owner_of(model))


def _reads_pair(user: Any, pk: int, on: date) -> bool:
    pair = Pair.objects.filter(pk=pk).first()
    return pair is not None and has_read(scope_of(user, on), pair)


def _writes_on_pair(user: Any, pk: int, on: date) -> Actor:
    pair = Pair.objects.filter(pk=pk).first()
    if pair is None:
        raise PermissionDenied
    return require(user, Can.ATTACH_EVIDENCE, pair, on)


def _reader_of(model: Any) -> registry.Reader:
    """The organisation's own people, and for its licences whoever sees a pair in which it is the contractor."""

    def reads(user: Any, pk: int, on: date) -> bool:
        scope = scope_of(user, on)
        owner = model.objects.filter(pk=pk).values_list("organisation_id", flat=True).first()
        if owner is None or owner in scope.organisation_ids:
            return owner is not None
        through_pair = Pair.objects.visible_to(scope).filter(contractor_id=owner)
        return model is Licence and through_pair.exists()

    return reads


def _writer_of(model: Any) -> registry.Writer:
    def writes(user: Any, pk: int, on: date) -> Actor:
        owner = model.objects.filter(pk=pk).values_list("organisation_id", flat=True).first() or 0
        return require_for(user, Can.PROPOSE_BASE_DATA, owner, on)

    return writes


def _owner_of(model: Any) -> Callable[[int], str]:
    return lambda pk: f"organisation:{model.objects.values_list('organisation_id', flat=True).get(pk=pk)}"
