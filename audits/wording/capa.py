"""Findings about corrective action on a finding."""

from __future__ import annotations

from agreements.wording.sentence import QUALITY_C, QUALITY_R
from cmo.errors import Sentence

CAPA: dict[str, Sentence] = {
    "answer_owed_first": Sentence(
        "缺陷项{number}正在等待受托生产企业提交纠正预防措施计划。",
        "The finding {number} waits for the contractor's plan of corrective action.",
        "law",
        "GMP25-109",
        who=QUALITY_C,
        todo_zh="由受托生产企业分析根本原因，提交纠正和纠正措施。",
        todo_en="The contractor analyses the root cause and submits correction and corrective action.",
    ),
    "plan_waits": Sentence(
        "缺陷项{number}的措施计划正在等待注册人评审。",
        "The plan on the finding {number} waits for the registrant's decision.",
        "law",
        "N38-24",
        who=QUALITY_R,
        todo_zh="由注册人认可或者退回该计划。",
        todo_en="The registrant accepts or returns the plan.",
    ),
    "action_under_way": Sentence(
        "缺陷项{number}的措施计划已经认可，正在等待受托生产企业实施并报告完成。",
        "The plan on the finding {number} is accepted; the contractor has yet to complete it and report so.",
        "law",
        "GMP25-109",
        who=QUALITY_C,
    ),
    "check_waits": Sentence(
        "缺陷项{number}的措施已经报告完成，正在等待注册人验证有效性。",
        "The action on the finding {number} is reported as done; the registrant has yet to check its effectiveness.",
        "law",
        "GMP25-125",
        who=QUALITY_R,
    ),
    "finding_closed": Sentence(
        "缺陷项{number}的措施已经验证有效，缺陷项已关闭。",
        "The action on the finding {number} proved effective; the finding is closed.",
        "policy",
        "POLICY",
    ),
    "finding_withdrawn": Sentence("缺陷项{number}已经撤销。", "The finding {number} is withdrawn.", "policy", "POLICY"),
    "plan_followed_by_another": Sentence(
        "缺陷项{number}已经有更新的措施计划，请查看最新的计划。",
        "A newer plan on the finding {number} followed the one you saw; look at the latest.",
        "policy",
        "POLICY",
    ),
    "root_cause_missing": Sentence("请写明根本原因。", "State the root cause.", "law", "N38-24"),
    "correction_missing": Sentence(
        "请写明纠正，即如何消除已经发现的不符合。",
        "State the correction: how the nonconformity that was found is removed.",
        "law",
        "GMP25-109",
    ),
    "corrective_action_missing": Sentence(
        "请写明纠正措施，即如何消除原因、防止再次发生。",
        "State the corrective action: how its cause is removed, so that it does not happen again.",
        "law",
        "GMP25-125",
    ),
    "correction_due_in_past": Sentence(
        "纠正的完成期限{day}早于今天。",
        "The last day of the correction, {day}, lies in the past.",
        "policy",
        "POLICY",
        todo_zh="已经完成的纠正，请填写今天并在说明中写明完成日期。",
        todo_en="For a correction that is done already enter today, and say in words when it was done.",
    ),
    "action_due_in_past": Sentence(
        "纠正措施的完成期限{day}早于今天。",
        "The last day of the corrective action, {day}, lies in the past.",
        "policy",
        "POLICY",
    ),
    "action_before_correction": Sentence(
        "纠正措施的完成期限早于纠正的完成期限。",
        "The corrective action would be done before the correction.",
        "policy",
        "POLICY",
    ),
    "check_day_missing": Sentence(
        "认可计划时，请规定有效性验证的期限。",
        "To accept the plan, set the day by which its effectiveness is checked.",
        "law",
        "GMP25-125",
    ),
    "check_before_action": Sentence(
        "有效性验证的期限应当晚于纠正措施的完成期限{day}。",
        "The check of effectiveness falls due after the last day of the corrective action, {day}.",
        "law",
        "GMP25-125",
        todo_zh="留出足以看到效果的时间。",
        todo_en="Leave enough time for the effect to show.",
    ),
    "check_day_in_past": Sentence(
        "有效性验证的期限{day}不在今后，请选择今后的日期。",
        "The check of effectiveness would fall due on {day}, which is not a day to come; choose a later one.",
        "law",
        "GMP25-125",
    ),
    "plan_return_reason_missing": Sentence(
        "请写明退回的理由：缺少什么，或者为何不能令人信服。",
        "Say why the plan is returned: what is missing or does not convince.",
        "policy",
        "POLICY",
    ),
    "own_capa_plan": Sentence(
        "计划由他人评审，提交人不得评审自己的计划。",
        "Somebody else decides on a plan; nobody decides on their own.",
        "policy",
        "POLICY-FOUR-EYES",
        who=QUALITY_R,
    ),
    "what_was_done_missing": Sentence("请写明实际采取的措施。", "Say what was done.", "policy", "POLICY"),
    "done_in_future": Sentence(
        "完成日期{day}晚于今天；完成之后再报告。",
        "The action would be done on {day}, a day to come; report it once it is done.",
        "policy",
        "POLICY",
    ),
    "done_before_plan": Sentence(
        "完成日期早于提交计划的日期{day}。提交计划之前所做的工作请写入计划。",
        "The action would have been done before its plan of {day}. What was done earlier belongs into the plan.",
        "policy",
        "POLICY",
    ),
    "completion_unproved": Sentence(
        "严重和主要缺陷项的措施完成，应当至少附一份证明文件，注册人据此验证有效性。",
        "The completed action on a critical or major finding is proved by at least one file, by which the registrant "
        "checks its effectiveness.",
        "policy",
        "GMP25-125",
        who=QUALITY_C,
        todo_zh="附上修订后的文件、培训记录、照片或者检验结果。",
        todo_en="Attach the revised document, training record, photograph or test result.",
    ),
    "own_capa_completion": Sentence(
        "有效性由他人验证，报告完成的人不得验证自己的措施。",
        "Somebody else checks the effectiveness; nobody checks the action that they reported as done.",
        "policy",
        "POLICY-FOUR-EYES",
        who=QUALITY_R,
    ),
    "check_statement_missing": Sentence(
        "请写明验证了什么、看到了什么。", "Say what was checked and what was seen.", "law", "GMP25-125"
    ),
    "checked_in_future": Sentence(
        "验证日期{day}晚于今天。", "The day of the check, {day}, lies in the future.", "policy", "POLICY"
    ),
    "checked_before_done": Sentence(
        "验证日期早于措施的完成日期{day}。",
        "The check would lie before the action was done on {day}.",
        "policy",
        "POLICY",
    ),
    "withdrawal_reason_missing": Sentence(
        "请写明撤销缺陷项的理由。", "Say why the finding is withdrawn.", "policy", "POLICY"
    ),
}
