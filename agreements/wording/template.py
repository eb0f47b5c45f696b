"""Findings about a company's own templates."""

from __future__ import annotations

from .sentence import QUALITY_BOTH, Sentence

TEMPLATE: dict[str, Sentence] = {
    "template_wrong": Sentence(
        "模板文件有误（{place}）：{what_zh}。",
        "The template file is wrong at {place}: {what_en}.",
        "policy",
        "POLICY",
        who=QUALITY_BOTH,
        todo_zh="下载现有模板作为范本，修改后重新上传。",
        todo_en="Download an existing template as a model, correct the file and upload it again.",
    ),
    "template_in_past": Sentence(
        "施行日期{effective_from}早于今天；模板不得追溯施行。",
        "The template would be in force from {effective_from}, a day in the past; a template is never dated back.",
        "policy",
        "POLICY",
    ),
    "template_lacks_fixed_duty": Sentence(
        "模板的职责分工缺少法定职责“{duty_zh}”。",
        "The template's matrix lacks the duty “{duty_en}”, which the law fixes.",
        "law",
        "DUTY-STATUTORY",
        who=QUALITY_BOTH,
    ),
    "template_moves_fixed_duty": Sentence(
        "模板改动了法定职责“{duty_zh}”的负责方或者适用情形。",
        "The template changes who holds the duty “{duty_en}” or when it applies, which the law fixes.",
        "law",
        "DUTY-STATUTORY",
        who=QUALITY_BOTH,
    ),
    "template_withdrawn_already": Sentence(
        "该模板版本已经停用。",
        "This version of the template has been withdrawn already.",
        "policy",
        "POLICY",
    ),
}
