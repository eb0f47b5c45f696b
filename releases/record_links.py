"""From the records that releases rest on to the affected lots that a change of them touches: licence, device, post, agreement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from agreements.models import Agreement
from cmo.catalogue.models import Device
from cmo.parties.models import Licence, Post
from cmo.parties.sections import RecordLink, register_record_link

from .rules.people import ROLES

#: Posts under which lots are released.
RELEASERS = frozenset(role for role, _zh, _en in ROLES.values())

#: Kind of record → what the list of affected lots is narrowed to; None where no release rests on the record.
_NARROWED: dict[type[Model], Callable[[Any], dict[str, Any] | None]] = {
    Licence: lambda row: {"contractor": row.organisation_id, "reason": "licence"},
    Device: lambda row: {"device": row.pk},
    Post: lambda row: {"person": row.user_id, "reason": "post"} if row.role in RELEASERS else None,
    Agreement: lambda row: {"pair": row.pair_id, "reason": "agreement"},
}


def register() -> None:
    """Called once when the app is ready."""
    register_record_link(affected_link)


def affected_link(row: Model) -> RecordLink | None:
    """Where the lots that this record touches are listed; None for other records."""
    narrowed = _NARROWED.get(type(row), lambda _row: None)(row)
    if narrowed is None:
        return None
    return RecordLink(gettext("Lots this touches"), f"{reverse('releases:affected')}?{urlencode(narrowed)}")
