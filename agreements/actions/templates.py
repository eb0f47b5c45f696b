"""Keeping and withdrawing a company's own agreement templates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.parties.access import Can, still_allowed_for
from cmo.parties.models import Organisation
from cmo.trail.actions import record
from cmo.trail.actor import Actor
from cmo.trail.canonical import canonical, sha256

from .. import rules
from ..facts.templates import content_of, duties_fixed_by_law
from ..models import OwnTemplate, OwnTemplateEnd
from ..templates_data import Template, TemplateError, read_template
from ..wording import finding
from .recording import recorded


@transaction.atomic
def keep_template(
    *, organisation: Organisation, key: str, content: dict[str, Any], effective_from: date, by: Actor, at: datetime
) -> OwnTemplate:
    """Keep a further version of an own template; ``content``: title_zh, title_en, clauses, duties, obligations.

    :raises Refused: with every fault of the content and everything that the law does not leave to a template.
    :raises PermissionDenied:
    """
    still_allowed_for(by, Can.KEEP_TEMPLATE, organisation, day_of(at))
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    template = _read(content, key, effective_from)
    fixed = duties_fixed_by_law(day_of(at))
    refuse_if_any(rules.blockers_to_keep_template(template, fixed, effective_from, day_of(at)))
    last = OwnTemplate.objects.filter(organisation=organisation, key=key).order_by("-version").first()
    body = canonical(content_of(template))
    row = OwnTemplate(
        organisation=organisation,
        key=key,
        version=last.version + 1 if last else 1,
        title_zh=template.title_zh,
        title_en=template.title_en,
        effective_from=effective_from,
        body=body,
        body_hash=sha256(body),
        **recorded(by, at),
    )
    row.full_clean()
    row.save(force_insert=True)
    data = {"key": key, "version": row.version, "body_hash": row.body_hash, "from": effective_from.isoformat()}
    record("template.kept", by=by, at=at, subject=row, stream=_stream(organisation.pk), data=data)
    return row


def _read(content: dict[str, Any], key: str, effective_from: date) -> Template:
    """:raises Refused: with every fault and its place."""
    try:
        return read_template({**content, "key": key, "version": "0", "effective_from": effective_from})
    except TemplateError as error:
        wrong = [
            finding("template_wrong", place=fault.place, what_zh=fault.zh, what_en=fault.en) for fault in error.faults
        ]
        raise Refused(wrong) from error


@transaction.atomic
def withdraw_template(*, template: OwnTemplate, reason: str, by: Actor, at: datetime) -> OwnTemplateEnd:
    """Offer a version for new drafts no longer; drafts and revisions made from it stay as they are.

    :raises Refused: :raises PermissionDenied:
    """
    still_allowed_for(by, Can.KEEP_TEMPLATE, template.organisation_id, day_of(at))
    row = OwnTemplate.objects.select_for_update(no_key=True).get(pk=template.pk)
    withdrawn = OwnTemplateEnd.objects.filter(template=row).exists()
    refuse_if_any(rules.blockers_to_withdraw_template(withdrawn, reason))
    end = OwnTemplateEnd(template=row, reason=reason, **recorded(by, at))
    end.save(force_insert=True)
    data = {"key": row.key, "version": row.version}
    stream = _stream(row.organisation_id)
    record("template.withdrawn", by=by, at=at, subject=row, stream=stream, reason=reason, data=data)
    return end


def _stream(organisation_id: int) -> str:
    return f"organisation:{organisation_id}"
