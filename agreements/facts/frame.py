"""Loading what stands at the head of an agreement: parties, licences and covered entrustments as confirmed now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import models

from cmo.catalogue.models import DeviceVersion
from cmo.parties.facts import current_licences, names_of
from cmo.parties.models import SiteVersion

from ..body import CoveredRow, Frame
from ..models import Agreement, AgreementRevision, Entrustment, SigningOrder
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
