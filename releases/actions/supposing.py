"""What would follow from a change: done, asked and undone within one transaction. Nothing of it stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models, transaction

from cmo.clock import day_of
from cmo.parties.access import Scope
from cmo.parties.versions import Outcome, Version

from ..affected import Consequences, change_of, consequences, own_candidates, own_codes, picture


def consequences_of(*, row: models.Model, scope: Scope, at: datetime) -> Consequences | None:
    """Which lots that this person sees a change would concern: ``row`` is a proposed version, or the unsaved row of an
    act. None when no release rests on such a row.

    The rows are judged by the same rules before and after; no second reading of the law says what a change does.
    """
    change = change_of(row)
    if change is None:
        return None
    on = day_of(at)
    before = picture(change, scope, on)
    with transaction.atomic():
        (_confirmation(row, at) if isinstance(row, Version) else row).save(force_insert=True)
        after = picture(change, scope, on)
        candidates = own_candidates(before, after) if isinstance(row, Version) else []
        then = own_codes(candidates)
        transaction.set_rollback(True)
    row._state.adding = not isinstance(row, Version)
    return consequences(before.with_own(own_codes(candidates)), after.with_own(then))


def _confirmation(version: Version, at: datetime) -> Any:
    """The decision that would confirm a proposed version."""
    model: Any = version._meta.get_field("decision").related_model  # type: ignore[misc]
    return model(version=version, outcome=Outcome.CONFIRMED, decided_by_name="—", decided_at=at)
