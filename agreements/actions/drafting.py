"""Beginning an agreement from a template and editing its working draft."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..facts import template_of, variants_of
from ..facts.templates import template_for
from ..models import Agreement, AgreementDraft, DraftClause, DraftCoverage, DraftDuty, Entrustment
from ..templates_data import Template
from ..wording import finding
from .recording import new_number, recorded


@transaction.atomic
def create_agreement(
    *,
    pair: Pair,
    starts_on: date,
    ends_on: date,
    entrustments: Iterable[Entrustment],
    by: Actor,
    at: datetime,
    template_key: str = "quality_agreement",
    title_zh: str = "",
    title_en: str = "",
) -> Agreement:
    """Begin a quality agreement: its draft gets the template's clauses and duties that fit the covered devices.

    :raises Refused: unknown template, another pair's entrustment, a term that ends before it begins.
    :raises PermissionDenied:
    """
    still_allowed(by, Can.DRAFT_AGREEMENT, pair, day_of(at))
    Pair.objects.select_for_update(no_key=True).get(pk=pair.pk)
    template = template_for(pair, template_key, day_of(at))
    if template is None:
        raise Refused([finding("template_unknown")])
    covered = list(entrustments)
    refuse_if_any(rules.blockers_to_set_coverage(starts_on, ends_on, _foreign(covered, pair)))
    agreement = insert_agreement(pair, title_zh or template.title_zh, title_en or template.title_en, by=by, at=at)
    draft = AgreementDraft(
        agreement=agreement,
        template_key=template.key,
        template_version=template.version,
        starts_on=starts_on,
        ends_on=ends_on,
        **_edited(by, at),
    )
    draft.save(force_insert=True)
    _cover(draft, covered, template, by, at)
    data = {"template": template.key, "version": template.version, **_terms(draft, covered)}
    record("agreement.drafted", by=by, at=at, subject=agreement, stream=pair.stream, data=data)
    return agreement


def insert_agreement(pair: Pair, title_zh: str, title_en: str, *, by: Actor, at: datetime) -> Agreement:
    """The bare agreement of a pair that the caller has locked."""
    row = Agreement(
        number=new_number("QA", at), title_zh=title_zh, title_en=title_en, **tenant(pair), **recorded(by, at)
    )
    row.full_clean()
    row.save(force_insert=True)
    return row


@transaction.atomic
def edit_draft_clause(
    *, clause: DraftClause, seen_edition: int, content: dict[str, str], by: Actor, at: datetime
) -> DraftClause:
    """Change a clause; ``content``: heading_zh, heading_en, text_zh, text_en.

    :raises Refused: when somebody changed it after ``seen_edition`` was shown. :raises PermissionDenied:
    """
    agreement = _permit(clause.draft, by, at)
    row = DraftClause.objects.select_for_update(no_key=True).get(pk=clause.pk)
    refuse_if_any(rules.blockers_to_edit_stale(row.edition, seen_edition, row.edited_by_name))
    for name in ("heading_zh", "heading_en", "text_zh", "text_en"):
        setattr(row, name, content[name])
    _save_edited(row, by, at, blank=("heading_zh", "heading_en", "text_zh", "text_en"))
    data = {"clause": row.key, "edition": row.edition, **content}
    record("agreement.clause_edited", by=by, at=at, subject=agreement, stream=agreement.pair.stream, data=data)
    return row


@transaction.atomic
def edit_draft_duty(
    *, duty: DraftDuty, seen_edition: int, content: dict[str, str], by: Actor, at: datetime
) -> DraftDuty:
    """Change a row of the matrix; ``content``: registrant_part, contractor_part, and duty_zh, duty_en where not locked.

    :raises Refused: stale, unknown letters, a holder fixed by law. :raises PermissionDenied:
    """
    agreement = _permit(duty.draft, by, at)
    row = DraftDuty.objects.select_for_update(no_key=True).get(pk=duty.pk)
    before, after = _parts(row), (content["registrant_part"], content["contractor_part"])
    refuse_if_any(
        [
            *rules.blockers_to_edit_stale(row.edition, seen_edition, row.edited_by_name),
            *rules.blockers_to_edit_duty(row.locked, before, after),
        ]
    )
    row.registrant_part, row.contractor_part = after
    if not row.locked:
        row.duty_zh, row.duty_en = content.get("duty_zh", row.duty_zh), content.get("duty_en", row.duty_en)
    _save_edited(row, by, at, blank=("duty_zh", "duty_en"))
    data = {"duty": row.key, "edition": row.edition, "registrant": after[0], "contractor": after[1]}
    record("agreement.duty_edited", by=by, at=at, subject=agreement, stream=agreement.pair.stream, data=data)
    return row


@transaction.atomic
def set_draft_terms(
    *,
    draft: AgreementDraft,
    seen_edition: int,
    starts_on: date,
    ends_on: date,
    entrustments: Iterable[Entrustment],
    by: Actor,
    at: datetime,
) -> AgreementDraft:
    """Set term and coverage; clauses and duties that newly covered devices need are added from the template.

    :raises Refused: stale, backwards, another pair's entrustment. :raises PermissionDenied:
    """
    agreement = _permit(draft, by, at)
    row = AgreementDraft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    covered = list(entrustments)
    refuse_if_any(
        [
            *rules.blockers_to_edit_stale(row.edition, seen_edition, row.edited_by_name),
            *rules.blockers_to_set_coverage(starts_on, ends_on, _foreign(covered, agreement.pair)),
        ]
    )
    row.starts_on, row.ends_on = starts_on, ends_on
    _save_edited(row, by, at)
    template = template_of(row)
    row.coverage.exclude(entrustment__in=covered).delete()
    _cover(row, covered, template, by, at)
    record(
        "agreement.terms_set",
        by=by,
        at=at,
        subject=agreement,
        stream=agreement.pair.stream,
        data=_terms(row, covered),
    )
    return row


def _permit(draft: AgreementDraft, by: Actor, at: datetime) -> Agreement:
    agreement = Agreement.objects.select_related("pair").get(pk=draft.agreement_id)
    still_allowed(by, Can.DRAFT_AGREEMENT, agreement.pair, day_of(at))
    return agreement


def _foreign(entrustments: list[Entrustment], pair: Pair) -> bool:
    return any(row.pair_id != pair.pk for row in entrustments)


def _edited(by: Actor, at: datetime) -> dict[str, Any]:
    return {"edited_by_name": by.name, "edited_at": at}


def _save_edited(row: models.Model, by: Actor, at: datetime, blank: tuple[str, ...] = ()) -> None:
    """Count the edit and save; a draft may be incomplete, so texts in ``blank`` may be empty."""
    row.edition += 1  # type: ignore[attr-defined]
    row.edited_by_name, row.edited_at = by.name, at  # type: ignore[attr-defined]
    row.full_clean(exclude=[name for name in blank if not getattr(row, name)])
    row.save()


def _parts(row: DraftDuty) -> tuple[str, str]:
    return row.registrant_part, row.contractor_part


def _terms(draft: AgreementDraft, covered: list[Entrustment]) -> dict[str, Any]:
    return {
        "starts_on": draft.starts_on.isoformat(),
        "ends_on": draft.ends_on.isoformat(),
        "entrustments": [row.number for row in covered],
    }


def _cover(
    draft: AgreementDraft, covered: list[Entrustment], template: Template | None, by: Actor, at: datetime
) -> None:
    """Add the coverage, and the template's clauses and duties for these devices that the draft does not have yet."""
    held = set(draft.coverage.values_list("entrustment_id", flat=True))
    DraftCoverage.objects.bulk_create(
        DraftCoverage(draft=draft, entrustment=row) for row in covered if row.pk not in held
    )
    if template is None:
        return
    variants = variants_of(covered)
    _add_clauses(draft, template, variants, by, at)
    _add_duties(draft, template, variants, by, at)


def _add_clauses(draft: AgreementDraft, template: Template, variants: set[str], by: Actor, at: datetime) -> None:
    held = set(draft.clauses.values_list("key", flat=True))
    order = {clause.key: position for position, clause in enumerate(template.clauses, 1)}
    DraftClause.objects.bulk_create(
        DraftClause(
            draft=draft,
            key=clause.key,
            position=order[clause.key],
            heading_zh=clause.heading_zh,
            heading_en=clause.heading_en,
            text_zh=clause.text_zh,
            text_en=clause.text_en,
            citation=clause.citation,
            elements=list(clause.elements),
            **_edited(by, at),
        )
        for clause in template.clauses_for(variants)
        if clause.key not in held
    )


def _add_duties(draft: AgreementDraft, template: Template, variants: set[str], by: Actor, at: datetime) -> None:
    held = set(draft.duties.values_list("key", flat=True))
    order = {duty.key: position for position, duty in enumerate(template.duties, 1)}
    DraftDuty.objects.bulk_create(
        DraftDuty(
            draft=draft,
            key=duty.key,
            position=order[duty.key],
            duty_zh=duty.duty_zh,
            duty_en=duty.duty_en,
            registrant_part=duty.registrant,
            contractor_part=duty.contractor,
            locked=bool(duty.fixed),
            citation=duty.citation,
            clause_key=duty.clause,
            **_edited(by, at),
        )
        for duty in template.duties_for(variants)
        if duty.key not in held
    )
