"""Keeping and withdrawing a company's own Word templates."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.paper.plain import visible
from cmo.paper.word.opening import NotTaken
from cmo.parties.access import Can, still_allowed_for
from cmo.parties.models import Organisation
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..models import WordTemplate, WordTemplateEnd
from ..rules.word_template import blockers_to_keep_word_template, blockers_to_withdraw_word_template
from ..word.judging import Judged, judge
from ..wording import finding
from .recording import recorded


def keep_word_template(
    *, organisation: Organisation, name: str, file_name: str, content: bytes, by: Actor, at: datetime
) -> WordTemplate:
    """Keep a further version of a Word template; the same name again makes the next version.

    It is opened and judged before the transaction begins, so that a large file holds no lock.

    :raises Refused: with every fault of the file and where it stands. :raises PermissionDenied:
    """
    still_allowed_for(by, Can.KEEP_TEMPLATE, organisation, day_of(at))
    judged = _judged(content)
    refuse_if_any(blockers_to_keep_word_template(judged.faults))
    given = {"name": name, "file_name": file_name, "content": content, "judged": judged}
    return _keep(organisation=organisation, **given, by=by, at=at)  # type: ignore[arg-type]


@transaction.atomic
def _keep(
    *,
    organisation: Organisation,
    name: str,
    file_name: str,
    content: bytes,
    judged: Judged,
    by: Actor,
    at: datetime,
) -> WordTemplate:
    still_allowed_for(by, Can.KEEP_TEMPLATE, organisation, day_of(at))
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    last = (
        WordTemplate.objects.filter(organisation=organisation, name=name).defer("content").order_by("-version").first()
    )
    row = WordTemplate(
        organisation=organisation,
        name=name,
        version=last.version + 1 if last else 1,
        file_name=visible(file_name)[:255],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        placeholders=list(judged.placeholders),
        **recorded(by, at),
    )
    row.full_clean()
    row.save(force_insert=True)
    data = {"name": name, "version": row.version, "sha256": row.sha256, "file": row.file_name}
    record("word_template.kept", by=by, at=at, subject=row, stream=_stream(organisation.pk), data=data)
    return row


def _judged(content: bytes) -> Judged:
    """:raises Refused: when it is no Word file."""
    try:
        return judge(content)
    except NotTaken as error:
        raise Refused([finding(f"word_{error.code}", **error.facts)]) from error


@transaction.atomic
def withdraw_word_template(*, template: WordTemplate, reason: str, by: Actor, at: datetime) -> WordTemplateEnd:
    """Offer a version no longer; what went out in it is unchanged.

    :raises Refused: :raises PermissionDenied:
    """
    still_allowed_for(by, Can.KEEP_TEMPLATE, template.organisation_id, day_of(at))
    row = WordTemplate.objects.select_for_update(no_key=True).defer("content").get(pk=template.pk)
    withdrawn = WordTemplateEnd.objects.filter(template=row).exists()
    refuse_if_any(blockers_to_withdraw_word_template(withdrawn, reason))
    end = WordTemplateEnd(template=row, reason=reason, **recorded(by, at))
    end.save(force_insert=True)
    data = {"name": row.name, "version": row.version}
    stream = _stream(row.organisation_id)
    record("word_template.withdrawn", by=by, at=at, subject=row, stream=stream, reason=reason, data=data)
    return end


def _stream(organisation_id: int) -> str:
    return f"organisation:{organisation_id}"
