"""Who reads and adds files to recorded reports: the organisation's own people, except those limited to single pairs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from cmo.evidence import registry
from cmo.parties.access import Can, require_for, scope_of
from cmo.trail.actor import Actor

from .actions.reports import EVIDENCE
from .models import PeriodicReport

LABEL = "calendar.periodicreport"


def register() -> None:
    """Called once when the app is ready."""
    registry.register_kind(EVIDENCE, _("periodic report"))
    registry.register_reader(LABEL, _reads)
    registry.register_writer(LABEL, _writes)
    registry.register_owner(LABEL, lambda pk: f"organisation:{_organisation_of(pk)}")


def _organisation_of(pk: int) -> int | None:
    return PeriodicReport.objects.filter(pk=pk).values_list("organisation_id", flat=True).first()


def _reads(user: Any, pk: int, on: date) -> bool:
    scope = scope_of(user, on)
    return scope.limited_to is None and _organisation_of(pk) in scope.organisation_ids


def _writes(user: Any, pk: int, on: date) -> Actor:
    organisation = _organisation_of(pk)
    if organisation is None or not _reads(user, pk, on):
        raise PermissionDenied(LABEL)
    return require_for(user, Can.ATTACH_EVIDENCE, organisation, on)
