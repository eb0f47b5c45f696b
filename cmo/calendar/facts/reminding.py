"""Who is reminded, how their organisations want it, and what they were told before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max

from cmo.parties.models import Grant, Post, User

from ..models import Digest, Reminder, ReminderSetting


@dataclass(frozen=True, slots=True)
class Setting:
    """Calendar days ahead, the largest first, and working days overdue until escalation."""

    lead_days: tuple[int, ...]
    escalate_after: int


@dataclass(frozen=True, slots=True)
class Set:
    """A setting as somebody made it."""

    setting: Setting
    reason: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a post. ``posts``: (organisation, role); ``limited``: sees single pairs only."""

    user_id: int
    posts: tuple[tuple[int, str], ...]
    limited: bool

    @property
    def organisation_ids(self) -> frozenset[int]:
        return frozenset(organisation for organisation, _role in self.posts)


def people_on(day: date) -> list[Person]:
    """Everybody active who holds a post on ``day``, by key; two queries."""
    limits = Grant.objects.begun(day).filter(permission=Grant.Permission.LIMITED_TO_PAIR)
    limited = set(limits.values_list("user_id", flat=True))
    held: dict[int, list[tuple[int, str]]] = {}
    rows = Post.objects.effective(day).order_by("user_id", "id")
    for user_id, organisation, role in rows.values_list("user_id", "organisation_id", "role"):
        held.setdefault(user_id, []).append((organisation, role))
    return [Person(user_id, tuple(posts), user_id in limited) for user_id, posts in held.items()]


def current_settings() -> dict[tuple[int, str], Setting]:
    """(organisation, kind) → the latest setting, wherever somebody set one; one query."""
    latest = ReminderSetting.objects.values("organisation_id", "kind").annotate(last=Max("pk")).values("last")
    return {(row.organisation_id, row.kind): _setting(row) for row in ReminderSetting.objects.filter(pk__in=latest)}


def settings_history(organisation_id: int) -> dict[str, list[Set]]:
    """Kind → its settings, the newest first; one query."""
    found: dict[str, list[Set]] = {}
    for row in ReminderSetting.objects.filter(organisation_id=organisation_id).order_by("-pk"):
        known = Set(_setting(row), row.reason, row.recorded_by_name, row.recorded_at)
        found.setdefault(row.kind, []).append(known)
    return found


def told_before(user_id: int, keys: Iterable[str]) -> set[tuple[str, str]]:
    """(duty, stage) of what this person was told of these duties; one query."""
    rows = Reminder.objects.filter(person_id=user_id, duty_key__in=set(keys))
    return set(rows.values_list("duty_key", "stage"))


def has_digest(user_id: int, day: date) -> bool:
    """Whether the day's mail to this person was written."""
    return Digest.objects.filter(person_id=user_id, day=day).exists()


def active_person(user_id: int) -> User | None:
    """The account, locked, so that two runs at once write to one person one after the other."""
    return User.objects.select_for_update(no_key=True).filter(pk=user_id, is_active=True).first()


def _setting(row: ReminderSetting) -> Setting:
    return Setting(tuple(row.lead_days), row.escalate_after)
