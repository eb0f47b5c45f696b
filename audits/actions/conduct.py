"""Answering one item of the checklist: every answer is kept, none is doubled, and differing ones are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from agreements.actions.recording import recorded
from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from .. import rules
from ..facts.answers import AnswerFact, answer_fact, standing_answers
from ..facts.conduct import AnswerAsked, AnswerSaid, locked_item
from ..facts.template import template_of
from ..models import AuditItem, ItemAnswer, Settled
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
