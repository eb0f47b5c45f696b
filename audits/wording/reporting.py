"""Findings about reporting, findings and closing an audit."""

from __future__ import annotations

from cmo.errors import Sentence

REPORTING: dict[str, Sentence] = {
    "items_unanswered": Sentence(
        "还有{n}项没有填写：{serials}。",
        "{n} items are not answered: {serials}.",
        "policy",
        "POLICY",
        todo_zh="逐项填写；不适用的写明理由。",
        todo_en="Answer each; where one does not apply, say why.",
    ),
    "items_differ": Sentence(
        "有{n}项审核员的答复不同，尚未裁定：{serials}。",
        "On {n} items the auditors differ and nobody has settled it: {serials}.",
        "policy",
        "POLICY",
        todo_zh="打开该项，比较各个答复，选定一个。",
        todo_en="Open the item, compare the answers and settle on one.",
    ),
    "audit_reported_already": Sentence(
        "审核{number}的报告已经签发。", "The report of the audit {number} is signed already.", "policy", "POLICY"
    ),
    "only_the_leader_reports": Sentence(
        "审核报告由审核组长{name}签发。",
        "The report is signed by the leader of the team, {name}.",
        "policy",
        "POLICY",
    ),
    "audit_summary_missing": Sentence("请写明审核概况。", "Write the summary of the audit.", "policy", "POLICY"),
    "audit_conclusion_missing": Sentence("请写明审核结论。", "Write the conclusion of the audit.", "policy", "POLICY"),
    "answer_due_in_past": Sentence(
        "请为缺陷项规定今后的答复期限。",
        "Set a day to come by which the findings are to be answered.",
        "policy",
        "POLICY",
    ),
}
