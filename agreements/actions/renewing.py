"""Setting the draft to a concluded text: to renew the agreement for another term, or to amend what applies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..facts import agreement_states, load_concluded_facts, load_revision_facts
from ..facts.frame import draft_text
from ..models import (
    Agreement,
    AgreementDraft,
    AgreementRevision,
    DraftClause,
    DraftCoverage,
    DraftDuty,
    DraftObligation,
    Entrustment,
)
from .draft_rows import refuse_while_negotiated
from .revision import lock_draft

#: Row of the draft → its name in the body, and its columns → the body's members where they are called otherwise.
PARTS: tuple[tuple[Any, str, Mapping[str, str]], ...] = (
    (
        DraftClause,
        "clauses",
        dict.fromkeys(("heading_zh", "heading_en", "text_zh", "text_en", "citation", "elements"), ""),
    ),
    (
        DraftDuty,
        "duties",
        dict.fromkeys(("duty_zh", "duty_en", "locked", "citation"), "")
        | {"registrant_part": "registrant", "contractor_part": "contractor", "clause_key": "clause"},
    ),
    (
        DraftObligation,
        "obligations",
        dict.fromkeys(("what_zh", "what_en", "side", "frequency", "days_allowed", "proof_zh", "proof_en"), "")
        | {"clause_key": "clause"},
    ),
)


@transaction.atomic
def begin_renewal(
    *,
    agreement: Agreement,
    starts_on: date,
    ends_on: date,
    entrustments: Iterable[Entrustment],
    by: Actor,
    at: datetime,
) -> AgreementDraft:
    """Set the draft to the text in force (else the last concluded one) with a new term and coverage.

    What the draft said before is kept on the trail. An agreement on paper has no text here: its draft keeps its own.

    :raises Refused: nothing concluded, terminated, being negotiated, backwards, another pair's entrustment.
    :raises PermissionDenied:
    """
    still_allowed(by, Can.DRAFT_AGREEMENT, agreement.pair, day_of(at))
    draft, covered = lock_draft(agreement), list(entrustments)
    refuse_while_negotiated(agreement)
    foreign = any(row.pair_id != agreement.pair_id for row in covered)
    refuse_if_any(
        [
            *rules.blockers_to_follow(load_concluded_facts(agreement)),
            *rules.blockers_to_set_coverage(starts_on, ends_on, foreign),
        ]
    )
    state = agreement_states([agreement.pk], day_of(at))[agreement.pk]
    source: AgreementRevision = state.effective or state.last  # type: ignore[assignment]
    replaced = _replaced(draft)
    if source.content["clauses"]:
        _set_text(draft, source.content, by, at)
    set_coverage(draft, covered)
    _save_draft(draft, by, at, starts_on=starts_on, ends_on=ends_on, signing_order=source.signing_order)
    data = {"revision": source.number, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    data |= {"entrustments": [row.number for row in covered], "replaced": replaced}
    record("agreement.renewal_begun", by=by, at=at, subject=agreement, stream=agreement.pair.stream, data=data)
    return draft


@transaction.atomic
def restore_draft(*, agreement: Agreement, revision: AgreementRevision, by: Actor, at: datetime) -> AgreementDraft:
    """Set the draft to the text of a concluded revision, to amend it; term and coverage of the draft stay.

    What the draft said before is kept on the trail.

    :raises Refused: not concluded, without text here, being negotiated, or the agreement has ended. :raises PermissionDenied:
    """
    still_allowed(by, Can.DRAFT_AGREEMENT, agreement.pair, day_of(at))
    draft = lock_draft(agreement)
    refuse_while_negotiated(agreement)
    row = AgreementRevision.objects.get(pk=revision.pk, agreement=agreement)
    text = bool(row.content["clauses"])
    refuse_if_any(rules.blockers_to_restore(load_concluded_facts(agreement), load_revision_facts(row), has_text=text))
    replaced = _replaced(draft)
    _set_text(draft, row.content, by, at)
    _save_draft(draft, by, at, signing_order=row.signing_order)
    data = {"revision": row.number, "body_hash": row.body_hash, "replaced": replaced}
    record("agreement.draft_restored", by=by, at=at, subject=agreement, stream=agreement.pair.stream, data=data)
    return draft


def _replaced(draft: AgreementDraft) -> dict[str, Any]:
    """The draft as it stood, for the trail."""
    terms = {"starts_on": draft.starts_on.isoformat(), "ends_on": draft.ends_on.isoformat()}
    return {**draft_text(draft), **terms, "signing_order": draft.signing_order}


def _save_draft(draft: AgreementDraft, by: Actor, at: datetime, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.edition += 1
    draft.edited_by_name, draft.edited_at = by.name, at
    draft.full_clean()
    draft.save()


def set_coverage(draft: AgreementDraft, covered: list[Entrustment]) -> None:
    """Let the draft cover exactly these entrustments; rows that stay are kept."""
    held = set(draft.coverage.values_list("entrustment_id", flat=True))
    draft.coverage.exclude(entrustment__in=covered).delete()
    DraftCoverage.objects.bulk_create(
        DraftCoverage(draft=draft, entrustment=row) for row in covered if row.pk not in held
    )


def _set_text(draft: AgreementDraft, body: Mapping[str, Any], by: Actor, at: datetime) -> None:
    for model, name, columns in PARTS:
        _set_rows(model, draft, body.get(name, []), columns, by, at)


def _set_rows(
    model: type[models.Model],
    draft: AgreementDraft,
    wanted: Iterable[Mapping[str, Any]],
    columns: Mapping[str, str],
    by: Actor,
    at: datetime,
) -> None:
    """Rows that stay keep their identity and count an edit, so that whoever is editing one is told."""
    rows = model._default_manager.filter(draft=draft)
    held: dict[str, Any] = {row.key: row for row in rows}  # type: ignore[attr-defined]
    found = []
    for item in wanted:
        row: Any = held.pop(item["key"], None) or model(draft=draft, key=item["key"], edition=0)
        row.position, row.edition = item["position"], row.edition + 1
        row.edited_by_name, row.edited_at = by.name, at
        for column, member in columns.items():
            setattr(row, column, item[member or column])
        found.append(row)
    rows.filter(key__in=list(held)).delete()
    for row in found:
        row.save()
