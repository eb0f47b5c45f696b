"""Findings about the yearly audit programme."""

from __future__ import annotations

from agreements.wording.sentence import QUALITY_R
from cmo.errors import Sentence

PROGRAMME: dict[str, Sentence] = {
    "pair_without_audit": Sentence(
        "委托关系{number}的年度审核应于{day}前完成，但计划内没有安排。",
        "The yearly audit of the pair {number} is due by {day}, and the programme holds none.",
        "law",
        "GMP25-109",
        severity="warns",
        who=QUALITY_R,
        todo_zh="为其安排第一天；人日不足时，增加审核人日，或缩短其他审核。",
        todo_en="Give it a first day; where days are short, provide more auditor days or shorten other audits.",
    ),
    "leader_overlap": Sentence(
        "{other}的审核自{day}起与{one}的审核日期重叠，而审核组长是同一人。",
        "From {day} on the audit of {other} falls on days of the audit of {one}, and the same person leads both.",
        "policy",
        "POLICY",
        severity="warns",
        who=QUALITY_R,
        todo_zh="调整第一天，或者在审核计划中另定组长。",
        todo_en="Move the first day, or name another leader in the plan of the audit.",
    ),
    "programme_year_over": Sentence(
        "{year}年已经过去，请制定本年度或以后年度的审核计划。",
        "The year {year} is over; make the programme of this year or a later one.",
        "policy",
        "POLICY",
    ),
    "programme_pairs_changed": Sentence(
        "委托关系已有变化，请重新打开页面，核对后再批准。",
        "The pairs have changed meanwhile; open the page again and check it before you adopt.",
        "policy",
        "POLICY",
    ),
    "programme_over_days": Sentence(
        "安排了{used}个审核人日，超过可用的{available}个。",
        "{used} auditor days are planned, more than the {available} there are.",
        "policy",
        "POLICY",
        todo_zh="增加可用人日，或减少安排。",
        todo_en="Raise the days available, or plan less.",
    ),
    "programme_reason_missing": Sentence(
        "本年度计划已经批准过；变更请说明原因。",
        "The programme of the year was adopted before; say why it changes.",
        "policy",
        "POLICY",
    ),
    "programme_entry_without_days": Sentence(
        "委托关系{number}：审核至少需要1个人日。",
        "Pair {number}: an audit takes at least one auditor day.",
        "policy",
        "POLICY",
    ),
    "programme_day_outside_year": Sentence(
        "委托关系{number}：{day}不在{year}年的今后日期内。",
        "Pair {number}: {day} is not a day to come in {year}.",
        "policy",
        "POLICY",
    ),
}
