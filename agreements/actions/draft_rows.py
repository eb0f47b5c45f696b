"""What every change of a draft does alike: permit, lock, judge the edition seen, count the edit, record it.

Every change locks the draft itself first, so that what is frozen when it is offered is exactly what was judged.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..facts.rounds import negotiation_open
from ..models import Agreement, AgreementDraft, DraftClause, DraftDuty, DraftObligation
from ..templates_data import Template, TemplateClause, TemplateDuty, TemplateObligation, TemplateRow
from ..wording import finding

Row = TypeVar("Row", DraftClause, DraftDuty, DraftObligation)

#: The kinds of rows a draft has.
KINDS = ("clause", "duty", "obligation")


def lock_draft(draft: AgreementDraft, by: Actor, at: datetime) -> tuple[Agreement, AgreementDraft]:
    """The agreement and its locked draft, if the actor may draft and nothing is being negotiated.

    :raises Refused: while a negotiation is open. :raises PermissionDenied:
    """
    agreement = Agreement.objects.select_related("pair").get(pk=draft.agreement_id)
    still_allowed(by, Can.DRAFT_AGREEMENT, agreement.pair, day_of(at))
    row = AgreementDraft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    refuse_while_negotiated(agreement)
    return agreement, row


def refuse_while_negotiated(agreement: Agreement) -> None:
    """Judge, after locking the draft, that it may be edited directly. :raises Refused: while a negotiation is open."""
    refuse_if_any(rules.blockers_to_edit_directly(negotiation_open(agreement)))


def lock_row(row: Row, seen_edition: int, by: Actor, at: datetime) -> tuple[Agreement, Row]:
    """The agreement and the locked row as it stands, if the actor may draft and saw its latest edition.

    :raises Refused: changed or removed after ``seen_edition`` was shown. :raises PermissionDenied:
    """
    agreement, _draft = lock_draft(row.draft, by, at)
    found = type(row)._default_manager.select_for_update(no_key=True).filter(pk=row.pk).first()
    if found is None:
        raise Refused([finding("removed_meanwhile")])
    refuse_if_any(rules.blockers_to_edit_stale(found.edition, seen_edition, found.edited_by_name))
    return agreement, found


def edited(by: Actor, at: datetime) -> dict[str, Any]:
    """The columns that say who edited last."""
    return {"edited_by_name": by.name, "edited_at": at}


def save_edited(row: models.Model, by: Actor, at: datetime, blank: Iterable[str] = (), *, written_by: str = "") -> None:
    """Count the edit and save; a draft may be incomplete, so texts in ``blank`` may be empty.

    ``written_by``: whose text it is, where somebody else accepted it.
    """
    row.edition += 1  # type: ignore[attr-defined]
    row.edited_by_name, row.edited_at = written_by or by.name, at  # type: ignore[attr-defined]
    row.full_clean(exclude=[name for name in blank if not getattr(row, name)])
    row.save()


def insert_row(row: Row, blank: Iterable[str], place: int | None = None) -> Row:
    """Add a row to its locked draft, at the end or at ``place`` (from 1)."""
    rows = list(draft_rows(row.draft, kind_of(row)).order_by("position", "id"))
    row.position = len(rows) + 1
    row.full_clean(exclude=[name for name in blank if not getattr(row, name)])
    row.save(force_insert=True)
    rows.insert(len(rows) if place is None else place - 1, row)
    renumber(rows)
    return row


def renumber(rows: Sequence[Any]) -> None:
    """Let the positions say the order of ``rows``, which are all rows of a kind; their editions stay."""
    moved = []
    for position, row in enumerate(rows, 1):
        if row.position != position:
            row.position = position
            moved.append(row)
    if moved:
        type(moved[0])._default_manager.bulk_update(moved, ["position"])


def own_key() -> str:
    """The key of a row that comes from no template."""
    return f"own_{secrets.token_hex(5)}"


def record_on_draft(verb: str, agreement: Agreement, data: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """The entry of a change on the pair's trail."""
    record(verb, by=by, at=at, subject=agreement, stream=agreement.pair.stream, data=data)


def kind_of(row: DraftClause | DraftDuty | DraftObligation) -> str:
    """``clause``, ``duty`` or ``obligation``."""
    return type(row).__name__.removeprefix("Draft").lower()


def draft_rows(draft: AgreementDraft, kind: str) -> Any:
    """The draft's rows of a kind."""
    return {"clause": draft.clauses, "duty": draft.duties, "obligation": draft.obligations}[kind]


def add_from_template(
    draft: AgreementDraft,
    template: Template,
    kind: str,
    variants: Iterable[str],
    by: Actor,
    at: datetime,
    only: str = "",
) -> None:
    """Add the template's rows that the locked draft lacks (or the one ``only``), each where the template has it."""
    rows = list(draft_rows(draft, kind).order_by("position", "id"))
    wanted = template.rows_for(kind, variants)
    order = [row.key for row in (template.clauses, template.duties, template.obligations)[KINDS.index(kind)]]
    new = []
    for row in wanted:
        if row.key in {held.key for held in rows} or only not in ("", row.key):
            continue
        made = _made_from(row, draft, edited(by, at))
        before = set(order[: order.index(row.key)])
        rows.insert(max((n for n, held in enumerate(rows, 1) if held.key in before), default=0), made)
        new.append(made)
    for position, made in enumerate(rows, 1):
        made.position = position if made in new else made.position
    if new:
        type(new[0])._default_manager.bulk_create(new)
    renumber(rows)


def _made_from(row: TemplateRow, draft: AgreementDraft, who: dict[str, Any]) -> Any:
    if isinstance(row, TemplateClause):
        return _clause(row, draft, who)
    return _duty(row, draft, who) if isinstance(row, TemplateDuty) else _obligation(row, draft, who)


def _clause(row: TemplateClause, draft: AgreementDraft, who: dict[str, Any]) -> DraftClause:
    return DraftClause(
        draft=draft,
        key=row.key,
        position=0,
        heading_zh=row.heading_zh,
        heading_en=row.heading_en,
        text_zh=row.text_zh,
        text_en=row.text_en,
        citation=row.citation,
        elements=list(row.elements),
        **who,
    )


def _duty(row: TemplateDuty, draft: AgreementDraft, who: dict[str, Any]) -> DraftDuty:
    return DraftDuty(
        draft=draft,
        key=row.key,
        position=0,
        duty_zh=row.duty_zh,
        duty_en=row.duty_en,
        registrant_part=row.registrant,
        contractor_part=row.contractor,
        locked=bool(row.fixed),
        citation=row.citation,
        clause_key=row.clause,
        **who,
    )


def _obligation(row: TemplateObligation, draft: AgreementDraft, who: dict[str, Any]) -> DraftObligation:
    return DraftObligation(
        draft=draft,
        key=row.key,
        position=0,
        clause_key=row.clause,
        what_zh=row.what_zh,
        what_en=row.what_en,
        side=row.side,
        frequency=row.frequency,
        days_allowed=row.days_allowed,
        proof_zh=row.proof_zh,
        proof_en=row.proof_en,
        **who,
    )
