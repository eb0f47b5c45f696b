"""Loading what stands at the head of an agreement: parties, licences and covered entrustments as confirmed now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import models

from cmo.catalogue.models import DeviceVersion
from cmo.parties.facts import current_licences, names_of
from cmo.parties.models import SiteVersion

from ..body import CoveredRow, Frame, body_of, text_of
from ..models import Agreement, AgreementDraft, AgreementRevision, Entrustment, SigningOrder
from .agreement import latest_concluded
from .coverage import own_last_day
from .entrustment_loading import load_entrustment_facts


def load_frame(
    agreement: Agreement,
    entrustments: Iterable[Entrustment],
    *,
    template: Mapping[str, str],
    starts_on: date,
    ends_on: date,
    paper: Mapping[str, Any] | None = None,
    signing_order: str = SigningOrder.ANY.value,
    kind: str = "",
) -> Frame:
    """The head of the agreement's next revision, which follows the latest concluded one; a constant number of queries."""
    names = names_of([agreement.registrant_id, agreement.contractor_id])
    last = AgreementRevision.objects.filter(agreement=agreement).aggregate(models.Max("number"))["number__max"] or 0
    parent = latest_concluded(agreement)
    covered = load_covered_rows(entrustments, ends_on)
    sites = {row.entrustment.site_id for row in covered}
    return Frame(
        number=agreement.number,
        title_zh=agreement.title_zh,
        title_en=agreement.title_en,
        revision=last + 1,
        parent=parent.number if parent else None,
        template=template,
        starts_on=starts_on,
        ends_on=ends_on,
        registrant=names[agreement.registrant_id],
        contractor=names[agreement.contractor_id],
        licences=tuple(row for row in current_licences([agreement.contractor_id]) if sites & set(row.site_ids)),
        covered=covered,
        paper=paper,
        signing_order=signing_order,
        before=parent.content if parent else None,
        kind=kind,
    )


def load_covered_rows(entrustments: Iterable[Entrustment], ends_on: date) -> tuple[CoveredRow, ...]:
    """Each entrustment with the confirmed device and site data and its own last day under this term."""
    rows = list(entrustments)
    facts = load_entrustment_facts(rows)
    devices = DeviceVersion.objects.current_by_subject({row.device_id for row in rows})
    sites = SiteVersion.objects.current_by_subject({row.site_id for row in rows})
    found = []
    for row in rows:
        fact = facts[row.pk]
        last_day, capped_by = own_last_day(ends_on, fact.certificate, fact.licences, row.site_id)
        found.append(CoveredRow(row, devices[row.device_id], sites[row.site_id], last_day, capped_by))
    return tuple(found)


def draft_frame(draft: AgreementDraft) -> Frame:
    """The head of the revision that offering this draft would freeze."""
    covered = Entrustment.objects.filter(pk__in=draft.coverage.values("entrustment_id")).order_by("id")
    return load_frame(
        draft.agreement,
        covered,
        template={"key": draft.template_key, "version": draft.template_version},
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        signing_order=draft.signing_order,
    )


def draft_body(draft: AgreementDraft, frame: Frame | None = None) -> dict[str, Any]:
    """The body that offering this draft would freeze."""
    return body_of(frame or draft_frame(draft), *_rows(draft))


def draft_text(draft: AgreementDraft) -> dict[str, Any]:
    """Clauses, duties and obligations of the draft as it stands."""
    return text_of(*_rows(draft))


def _rows(draft: AgreementDraft) -> tuple[Any, Any, Any]:
    parts = (draft.clauses, draft.duties, draft.obligations)
    first, second, third = (part.order_by("position", "id") for part in parts)
    return first, second, third
