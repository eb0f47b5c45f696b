"""Attaching files to records, and putting on record that a stored file was found damaged: the only writers here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction

from cmo.clock import day_of
from cmo.errors import Finding, Refused, refuse_if_any
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from . import registry, store
from .inspection import Inspected, inspect
from .models import File


def attach(
    subject: models.Model,
    *,
    upload: Any,
    title: str,
    event_on: date,
    expires_on: date | None = None,
    kind: str = "document",
    replaces: File | None = None,
    by: Actor,
    at: datetime,
) -> File:
    """Attach an uploaded file (Django ``File`` with name and size) to a saved record.

    The bytes are judged and stored before the transaction begins, so that a large file holds no lock. The entry goes to
    the stream the record's app named. ``event_on`` is the date of what the file proves, ``expires_on`` its last day.

    :raises PermissionDenied: when the record's app does not let this person add files.
    :raises Refused: when the file or its dates are not acceptable, the replaced file has a successor already, or the record's
        files are settled.
    """
    key = registry.key_of(subject)
    _permit(by, key, day_of(at))
    refuse_if_any(_blockers(key, event_on, expires_on, replaces, day_of(at)))
    found = inspect(upload)
    upload.seek(0)
    store.put(upload.chunks(), found.sha256)
    row = File(
        subject=key,
        kind=kind,
        title=(title.strip() or found.name)[:200],
        event_on=event_on,
        expires_on=expires_on,
        replaces=replaces,
        **_described(found, by, at),
    )
    return _write(row, subject, by=by, at=at)


def _permit(by: Actor, key: str, on: date) -> None:
    """Ask the record's app again, from the database, whether this person may add files."""
    user = get_user_model()._default_manager.filter(pk=by.user_id, is_active=True).first() if by.user_id else None
    if user is None:
        raise PermissionDenied(key)
    if registry.writer_of(user, key, on).organisation_id != by.organisation_id:
        raise PermissionDenied(key)


def _blockers(key: str, event_on: date, expires_on: date | None, replaces: File | None, today: date) -> list[Finding]:
    found = []
    if event_on > today:
        found.append(_LATER_THAN_TODAY)
    if expires_on and expires_on < event_on:
        found.append(_EXPIRES_BEFORE)
    if replaces and replaces.subject != key:
        found.append(_OTHER_RECORD)
    return found


def _described(found: Inspected, by: Actor, at: datetime) -> dict[str, Any]:
    return {
        "name": found.name,
        "content_type": found.content_type,
        "size": found.size,
        "sha256": found.sha256,
        "uploaded_by_id": by.user_id,
        "uploaded_by_name": by.name,
        "organisation": by.organisation,
        "uploaded_at": at,
    }


@transaction.atomic
def _write(row: File, subject: models.Model, *, by: Actor, at: datetime) -> File:
    refuse_if_any(registry.judged(row.subject, replaces=row.replaces is not None))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if row.replaces is None:
            raise
        raise Refused([_REPLACED_ALREADY]) from error
    data = {**row.as_fact(), "kind": row.kind, "size": row.size, "replaces": row.replaces_id}
    verb = "evidence.replaced" if row.replaces else "evidence.attached"
    record(verb, by=by, at=at, subject=subject, stream=registry.stream_of(row.subject), data=data)
    return row


@transaction.atomic
def record_damage(file: File, *, by: Actor, at: datetime) -> None:
    """Put on record that the stored bytes are missing or not what was uploaded."""
    record(
        "evidence.found_damaged",
        by=by,
        at=at,
        subject=file.subject,
        label=file.title,
        stream=registry.stream_of(file.subject),
        data={"file": file.pk, "sha256": file.sha256},
    )


_LATER_THAN_TODAY = Finding(
    code="event_in_the_future",
    severity="blocks",
    basis="policy",
    zh="文件日期晚于今天。请填写文件上载明的日期。",
    en="The date of the document lies in the future. Enter the date it bears.",
)
_EXPIRES_BEFORE = Finding(
    code="expires_before_event",
    severity="blocks",
    basis="policy",
    zh="有效期截止日早于文件日期。",
    en="The last day of validity lies before the date of the document.",
)
_OTHER_RECORD = Finding(
    code="replaces_file_of_other_record",
    severity="blocks",
    basis="policy",
    zh="被替换的文件不属于此记录。",
    en="The file to be replaced belongs to another record.",
)
_REPLACED_ALREADY = Finding(
    code="replaced_already",
    severity="blocks",
    basis="policy",
    zh="该文件已被更新的文件替换。请打开最新的文件，再替换它。",
    en="A newer file has replaced this one already. Replace the newest file instead.",
)
