"""Findings about a company's own checklists."""

from __future__ import annotations

from agreements.wording.sentence import QUALITY_R, Sentence

CHECKLIST: dict[str, Sentence] = {
    "checklist_wrong": Sentence(
        "检查表文件有误（{place}）：{what_zh}。",
        "The checklist file is wrong at {place}: {what_en}.",
        "policy",
        "POLICY",
        who=QUALITY_R,
        todo_zh="下载现有检查表作为范本，修改后重新上传。",
        todo_en="Download an existing checklist as a model, correct the file and upload it again.",
    ),
    "checklist_in_past": Sentence(
        "施行日期{effective_from}早于今天；检查表不得追溯施行。",
        "The checklist would be in force from {effective_from}, a day in the past; a checklist is never dated back.",
        "policy",
        "POLICY",
    ),
    "checklist_unchanged": Sentence(
        "内容与现有最新版本完全相同，没有可保存的新版本。",
        "The content is the same as the latest version, so there is no new version to keep.",
        "policy",
        "POLICY",
    ),
    "checklist_key_of_product": Sentence(
        "代码“{key}”是本系统自带检查表的代码，请为本企业的检查表另取一个。",
        "The key “{key}” is that of a checklist of the product; give your own checklist another one.",
        "policy",
        "POLICY",
    ),
    "checklist_not_whole": Sentence(
        "用途为年度审核的检查表应当覆盖受托生产质量管理体系的各个部分；没有一项引用以下部分的依据：{parts_zh}。",
        "A checklist for the annual audit covers every part of the contractor's system; no item cites a basis of: {parts_en}.",
        "law",
        "GMP25-109",
        who=QUALITY_R,
        todo_zh="按本系统年度审核检查表所列的依据代码补充检查项目，或者把用途改为专项审核。",
        todo_en="Add items with the keys of the bases that the product's annual checklist names, or change the use to topic.",
    ),
    "checklist_gap": Sentence(
        "判定表“{table_zh}”没有覆盖这种情形（缺陷数/判定项数）：{case_zh}。",
        "The judgement table “{table_en}” has no row for this case (defects/judged items): {case_en}.",
        "policy",
        "POLICY",
        who=QUALITY_R,
        todo_zh="补充或者放宽一行，使每一种结果恰有一行适用。",
        todo_en="Add or widen a row, so that exactly one row applies to every result.",
    ),
    "checklist_overlap": Sentence(
        "判定表“{table_zh}”的第{rows}行同时适用于这种情形（缺陷数/判定项数）：{case_zh}。",
        "Rows {rows} of the judgement table “{table_en}” apply at the same time to this case (defects/judged items): "
        "{case_en}.",
        "policy",
        "POLICY",
        who=QUALITY_R,
        todo_zh="收窄其中的行，使每一种结果恰有一行适用。",
        todo_en="Narrow the rows, so that exactly one row applies to every result.",
    ),
    "checklist_withdrawn_already": Sentence(
        "该检查表版本已经停用。",
        "This version of the checklist has been withdrawn already.",
        "policy",
        "POLICY",
    ),
    "checklist_reason_needed": Sentence(
        "请填写停用原因。",
        "Say why the checklist is withdrawn.",
        "policy",
        "POLICY",
    ),
}
