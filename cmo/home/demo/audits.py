"""Audits of the demo world: one reported with findings, one half way through its checklist with two auditors who differ on
an item, one unannounced that its contractor does not know of, and next year's programme.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from audits import actions
from audits.actions import ProgrammeSaid
from audits.actions.planning import PlanSaid
from audits.facts.conduct import AnswerSaid
from audits.facts.programme import load_pair_risks
from audits.models import Audit, AuditReport
from audits.reporting import ReportSaid, load_report_facts, report_of
from audits.rules.programme import EntrySaid, ranked
from cmo.parties.access import Can
from cmo.signing.actions import Proof, record_hash

from .stage import Stage

TEMPLATE = "contractor_annual_2026"
ITEMS = 62
SCOPE = "受托生产活动涉及的全部质量管理体系过程：机构与人员、厂房设施、设备、文件、采购、生产、质量控制与放行"
#: Serial → what was found, in the audit that is reported.
FOUND = {
    19: "抽查5名操作人员的培训记录，1名新转岗人员缺少植入产品清洗工序的上岗考核。",
    33: "合格供应商名录中1家包装材料供应商的年度再评价超期40天，期间有2批进货。",
    39: "2026年10月的清场记录中有3份未填写清场复核人签名和时间。",
}
#: Serial → what was found so far, in the audit under way.
FOUND_SO_FAR = {
    12: "抽查的3份变更中，1份没有评估对注册事项的影响。",
    21: "洁净车间压差记录表有两处空白，原因未说明。",
}
NOT_APPLICABLE = {36: "注册人不提供物料，全部由受托方采购。", 46: "本次审核的产品不属于植入性产品。", 47: "同第46项。"}
#: So many items are answered in the audit under way; two auditors differ on this one.
ANSWERED, DIFFERING = 41, 25


def build(stage: Stage) -> None:
    """Audits in every state; after the lots, because the programme ranks by them."""
    _reported(stage)
    _under_way(stage)
    _unannounced(stage)
    _programme(stage)


def _plan(stage: Stage, registrant: str, first: int, last: int, lead: str, team: tuple[str, ...] = ()) -> PlanSaid:
    return PlanSaid(
        manner="on_site",
        starts_on=stage.day(first),
        ends_on=stage.day(last),
        scope=SCOPE,
        lead=stage.people[f"{registrant}.{lead}"],
        team=tuple(stage.people[f"{registrant}.{post}"] for post in team),
    )


def _planned(stage: Stage, pair_key: str, planned: int, plan: PlanSaid, **more: object) -> Audit:
    pair, registrant, at = stage.pairs[pair_key], pair_key.split("-", maxsplit=1)[0], stage.at(planned)
    by = stage.as_(f"{registrant}.qm1", Can.PLAN_AUDIT, pair, at)
    content = {"kind": "annual", "template": TEMPLATE, **more}
    return actions.plan_audit(pair=pair, plan=plan, by=by, at=at, **content)  # type: ignore[arg-type]


def _begin(stage: Stage, audit: Audit, username: str, offset: int) -> None:
    at = stage.at(offset)
    actions.begin_audit(audit=audit, by=stage.as_(username, Can.CONDUCT_AUDIT, audit.pair, at), at=at)


def _answer(stage: Stage, audit: Audit, serial: int, value: str, note: str, username: str, offset: int) -> None:
    at = stage.at(offset)
    said = AnswerSaid(_key(audit, serial, username), value, "", note, at)
    by = stage.as_(username, Can.CONDUCT_AUDIT, audit.pair, at)
    actions.answer_item(audit_id=audit.pk, serial=serial, said=said, by=by, at=at)


def _key(audit: Audit, serial: int, username: str) -> UUID:
    return uuid5(NAMESPACE_OID, f"{audit.number}/{serial}/{username}")


def _value(serial: int, found: dict[int, str]) -> tuple[str, str]:
    if serial in found:
        return "defect", found[serial]
    return ("na", NOT_APPLICABLE[serial]) if serial in NOT_APPLICABLE else ("ok", "")


def _reported(stage: Stage) -> None:
    """The annual audit of Hengzhu: done, signed, with three findings."""
    plan = _plan(stage, "kanglan", -14, -12, "auditor", ("qm2",))
    audit = _planned(stage, "kanglan-hengzhu", -45, plan)
    _begin(stage, audit, "kanglan.auditor", -14)
    for serial in range(1, ITEMS + 1):
        value, note = ("ok", "") if serial in {46, 47} else _value(serial, FOUND)
        username = "kanglan.auditor" if serial % 3 else "kanglan.qm2"
        _answer(stage, audit, serial, value, note, username, -14 + serial // 25)
    _sign(stage, audit, -11)


def _sign(stage: Stage, audit: Audit, offset: int) -> AuditReport:
    """The leader signs exactly what the page would show."""
    said = ReportSaid(
        summary="按计划用三天完成现场审核，查阅了文件与批记录，与生产、质量和采购负责人面谈，并查看了清洗、包装和灭菌外协的控制。",
        conclusion="受托方质量管理体系总体有效；三项不符合应在期限内分析原因并采取纠正措施，由我方验证有效性。",
        answer_due={"critical": stage.day(-4), "major": stage.day(4), "general": stage.day(19)},
    )
    at = stage.at(offset)
    shown = report_of(
        load_report_facts(Audit.objects.select_related("template").get(pk=audit.pk), stage.day(offset)), said
    )
    by = stage.as_("kanglan.auditor", Can.CONDUCT_AUDIT, audit.pair, at)
    proof = Proof(method="password", seen_hash=record_hash(shown))
    return actions.report_audit(audit=audit, said=said, proof=proof, by=by, at=at)


def _under_way(stage: Stage) -> None:
    """The overdue annual audit of Runnuo: begun yesterday, two auditors at work."""
    plan = _plan(stage, "kanglan", -1, 1, "auditor", ("qm1", "rep"))
    audit = _planned(stage, "kanglan-runnuo", -20, plan)
    _begin(stage, audit, "kanglan.auditor", -1)
    for serial in range(1, ANSWERED + 1):
        value, note = _value(serial, FOUND_SO_FAR)
        _answer(stage, audit, serial, value, note, "kanglan.auditor" if serial % 2 else "kanglan.qm1", -1)
    note = "清洗工序的作业指导书现场为第3版，受控清单为第4版。"
    _answer(stage, audit, DIFFERING, "defect", note, "kanglan.rep", -1)


def _unannounced(stage: Stage) -> None:
    """Boyuan looks into a complaint at Hengzhu without telling it."""
    plan = _plan(stage, "boyuan", 6, 7, "qm2", ("qm1",))
    cause = "收到无菌屏障封口强度异常的反馈"
    _planned(stage, "boyuan-hengzhu", -5, plan, kind="for_cause", announced=False, cause=cause)


def _programme(stage: Stage) -> None:
    """Next year's programme of Kanglan, as ranked today."""
    organisation, year, days = stage.organisations["kanglan"], stage.today.year + 1, 30
    at = stage.at(-1)
    rows = ranked(load_pair_risks(organisation.pk, stage.day(-1), year), days, stage.day(-1), year)
    said = ProgrammeSaid(
        year=year,
        auditor_days=days,
        entries=tuple(EntrySaid(row.risk.pair_id, row.auditor_days, row.starts_on) for row in rows),
        lead=stage.people["kanglan.auditor"],
        template=TEMPLATE,
        scope=SCOPE,
    )
    by = stage.for_own("kanglan.rep", Can.ADOPT_PROGRAMME, organisation, at)
    actions.adopt_programme(organisation=organisation, said=said, by=by, at=at + timedelta(seconds=1))
