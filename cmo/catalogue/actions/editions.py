"""Loading editions of the prohibited catalogue: those that come with the product, and later ones with a signature."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cmo.clock import day_of
from cmo.parties.access import Can, still_allowed_for
from cmo.signing.actions import Proof, sign
from cmo.signing.models import Meaning
from cmo.trail.actions import record
from cmo.trail.actor import SYSTEM, Actor
from cmo.trail.canonical import sha256

from ..edition_file import built_in_editions, only_new_edition
from ..editions import Edition, canonical_text
from ..models import HeldEdition

#: All editions share one trail stream; they belong to nobody in particular.
STREAM = "catalogue"


def held_edition(edition: Edition, *, by: Actor, at: datetime) -> HeldEdition:
    """The row that would hold this edition, not saved; its hash is what a signing page shows."""
    text = canonical_text(edition)
    return HeldEdition(
        key=edition.key,
        document_no=edition.document_no,
        effective_from=edition.effective_from,
        effective_to=edition.effective_to,
        text=text,
        sha256=sha256(text),
        recorded_by_id=by.user_id,
        recorded_by_name=by.name,
        recorded_at=at,
    )


@transaction.atomic
def load_builtin_editions(*, at: datetime) -> list[str]:
    """Put the editions that come with the product into the database; those present stay as they are.

    Returns the keys of what was loaded.
    """
    present = set(HeldEdition.objects.values_list("key", flat=True))
    new = [edition for edition in built_in_editions() if edition.key not in present]
    for edition in new:
        _insert(held_edition(edition, by=SYSTEM, at=at), by=SYSTEM, at=at, source="built in")
    return [edition.key for edition in new]


@transaction.atomic
def load_edition(*, edition: Edition, source: str, proof: Proof | None, by: Actor, at: datetime) -> HeldEdition:
    """Put a later edition into force here, signed by a quality person; the operator's console may load it unsigned.

    ``source`` names the file. Without ``proof`` only ``SYSTEM`` may load.

    :raises EditionError: held already or beginning too early. :raises PermissionDenied: :raises Refused:
    """
    if by != SYSTEM:
        still_allowed_for(by, Can.LOAD_EDITION, by.organisation_id or 0, day_of(at))
    if (proof is None) != (by == SYSTEM):
        raise ValueError("a person signs an edition, the system does not")
    list(HeldEdition.objects.select_for_update(no_key=True))
    only_new_edition(edition, [row.edition for row in HeldEdition.objects.all()])
    row = held_edition(edition, by=by, at=at)
    _insert(row, by=by, at=at, source=source)
    if proof is not None:
        sign(row, meaning=Meaning.LOADS_EDITION, proof=proof, by=by, at=at, stream=STREAM)
    return row


def _insert(row: HeldEdition, *, by: Actor, at: datetime, source: str) -> None:
    row.save(force_insert=True)
    data = {
        "edition": row.key,
        "document_no": row.document_no,
        "sha256": row.sha256,
        "effective_from": row.effective_from.isoformat(),
        "effective_to": row.effective_to.isoformat() if row.effective_to else None,
        "source": source,
    }
    record("edition.loaded", by=by, at=at, subject=row, stream=STREAM, data=data)
