"""Findings of the demo world: an earlier follow-up audit, one finding of which is closed after two plans and found again
and one waits overdue for its check; and the findings of this year's audit to answer, to decide on and under correction.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import NAMESPACE_OID, uuid5

from audits import actions
from audits.actions.planning import PlanSaid
from audits.facts.capa import CapaSaid
from audits.facts.conduct import AnswerSaid
from audits.models import Audit, AuditFinding, CapaPlan
from audits.reporting import ReportSaid, load_report_facts, report_of
from cmo.parties.access import Can

from .audits import ITEMS, TEMPLATE
from .stage import Stage

PAIR = "kanglan-hengzhu"
#: Serial → what the earlier audit found; the first is found again this year.
FOUND_EARLIER = {
    19: "抽查6名操作人员，2名洁净车间新员工的上岗考核记录没有评价结论。",
    12: "1份工艺参数变更的评估记录没有写明是否影响注册事项。",
}
#: Serial → why that weighs less than the checklist marks the item.
LIGHTER_BECAUSE = {12: "变更已经评估并批准，仅评估记录的写法不完整，不影响产品。"}
#: Serial → root cause, correction, corrective action.
SAID = {
    19: (
        "培训规程没有规定考核结论的填写要求和复核人，人事部门只统计考核次数。",
        "为2名人员补做考核并写明结论，复核其上岗后操作的批次，未发现产品受影响。",
        "修订培训规程，考核记录增加结论和复核栏；上岗授权以复核签名为前提。",
    ),
    12: (
        "变更评估表没有注册事项一栏，评估依赖个人经验。",
        "对该变更补充评估，结论为不涉及注册事项。",
        "修订变更评估表，增加注册事项影响评估，由注册人质量负责人会签。",
    ),
    33: (
        "供应商再评价由采购部门用表格手工跟踪，无到期提醒，人员休假期间无人接替。",
        "完成该供应商的再评价，对期间进货的2批包装材料追加检验，结果合格。",
        "再评价计划纳入质量管理系统自动提醒，到期未评价的供应商自动停止采购。",
    ),
    39: (
        "清场记录的复核栏在背面，交接班时容易漏签；规程没有规定漏签的处理。",
        "对3份记录所涉批次进行评审，确认清场有效，补充说明并由质量负责人签字。",
        "清场记录改版，复核栏移到正面；下一批开工前由班组长核对上一批清场记录。",
    ),
}


def earlier(stage: Stage) -> None:
    """The follow-up audit of last year; before this year's, which finds one of its findings again."""
    audit = _follow_up(stage, -300)
    first, second = (AuditFinding.objects.get(audit=audit, item__serial=serial) for serial in FOUND_EARLIER)
    _decide(stage, _plan(stage, first, 19, -292, 20), -288, "只写了补考，没有说明为何会缺少结论，请分析根本原因。")
    _closed(stage, _accepted(stage, first, 19, -280, 20, -276, 60), -262, -195)
    late = _accepted(stage, second, 12, -290, 40, -285, 240)
    _complete(stage, late, -255)


def build(stage: Stage) -> None:
    """The findings of this year: one to answer, one whose plan waits, one under correction."""
    found = {row.item.serial: row for row in _of_this_year(stage) if row.item}
    _plan(stage, found[33], 33, -6, 25)
    _accepted(stage, found[39], 39, -8, 22, -5, 60)


def _of_this_year(stage: Stage) -> list[AuditFinding]:
    rows = AuditFinding.objects.filter(pair=stage.pairs[PAIR], audit__kind=Audit.Kind.ANNUAL)
    return list(rows.select_related("item", "pair"))


def _follow_up(stage: Stage, offset: int) -> Audit:
    """Planned, conducted in one day by two auditors, and reported the day after."""
    pair, lead = stage.pairs[PAIR], stage.people["kanglan.auditor"]
    plan = PlanSaid("on_site", stage.day(offset), stage.day(offset), "上次整改事项及人员、变更、文件管理", lead)
    at = stage.at(offset - 20)
    by = stage.as_("kanglan.qm1", Can.PLAN_AUDIT, pair, at)
    audit = actions.plan_audit(pair=pair, kind="follow_up", plan=plan, template=TEMPLATE, by=by, at=at)
    at = stage.at(offset)
    by = stage.as_("kanglan.auditor", Can.CONDUCT_AUDIT, pair, at)
    actions.begin_audit(audit=audit, by=by, at=at)
    for serial in range(1, ITEMS + 1):
        note, key = FOUND_EARLIER.get(serial, ""), uuid5(NAMESPACE_OID, f"{audit.number}/{serial}")
        why = LIGHTER_BECAUSE.get(serial, "")
        said = AnswerSaid(key, "defect" if note else "ok", "general" if note else "", note, at, lighter_because=why)
        actions.answer_item(audit_id=audit.pk, serial=serial, said=said, by=by, at=at)
    at = stage.at(offset + 1)
    report = ReportSaid(
        summary="一天内跟踪上次整改事项，并抽查人员培训与变更控制。",
        conclusion="上次整改事项已落实；新发现两项一般缺陷，应在期限内答复。",
        answer_due=dict.fromkeys(("critical", "major", "general"), stage.day(offset + 21)),
    )
    shown = report_of(
        load_report_facts(Audit.objects.select_related("template").get(pk=audit.pk), stage.day(offset + 1)), report
    )
    by = stage.as_("kanglan.auditor", Can.CONDUCT_AUDIT, pair, at)
    actions.report_audit(audit=audit, said=report, proof=stage.proof(shown), by=by, at=at)
    return audit


def _plan(stage: Stage, row: AuditFinding, serial: int, offset: int, days: int) -> CapaPlan:
    """The contractor's plan, with the action done so many days later."""
    root_cause, correction, action = SAID[serial]
    day, at = stage.day(offset), stage.at(offset)
    said = CapaSaid(root_cause, correction, day + timedelta(days=7), action, day + timedelta(days=days))
    by = stage.as_("hengzhu.qm1", Can.ANSWER_FINDING, row.pair, at)
    return actions.plan_capa(finding=row, said=said, by=by, at=at)


def _decide(stage: Stage, plan: CapaPlan, offset: int, reason: str = "", check_after: int = 0) -> None:
    """Accepted with a check so many days after the action, or returned with a reason."""
    at, day = stage.at(offset), None if reason else plan.action_due_on + timedelta(days=check_after)
    by = stage.as_("kanglan.auditor", Can.DECIDE_CAPA, plan.finding.pair, at)
    actions.answer_plan(plan=plan, accepted=not reason, reason=reason, check_due_on=day, by=by, at=at)


def _accepted(
    stage: Stage, row: AuditFinding, serial: int, offset: int, days: int, decided: int, check_after: int
) -> CapaPlan:
    plan = _plan(stage, row, serial, offset, days)
    _decide(stage, plan, decided, check_after=check_after)
    return plan


def _complete(stage: Stage, plan: CapaPlan, offset: int) -> None:
    at = stage.at(offset)
    by = stage.as_("hengzhu.qm1", Can.ANSWER_FINDING, plan.finding.pair, at)
    words = "按计划完成纠正和纠正措施，修订后的文件已生效，相关人员已培训。"
    actions.complete_capa(plan=plan, done_on=stage.day(offset - 1), what_was_done=words, by=by, at=at)


def _closed(stage: Stage, plan: CapaPlan, completed: int, checked: int) -> None:
    """Completed, and found effective."""
    _complete(stage, plan, completed)
    at, row = stage.at(checked), CapaPlan.objects.select_related("completion").get(pk=plan.pk)
    by = stage.as_("kanglan.qm2", Can.DECIDE_CAPA, plan.finding.pair, at)
    statement = "抽查此后上岗的4名人员，考核记录均有结论和复核签名；未见不利影响。"
    actions.check_effectiveness(
        completion=row.completion, effective=True, checked_on=stage.day(checked), statement=statement, by=by, at=at
    )
