"""A new edition of the prohibited catalogue: loaded, and everything live judged by it at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cmo.catalogue.actions import load_builtin_editions, load_edition, rescreen_devices
from cmo.catalogue.editions import Edition
from cmo.catalogue.models import HeldEdition
from cmo.clock import day_of
from cmo.signing.actions import Proof
from cmo.trail.actor import Actor


@transaction.atomic
def load_edition_and_rescreen(
    *, edition: Edition, source: str, proof: Proof | None, by: Actor, at: datetime
) -> HeldEdition:
    """Put an edition into force here and screen every device for an act on its first day (or today, if later).

    :raises EditionError: held already or beginning too early. :raises PermissionDenied: :raises Refused:
    """
    load_builtin_editions(at=at)  # a later edition stands beside those of the product, never instead of them
    row = load_edition(edition=edition, source=source, proof=proof, by=by, at=at)
    rescreen_devices(acted_on=max(edition.effective_from, day_of(at)), by=by, at=at)
    return row
