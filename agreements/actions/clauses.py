"""The clauses of a draft: added, edited, moved and removed. A removed text stays on the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cmo.errors import refuse_if_any
from cmo.trail.actor import Actor

from .. import rules
from ..guide import guide_elements
from ..models import AgreementDraft, DraftClause
from .draft_rows import edited, insert_row, lock_draft, lock_row, own_key, record_on_draft, renumber, save_edited

TEXTS = ("heading_zh", "heading_en", "text_zh", "text_en")


@transaction.atomic
def add_draft_clause(
    *, draft: AgreementDraft, content: Mapping[str, Any], position: int | None = None, by: Actor, at: datetime
) -> DraftClause:
    """Add a clause of one's own, at the end or at ``position``.

    ``content``: heading_zh, heading_en, text_zh, text_en (each may be empty for now) and elements.

    :raises Refused: no such place, an element that the guide does not have. :raises PermissionDenied:
    """
    agreement, row = lock_draft(draft, by, at)
    texts = {name: content.get(name, "") for name in TEXTS}
    found = rules.blockers_to_keep_clause(content.get("elements", ()), guide_elements(), texts.values())
    if position is not None:
        found += rules.blockers_to_move_clause(position, row.clauses.count() + 1)
    refuse_if_any(found)
    clause = DraftClause(
        draft=row, key=own_key(), **texts, elements=list(content.get("elements", ())), **edited(by, at)
    )
    insert_row(clause, TEXTS, position)
    record_on_draft("agreement.clause_added", agreement, _whole(clause), by=by, at=at)
    return clause


@transaction.atomic
def edit_draft_clause(
    *, clause: DraftClause, seen_edition: int, content: Mapping[str, Any], by: Actor, at: datetime
) -> DraftClause:
    """Change a clause; ``content``: heading_zh, heading_en, text_zh, text_en and, where it changes, elements.

    :raises Refused: when somebody changed or removed it after ``seen_edition`` was shown, or an element is unknown.
    :raises PermissionDenied:
    """
    agreement, row = lock_row(clause, seen_edition, by, at)
    elements = list(content.get("elements", row.elements))
    new = [content[name] for name in TEXTS if content[name] != getattr(row, name)]
    refuse_if_any(rules.blockers_to_keep_clause(elements, guide_elements(), new))
    after = {**{name: content[name] for name in TEXTS}, "elements": elements}
    if after == {name: getattr(row, name) for name in after}:
        return row
    for name, value in after.items():
        setattr(row, name, value)
    save_edited(row, by, at, blank=TEXTS)
    data = {"clause": row.key, "edition": row.edition, **after}
    record_on_draft("agreement.clause_edited", agreement, data, by=by, at=at)
    return row


@transaction.atomic
def move_draft_clause(*, clause: DraftClause, seen_edition: int, position: int, by: Actor, at: datetime) -> DraftClause:
    """Give a clause another place (from 1) in the order.

    :raises Refused: stale, or no such place. :raises PermissionDenied:
    """
    agreement, row = lock_row(clause, seen_edition, by, at)
    rows = list(row.draft.clauses.order_by("position", "id"))
    refuse_if_any(rules.blockers_to_move_clause(position, len(rows)))
    before = rows.index(row) + 1
    if before == position:
        return row
    rows.remove(row)
    rows.insert(position - 1, row)
    renumber(rows)
    save_edited(row, by, at, blank=TEXTS)
    data = {"clause": row.key, "edition": row.edition, "before": before, "position": position}
    record_on_draft("agreement.clause_moved", agreement, data, by=by, at=at)
    return row


@transaction.atomic
def remove_draft_clause(*, clause: DraftClause, seen_edition: int, by: Actor, at: datetime) -> None:
    """Take a clause out of the draft. :raises Refused: stale. :raises PermissionDenied:"""
    agreement, row = lock_row(clause, seen_edition, by, at)
    data = _whole(row)
    row.delete()
    renumber(list(DraftClause.objects.filter(draft_id=clause.draft_id).order_by("position", "id")))
    record_on_draft("agreement.clause_removed", agreement, data, by=by, at=at)


def _whole(row: DraftClause) -> dict[str, Any]:
    names = ("position", "edition", *TEXTS, "citation", "elements")
    return {"clause": row.key, **{name: getattr(row, name) for name in names}}
