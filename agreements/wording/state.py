"""Findings about suspending, resuming, ending and reporting an entrustment."""

from __future__ import annotations

from .sentence import QUALITY_C, QUALITY_R, Sentence

STATE: dict[str, Sentence] = {
    "entrustment_ended": Sentence(
        "委托生产{number}已经终止。",
        "The entrustment {number} has ended.",
        "policy",
        "POLICY",
    ),
    "entrustment_suspended": Sentence(
        "委托生产{number}已经暂停。",
        "The entrustment {number} is suspended already.",
        "policy",
        "POLICY",
    ),
    "entrustment_not_suspended": Sentence(
        "委托生产{number}没有暂停，无需恢复。",
        "The entrustment {number} is not suspended; there is nothing to resume.",
        "policy",
        "POLICY",
    ),
    "entrustment_not_ended": Sentence(
        "委托生产{number}尚未终止，此项报告在终止之后登记。",
        "The entrustment {number} has not ended; this report is recorded after the end.",
        "announcement",
        "N38-33",
    ),
    "event_before_last": Sentence(
        "日期{event_on}早于上一状态的日期{last_on}。",
        "The date {event_on} lies before the previous state's, {last_on}.",
        "law",
        "GMP25-45",
    ),
    "event_in_future": Sentence(
        "日期{event_on}晚于今天。",
        "The date {event_on} lies in the future.",
        "law",
        "GMP25-45",
    ),
    "proof_needed": Sentence(
        "请填写证明（报告编号、回执或者受理通知书编号）。",
        "Give the proof: number of the report, receipt or acceptance notice.",
        "announcement",
        "N38-36",
    ),
    "report_of_other_side": Sentence(
        "此项报告由{side_zh}登记。",
        "This report is recorded by the {side}.",
        "announcement",
        "N38-34",
    ),
    "reported_already": Sentence(
        "此项报告已经登记。",
        "This report has been recorded already.",
        "policy",
        "POLICY",
    ),
    "resume_in_past": Sentence(
        "恢复自登记之日（{today}）起生效，不能自{event_on}起；暂停期间的各日仍为暂停。",
        "Resuming counts from the day it is recorded ({today}), not from {event_on}; the suspended days stay suspended.",
        "law",
        "GMP25-45",
    ),
    "resume_while_prohibited": Sentence(
        "该产品已列入禁止委托生产目录，不能恢复委托生产。",
        "The catalogue now prohibits this device; the entrustment cannot be resumed.",
        "law",
        "O739-34",
    ),
    "after_end_remove_address": Sentence(
        "委托终止后，注册人应当及时办理注册证核减受托生产地址。",
        "After the end the registrant has the contractor's address removed from the certificate in time.",
        "announcement",
        "N38-33",
        "warns",
        who=QUALITY_R,
        todo_zh="办理后登记“核减受托生产地址”及其证明。",
        todo_en="Record the removal with its proof.",
    ),
    "after_end_report": Sentence(
        "委托终止后，受托方应当及时向所在地省级药监部门报告。",
        "After the end the contractor reports to its provincial authority in time.",
        "announcement",
        "N38-34",
        "warns",
        who=QUALITY_C,
        todo_zh="报告后登记及其证明。",
        todo_en="Record the report with its proof.",
    ),
    "start_not_reported": Sentence(
        "注册人尚未登记向所在地省级药监部门报告开始委托生产。",
        "The registrant has not recorded that the start was reported to its provincial authority.",
        "announcement",
        "N38-36",
        "warns",
        who=QUALITY_R,
        todo_zh="报告后登记及其证明。",
        todo_en="Report it and record the proof.",
    ),
}
