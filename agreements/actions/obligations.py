"""The obligations of a draft: rows added, edited and removed. A removed row stays on the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cmo.errors import refuse_if_any
from cmo.trail.actor import Actor

from .. import rules
from ..models import AgreementDraft, DraftObligation
from .draft_rows import edited, insert_row, lock_draft, lock_row, own_key, record_on_draft, renumber, save_edited

#: Texts that may be empty until the draft is offered.
OPEN = ("clause_key", "what_zh", "what_en", "proof_zh", "proof_en")
FIELDS = (*OPEN, "side", "frequency", "days_allowed")


@transaction.atomic
def add_draft_obligation(
    *, draft: AgreementDraft, content: Mapping[str, Any], by: Actor, at: datetime
) -> DraftObligation:
    """Add an obligation; ``content``: what, proof and clause (may be empty), side, frequency, days_allowed.

    :raises Refused: a clause that the draft does not have. :raises PermissionDenied:
    """
    agreement, row = lock_draft(draft, by, at)
    refuse_if_any(rules.blockers_to_keep_obligation(content["clause_key"], _clauses(row)))
    values = {name: content[name] for name in FIELDS}
    obligation = insert_row(DraftObligation(draft=row, key=own_key(), **values, **edited(by, at)), OPEN)
    record_on_draft("agreement.obligation_added", agreement, _whole(obligation), by=by, at=at)
    return obligation


@transaction.atomic
def edit_draft_obligation(
    *, obligation: DraftObligation, seen_edition: int, content: Mapping[str, Any], by: Actor, at: datetime
) -> DraftObligation:
    """Change an obligation; ``content`` as when it is added.

    :raises Refused: stale, a clause that is not there. :raises PermissionDenied:
    """
    agreement, row = lock_row(obligation, seen_edition, by, at)
    before = {name: getattr(row, name) for name in FIELDS}
    after = {name: content[name] for name in FIELDS}
    # A clause that was removed meanwhile may stay linked until somebody chooses another: the draft is told of it.
    chosen = "" if after["clause_key"] == before["clause_key"] else after["clause_key"]
    refuse_if_any(rules.blockers_to_keep_obligation(chosen, _clauses(row.draft)))
    if after == before:
        return row
    for name, value in after.items():
        setattr(row, name, value)
    save_edited(row, by, at, blank=OPEN)
    record_on_draft("agreement.obligation_edited", agreement, _whole(row), by=by, at=at)
    return row


@transaction.atomic
def remove_draft_obligation(*, obligation: DraftObligation, seen_edition: int, by: Actor, at: datetime) -> None:
    """Take an obligation out of the draft. :raises Refused: stale. :raises PermissionDenied:"""
    agreement, row = lock_row(obligation, seen_edition, by, at)
    data = _whole(row)
    row.delete()
    renumber(list(DraftObligation.objects.filter(draft_id=obligation.draft_id).order_by("position", "id")))
    record_on_draft("agreement.obligation_removed", agreement, data, by=by, at=at)


def _clauses(draft: AgreementDraft) -> set[str]:
    return set(draft.clauses.values_list("key", flat=True))


def _whole(row: DraftObligation) -> dict[str, Any]:
    return {"obligation": row.key, "edition": row.edition, **{name: getattr(row, name) for name in FIELDS}}
