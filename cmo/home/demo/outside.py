"""People from outside in the demo: an inspector reading one pair now, one who has not answered yet, and an audit that is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cmo.parties import actions
from cmo.parties.access import Can, scope_of
from cmo.parties.models import Invitation, Pair, User
from cmo.parties.outside import Reading

from .cast import INSPECTOR
from .stage import Stage

#: What the inspector opened the day before: view, path below the pair's own, title of the page.
_OPENED = (
    ("parties:pair", "", "概览"),
    ("agreements:pair_agreements", "agreements/", "质量协议"),
    ("releases:pair_lots", "lots/", "批次"),
    ("parties:pair_trail", "trail/", "审计追踪"),
)


def build(stage: Stage) -> None:
    """One invitation in force with what was read under it, one that waits, one that was ended early."""
    _audit_that_is_over(stage)
    _inspection(stage)
    _not_answered_yet(stage)


def _invite(stage: Stage, key: str, day: int, manager: str, **content: Any) -> tuple[Pair, Invitation, str]:
    pair, at = stage.pairs[key], stage.at(day)
    by = stage.as_(manager, Can.GRANT, pair, at)
    usual = {"language": "zh-hans", "reads": "pair", "scope_kind": "whole", "scope_key": "", "takes": False}
    row, token = actions.invite(pair=pair, content={**usual, **content}, by=by, at=at)
    return pair, row, token


def _accept(stage: Stage, token: str, day: int) -> None:
    """The inspector has an account already and accepts with it."""
    account = User.objects.get(pk=stage.people[INSPECTOR.username].pk)
    actions.accept_invitation(token=token, account=account, at=stage.at(day) + timedelta(minutes=40))


def _inspection(stage: Stage) -> None:
    """In force: what the inspector opened the day before stands in the log."""
    pair, _row, token = _invite(
        stage,
        "kanglan-hengzhu",
        -2,
        "kanglan.qm1",
        purpose=Invitation.Purpose.INSPECTOR,
        printed_name=INSPECTOR.name,
        employer="示例省药品监督管理局检查中心",
        email=f"{INSPECTOR.username}@example.invalid",
        takes=True,
        starts_on=stage.day(-2),
        ends_on=stage.day(12),
        reason="省局跨区域检查（示例）",
    )
    _accept(stage, token, -2)
    _read(stage, pair)


def _read(stage: Stage, pair: Pair) -> None:
    user = User.objects.get(pk=stage.people[INSPECTOR.username].pk)
    reading = Reading(user, scope_of(user, stage.day(-1)))
    reading.see(pair)
    at, path = stage.at(-1), f"/pairs/{pair.pk}/"
    for number, (view, below, title) in enumerate(_OPENED):
        when = at + timedelta(minutes=3 * number)
        actions.outside.record_shown(
            reading=reading, path=path + below, view=view, title=f"{title} {pair.number}", at=when
        )
    when, name = at + timedelta(minutes=14), f"{pair.number}-lots.xlsx"
    actions.outside.record_taken(
        reading=reading, path=path + "export/lots/", view="releases:export_list", name=name, size=18_432, at=when
    )


def _not_answered_yet(stage: Stage) -> None:
    _invite(
        stage,
        "kanglan-hengzhu",
        -1,
        "hengzhu.qm1",
        purpose=Invitation.Purpose.AUDITOR,
        printed_name="Dr. Demo Auditor",
        employer="Demo Notified Body GmbH",
        email="auditor@example.invalid",
        language="en",
        reads=Invitation.Reads.DOSSIER,
        scope_kind="period",
        scope_key=f"{stage.day(-365).isoformat()}/{stage.day(-1).isoformat()}",
        takes=True,
        starts_on=stage.day(5),
        ends_on=stage.day(35),
        reason="公告机构监督审核（示例）",
    )


def _audit_that_is_over(stage: Stage) -> None:
    pair, row, token = _invite(
        stage,
        "kanglan-hengzhu",
        -60,
        "kanglan.qm1",
        purpose=Invitation.Purpose.INSPECTOR,
        printed_name=INSPECTOR.name,
        employer="示例省药品监督管理局检查中心",
        email=f"{INSPECTOR.username}@example.invalid",
        starts_on=stage.day(-60),
        ends_on=stage.day(-30),
        reason="飞行检查（示例）",
    )
    _accept(stage, token, -60)
    at = stage.at(-55)
    by = stage.as_("kanglan.qm1", Can.GRANT, pair, at)
    actions.end_invitation(invitation=row, reason="检查提前结束", by=by, at=at)
