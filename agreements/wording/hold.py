"""Findings about holds, vetoes and yearly duties."""

from __future__ import annotations

from .sentence import Sentence

HOLD: dict[str, Sentence] = {
    "hold_lifted_already": Sentence(
        "该锁定已经解除。",
        "This hold has been lifted already.",
        "policy",
        "POLICY",
    ),
    "hold_of_other_side": Sentence(
        "该锁定由{side_zh}作出，只能由{side_zh}质量负责人解除。",
        "This hold was placed by the {side}; only quality of that side lifts it.",
        "policy",
        "POLICY",
    ),
    "hold_outside_pair": Sentence(
        "锁定的范围不在本委托关系之内。",
        "The scope of the hold lies outside this pair.",
        "policy",
        "POLICY",
    ),
    "duty_in_future": Sentence(
        "完成日期{done_on}晚于今天。",
        "The day it was done, {done_on}, lies in the future.",
        "law",
        "GMP25-45",
    ),
    "duty_not_history": Sentence(
        "委托关系于{taken_in_on}纳入本系统；此后的审核以签发的报告为准，评审以双方签署为准，不能手工登记。",
        "The pair was taken in here on {taken_in_on}; since then an audit counts by its signed report and a review by both "
        "signatures, not by an entry.",
        "announcement",
        "N38-15",
    ),
    "duty_file_needed": Sentence(
        "以前的审核或者评审须附其报告或者记录。",
        "An earlier audit or review is proved by the file of its report or minutes.",
        "policy",
        "POLICY",
    ),
    "duty_due_backwards": Sentence(
        "下次到期日须晚于完成日期，且不超过十二个月。",
        "The next due date lies after the day it was done and within twelve months.",
        "announcement",
        "N38-15",
    ),
}
