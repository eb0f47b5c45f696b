"""Taking an accepted change into the draft: exactly what was proposed, under the name of whoever proposed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from cmo.trail.actor import Actor

from ..facts.columns import ADD, COLUMNS, GIVEN, MODELS, MOVE, OPEN, REMOVE, TERMS
from ..models import AgreementDraft, Entrustment, ProposedChange
from .draft_rows import insert_row, renumber, save_edited
from .renewing import set_coverage


def apply_change(draft: AgreementDraft, change: ProposedChange, *, by: Actor, at: datetime) -> int:
    """Write the change into the locked draft; the row's edition afterwards (0: it is gone)."""
    if change.kind == TERMS:
        return _apply_terms(draft, change, by, at)
    if change.act == ADD:
        return _add(draft, change, at)
    row = MODELS[change.kind]._default_manager.select_for_update(no_key=True).get(draft=draft, key=change.row_key)
    if change.act == REMOVE:
        return _remove(draft, row, change.kind)
    if change.act == MOVE:
        rows = _ordered(draft, change.kind)
        rows.remove(row)
        rows.insert(_index(change.after, rows), row)
        renumber(rows)
        row.position = rows.index(row) + 1
    else:
        _set(row, change.after, COLUMNS[change.kind])
    save_edited(row, by, at, blank=OPEN[change.kind], written_by=change.recorded_by_name)
    return int(row.edition)


def clean_row(row: Any, values: Mapping[str, Any], blank: Iterable[str]) -> None:
    """Judge that an unsaved row can hold these values. :raises ValidationError:"""
    _set(row, values, [name for name in values if name not in {"position", "behind"}])
    empty = [name for name in blank if not getattr(row, name)]
    row.clean_fields(exclude=[*empty, "draft", "edited_at"])


def clean_terms(draft: AgreementDraft, values: Mapping[str, Any]) -> None:
    """Judge that the draft can hold these terms, without changing it. :raises ValidationError:"""
    row = AgreementDraft(signing_order=values["signing_order"])
    names = {field.name for field in row._meta.concrete_fields} - {"signing_order"}
    row.clean_fields(exclude=names)


def _apply_terms(draft: AgreementDraft, change: ProposedChange, by: Actor, at: datetime) -> int:
    values = change.after
    draft.starts_on, draft.ends_on = (date.fromisoformat(values[name]) for name in ("starts_on", "ends_on"))
    draft.signing_order = values["signing_order"]
    save_edited(draft, by, at, written_by=change.recorded_by_name)
    rows = Entrustment.objects.filter(pair=draft.agreement.pair_id, number__in=values["entrustments"])
    set_coverage(draft, list(rows.order_by("id")))
    return int(draft.edition)


def _add(draft: AgreementDraft, change: ProposedChange, at: datetime) -> int:
    who = {"edited_by_name": change.recorded_by_name, "edited_at": at}
    row: Any = MODELS[change.kind](draft=draft, key=change.row_key, **who)
    _set(row, change.after, [*COLUMNS[change.kind], *GIVEN[change.kind]])
    insert_row(row, OPEN[change.kind], _index(change.after, _ordered(draft, change.kind)) + 1)
    return int(row.edition)


def _index(after: Mapping[str, Any], rows: Sequence[Any]) -> int:
    """Where a row goes among the others: behind the nearest one that is still there, else at its number or the end."""
    places = {row.key: place for place, row in enumerate(rows, 1)}
    behind = next((places[key] for key in after.get("behind", ()) if key in places), None)
    return min(after["position"] - 1, len(rows)) if behind is None else behind


def _remove(draft: AgreementDraft, row: Any, kind: str) -> int:
    row.delete()
    renumber(_ordered(draft, kind))
    return 0


def _set(row: Any, values: Mapping[str, Any], names: Iterable[str]) -> None:
    for name in names:
        setattr(row, name, values[name])


def _ordered(draft: AgreementDraft, kind: str) -> list[Any]:
    return list(MODELS[kind]._default_manager.filter(draft=draft).order_by("position", "id"))
