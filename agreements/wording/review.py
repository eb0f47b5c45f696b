"""Findings about the yearly review of an agreement."""

from __future__ import annotations

from cmo.errors import Basis

from .sentence import QUALITY_BOTH, QUALITY_R, Sentence

N38: tuple[Basis, str] = ("announcement", "N38-15")

REVIEW: dict[str, Sentence] = {
    "review_before_agreement": Sentence(
        "该协议尚未生效，没有可以评审的内容。",
        "The agreement is not in force yet; there is nothing to review.",
        *N38,
        who=QUALITY_BOTH,
        todo_zh="双方签署后再开始评审。",
        todo_en="Begin the review once both sides have signed.",
    ),
    "review_waiting": Sentence(
        "评审{number}正在等待会签。",
        "Review {number} waits for signatures.",
        "policy",
        "POLICY",
        who=QUALITY_BOTH,
        todo_zh="双方会签，或者将其退回后再修改。",
        todo_en="Sign it on both sides, or return it and change the draft.",
    ),
    "review_being_written": Sentence(
        "该协议的年度评审已经开始，尚未提交。",
        "A yearly review of this agreement has been begun and not offered yet.",
        "policy",
        "POLICY",
        who=QUALITY_R,
        todo_zh="打开正在编写的评审继续编写。",
        todo_en="Open the review being written and go on with it.",
    ),
    "review_too_early": Sentence(
        "上次评审的期间截至{last}，其后还没有可以评审的日期。",
        "The last review covers the time until {last}; there is no later day to review yet.",
        *N38,
    ),
    "review_period_backwards": Sentence(
        "评审期间的末日{last}早于首日{first}。",
        "The last day of the period, {last}, lies before its first, {first}.",
        "policy",
        "POLICY",
        who=QUALITY_R,
    ),
    "review_period_reviewed": Sentence(
        "截至{last}的期间已经评审，本次期间须在其后结束。",
        "The time until {last} has been reviewed; this period has to end later.",
        *N38,
        who=QUALITY_R,
    ),
    "review_period_in_future": Sentence(
        "评审期间的末日{last}尚未到来。",
        "The last day of the period, {last}, has not come yet.",
        *N38,
        who=QUALITY_R,
        todo_zh="将末日改为今天或者更早。",
        todo_en="End the period today or earlier.",
    ),
    "review_period_too_long": Sentence(
        "质量协议每年评审一次，评审期间不超过十三个月，最迟到{longest}。",
        "An agreement is reviewed every year; a period lasts at most thirteen months, until {longest}.",
        *N38,
        who=QUALITY_R,
        todo_zh="缩短期间，其余日期另行评审。",
        todo_en="Shorten the period and review the other days on their own.",
    ),
    "review_leaves_days": Sentence(
        "{first}至{last}不在任何评审期间内。",
        "The days from {first} to {last} are in no review.",
        *N38,
        severity="warns",
        who=QUALITY_R,
    ),
    "review_part_unjudged": Sentence(
        "“{part}”尚未作出评价。",
        "“{part_en}” is not judged yet.",
        *N38,
        who=QUALITY_R,
    ),
    "review_part_unexplained": Sentence(
        "“{part}”评价为“{verdict}”，应当说明情况。",
        "“{part_en}” is judged “{verdict_en}”; say why.",
        *N38,
        who=QUALITY_R,
    ),
    "review_without_conclusion": Sentence(
        "尚未填写评审结论。",
        "The conclusion of the review is missing.",
        *N38,
        who=QUALITY_R,
    ),
    "review_without_actions": Sentence(
        "评审发现不足的，应当至少确定一项改进措施。",
        "A review that finds something wanting decides at least one action.",
        *N38,
        who=QUALITY_R,
    ),
    "review_action_incomplete": Sentence(
        "第{number}项措施应当写明内容、责任方和完成期限。",
        "Action {number} needs what is to be done, who does it and by when.",
        *N38,
        who=QUALITY_R,
    ),
    "review_action_in_past": Sentence(
        "第{number}项措施的完成期限{due_on}已过。",
        "The last day of action {number}, {due_on}, has passed.",
        "policy",
        "POLICY",
        who=QUALITY_R,
    ),
    "review_returned": Sentence(
        "评审{number}已被退回，不能再会签。",
        "Review {number} was returned; it is no longer signed.",
        "policy",
        "POLICY",
        who=QUALITY_R,
        todo_zh="修改后重新提交会签。",
        todo_en="Change the draft and offer it again.",
    ),
    "review_concluded": Sentence(
        "评审{number}双方均已会签，不能退回。",
        "Both sides have signed review {number}; it is not returned any more.",
        "law",
        "ESL-13",
    ),
    "review_not_concluded": Sentence(
        "评审{number}尚未由双方会签，措施尚未生效。",
        "Both sides have not signed review {number} yet; its actions are not owed.",
        "policy",
        "POLICY",
        who=QUALITY_BOTH,
    ),
    "review_action_done": Sentence(
        "该措施已经登记完成。",
        "This action has been recorded as done.",
        "policy",
        "POLICY",
    ),
    "review_action_of_other_side": Sentence(
        "该措施由{side_zh}负责，由其登记完成。",
        "This action is the {side}'s, which records it as done.",
        "policy",
        "POLICY",
    ),
    "review_action_needs_note": Sentence(
        "请写明采取了什么措施、结果如何。",
        "Say what was done and with which result.",
        "law",
        "GMP25-45",
    ),
}
