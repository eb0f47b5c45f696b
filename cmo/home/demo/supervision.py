"""Resident supervision of the demo world: postings, presence at the making of every implantable lot but one, planned
production with days for which nobody is posted, approved suppliers, and a policy of one pair.

Whoever is posted at Hengzhu is on site from eight to six on every production day of a lot of the hip prosthesis;
:data:`MISSED` is the one day on which nobody came.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from agreements import actions
from agreements.models import Posting, PresenceEntry
from cmo.clock import SHANGHAI
from cmo.parties.access import Can
from releases.actions import plan_production

from .entrusting import Entrusted
from .lots import PAIR_OF, PLANS
from .stage import Stage

PAIR, SITE = PAIR_OF["hip"], "hengzhu"
#: person → (first day, last day, whom they stand in for); offsets in days from today.
POSTINGS = {
    "kanglan.resident": (-378, 5, ""),
    "kanglan.deputy": (-60, 3, "kanglan.resident"),
}
#: Nobody came on this day of lot H261102, which is not released yet.
MISSED = -4
#: Since when presence is kept on other working days too.
SINCE = -40
#: The check-out of this day was first stated wrongly.
CORRECTED = -10
#: pair → what the contractor buys or has done: (supplier, scope, covers, last day as offset)
SUPPLIERS = {
    "kanglan-hengzhu": (
        ("示例原材料供应商", "key_material", "关键原材料", 300),
        ("示例辐照灭菌有限公司", "sterilisation", "辐照灭菌", 20),
    ),
    "kanglan-runnuo": (
        ("示例原材料供应商", "key_material", "关键原材料", 300),
        ("示例环氧乙烷灭菌有限公司", "sterilisation", "环氧乙烷灭菌", 200),
    ),
    "qiheng-boyuan": (("示例原材料供应商", "key_material", "关键原材料", 300),),
    "boyuan-hengzhu": (
        ("示例原材料供应商", "key_material", "关键原材料", 300),
        ("示例辐照灭菌有限公司", "sterilisation", "辐照灭菌", 250),
    ),
}
CRITERIA = {
    "key_material": "按进货检验规程逐批检验，核对材质证明与标识；不合格批退回并通知注册人。",
    "sterilisation": "每批附灭菌过程记录与参数放行单，生物指示物阴性，剂量或者残留量在确认范围内。",
}


def build(stage: Stage, entrusted: Entrusted) -> None:
    """Everything about supervision that lots rest on; before any lot is made."""
    _suppliers(stage)
    _policy(stage)
    postings: dict[str, Posting] = {}
    for username, (first, last, other) in POSTINGS.items():
        postings[username] = _post(stage, username, first, last, postings.get(other))
    for offset in _days_on_site():
        _stay(stage, postings["kanglan.resident"], offset)
    for offset in range(SINCE + 1, 0, 6):
        if offset != MISSED:
            _deputy(stage, postings["kanglan.deputy"], offset)
    _check_in_today(stage, postings["kanglan.resident"])
    _plans(stage, entrusted)


def _days_on_site() -> Iterator[int]:
    production = {day for plan in PLANS if plan.product == "hip" for day in range(plan.first, plan.first + plan.days)}
    others = {day for day in range(SINCE, 0) if day % 4 == 0}
    yield from sorted(day for day in (production | others) - {MISSED} if day < 0)


def _moment(stage: Stage, offset: int, hour: int, minute: int) -> datetime:
    return datetime.combine(stage.day(offset), time(hour, minute), SHANGHAI)


def _post(stage: Stage, username: str, first: int, last: int, deputy_for: Posting | None) -> Posting:
    pair, at = stage.pairs[PAIR], stage.at(first)
    content: dict[str, Any] = {
        "starts_on": stage.day(first),
        "ends_on": stage.day(last),
        "experience": "骨科植入物生产质量管理九年，熟悉机加工、喷涂、清洗和灭菌的质量控制要求。",
        "trained_on": stage.day(first - 3),
        "training_reference": f"PX-KL-{stage.day(first - 3):%Y%m}",
        "appointed_on": stage.day(first - 2),
        "appointment_reference": f"RM-ZC-{stage.day(first - 2):%Y%m}",
        "deputy_for": deputy_for,
    }
    by = stage.as_("kanglan.qm1", Can.POST_SUPERVISOR, pair, at)
    person, site = stage.people[username], stage.sites[SITE]
    return actions.make_posting(pair=pair, site=site, person=person, content=content, by=by, at=at)


def _enter(stage: Stage, posting: Posting, kind: str, event_at: datetime) -> PresenceEntry:
    at = event_at + timedelta(minutes=1)
    by = stage.as_(posting.person.username, Can.LOG_PRESENCE, stage.pairs[PAIR], at)
    act = actions.check_in if kind == "in" else actions.check_out
    return act(posting=posting, event_at=event_at, by=by, at=at)


def _stay(stage: Stage, posting: Posting, offset: int) -> None:
    _enter(stage, posting, "in", _moment(stage, offset, 7, 42 + offset % 15))
    leaves = _moment(stage, offset, 18, 2 + offset % 11)
    wrongly = offset == CORRECTED
    entry = _enter(stage, posting, "out", leaves - timedelta(hours=2) if wrongly else leaves)
    if wrongly:
        at = _moment(stage, offset + 1, 8, 5)
        by = stage.as_(posting.person.username, Can.LOG_PRESENCE, stage.pairs[PAIR], at)
        reason = "离场时间误填，以门禁记录为准。"
        actions.correct_presence(entry=entry, event_at=leaves, reason=reason, by=by, at=at)


def _deputy(stage: Stage, posting: Posting, offset: int) -> None:
    _enter(stage, posting, "in", _moment(stage, offset, 12, 30))
    _enter(stage, posting, "out", _moment(stage, offset, 17, 10))


def _check_in_today(stage: Stage, posting: Posting) -> None:
    _enter(stage, posting, "in", _moment(stage, 0, 7, 50))


def _policy(stage: Stage) -> None:
    pair, at = stage.pairs[PAIR], stage.at(-100)
    actions.set_pair_policy(
        pair=pair,
        effective_from=stage.day(-100),
        production_days="every_day",
        minimum_minutes=240,
        overdue_blocks_after_days=90,
        reason="植入性产品：每个生产日至少四小时在场，关键工序全程在场。",
        by=stage.as_("kanglan.qm1", Can.SET_POLICY, pair, at),
        at=at,
    )


def _suppliers(stage: Stage) -> None:
    for pair_key, rows in SUPPLIERS.items():
        pair, registrant = stage.pairs[pair_key], pair_key.split("-", maxsplit=1)[0]
        for number, (supplier, scope, covers, last) in enumerate(rows, 1):
            at = stage.at(-370)
            content = {
                "supplier": supplier,
                "scope": scope,
                "covers": covers,
                "acceptance_criteria": CRITERIA[scope],
                "audited_on": stage.day(-376),
                "approved_from": stage.day(-372),
                "approved_until": stage.day(last),
                "reference": f"GYS-{stage.day(-376):%Y%m}-{number:02d}",
            }
            by = stage.as_(f"{registrant}.qm1", Can.APPROVE_SUPPLIER, pair, at)
            actions.approve_supplier(pair=pair, content=content, by=by, at=at)


def _plans(stage: Stage, entrusted: Entrusted) -> None:
    """Production of the hip prosthesis ahead; on its last days nobody is posted yet."""
    pair, entrustment = stage.pairs[PAIR], entrusted.entrustments["hip"]
    for first, last, note in ((6, 10, "H261201 机加工、喷涂"), (13, 17, "H261202 机加工、喷涂")):
        at = stage.at(-1)
        plan_production(
            entrustment=entrustment,
            starts_on=stage.day(first),
            ends_on=stage.day(last),
            note=note,
            by=stage.as_("hengzhu.plan", Can.PLAN_PRODUCTION, pair, at),
            at=at,
        )
