"""What acts around the making of a lot are refused with, or warned about: each sentence once, in both languages.

Rules name a code and its facts; placeholders such as ``{day}`` are filled from the facts given.
"""

from __future__ import annotations

from typing import Any

from agreements.wording.sentence import QUALITY_C, QUALITY_R, Sentence
from cmo.errors import Finding

PLANNER = "contractor:production_planner"

PLANNING: dict[str, Sentence] = {
    "plan_reversed": Sentence("计划结束日早于开始日。", "The last planned day lies before the first.", "policy"),
    "plan_in_past": Sentence(
        "计划开始日{day}早于今天；已经开始的生产请登记批。",
        "The first planned day, {day}, lies in the past. Production that has begun is registered as a lot.",
        "policy",
    ),
    "plan_too_long": Sentence(
        "一项计划最多{most}天，请分段登记。", "One plan covers at most {most} days; enter it in parts.", "policy"
    ),
    "plan_not_entrusted": Sentence(
        "该委托生产在{day}不处于有效状态，不能安排生产。",
        "The entrustment is not active on {day}; no production can be planned for it.",
        "law",
        "O739-34",
        who=QUALITY_R,
    ),
    "plan_after_pair_ended": Sentence(
        "委托关系已于{day}终止，不能安排此后的生产。",
        "The pair ended on {day}; no production can be planned from then on.",
        "law",
        "O739-34",
    ),
    "plan_not_covered": Sentence(
        "在{day}没有有效的质量协议覆盖该委托生产。",
        "On {day} no quality agreement in force covers the entrustment.",
        "announcement",
        "N38-11",
        severity="warns",
        who=QUALITY_R,
    ),
    "plan_overlaps": Sentence(
        "与同一委托生产{first}至{last}的计划重叠。",
        "Overlaps the plan of the same entrustment from {first} to {last}.",
        "policy",
        severity="warns",
        who=PLANNER,
    ),
    "plan_ended_already": Sentence("该计划已经取消。", "This plan has been taken back already.", "policy"),
    "plan_over": Sentence(
        "计划的生产日已过（{day}），无需取消。",
        "The planned days were over on {day}; there is nothing left to take back.",
        "policy",
    ),
}
STEPS: dict[str, Sentence] = {
    "step_name_missing": Sentence("请填写工序名称。", "Enter the name of the step.", "policy"),
    "step_reversed": Sentence("工序结束时间早于开始时间。", "The step ends before it begins.", "policy"),
    "step_in_future": Sentence(
        "工序结束时间晚于现在；请在工序完成后登记。",
        "The step ends in the future. Record it once it is done.",
        "announcement",
        "GMP25-45",
    ),
    "step_outside_window": Sentence(
        "工序时间（{first}至{last}）不在本批生产期间（{produced_from}至{produced_to}，北京时间）内。",
        "The step ({first} to {last}) lies outside the lot's production window "
        "({produced_from} to {produced_to}, UTC+8).",
        "announcement",
        "GMP25-81",
    ),
    "production_decision_stands": Sentence(
        "本批已有有效的生产放行决定，工序记录不能再增改。如需增改，请先撤回该决定。",
        "A production decision stands on these steps; none is added or corrected. Withdraw the decision first.",
        "announcement",
        "GMP25-104-2",
        who="contractor:production_releaser",
    ),
    "step_listed_already": Sentence("同一工序记录已存在。", "This very step is on record already.", "policy"),
    "step_corrected_already": Sentence(
        "该工序记录已被更正，请在更正后的记录上操作。",
        "This entry has been corrected already; work on the entry that replaced it.",
        "announcement",
        "GMP25-45-3",
    ),
    "step_struck_out": Sentence(
        "该工序记录已划除，不能再更正。",
        "This entry strikes a step out; it is not corrected further.",
        "announcement",
        "GMP25-45-3",
    ),
    "correction_changes_nothing": Sentence(
        "更正内容与原记录相同。", "The correction says the same as the entry it corrects.", "policy"
    ),
    "correction_reason_missing": Sentence(
        "请填写更正的理由。", "Say why it is corrected.", "announcement", "GMP25-45-3"
    ),
}
CORRECTING: dict[str, Sentence] = {
    "decision_rests_on_lot": Sentence(
        "本批已有有效的生产放行决定，批记录和关键物料批不能更正。",
        "A production decision rests on this lot; neither its data nor its key materials are corrected.",
        "announcement",
        "GMP25-104-2",
        who="contractor:production_releaser",
        todo_zh="如需更正，请先由受托方生产放行人撤回该决定。",
        todo_en="To correct it, the contractor's production releaser withdraws the decision first.",
    ),
    "lot_corrected_meanwhile": Sentence(
        "他人刚刚更正了本批，您的更正未生效。",
        "Somebody else has corrected this lot just now; nothing of yours was recorded.",
        "announcement",
        "GMP25-45-3",
        who=PLANNER,
        todo_zh="请重新打开页面，核对现有内容后再更正。",
        todo_en="Open the page again and look at what the lot says now.",
    ),
    "step_outside_correction": Sentence(
        "工序“{step}”（{day}）不在更正后的生产期间内。",
        "Step “{step}” ({day}) lies outside the corrected production window.",
        "announcement",
        "GMP25-81",
        who=PLANNER,
        todo_zh="先更正或划除该工序；工序与生产期间都有误的，先放宽生产期间，更正工序后再收窄。",
        todo_en="Correct the step or strike it out first; where both are wrong, widen the window, correct the step, narrow it.",
    ),
    "quantity_below_taken_out": Sentence(
        "更正后的生产数量{quantity}少于偏差处置已剔除的{out}。",
        "The corrected quantity, {quantity}, is less than the {out} that closed deviations took out.",
        "announcement",
        "GMP25-81",
        who=QUALITY_C,
        todo_zh="请与偏差记录核对生产数量。",
        todo_en="Compare the quantity with the records of the deviations.",
    ),
    "quantity_below_concerned": Sentence(
        "更正后的生产数量{quantity}少于偏差{reference}涉及的{concerned}。",
        "The corrected quantity, {quantity}, is less than the {concerned} that deviation {reference} concerns.",
        "announcement",
        "GMP25-81",
        who=QUALITY_C,
        todo_zh="请与偏差记录核对生产数量。",
        todo_en="Compare the quantity with the record of the deviation.",
    ),
    "material_missing": Sentence(
        "请填写物料名称和物料批号。", "Enter the material and its lot.", "announcement", "GMP25-81"
    ),
    "material_listed_already": Sentence(
        "该物料批已登记。", "This material lot is listed for the lot already.", "policy"
    ),
    "material_corrected_already": Sentence(
        "该物料批记录已被更正，请在更正后的记录上操作。",
        "This line has been corrected already; work on the line that replaced it.",
        "announcement",
        "GMP25-45-3",
    ),
    "material_struck_out": Sentence(
        "该物料批记录已划除，不能再更正。",
        "This entry strikes a line out; it is not corrected further.",
        "announcement",
        "GMP25-45-3",
    ),
}
OBSERVING: dict[str, Sentence] = {
    "not_posted": Sentence(
        "您在{day}没有在本批生产场地的有效派驻，不能登记该日的驻厂观察。",
        "On {day} you have no posting in force at the site of this lot; nothing you saw there that day is recorded.",
        "announcement",
        "N38-08",
        who=QUALITY_R,
    ),
    "event_in_future": Sentence(
        "观察时间晚于现在。", "The time of the event lies in the future.", "announcement", "GMP25-45"
    ),
    "observation_missing": Sentence("请填写观察到的情况。", "Write what was observed.", "policy"),
    "observed_already": Sentence("同一观察已经登记。", "This very observation is on record already.", "policy"),
}
DEVIATING: dict[str, Sentence] = {
    "reference_missing": Sentence("请填写偏差记录编号。", "Enter the record number of the deviation.", "policy"),
    "reference_listed": Sentence(
        "本批已有编号为“{reference}”的记录。",
        "Record number “{reference}” is listed for the lot already.",
        "policy",
    ),
    "description_missing": Sentence("请填写发生的情况。", "Write what happened.", "policy"),
    "discovered_before_occurred": Sentence(
        "发现日期早于发生日期。", "It cannot be discovered before it occurred.", "announcement", "GMP25-45"
    ),
    "discovered_in_future": Sentence(
        "发现日期{day}晚于今天。", "The day of discovery, {day}, lies in the future.", "announcement", "GMP25-45"
    ),
    "concerned_missing": Sentence(
        "返工和隔离品返回须填写涉及数量。",
        "A rework and a return from quarantine state the quantity concerned.",
        "announcement",
        "GMP25-86",
    ),
    "concerned_zero": Sentence(
        "涉及数量至少为1；无法按件计数时请留空。",
        "The quantity concerned is at least 1; leave it empty when it cannot be counted.",
        "policy",
    ),
    "concerned_beyond_lot": Sentence(
        "涉及数量{quantity}超过批数量{most}。",
        "The quantity concerned, {quantity}, exceeds the {most} of the lot.",
        "announcement",
        "GMP25-81",
    ),
}
CLOSING: dict[str, Sentence] = {
    "deviation_closed": Sentence("该偏差已经关闭。", "This deviation is closed already.", "policy"),
    "closure_waits": Sentence(
        "已有一项关闭申请等待注册人答复。",
        "A proposed closure waits for the registrant's answer.",
        "policy",
        who=QUALITY_R,
    ),
    "cause_missing": Sentence("请填写原因。", "Write the cause.", "announcement", "GMP25-86"),
    "action_missing": Sentence("请填写采取的措施。", "Write what was done.", "announcement", "GMP25-86"),
    "effect_missing": Sentence(
        "请填写对产品和其他批的影响。",
        "Write the effect on the product and on other lots.",
        "announcement",
        "GMP25-86",
    ),
    "out_beyond_concerned": Sentence(
        "剔除数量{out}超过涉及数量{most}。",
        "The quantity taken out, {out}, exceeds the quantity concerned, {most}.",
        "announcement",
        "GMP25-81",
    ),
    "more_out_than_made": Sentence(
        "本批已剔除{before}，再剔除{out}将超过批数量{most}。",
        "{before} were taken out of the lot before; {out} more exceed its {most}.",
        "announcement",
        "GMP25-81",
    ),
    "nothing_taken_out": Sentence(
        "该处置须填写剔除数量。", "This disposition states how many units were taken out.", "announcement", "GMP25-86"
    ),
    "use_takes_nothing_out": Sentence(
        "“合格，无需对产品采取措施”不剔除产品，剔除数量应为0。",
        "A product that conforms is not taken out: the quantity taken out is 0.",
        "policy",
    ),
    "closure_answered_already": Sentence("该关闭申请已经答复。", "This proposal has been answered already.", "policy"),
    "own_closure": Sentence(
        "关闭申请由您提出，须由另一人答复。",
        "You proposed this closure; another person answers it.",
        "policy",
        "POLICY-FOUR-EYES",
        who=QUALITY_R,
    ),
    "return_reason_missing": Sentence("请填写退回的理由。", "Say why the closure is returned.", "policy"),
    "deviation_not_closed": Sentence(
        "偏差{reference}尚未关闭；关闭后方可解除该锁定。",
        "Deviation {reference} is not closed; this hold is lifted once it is.",
        "announcement",
        "GMP25-104-4",
        who=QUALITY_C,
    ),
}
SENTENCES: dict[str, Sentence] = {**PLANNING, **STEPS, **CORRECTING, **OBSERVING, **DEVIATING, **CLOSING}


def finding(code: str, **facts: Any) -> Finding:
    """The finding with this code; ``facts`` (JSON-ready values) fill its placeholders and are kept with it."""
    return SENTENCES[code].finding(code, **facts)
