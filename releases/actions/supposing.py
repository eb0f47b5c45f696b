"""What would follow from a change: done, asked and undone within one transaction. Nothing of it stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models, transaction

from agreements.models import AgreementRevision, RevisionSignature
from cmo.clock import day_of
from cmo.parties.access import Scope
from cmo.parties.models import Side
from cmo.parties.versions import Outcome, Version
from cmo.signing.actions import record_hash
from cmo.signing.models import Meaning, Method, Signature
from cmo.trail.actions import subject_key

from ..affected import Consequences, change_of, consequences, own_candidates, own_codes, picture


def consequences_of(*, row: models.Model, scope: Scope, at: datetime) -> Consequences | None:
    """Which lots that this person sees a change would concern: ``row`` is a proposed version, a revision offered for
    signature, or the unsaved row of an act. None when no release rests on such a row.

    The rows are judged by the same rules before and after; no second reading of the law says what a change does.
    """
    change = change_of(row)
    if change is None:
        return None
    on, adding = day_of(at), row._state.adding
    before = picture(change, scope, on)
    with transaction.atomic():
        _suppose(row, at)
        after = picture(change, scope, on)
        candidates = own_candidates(before, after) if isinstance(row, Version) else []
        then = own_codes(candidates)
        transaction.set_rollback(True)
    row._state.adding = adding
    return consequences(before.with_own(own_codes(candidates)), after.with_own(then))


def _suppose(row: models.Model, at: datetime) -> None:
    if isinstance(row, AgreementRevision):
        _conclude(row, at)
    else:
        (_confirmation(row, at) if isinstance(row, Version) else row).save(force_insert=True)


def _conclude(revision: AgreementRevision, at: datetime) -> None:
    """The signatures that a revision lacks, in the order of signing, by nobody."""
    given = set(RevisionSignature.objects.filter(revision=revision).values_list("side", flat=True))
    said = {"record_key": subject_key(revision), "record_hash": record_hash(revision), "record_label": str(revision)}
    said |= dict.fromkeys(("signer_name", "post", "organisation", "statement_version"), "—")
    said |= {"meaning": Meaning.AGREES, "method": Method.PASSWORD}
    in_order = sorted(Side.values, key=lambda side: revision.signing_order != f"{side}_first")
    for nobody, side in enumerate(in_order, 1):
        if side not in given:
            signature = Signature(**said, side=side, signer_id=-nobody, signed_at=at)
            signature.save(force_insert=True)
            RevisionSignature(revision=revision, side=side, signature=signature).save(force_insert=True)


def _confirmation(version: Version, at: datetime) -> Any:
    """The decision that would confirm a proposed version."""
    model: Any = version._meta.get_field("decision").related_model  # type: ignore[misc]
    return model(version=version, outcome=Outcome.CONFIRMED, decided_by_name="—", decided_at=at)
