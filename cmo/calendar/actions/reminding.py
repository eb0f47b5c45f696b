"""Reminders: how an organisation wants them, the day's mail to one person, that it was sent, and that the day is done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed_for
from cmo.parties.models import Organisation, User
from cmo.trail.actions import record
from cmo.trail.actor import SYSTEM, Actor

from ..facts.reminding import Setting, active_person, current_settings, has_digest, told_before
from ..mail import compose
from ..models import Digest, DigestSent, DueRun, Reminder, ReminderSetting
from ..rules.reminding import DEFAULTS, Notice, blockers_to_set, setting_for, untold

#: Mails of so many days back that were never handed over are tried again when a day is closed.
TRIED_AGAIN_DAYS = 7


@transaction.atomic
def set_reminders(
    *, organisation: Organisation, kind: str, setting: Setting, reason: str, by: Actor, at: datetime
) -> ReminderSetting:
    """Say how far ahead the organisation is told of one kind of duty, and when lateness is escalated.

    :raises Refused: a kind without last days, out of range, as it is already, without a reason. :raises PermissionDenied:
    """
    still_allowed_for(by, Can.SET_REMINDERS, organisation, day_of(at))
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    setting = Setting(tuple(sorted(set(setting.lead_days), reverse=True)), setting.escalate_after)
    known = setting_for(current_settings(), [organisation.pk], kind) if kind in DEFAULTS else None
    refuse_if_any(blockers_to_set(kind, setting, known, reason))
    row = ReminderSetting(organisation=organisation, kind=kind, lead_days=list(setting.lead_days))
    row.escalate_after, row.reason = setting.escalate_after, reason.strip()
    row.recorded_by_id, row.recorded_by_name, row.recorded_at = by.user_id, by.name, at
    row.full_clean()
    row.save(force_insert=True)
    data = {"kind": kind, "lead_days": row.lead_days, "escalate_after": row.escalate_after}
    stream = f"organisation:{organisation.pk}"
    record("reminders.set", by=by, at=at, subject=row, stream=stream, reason=row.reason, data=data)
    return row


@transaction.atomic
def remind(*, person_id: int, day: date, found: Iterable[Notice], at: datetime) -> list[Notice]:
    """Write what one person was not told yet as reminders with the day's one mail, and queue the mail.

    The product's own act: whoever lost their account meanwhile is told nothing. Two runs at once write one after the
    other, so that the second finds what the first wrote.
    """
    user = active_person(person_id)
    fresh = still_to_tell(person_id, day, list(found)) if user else []
    if user is None or not fresh:
        return []
    digest = _digest(user, day, fresh, at)
    digest.save(force_insert=True)
    rows = [Reminder(person=user, duty_key=n.duty.key, stage=n.stage, day=day, digest=digest) for n in fresh]
    Reminder.objects.bulk_create(rows)
    told = [{"duty": notice.duty.key, "stage": notice.stage} for notice in fresh]
    data = {"day": day.isoformat(), "address": digest.address, "reminders": told}
    record("reminders.sent", by=SYSTEM, at=at, subject=digest, stream=f"user:{user.pk}", data=data)
    _queue([digest])
    return fresh


def still_to_tell(person_id: int, day: date, found: list[Notice]) -> list[Notice]:
    """What of this the person was not told yet; nothing when the day's mail was written. Writes nothing."""
    if not found or has_digest(person_id, day):
        return []
    return untold(found, told_before(person_id, [notice.duty.key for notice in found]))


def _digest(user: User, day: date, fresh: list[Notice], at: datetime) -> Digest:
    subject, body = compose(user.printed_name, user.language, day, fresh)
    return Digest(
        person=user, day=day, address=user.email, language=user.language, subject=subject, body=body, made_at=at
    )


def _queue(digests: Iterable[Digest]) -> None:
    """Enqueue within the transaction: neither mail nor reminder exists without the other."""
    from ..tasks import send_digest

    for digest in digests:
        if digest.address:
            send_digest.enqueue(digest.pk)


@transaction.atomic
def close_day(*, day: date, at: datetime) -> bool:
    """Note that everybody was told of ``day``; whoever notes it first queues again what was never handed over.

    Returns whether this call was the first.
    """
    _row, is_first = DueRun.objects.get_or_create(day=day, defaults={"ran_at": at})
    if is_first:
        unsent = Digest.objects.filter(sent__isnull=True, day__lt=day, day__gte=day - timedelta(days=TRIED_AGAIN_DAYS))
        _queue(unsent.exclude(address="").only("address"))
    return is_first


@transaction.atomic
def record_sent(*, digest: Digest, at: datetime) -> bool:
    """Note that the mail server took a digest; False when it was noted before."""
    _row, is_first = DigestSent.objects.get_or_create(digest=digest, defaults={"sent_at": at})
    return is_first
