"""Answering one item of the checklist: every answer and file is kept, none is doubled, and differing answers are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from agreements.actions.recording import recorded
from cmo.clock import SHANGHAI, day_of
from cmo.errors import Finding, Refused, refuse_if_any
from cmo.evidence.actions import attach
from cmo.parties.access import Can, still_allowed
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..evidence_rights import KIND, key_of
from ..facts.answers import AnswerFact, answer_fact, standing_answers
from ..facts.conduct import AnswerAsked, AnswerSaid, locked_item
from ..facts.conducting import course_of, with_course
from ..facts.sent_files import FileSaid, same_file, sent_before
from ..facts.template import template_of
from ..models import Audit, AuditItem, ItemAnswer, SentFile, Settled
from ..rules.conduct import blockers_on_page
from ..wording import finding


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer. ``repeated``: it had arrived before; ``standing``: all that stands, when several do."""

    answer_id: int
    repeated: bool
    standing: tuple[AnswerFact, ...]


@transaction.atomic
def answer_item(*, audit_id: int, serial: int, said: AnswerSaid, by: Actor, at: datetime) -> Answered:
    """Keep one answer. It replaces the one its author saw, if that still stands; otherwise both stand until settled.

    Sent twice, it is kept once: ``said.client_key`` tells.

    :raises Refused: with every reason. :raises PermissionDenied: :raises AuditItem.DoesNotExist:
    """
    item: Any = locked_item(audit_id, serial, said, by.user_id)
    if item is None:
        raise AuditItem.DoesNotExist
    still_allowed(by, Can.CONDUCT_AUDIT, item.audit.pair, day_of(at))
    if item.repeated_pk is not None:
        return Answered(item.repeated_pk, True, _standing(item))
    mark = template_of(item.audit.template).items[serial - 1].severity
    asked = AnswerAsked(said, mark, item.begun, item.cancelled, item.reported, item.on_team, at)
    refuse_if_any(rules.blockers_to_answer(asked))
    row = ItemAnswer(
        item=item,
        client_key=said.client_key,
        value=said.value,
        severity=said.severity,
        lighter_because=said.lighter_because.strip() if said.severity else "",
        note=said.note.strip(),
        stated_at=said.stated_at,
        replaces_id=said.replaces if item.seen_stands else None,
        **recorded(by, at),
    )
    row.save(force_insert=True)
    _settle(row, said.settles)
    verb = "audit.conflict_settled" if said.settles else "audit.item_answered"
    record(verb, by=by, at=at, subject=item.audit, stream=item.audit.stream, reason=row.note, data=_data(row, said))
    left = item.standing - bool(item.seen_stands) - len(said.settles)
    return Answered(row.pk, False, _standing(item) if left else ())


def _settle(row: ItemAnswer, settles: tuple[int, ...]) -> None:
    """:raises Refused: when one of them does not stand any more."""
    if not settles:
        return
    rows = ItemAnswer.objects.filter(item=row.item, pk__in=settles, replaced_by__isnull=True, settled_by__isnull=True)
    open_ones = set(rows.exclude(pk=row.pk).values_list("pk", flat=True))
    if open_ones != set(settles):
        raise Refused([finding("answer_settles_nothing")])
    Settled.objects.bulk_create(Settled(answer=row, settled_id=pk) for pk in sorted(open_ones))


def _standing(item: AuditItem) -> tuple[AnswerFact, ...]:
    return tuple(answer_fact(row) for row in standing_answers(item.audit).filter(item=item))


def _data(row: ItemAnswer, said: AnswerSaid) -> dict[str, Any]:
    return {
        "answer": row.pk,
        "serial": row.item.serial,
        "value": row.value,
        "severity": row.severity,
        "lighter_because": row.lighter_because,
        "stated_at": said.stated_at.isoformat(timespec="seconds"),
        "replaces": row.replaces_id,
        "settles": sorted(said.settles),
        "client_key": str(said.client_key),
    }


@dataclass(frozen=True, slots=True)
class FileKept:
    """What became of a file. ``repeated``: it had arrived before."""

    file_id: int
    repeated: bool


def keep_file(*, audit_id: int, serial: int, said: FileSaid, by: Actor, at: datetime) -> FileKept:
    """Keep one photo or file as evidence of an item, dated when it was taken, at the latest now.

    Sent twice, it is kept once: ``said.client_key`` tells, also after the report. The bytes are judged by the evidence app.

    :raises Refused: with every reason. :raises PermissionDenied: :raises AuditItem.DoesNotExist:
    """
    item = AuditItem.objects.select_related("audit__pair").get(audit_id=audit_id, serial=serial)
    still_allowed(by, Can.ATTACH_EVIDENCE, item.audit.pair, day_of(at))
    repeated = _kept_before(item, said, by)
    if repeated:
        return repeated
    audit = with_course(Audit.objects.filter(pk=audit_id)).get()
    refuse_if_any(blockers_on_page(audit.number, course_of(audit), on_team=True))
    try:
        return _attached(item, said, by=by, at=at)
    except IntegrityError:  # the same key at the same moment: the other one was quicker
        repeated = _kept_before(item, said, by)
        if repeated is None:
            raise
        return repeated


def _kept_before(item: AuditItem, said: FileSaid, by: Actor) -> FileKept | None:
    """:raises Refused: when the key is that of another file, item or person, of which nothing is told."""
    kept = sent_before(said.client_key)
    if kept is None:
        return None
    if not same_file(kept, said, key_of(item.pk), by.user_id):
        raise Refused([_ANOTHER_FILES_KEY])
    return FileKept(kept.pk, True)


@transaction.atomic
def _attached(item: AuditItem, said: FileSaid, *, by: Actor, at: datetime) -> FileKept:
    """The file and its key, or neither. :raises IntegrityError: when the key has come meanwhile."""
    taken = min(said.taken_at, at)
    title = f"{said.title} {taken.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    file = attach(item, upload=said.upload, title=title, event_on=day_of(taken), kind=KIND, by=by, at=at)
    SentFile(client_key=said.client_key, file=file).save(force_insert=True)
    return FileKept(file.pk, False)


_ANOTHER_FILES_KEY = Finding(
    code="key_of_another_file",
    severity="blocks",
    basis="policy",
    zh="该文件的发送编号已用于另一个文件，没有保存。请移除后重新选择文件。",
    en="Another file was sent under this file's key, so it was not kept. Remove it and choose the file again.",
)
