"""Checking in and out on site by the posted person, entries from files, and correcting what was stated wrongly."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair, User
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts.supervision import EntryFact, PostingFact, effective_entries, load_supervision, stays
from ..models import Posting, PresenceEntry
from ..rules.supervision import (
    blockers_to_be_elsewhere,
    blockers_to_correct_presence,
    blockers_to_record_presence,
    blockers_to_state_for_another,
)
from ..wording import finding
from .recording import recorded

Kind = PresenceEntry.Kind
#: Stands behind every entry on record of the same moment.
_LAST = 2**63


@dataclass(slots=True)
class PresenceGround:
    """What entries of one person in one pair are judged on; ``by`` may record them. Grows with every entry.

    ``entries``: those that count, by time, of every posting that the person has anywhere.
    """

    by: Actor
    pair: Pair
    person_id: int
    postings: dict[int, tuple[Posting, PostingFact]]
    entries: dict[int, list[EntryFact]]


def ground_for_presence(*, pair: Pair, person_id: int, by: Actor, at: datetime) -> PresenceGround:
    """Permit, lock and load once for any number of entries of one person, recorded in the transaction at hand.

    :raises PermissionDenied: for anybody but the posted person and the registrant's quality.
    """
    own = by.user_id == person_id
    still_allowed(by, Can.LOG_PRESENCE if own else Can.STATE_PRESENCE, pair, day_of(at))
    User.objects.select_for_update(no_key=True).get(pk=person_id)
    rows = Posting.objects.select_for_update(no_key=True).filter(pair=pair, person_id=person_id).order_by("pk")
    posted = {row.pk: row for row in rows}
    facts = {fact.posting_id: fact for fact in load_supervision([pair.pk])[pair.pk].postings}
    entries = effective_entries(PresenceEntry.objects.filter(posting__person_id=person_id))
    return PresenceGround(by, pair, person_id, {pk: (row, facts[pk]) for pk, row in posted.items()}, entries)


@transaction.atomic
def check_in(*, posting: Posting, event_at: datetime, by: Actor, at: datetime) -> PresenceEntry:
    """The posted person came on site at ``event_at``, now or before.

    :raises Refused: in already, outside the posting, in the future. :raises PermissionDenied: for anybody else.
    """
    return _enter(_own_ground(posting, by, at), posting, Kind.IN, event_at, at=at)


@transaction.atomic
def check_out(*, posting: Posting, event_at: datetime, by: Actor, at: datetime) -> PresenceEntry:
    """The posted person left the site at ``event_at``, now or before.

    :raises Refused: not in, outside the posting, in the future. :raises PermissionDenied: for anybody else.
    """
    return _enter(_own_ground(posting, by, at), posting, Kind.OUT, event_at, at=at)


@transaction.atomic
def import_presence(
    *,
    posting: Posting,
    kind: str,
    event_at: datetime,
    rests_on: str = "",
    by: Actor,
    at: datetime,
    ground: PresenceGround | None = None,
) -> PresenceEntry:
    """An entry from a file: the posted person's own, or stated for them by the registrant's quality.

    ``rests_on``: the record kept elsewhere (gate log, signed sheet) that the entry was taken from; an entry for somebody
    else names it and is told apart from one's own on the trail and on the page. ``ground``: of the same person and
    transaction, where many entries are recorded.

    :raises Refused: as :func:`check_in` and :func:`check_out`; for somebody else without the record.
    :raises PermissionDenied:
    """
    if ground is None or (ground.by, ground.pair.pk, ground.person_id) != (by, posting.pair_id, posting.person_id):
        ground = ground_for_presence(pair=posting.pair, person_id=posting.person_id, by=by, at=at)
    return _enter(ground, posting, kind, event_at, rests_on.strip(), source=PresenceEntry.Source.FILE, at=at)


def _own_ground(posting: Posting, by: Actor, at: datetime) -> PresenceGround:
    """:raises PermissionDenied: for anybody but the posted person."""
    if by.user_id != posting.person_id:
        raise PermissionDenied(_("Only the posted person checks in and out, under their own account."))
    return ground_for_presence(pair=posting.pair, person_id=posting.person_id, by=by, at=at)


def _enter(
    ground: PresenceGround,
    posting: Posting,
    kind: str,
    event_at: datetime,
    rests_on: str = "",
    *,
    source: str = PresenceEntry.Source.PAGE,
    at: datetime,
) -> PresenceEntry:
    by, pair, own = ground.by, ground.pair, ground.by.user_id == ground.person_id
    row, fact = ground.postings[posting.pk]
    entries = ground.entries.setdefault(row.pk, [])
    others = [kept for pk, kept in ground.entries.items() if pk != row.pk]
    found = [] if own else blockers_to_state_for_another(row.person_name, rests_on)
    found += blockers_to_record_presence(kind, event_at, at, fact, entries, _inside_at(others, event_at))
    around = _around(entries, EntryFact(_LAST, kind, event_at))
    found = refuse_if_any([*found, *blockers_to_be_elsewhere((), around, others)])
    said = {"kind": kind, "event_at": event_at, "source": source, "reason": rests_on}
    entry = PresenceEntry(posting=row, **said, **tenant(pair), **recorded(by, at))
    entry.full_clean()
    entry.save(force_insert=True)
    insort(entries, EntryFact(entry.pk, kind, event_at), key=_order)
    data = _data(entry) | {"warnings": [point.code for point in found]}
    verb = "presence.recorded" if own else "presence.stated_for"
    data |= {} if own else {"person": row.person_id, "person_name": row.person_name}
    record(verb, by=by, at=at, subject=entry, stream=pair.stream, reason=rests_on, data=data)
    return entry


def _order(one: EntryFact) -> tuple[datetime, int]:
    return one.event_at, one.entry_id


def _around(entries: Sequence[EntryFact], new: EntryFact) -> list[EntryFact]:
    """A new entry with those just before and after it: what it may pair with."""
    number = bisect_left(entries, _order(new), key=_order)
    return [*entries[max(number - 1, 0) : number], new, *entries[number : number + 1]]


def _beside(
    entries: Sequence[EntryFact], old: EntryFact, new: Sequence[EntryFact]
) -> tuple[list[EntryFact], list[EntryFact]]:
    """An entry with its neighbours, as they are and with what replaces it."""
    number = entries.index(old)
    before, after = entries[max(number - 1, 0) : number], entries[number + 1 : number + 2]
    return [*before, old, *after], [*before, *new, *after]


def _fact(row: Posting) -> PostingFact:
    facts = load_supervision([row.pair_id])[row.pair_id]
    return next(fact for fact in facts.postings if fact.posting_id == row.pk)


def _inside_at(elsewhere: list[list[EntryFact]], instant: datetime) -> datetime | None:
    """Since when the person is on another site at that instant."""
    for entries in elsewhere:
        for begun, ended in stays(entries):
            if begun.event_at <= instant and (ended is None or instant < ended.event_at):
                return begun.event_at
    return None


def _data(entry: PresenceEntry) -> dict[str, object]:
    return {
        "entry": entry.pk,
        "posting": entry.posting_id,
        "kind": str(entry.kind),
        "event_at": entry.event_at.isoformat(),
    }


@transaction.atomic
def correct_presence(
    *, entry: PresenceEntry, event_at: datetime | None = None, void: bool = False, reason: str, by: Actor, at: datetime
) -> PresenceEntry:
    """Replace the time of an entry, or with ``void`` strike it out; the old one stays readable. By the posted person or
    whoever posts supervisors for the registrant.

    :raises Refused: replaced before, out of order, no reason. :raises PermissionDenied:
    """
    pair = entry.pair
    own = by.user_id == entry.posting.person_id
    still_allowed(by, Can.LOG_PRESENCE if own else Can.POST_SUPERVISOR, pair, day_of(at))
    User.objects.select_for_update(no_key=True).get(pk=entry.posting.person_id)
    posting = Posting.objects.select_for_update(no_key=True).get(pk=entry.posting_id)
    known = effective_entries(PresenceEntry.objects.filter(posting__person_id=posting.person_id))
    entries = known.pop(posting.pk, [])
    fact = next((one for one in entries if one.entry_id == entry.pk), None)
    new_time = entry.event_at if void or event_at is None else event_at
    found = blockers_to_correct_presence(fact, new_time, at, _fact(posting), entries, void, reason)
    if fact is not None:
        corrected = [] if void else [replace(fact, event_at=new_time)]
        found += blockers_to_be_elsewhere(*_beside(entries, fact, corrected), list(known.values()))
    refuse_if_any(found)
    row = PresenceEntry(
        posting=posting,
        kind=entry.kind,
        event_at=new_time,
        corrects=entry,
        void=void,
        reason=reason,
        **tenant(pair),
        **recorded(by, at),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Refused([finding("presence_corrected_already")]) from error
    data = _data(row) | {"corrects": entry.pk, "void": void, "was": entry.event_at.isoformat()}
    record("presence.corrected", by=by, at=at, subject=row, stream=pair.stream, reason=reason, data=data)
    return row
