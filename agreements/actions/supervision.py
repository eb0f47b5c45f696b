"""Posting resident supervisors, ending a posting early, and the pair's dated policy."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from cmo.clock import day_of
from cmo.errors import Refused, refuse_if_any
from cmo.evidence.actions import attach
from cmo.parties.access import Can, still_allowed
from cmo.parties.models import Pair, Site, User
from cmo.parties.tenancy import tenant
from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..facts.posting import load_posting_request
from ..facts.supervision import effective_entries, load_supervision
from ..models import PairPolicy, Posting, PostingEnd, PresenceEntry
from ..rules.supervision import blockers_to_end_posting, blockers_to_post, blockers_to_set_policy
from ..wording import finding
from .recording import recorded


@transaction.atomic
def make_posting(
    *, pair: Pair, site: Site, person: User, content: dict[str, Any], by: Actor, at: datetime, upload: Any = None
) -> Posting:
    """Post one of the registrant's resident supervisors at a site of the contractor; ``upload``: the appointment letter.

    ``content``: starts_on, ends_on, experience, trained_on, training_reference, appointed_on, appointment_reference,
    and deputy_for where the person stands in for another. The duties are those of the agreement in force (N38-09); where
    that is on paper they are quoted from it: duties_zh, duties_en.

    :raises Refused: with every reason. :raises ValidationError: for malformed content. :raises PermissionDenied:
    """
    still_allowed(by, Can.POST_SUPERVISOR, pair, day_of(at))
    Pair.objects.select_for_update(no_key=True).get(pk=pair.pk)
    facts = load_posting_request(pair, site, person, content, day_of(at))
    found = refuse_if_any(blockers_to_post(facts, day_of(at)))
    assert facts.duties is not None
    row = Posting(
        site=site,
        person=person,
        person_name=person.printed_name,
        revision_id=facts.duties.revision_id,
        duties_zh=facts.duties.zh,
        duties_en=facts.duties.en,
        **{name: value for name, value in content.items() if name not in {"duties_zh", "duties_en"}},
        **tenant(pair),
        **recorded(by, at),
    )
    row.full_clean()
    row.save(force_insert=True)
    data = _posting_data(row) | {"revision": row.revision_id, "warnings": [point.code for point in found]}
    record("posting.made", by=by, at=at, subject=row, stream=pair.stream, data=data)
    if upload is not None:
        title, kind = row.appointment_reference, "appointment_letter"
        attach(row, upload=upload, title=title, event_on=row.appointed_on, kind=kind, by=by, at=at)
    return row


def _posting_data(row: Posting) -> dict[str, Any]:
    return {
        "posting": row.pk,
        "person": row.person_id,
        "site": row.site_id,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        "deputy_for": row.deputy_for_id,
    }


@transaction.atomic
def end_posting(*, posting: Posting, last_day: date, reason: str, by: Actor, at: datetime) -> PostingEnd:
    """End a posting before its time: after ``last_day`` the person's presence no longer counts.

    :raises Refused: ended already, outside the posting, presence after it, no reason. :raises PermissionDenied:
    """
    pair = posting.pair
    still_allowed(by, Can.POST_SUPERVISOR, pair, day_of(at))
    row = Posting.objects.select_for_update(no_key=True).get(pk=posting.pk)
    facts = next(fact for fact in load_supervision([pair.pk])[pair.pk].postings if fact.posting_id == row.pk)
    entries = effective_entries(PresenceEntry.objects.filter(posting=row)).get(row.pk, [])
    ended, present = PostingEnd.objects.filter(posting=row).exists(), [entry.event_at for entry in entries]
    refuse_if_any(blockers_to_end_posting(facts, ended, last_day, present, reason))
    end = PostingEnd(posting=row, last_day=last_day, reason=reason, **recorded(by, at))
    try:
        with transaction.atomic():
            end.save(force_insert=True)
    except IntegrityError as error:
        raise Refused([finding("posting_ended_already")]) from error
    data = _posting_data(row) | {"last_day": last_day.isoformat()}
    record("posting.ended", by=by, at=at, subject=row, stream=pair.stream, reason=reason, data=data)
    return end


@transaction.atomic
def set_pair_policy(
    *,
    pair: Pair,
    effective_from: date,
    production_days: str,
    minimum_minutes: int,
    overdue_blocks_after_days: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> PairPolicy:
    """Set the pair's own rules from a day on, today or later; the latest set for a day counts.

    :raises Refused: backdated, no reason. :raises ValidationError: for impossible numbers. :raises PermissionDenied:
    """
    still_allowed(by, Can.SET_POLICY, pair, day_of(at))
    Pair.objects.select_for_update(no_key=True).get(pk=pair.pk)
    refuse_if_any(blockers_to_set_policy(effective_from, day_of(at), reason))
    data = {
        "effective_from": effective_from.isoformat(),
        "production_days": str(production_days),
        "minimum_minutes": minimum_minutes,
        "overdue_blocks_after_days": overdue_blocks_after_days,
    }
    content = data | {"effective_from": effective_from}
    row = PairPolicy(**content, reason=reason, **tenant(pair), **recorded(by, at))
    row.full_clean()
    row.save(force_insert=True)
    record("pair.policy_set", by=by, at=at, subject=row, stream=pair.stream, reason=reason, data=data)
    return row
