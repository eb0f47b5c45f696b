"""Keeping and withdrawing a company's own checklists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from agreements.actions.recording import recorded
from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.parties.access import Can, still_allowed_for
from cmo.parties.models import Organisation
from cmo.trail.actions import record
from cmo.trail.actor import Actor
from cmo.trail.canonical import canonical, sha256

from ..facts.checklists import latest_version
from ..facts.template import template_of
from ..models import TemplateEnd, TemplateVersion
from ..rules.checklist import blockers_to_keep_checklist, blockers_to_withdraw_checklist
from ..templates_data import AuditTemplate, AuditTemplateError, content_of, read_content
from ..wording import finding


@transaction.atomic
def keep_checklist(
    *, organisation: Organisation, key: str, content: dict[str, Any], effective_from: date, by: Actor, at: datetime
) -> TemplateVersion:
    """Keep a further version of an own checklist; ``content`` as a checklist file holds it.

    :raises Refused: with every fault of the content, and every case that a judgement table does not decide.
    :raises PermissionDenied:
    """
    still_allowed_for(by, Can.KEEP_CHECKLIST, organisation, day_of(at))
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    template = _read(content, key)
    last = latest_version(organisation.pk, key)
    before = template_of(last) if last else None
    refuse_if_any(blockers_to_keep_checklist(template, before, effective_from, day_of(at)))
    body = canonical({"key": key, **content_of(template)})
    row = TemplateVersion(
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
    record("checklist.kept", by=by, at=at, subject=row, stream=_stream(organisation.pk), data=data)
    return row


def _read(content: dict[str, Any], key: str) -> AuditTemplate:
    """:raises Refused: with every fault and its place."""
    try:
        return read_content({**content, "key": key}, own=True)
    except AuditTemplateError as error:
        raise Refused(
            [finding("checklist_wrong", place=f.place, what_zh=f.zh, what_en=f.en) for f in error.faults]
        ) from error


@transaction.atomic
def withdraw_checklist(*, checklist: TemplateVersion, reason: str, by: Actor, at: datetime) -> TemplateEnd:
    """Offer a version for new audits no longer; audits planned with it stay as they are.

    :raises Refused: :raises PermissionDenied:
    """
    owner = checklist.organisation_id or 0
    still_allowed_for(by, Can.KEEP_CHECKLIST, owner, day_of(at))
    row = TemplateVersion.objects.select_for_update(no_key=True).get(pk=checklist.pk)
    withdrawn = TemplateEnd.objects.filter(template=row).exists()
    refuse_if_any(blockers_to_withdraw_checklist(withdrawn, reason))
    end = TemplateEnd(template=row, reason=reason, **recorded(by, at))
    end.save(force_insert=True)
    data = {"key": row.key, "version": row.version}
    record("checklist.withdrawn", by=by, at=at, subject=row, stream=_stream(owner), reason=reason, data=data)
    return end


def _stream(organisation_id: int) -> str:
    return f"organisation:{organisation_id}"
