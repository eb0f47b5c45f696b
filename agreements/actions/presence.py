"""Checking in and out on site, by the posted person alone, and correcting what was stated wrongly."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import User
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts.supervision import EntryFact, PostingFact, effective_entries, load_supervision, stays
from ..models import Posting, PresenceEntry
from ..rules.supervision import blockers_to_correct_presence, blockers_to_record_presence
from ..wording import finding
from .recording import recorded

Kind = PresenceEntry.Kind


@transaction.atomic
def check_in(
    *, posting: Posting, event_at: datetime, source: str = PresenceEntry.Source.PAGE, by: Actor, at: datetime
) -> PresenceEntry:
    """The posted person came on site at ``event_at``, now or before.

    :raises Refused: in already, outside the posting, in the future. :raises PermissionDenied: for anybody else.
    """
    return _record(posting, Kind.IN, event_at, source, by=by, at=at)


@transaction.atomic
def check_out(
    *, posting: Posting, event_at: datetime, source: str = PresenceEntry.Source.PAGE, by: Actor, at: datetime
) -> PresenceEntry:
    """The posted person left the site at ``event_at``, now or before.

    :raises Refused: not in, outside the posting, in the future. :raises PermissionDenied: for anybody else.
    """
    return _record(posting, Kind.OUT, event_at, source, by=by, at=at)


def _record(posting: Posting, kind: str, event_at: datetime, source: str, *, by: Actor, at: datetime) -> PresenceEntry:
    pair = posting.pair
    still_allowed(by, Can.LOG_PRESENCE, pair, day_of(at))
    if by.user_id != posting.person_id:
        raise PermissionDenied(_("Only the posted person checks in and out, under their own account."))
    User.objects.select_for_update(no_key=True).get(pk=posting.person_id)
    row = Posting.objects.select_for_update(no_key=True).get(pk=posting.pk)
    everywhere = effective_entries(PresenceEntry.objects.filter(posting__person_id=row.person_id))
    elsewhere = [entries for pk, entries in everywhere.items() if pk != row.pk]
    entries = everywhere.get(row.pk, [])
    found = refuse_if_any(
        blockers_to_record_presence(kind, event_at, at, _fact(row), entries, _inside_at(elsewhere, event_at))
    )
    said = {"kind": kind, "event_at": event_at, "source": source}
    entry = PresenceEntry(posting=row, **said, **tenant(pair), **recorded(by, at))
    entry.full_clean()
    entry.save(force_insert=True)
    data = _data(entry) | {"warnings": [point.code for point in found]}
    record("presence.recorded", by=by, at=at, subject=entry, stream=pair.stream, data=data)
    return entry


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
    entries = effective_entries(PresenceEntry.objects.filter(posting=posting)).get(posting.pk, [])
    fact = next((one for one in entries if one.entry_id == entry.pk), None)
    new_time = entry.event_at if void or event_at is None else event_at
    refuse_if_any(blockers_to_correct_presence(fact, new_time, at, _fact(posting), entries, void, reason))
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
