"""When a duty calls for a reminder, whom it is sent to, and what may be set. The stage of a day is the furthest one
reached, so that a day without a run loses nothing: what was not told yet is told by the next run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cmo.duty import Duty, Kind
from cmo.errors import Finding
from cmo.parties.models import Role
from cmo.workdays import NONE, Exceptions, add_working_days

from ..facts.reminding import Person, Setting
from ..wording import finding

DUE, OVERDUE, ESCALATED = "due", "overdue", "escalated"
LEAD = "lead:"
#: The most that may be set.
LONGEST_LEAD, MOST_LEADS, LONGEST_ESCALATION = 365, 6, 60

#: The kinds of duties that have last days, as the calendar lists them, and what holds where an organisation set nothing:
#: how long the act takes decides how far ahead it is told.
DEFAULTS: Mapping[str, Setting] = {
    Kind.RENEW: Setting((90, 30, 7), 3),
    Kind.REPORT: Setting((30, 14, 3), 2),
    Kind.AUDIT: Setting((60, 30, 7), 5),
    Kind.ANSWER: Setting((14, 7, 1), 2),
    Kind.REVIEW: Setting((60, 30, 7), 5),
    Kind.SUPERVISE: Setting((7, 1), 1),
}

#: Who is told of last days of their own organisation besides quality and the management representative.
ALSO_TOLD: Mapping[str, frozenset[str]] = {
    Kind.AUDIT: frozenset({Role.AUDITOR}),
    Kind.REVIEW: frozenset({Role.AUDITOR}),
    Kind.SUPERVISE: frozenset({Role.RESIDENT_SUPERVISOR}),
}
#: Duties that each person has alone, whatever their post.
PERSONAL = frozenset({"own_post_ends"})
NOBODYS: Mapping[int, Exceptions] = {}
OVERSEERS = frozenset({Role.QUALITY_MANAGER, Role.MANAGEMENT_REPRESENTATIVE})


@dataclass(frozen=True, slots=True)
class Notice:
    """One duty at one stage for one person."""

    duty: Duty
    stage: str


def stage_of(due_on: date, setting: Setting, on: date, exceptions: Exceptions = NONE) -> str:
    """The furthest stage that a duty has reached: ``lead:30`` …, ``due``, ``overdue``, ``escalated``; empty before."""
    if on < due_on:
        reached = [days for days in setting.lead_days if (due_on - on).days <= days]
        return f"{LEAD}{min(reached)}" if reached else ""
    if on == due_on:
        return DUE
    return ESCALATED if on >= add_working_days(due_on, setting.escalate_after, exceptions) else OVERDUE


def setting_for(settings: Mapping[tuple[int, str], Setting], organisations: Iterable[int], kind: str) -> Setting:
    """How these organisations want to be reminded: of several, each day that one of them wants, and the soonest."""
    found = [settings.get((pk, kind), DEFAULTS[kind]) for pk in sorted(organisations)] or [DEFAULTS[kind]]
    days = sorted({day for setting in found for day in setting.lead_days}, reverse=True)
    return Setting(tuple(days), min(setting.escalate_after for setting in found))


def longest_lead(settings: Mapping[tuple[int, str], Setting]) -> int:
    """How many days ahead the first reminder of anything may lie."""
    return max(day for setting in (*DEFAULTS.values(), *settings.values()) for day in setting.lead_days)


def concerned(person: Person, duty: Duty) -> frozenset[int]:
    """The person's organisations that this duty concerns: those that own it, or all when another one does."""
    return person.organisation_ids & duty.owner_ids or person.organisation_ids


def is_told(person: Person, duty: Duty) -> bool:
    """Whether this person is reminded of it: what is theirs alone, and what their post answers for."""
    if not duty.owner_ids or duty.code in PERSONAL:
        return True
    roles = OVERSEERS | ALSO_TOLD.get(duty.kind, frozenset())
    return any(organisation in concerned(person, duty) and role in roles for organisation, role in person.posts)


def notices(
    person: Person,
    duties: Iterable[Duty],
    settings: Mapping[tuple[int, str], Setting],
    on: date,
) -> list[Notice]:
    """What this person is told of by their own calendar on ``on``; escalation is told separately."""
    found = []
    for duty in duties:
        if duty.due_on is not None and is_told(person, duty):
            setting = setting_for(settings, concerned(person, duty), duty.kind)
            stage = stage_of(duty.due_on, setting, on)
            found.append(Notice(duty, OVERDUE if stage == ESCALATED else stage))
    return [notice for notice in found if notice.stage]


def escalations(
    duties: Iterable[Duty],
    settings: Mapping[tuple[int, str], Setting],
    on: date,
    exceptions: Mapping[int, Exceptions] = NOBODYS,
) -> dict[int, list[Notice]]:
    """Organisation → its own duties that are overdue for as many of its working days as it allows; each duty once.

    ``exceptions``: organisation → the days that it works otherwise; of a duty of both sides each counts its own.
    """
    found: dict[int, dict[str, Notice]] = {}
    for duty in duties:
        for owner in sorted(duty.owner_ids) if duty.due_on and duty.due_on < on else ():
            setting = setting_for(settings, [owner], duty.kind)
            if duty.due_on and stage_of(duty.due_on, setting, on, exceptions.get(owner, NONE)) == ESCALATED:
                found.setdefault(owner, {}).setdefault(duty.key, Notice(duty, ESCALATED))
    return {owner: list(by_key.values()) for owner, by_key in found.items()}


def oversees(person: Person) -> frozenset[int]:
    """The organisations whose escalated duties this person is told of; who is limited to single pairs oversees none."""
    if person.limited:
        return frozenset()
    return frozenset(organisation for organisation, role in person.posts if role in OVERSEERS)


def untold(found: Iterable[Notice], told: Collection[tuple[str, str]]) -> list[Notice]:
    """Each notice once, without what was told before."""
    fresh = {(notice.duty.key, notice.stage): notice for notice in found}
    return [notice for key, notice in fresh.items() if key not in told]


def blockers_to_set(kind: str, setting: Setting, known: Setting | None, reason: str) -> list[Finding]:
    """Every reason against this setting; ``known`` is what holds now, None for a kind without last days."""
    found = []
    if kind not in DEFAULTS:
        found.append(finding("reminder_kind_unknown"))
    found += _lead_findings(setting.lead_days)
    if not 0 <= setting.escalate_after <= LONGEST_ESCALATION:
        found.append(finding("escalation_out_of_range", longest=LONGEST_ESCALATION, days=setting.escalate_after))
    if not reason.strip():
        found.append(finding("reminder_reason_needed"))
    if setting == known:
        found.append(finding("reminder_setting_unchanged"))
    return found


def _lead_findings(days: tuple[int, ...]) -> list[Finding]:
    found = [] if days else [finding("lead_days_needed")]
    if len(days) > MOST_LEADS:
        found.append(finding("lead_days_too_many", most=MOST_LEADS))
    wrong = [day for day in days if not 1 <= day <= LONGEST_LEAD]
    if wrong:
        found.append(finding("lead_days_out_of_range", longest=LONGEST_LEAD, days=wrong[0]))
    return found
