"""Builders of supervision: postings and presence, made through the actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from agreements import actions
from agreements.models import PairPolicy, Posting, PresenceEntry, SupplierApproval
from cmo.clock import SHANGHAI, day_of
from cmo.parties.access import Can, require
from cmo.parties.models import Site, User
from cmo.trail.actor import Actor
from tests import make

TODAY, AT = make.TODAY, make.AT


def resident(relation: make.Relation, nth: int = 0) -> User:
    """The registrant's ``nth`` resident supervisor; appointed where there are not so many yet."""
    held = relation.registrant.people.get((make.REGISTRANT, "resident_supervisor"), [])
    for _missing in range(len(held), nth + 1):
        make.post(relation.registrant, "resident_supervisor", make.REGISTRANT)
    return relation.registrant.user("resident_supervisor", make.REGISTRANT, nth=nth)


def posting_content(**changes: Any) -> dict[str, Any]:
    return {
        "starts_on": TODAY,
        "ends_on": date(2027, 5, 31),
        "experience": "骨科植入物生产质量管理八年",
        "trained_on": date(2026, 5, 6),
        "training_reference": "PX-2026-11",
        "appointed_on": date(2026, 5, 8),
        "appointment_reference": "RM-2026-07",
        **changes,
    }


def posted(
    relation: make.Relation, site: Site, *, person: User | None = None, at: datetime = AT, **content: Any
) -> Posting:
    """A resident supervisor of the registrant posted at a site by its quality manager. The pair needs an agreement in
    force that covers an entrustment at the site with the clause on the resident supervisor."""
    by = relation.registrant.actor("quality_manager", make.REGISTRANT)
    person = person or resident(relation)
    return actions.make_posting(
        pair=relation.pair, site=site, person=person, content=posting_content(**content), by=by, at=at
    )


def by_posted(posting: Posting, at: datetime) -> Actor:
    """The actor of the posted person."""
    return require(User.objects.get(pk=posting.person_id), Can.LOG_PRESENCE, posting.pair, day_of(at))


def moment(day: date, hour: float) -> datetime:
    """An hour of a Shanghai day; 24 is the next midnight."""
    return datetime.combine(day, time(), SHANGHAI) + timedelta(hours=hour)


def entered(
    posting: Posting, kind: str, event_at: datetime, *, at: datetime | None = None, by: Actor | None = None
) -> PresenceEntry:
    """A check-in or check-out, by default recorded at the moment it states."""
    at = at or event_at
    act = actions.check_in if kind == "in" else actions.check_out
    return act(posting=posting, event_at=event_at, by=by or by_posted(posting, at), at=at)


def stay(posting: Posting, day: date, hours: tuple[float, float] = (8, 18), *, at: datetime | None = None) -> None:
    """The person is on site for these hours of a day."""
    for kind, hour in zip(("in", "out"), hours, strict=True):
        entered(posting, kind, moment(day, hour), at=at)


def present(
    posting: Posting,
    first_day: date,
    last_day: date,
    hours: tuple[float, float] = (8, 18),
    *,
    skip: Iterable[date] = (),
    at: datetime | None = None,
) -> None:
    """The person is on site every day of the stretch, except on the days to ``skip``; each entry is recorded as it
    happens, or at ``at``."""
    missed = set(skip)
    for number in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=number)
        if day not in missed:
            stay(posting, day, hours, at=at)


def supervised(
    relation: make.Relation, site: Site, first_day: date, last_day: date, hours: tuple[float, float] = (8, 18)
) -> Posting:
    """A posting from ``first_day`` on and presence on every day of the stretch: what an implantable lot needs."""
    posting = posted(relation, site, starts_on=first_day, at=moment(first_day, 7))
    present(posting, first_day, last_day, hours)
    return posting


def policy(relation: make.Relation, *, at: datetime = AT, **changes: Any) -> PairPolicy:
    """A policy of the pair, by default as in the table from today on."""
    content = {
        "effective_from": day_of(at),
        "production_days": "every_day",
        "minimum_minutes": 1,
        "overdue_blocks_after_days": 90,
        "reason": "双方商定",
        **changes,
    }
    by = relation.registrant.actor("quality_manager", make.REGISTRANT)
    return actions.set_pair_policy(pair=relation.pair, **content, by=by, at=at)


def supplier_content(**changes: Any) -> dict[str, Any]:
    return {
        "supplier": "示例辐照灭菌有限公司",
        "scope": "sterilisation",
        "covers": "辐照灭菌",
        "acceptance_criteria": "剂量 25–40 kGy，每批附剂量报告",
        "audited_on": date(2026, 5, 10),
        "approved_from": date(2026, 5, 15),
        "approved_until": date(2028, 5, 14),
        "reference": "SH-2026-03",
        **changes,
    }


def supplier(relation: make.Relation, *, at: datetime = AT, **changes: Any) -> SupplierApproval:
    """A supplier approved by the registrant's quality."""
    by = relation.registrant.actor("quality_manager", make.REGISTRANT)
    return actions.approve_supplier(pair=relation.pair, content=supplier_content(**changes), by=by, at=at)
