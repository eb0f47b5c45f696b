"""Findings about planning, changing, beginning and cancelling an audit."""

from __future__ import annotations

from agreements.wording.sentence import QUALITY_R
from cmo.errors import Sentence

PLANNING: dict[str, Sentence] = {
    "audit_plan_reversed": Sentence(
        "审核最后一天早于第一天。", "The last day of the audit lies before the first.", "policy", "POLICY"
    ),
    "audit_plan_too_long": Sentence(
        "一次审核最多{most}天，请分次策划。",
        "One audit lasts at most {most} days; plan it as two.",
        "policy",
        "POLICY",
    ),
    "audit_plan_in_past": Sentence(
        "计划的审核在{day}已经过去，请选择今后的日期。",
        "The planned audit was over on {day}; choose a day to come.",
        "policy",
        "POLICY",
    ),
    "audit_after_pair_ended": Sentence(
        "委托关系已于{day}终止，不再安排年度审核。",
        "The pair ended on {day}; no annual audit is planned from then on.",
        "guide",
        "GMP25-109",
    ),
    "audit_team_without_leader": Sentence(
        "请指定一名审核组长，由其签发审核报告。",
        "Name a leader of the team, who signs the report.",
        "policy",
        "POLICY",
    ),
    "audit_member_may_not_audit": Sentence(
        "{n}名成员在注册人处没有审核员、质量负责人或管理者代表的职务，不能参加审核。",
        "{n} of the members hold no post as auditor, quality manager or management representative of the registrant.",
        "policy",
        "GMP25-110",
        who=QUALITY_R,
        todo_zh="先登记其任命，或选择其他成员。",
        todo_en="Record their appointment first, or choose somebody else.",
    ),
    "audit_cause_missing": Sentence(
        "请说明有因审核的原因。", "Say what the audit for cause is about.", "policy", "POLICY"
    ),
    "audit_scope_missing": Sentence("请写明审核范围。", "State the scope of the audit.", "policy", "POLICY"),
    "checklist_not_offered": Sentence(
        "该检查表不是本企业的、尚未施行、已有新版本或者已经停用，请另选一个。",
        "This checklist is not your own, not in force yet, followed by a later version or withdrawn; choose another one.",
        "policy",
        "POLICY",
    ),
    "checklist_not_annual": Sentence(
        "该检查表不是为年度审核制定的，用它完成的审核不能作为对整个质量管理体系的年度审核。",
        "This checklist is not made for the annual audit; an audit with it is none of the whole quality system.",
        "law",
        "GMP25-109",
        who=QUALITY_R,
        todo_zh="选用年度审核检查表，或者选择其他审核类型。",
        todo_en="Choose a checklist of the annual audit, or another kind of audit.",
    ),
    "annual_audit_is_on_site": Sentence(
        "年度审核应当到现场进行；远程审核不计入年度审核。",
        "The annual audit takes place on site; a remote one does not count for the year.",
        "law",
        "GMP25-109",
        severity="warns",
    ),
    "audit_change_reason_missing": Sentence(
        "请说明变更审核计划的原因。", "Say why the plan of the audit changes.", "policy", "POLICY"
    ),
    "audit_not_open": Sentence(
        "审核{number}的报告已经签发，计划不再变更。",
        "The report of the audit {number} is signed; its plan changes no longer.",
        "policy",
        "POLICY",
    ),
    "begun_audit_keeps_its_first_day": Sentence(
        "审核已经开始，第一天（{day}）不再变更。",
        "The audit has begun; its first day, {day}, stays.",
        "policy",
        "POLICY",
    ),
    "audit_begun_or_over": Sentence(
        "审核{number}已经开始。", "The audit {number} has begun already.", "policy", "POLICY"
    ),
    "not_on_audit_team": Sentence(
        "您不是该审核组的成员。",
        "You are not on the team of this audit.",
        "policy",
        "POLICY",
        who=QUALITY_R,
        todo_zh="请质量负责人或管理者代表变更审核计划，把您加入审核组。",
        todo_en="Have quality or the management representative change the plan and add you to the team.",
    ),
    "audit_before_first_day": Sentence(
        "审核计划于{day}开始；如需提前，请先变更计划。",
        "The audit is planned to begin on {day}; to begin earlier, change the plan first.",
        "policy",
        "POLICY",
    ),
    "audit_after_last_day": Sentence(
        "计划的审核已于{day}结束；请先变更计划，再开始审核。",
        "The planned audit was over on {day}; change the plan first, then begin.",
        "policy",
        "POLICY",
        who=QUALITY_R,
        todo_zh="请质量负责人或管理者代表变更审核计划，写明实际日期。",
        todo_en="Have quality or the management representative change the plan to the days on which it takes place.",
    ),
    "audit_reason_missing": Sentence("请说明原因。", "Say why.", "policy", "POLICY"),
    "audit_closed_already": Sentence(
        "审核{number}已经关闭。", "The audit {number} is closed already.", "policy", "POLICY"
    ),
    "audit_not_reported": Sentence(
        "审核{number}尚未签发报告。", "The report of the audit {number} is not signed yet.", "policy", "POLICY"
    ),
    "audit_cancelled": Sentence("审核{number}已经取消。", "The audit {number} is cancelled.", "policy", "POLICY"),
    "findings_open": Sentence(
        "还有{n}个缺陷项没有关闭。",
        "{n} findings are not closed yet.",
        "law",
        "GMP25-109",
        todo_zh="每个缺陷项的措施验证有效或缺陷项被撤销之后，才能关闭审核。",
        todo_en="An audit is closed once the action on each finding proved effective, or the finding was withdrawn.",
    ),
}
