"""Asking for a dossier, asking again, calling it off. The task is enqueued in the same transaction as its row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.models import Pair, User
from cmo.parties.outside import FOREWORD, LONGEST_MARK, mark_for
from cmo.parties.tenancy import tenant
from cmo.trail.actor import Actor

from .. import tasks
from ..facts import asked_by, standing_of
from ..models import Export
from ..pinning import end_of
from ..rights import Limit, Taking, still_taking
from ..rules import blockers_to_ask, blockers_to_ask_again, blockers_to_cancel
from ..scoping import in_one_form, refuse_unknown_scope
from .telling import tell

#: What a person chooses; everything else is filled in by the product.
_WISHED = {"scope_kind", "scope_key", "language", "as_of"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: kind and key of the scope, language of the documents, the day whose end is shown."""

    scope: Limit
    language: str
    as_of: date


@transaction.atomic
def ask_export(*, pair: Pair, wish: Wish, by: Actor, at: datetime, marked_for: str = "") -> Export:
    """Ask for a dossier; the queue worker makes it. ``marked_for``: what an outsider's pages bear, by default
    what they bear on screen.

    :raises Refused: day to come, unknown scope, beyond the grant, too many. :raises PermissionDenied:
    """
    held = still_taking(by, pair, day_of(at))
    person = _lock_person(by)
    kind, key = in_one_form(wish.scope)
    within = held.reads_scope((kind, key))
    refuse_if_any(blockers_to_ask(asked_by(held.actor.user_id or 0, wish.as_of, at, within_grant=within)))
    refuse_unknown_scope(pair, (kind, key), min(at, end_of(wish.as_of)))
    export = Export(**tenant(pair), scope_kind=kind, scope_key=key, language=wish.language, as_of=wish.as_of)
    export.post, export.side, export.organisation_id = by.post, by.side, by.organisation_id
    export.marked_for = _mark(held, marked_for, person, pair, at)
    export.recorded_by_id, export.recorded_by_name, export.recorded_at = by.user_id, by.name, at
    export.clean_fields(exclude={field.name for field in Export._meta.fields} - _WISHED)
    export.save(force_insert=True)
    _begin(export, "dossier.asked", by, at)
    return export


@transaction.atomic
def ask_again(*, export: Export, by: Actor, at: datetime) -> Export:
    """Have an export made that failed, was cancelled, stopped, was not taken up, or whose file is gone; which one to watch.

    It is the same export, bound to the same moment where it was read already; after its file is gone it is a new one.

    :raises Refused: being made or ready, somebody else's, beyond the grant, too many. :raises PermissionDenied:
    """
    held = still_taking(by, export.pair, day_of(at))
    _lock_person(by)
    row = _locked(export)
    within = held.reads_scope((row.scope_kind, row.scope_key))
    asked = asked_by(by.user_id or 0, row.as_of, at, within_grant=within, but=row.pk)
    refuse_if_any(blockers_to_ask_again(standing_of(row, by.user_id, at), asked))
    if row.state == Export.State.READY:
        row = _another(row, by, at)
    else:
        _reset(row, at)
    _begin(row, "dossier.asked_again", by, at)
    return row


@transaction.atomic
def cancel_export(*, export: Export, by: Actor, at: datetime) -> Export:
    """Call off an export that waits or is under way; its worker gives up at its next step and leaves nothing.

    :raises Refused: ended already, somebody else's. :raises PermissionDenied:
    """
    still_taking(by, export.pair, day_of(at))
    row = _locked(export)
    refuse_if_any(blockers_to_cancel(standing_of(row, by.user_id, at)))
    row.state, row.cancel_asked_at, row.finished_at = Export.State.CANCELLED, at, at
    row.save(update_fields=["state", "cancel_asked_at", "finished_at"])
    tell("dossier.cancelled", row, by=by, at=at)
    return row


def _lock_person(by: Actor) -> User:
    """One person asks one after the other, so that the limits hold."""
    return User.objects.select_for_update(no_key=True).get(pk=by.user_id or 0)


def _locked(export: Export) -> Export:
    return Export.objects.select_related("pair").select_for_update(no_key=True, of=("self",)).get(pk=export.pk)


def _mark(held: Taking, marked_for: str, person: User, pair: Pair, at: datetime) -> str:
    """What an outsider's pages bear, as on screen; the pair's own people take unmarked ones."""
    if not held.outside:
        return ""
    day = day_of(at)
    plain = f"{FOREWORD} · {held.actor.name} · {pair.number} · {day.isoformat()}"
    return (marked_for or mark_for(person, pair, day) or plain)[:LONGEST_MARK]


def _another(row: Export, by: Actor, at: datetime) -> Export:
    """A new export of the same wish and pin: what was made, and when its file went, stays on record as it was."""
    same = ("pair_id", "registrant_id", "contractor_id", "scope_kind", "scope_key", "language", "as_of", "marked_for")
    pin = ("instant", "seq", "head", "product_version")
    found = Export(**{name: getattr(row, name) for name in (*same, *pin)})
    found.post, found.side, found.organisation_id = by.post, by.side, by.organisation_id
    found.recorded_by_id, found.recorded_by_name, found.recorded_at = by.user_id, by.name, at
    found.save(force_insert=True)
    return found


def _reset(row: Export, at: datetime) -> None:
    """Waiting as at first, apart from what it is bound to and how many workers have had it."""
    row.state, row.step, row.done, row.total = Export.State.WAITING, "", 0, 0
    row.problem_zh = row.problem_en = ""
    row.beat_at = row.cancel_asked_at = row.finished_at = None
    row.recorded_at = at
    cleared = (
        "state",
        "step",
        "done",
        "total",
        "problem_zh",
        "problem_en",
        "beat_at",
        "cancel_asked_at",
        "finished_at",
    )
    row.save(update_fields=[*cleared, "recorded_at"])


def _begin(export: Export, verb: str, by: Actor, at: datetime) -> None:
    tell(verb, export, by=by, at=at)
    tasks.run_export.enqueue(export.pk)
