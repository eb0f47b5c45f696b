"""Findings about answering the checklist of an audit."""

from __future__ import annotations

from cmo.errors import Sentence

CONDUCT: dict[str, Sentence] = {
    "audit_not_begun": Sentence(
        "审核尚未开始，还不能填写检查表。",
        "The audit has not begun; nothing can be answered yet.",
        "policy",
        "POLICY",
    ),
    "audit_reported_meanwhile": Sentence(
        "审核报告已经签发，检查表不再变更；您的答复没有保存。",
        "The report is signed and the checklist is final; your answer was not kept.",
        "policy",
        "POLICY",
    ),
    "audit_cancelled_meanwhile": Sentence(
        "审核已经取消，您的答复没有保存。",
        "The audit is cancelled; your answer was not kept.",
        "policy",
        "POLICY",
    ),
    "answer_unknown": Sentence(
        "答复只能是符合、不符合或不适用。",
        "An answer is: conforms, defect or not applicable.",
        "policy",
        "POLICY",
    ),
    "defect_not_described": Sentence("请写明发现的事实。", "Say what was found.", "policy", "POLICY"),
    "not_applicable_unreasoned": Sentence(
        "请说明不适用的理由。", "Say why the item does not apply.", "policy", "POLICY"
    ),
    "settlement_unreasoned": Sentence(
        "请说明为什么以这一答复为准。", "Say why this answer counts.", "policy", "POLICY"
    ),
    "severity_without_defect": Sentence(
        "只有不符合项才有严重程度。", "Only a defect has a severity.", "policy", "POLICY"
    ),
    "lighter_weight_unreasoned": Sentence(
        "严重程度低于检查表对该项的标记，请说明理由。",
        "The defect is weighed below the mark of the item in the checklist; say why.",
        "policy",
        "POLICY",
    ),
    "answer_from_the_future": Sentence(
        "填写时间晚于现在，请核对设备的时钟。",
        "The answer is dated later than now; check the clock of the device.",
        "policy",
        "POLICY",
    ),
    "answer_settles_nothing": Sentence(
        "要裁定的答复已经变更，请查看最新的答复。",
        "What you settled has changed meanwhile; look at the latest answers.",
        "policy",
        "POLICY",
    ),
}
