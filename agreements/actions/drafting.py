"""Beginning an agreement from a template; term, coverage and order of signing of its working draft."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

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
from ..models import Agreement, AgreementDraft, DraftCoverage, Entrustment
from ..templates_data import Template
from ..wording import finding
from .draft_rows import (
    KINDS,
    add_from_template,
    draft_rows,
    edited,
    lock_draft,
    record_on_draft,
    save_edited,
)
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
    """Begin a quality agreement: its draft gets the template's rows that fit the covered devices.

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
        **edited(by, at),
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
    """Set term and coverage; what newly covered devices need is added from the template.

    :raises Refused: stale, backwards, another pair's entrustment. :raises PermissionDenied:
    """
    agreement, row = lock_draft(draft, by, at)
    covered = list(entrustments)
    refuse_if_any(
        [
            *rules.blockers_to_edit_stale(row.edition, seen_edition, row.edited_by_name),
            *rules.blockers_to_set_coverage(starts_on, ends_on, _foreign(covered, agreement.pair)),
        ]
    )
    row.starts_on, row.ends_on = starts_on, ends_on
    save_edited(row, by, at)
    row.coverage.exclude(entrustment__in=covered).delete()
    _cover(row, covered, template_of(row), by, at)
    record_on_draft("agreement.terms_set", agreement, _terms(row, covered), by=by, at=at)
    return row


@transaction.atomic
def set_signing_order(
    *, draft: AgreementDraft, seen_edition: int, signing_order: str, by: Actor, at: datetime
) -> AgreementDraft:
    """Say which side signs first once the draft is offered. :raises Refused: stale. :raises PermissionDenied:"""
    agreement, row = lock_draft(draft, by, at)
    refuse_if_any(rules.blockers_to_edit_stale(row.edition, seen_edition, row.edited_by_name))
    if row.signing_order == signing_order:
        return row
    data = {"before": row.signing_order, "order": signing_order}
    row.signing_order = signing_order
    save_edited(row, by, at)
    record_on_draft("agreement.order_set", agreement, data, by=by, at=at)
    return row


@transaction.atomic
def put_back_draft_row(*, draft: AgreementDraft, kind: str, key: str, by: Actor, at: datetime) -> AgreementDraft:
    """Take one row that the draft lacks from its template; ``kind``: clause, duty or obligation.

    :raises Refused: the template has no such row for the covered devices, or the draft has it. :raises PermissionDenied:
    """
    agreement, row = lock_draft(draft, by, at)
    template = template_of(row)
    variants = variants_of(Entrustment.objects.filter(pk__in=row.coverage.values("entrustment_id")))
    offered = {item.key for item in template.rows_for(kind, variants)} if template else set()
    held = set(draft_rows(row, kind).values_list("key", flat=True)) if offered else set()
    refuse_if_any(rules.blockers_to_take_from_template(key in offered, key in held))
    if template:
        add_from_template(row, template, kind, variants, by, at, only=key)
    data = {kind: key, "template": row.template_key, "version": row.template_version}
    record_on_draft(f"agreement.{kind}_added", agreement, data, by=by, at=at)
    return row


def _foreign(entrustments: list[Entrustment], pair: Pair) -> bool:
    return any(row.pair_id != pair.pk for row in entrustments)


def _terms(draft: AgreementDraft, covered: list[Entrustment]) -> dict[str, Any]:
    return {
        "starts_on": draft.starts_on.isoformat(),
        "ends_on": draft.ends_on.isoformat(),
        "entrustments": [row.number for row in covered],
    }


def _cover(
    draft: AgreementDraft, covered: list[Entrustment], template: Template | None, by: Actor, at: datetime
) -> None:
    """Add the coverage, and the rows of the template for these devices that the draft does not have yet."""
    held = set(draft.coverage.values_list("entrustment_id", flat=True))
    DraftCoverage.objects.bulk_create(
        DraftCoverage(draft=draft, entrustment=row) for row in covered if row.pk not in held
    )
    if template is None:
        return
    variants = variants_of(covered)
    for kind in KINDS:
        add_from_template(draft, template, kind, variants, by, at)
