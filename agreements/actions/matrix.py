"""The responsibility matrix of a draft: rows added, edited and removed. A removed row stays on the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cmo.errors import refuse_if_any
from cmo.trail.actor import Actor

from .. import rules
from ..models import AgreementDraft, DraftDuty
from .draft_rows import edited, insert_row, lock_draft, lock_row, own_key, record_on_draft, renumber, save_edited

WORDS = ("duty_zh", "duty_en")
PARTS = ("registrant_part", "contractor_part")


@transaction.atomic
def add_draft_duty(*, draft: AgreementDraft, content: Mapping[str, str], by: Actor, at: datetime) -> DraftDuty:
    """Add a row; ``content``: duty_zh, duty_en, registrant_part, contractor_part, clause_key (each may be empty).

    :raises Refused: unknown letters, a clause that the draft does not have. :raises PermissionDenied:
    """
    agreement, row = lock_draft(draft, by, at)
    values = {name: content.get(name, "") for name in (*WORDS, *PARTS, "clause_key")}
    parts = (values["registrant_part"], values["contractor_part"])
    refuse_if_any(rules.blockers_to_edit_duty(False, parts, parts, values["clause_key"], _clauses(row)))
    duty = insert_row(DraftDuty(draft=row, key=own_key(), **values, **edited(by, at)), WORDS)
    record_on_draft("agreement.duty_added", agreement, _whole(duty), by=by, at=at)
    return duty


@transaction.atomic
def edit_draft_duty(
    *, duty: DraftDuty, seen_edition: int, content: Mapping[str, str], by: Actor, at: datetime
) -> DraftDuty:
    """Change a row; ``content``: registrant_part, contractor_part, and duty_zh, duty_en, clause_key where not locked.

    :raises Refused: stale, unknown letters, a holder fixed by law, a clause that is not there.
    :raises PermissionDenied:
    """
    agreement, row = lock_row(duty, seen_edition, by, at)
    names = PARTS if row.locked else (*PARTS, *WORDS, "clause_key")
    before = {name: getattr(row, name) for name in names}
    after = {name: content.get(name, before[name]) for name in names}
    # A clause that was removed meanwhile may stay linked until somebody chooses another: the draft is told of it.
    chosen = after.get("clause_key", "") if after.get("clause_key") != before.get("clause_key") else ""
    parts = [(values["registrant_part"], values["contractor_part"]) for values in (before, after)]
    refuse_if_any(rules.blockers_to_edit_duty(row.locked, parts[0], parts[1], chosen, _clauses(row.draft)))
    if after == before:
        return row
    for name, value in after.items():
        setattr(row, name, value)
    save_edited(row, by, at, blank=WORDS)
    data = {
        "duty": row.key,
        "edition": row.edition,
        "registrant": row.registrant_part,
        "contractor": row.contractor_part,
        **{name: after[name] for name in after if name not in PARTS},
    }
    record_on_draft("agreement.duty_edited", agreement, data, by=by, at=at)
    return row


@transaction.atomic
def remove_draft_duty(*, duty: DraftDuty, seen_edition: int, by: Actor, at: datetime) -> None:
    """Take a row out of the matrix. :raises Refused: stale, or fixed by law. :raises PermissionDenied:"""
    agreement, row = lock_row(duty, seen_edition, by, at)
    refuse_if_any(rules.blockers_to_remove_duty(row.locked))
    data = _whole(row)
    row.delete()
    renumber(list(DraftDuty.objects.filter(draft_id=duty.draft_id).order_by("position", "id")))
    record_on_draft("agreement.duty_removed", agreement, data, by=by, at=at)


def _clauses(draft: AgreementDraft) -> set[str]:
    return set(draft.clauses.values_list("key", flat=True))


def _whole(row: DraftDuty) -> dict[str, Any]:
    names = ("position", "edition", *WORDS, *PARTS, "clause_key", "citation")
    return {"duty": row.key, **{name: getattr(row, name) for name in names}}
