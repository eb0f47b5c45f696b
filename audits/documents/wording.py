"""The fixed words of an audit report on paper, in both languages, and how counts and bounds are written in each."""

from __future__ import annotations

from fractions import Fraction

from cmo.paper.words import Words, same

TITLE = Words("医疗器械受托生产企业审核报告", "Report of an audit of a contract manufacturer")
NUMBER = Words("审核编号", "Audit no.")
KIND = Words("审核类别", "Kind")
KINDS = {
    "annual": Words("年度审核", "annual audit"),
    "for_cause": Words("有因审核", "audit for cause"),
    "follow_up": Words("跟踪审核", "follow-up audit"),
}
MANNER = Words("审核方式", "Manner")
MANNERS = {"on_site": Words("现场审核", "on site"), "remote": Words("远程审核", "remote")}
NOTICE = {True: Words("事先通知", "announced"), False: Words("不事先通知", "unannounced")}
DAYS = Words("审核日期", "Dates")
BEGUN = Words("开始日期", "Begun on")
REPORTED = Words("报告日期", "Date of the report")
CHECKLIST = Words("检查表", "Checklist")
VERSION = Words("检查表版本", "Version of the checklist")
CHECKLIST_HASH = Words("检查表哈希（SHA-256）", "Hash of the checklist (SHA-256)")
AUDITED = Words("审核概况", "The audit")
SITE = Words("场地", "Site")
WHOLE = Words("受托方全部相关场地", "all sites of the contractor concerned")
SCOPE = Words("审核范围", "Scope")
CAUSE = Words("审核原因", "Cause")
TEAM = Words("审核组", "Team")
LEADER = Words("组长", "leader")
REGISTRANT = Words("委托方（注册人、备案人）", "Registrant")
CONTRACTOR = Words("受托方（受托生产企业）", "Contractor")
PARTIES = Words("双方", "Parties")

SUMMARY = Words("审核情况", "Summary")
CONCLUSION = Words("审核结论", "Conclusion")
RESULTS = Words("检查结果", "Results")
SEVERITY = Words("缺陷等级", "Severity")
SEVERITIES = {
    "critical": Words("严重", "critical"),
    "major": Words("主要", "major"),
    "general": Words("一般", "general"),
}
ITEMS = Words("项目数", "Items")
CONFORMING = Words("符合", "Conform")
DEFECTS = Words("缺陷", "Defects")
NOT_APPLICABLE = Words("不适用", "Not applicable")
SHARE = Words("缺陷比例", "Share of defects")
SHARE_NOTE = Words(
    "缺陷比例 = 缺陷项数 ÷（项目数 − 不适用项数）。",
    "Share of defects = defects / (items − items not applicable).",
)
#: Above the items whose defect the auditor weighed less than the checklist marks it.
MARKED_NOTE = Words(
    "上表按检查表标注的等级统计（从重的按认定等级）；缺陷项的等级以审核组认定为准，从轻认定的：",
    "The table counts by the severity marked in the checklist (a graver one as weighed); findings carry the severity as "
    "weighed. Weighed less:",
)


def weighed_less(serial: int, mark: Words, severity: Words) -> Words:
    """An item whose defect counts as less than the checklist marks it."""
    return Words(
        f"第{serial}项由{mark.zh}减轻为{severity.zh}（理由见完整检查表）",
        f"item {serial}, marked {mark.en}, as {severity.en} (reason in the complete checklist)",
    )


JUDGEMENT = Words("判定", "Judgement")
ROW = Words("行", "Row")
OUTCOME = Words("判定结论", "Conclusion")
APPLIES = Words("适用", "applies")
WHY = Words("适用理由", "Why this row applies")
NO_TABLE = Words(
    "本检查表没有判定表，审核结论以上文为准。",
    "This checklist has no judgement table; the conclusion above says what the audit amounts to.",
)

FINDINGS = Words("缺陷项", "Findings")
FINDING = Words("编号", "No.")
REQUIREMENT = Words("要求", "Requirement")
FOUND = Words("审核发现", "What was found")
DUE = Words("答复期限", "Answer due")
NO_FINDINGS = Words("未发现缺陷项。", "No item was found defective.")

COMPLETE = Words("完整检查表", "The complete checklist")
ITEM = Words("序号/条款", "No./clause")
REQUIRED = Words("检查项目", "Item")
ANSWER = Words("结果", "Answer")
SEEN = Words("审核记录", "What was seen")
VALUES = {
    "ok": Words("符合", "conforms"),
    "defect": Words("缺陷", "defect"),
    "na": Words("不适用", "not applicable"),
}

SIGNATURE = Words("签发", "Signature")
SIGNED_FOR = Words("审核组组长，代表委托方", "Leader of the team, for the registrant")
CHAIN = Words("工作底稿链", "Chain of the working papers")
CHAIN_NOTE = Words(
    "以下为签发时本审核记录链的末位。检查表的每一次填写都在链上，链首尾相连，改动可以查出。",
    "The head of this audit's chain when the report was signed. Every answer stands on the chain, and a change to any of "
    "them would show.",
)
CHAIN_LENGTH = Words("记录条数", "Entries")
CHAIN_HEAD = Words("末位哈希", "Hash of the head")
LANGUAGE_NOTE = Words(
    "审核组填写的内容以填写时的语言为准；法规名称和条款以官方中文文本为准。",
    "What the auditors wrote stands in the language they wrote it in; for names and articles of law the official Chinese "
    "texts prevail.",
)
VERIFY_NOTE = Words(
    "扫描二维码或者打开核验地址，可以查看签署人、签署含义、签署时间、内容哈希，以及记录与签署时是否一致；核验页面不显示报告内容。",
    "The code or address shows signer, meaning, time and hash, and whether the record still is what was signed; it never "
    "shows the report's content.",
)


def severity(key: str) -> Words:
    """``严重`` and ``critical``."""
    return SEVERITIES.get(key, same(key))


def percent(value: Fraction) -> str:
    """To one decimal; 0 and 100 without."""
    return f"{int(value)}%" if value in (0, 100) else f"{float(value):.1f}%"


def demand(bound: str, defects: int, judged: int, share: Fraction) -> Words:
    """What a row asks for and what was found: ``要求≤20%；实际21项缺陷，判定106项（19.8%）``."""
    found = Words(
        f"实际{defects}项缺陷，判定{judged}项（{percent(share)}）",
        f"found {defects} of {judged} judged ({percent(share)})",
    )
    if bound == "-":
        return Words(f"不限；{found.zh}", f"any; {found.en}")
    return Words(f"要求{bound}；{found.zh}", f"asks for {bound}; {found.en}")


def lighter(marked: str, reason: str) -> Words:
    """Why a defect weighs less than the checklist marks its item."""
    mark = severity(marked)
    return Words(f"检查表标为{mark.zh}，减轻的理由：{reason}", f"Marked {mark.en}; weighed less because: {reason}")


def repeats(number: str) -> Words:
    """That a finding was made before."""
    return Words(f"重复出现：{number}", f"Repeats {number}")


def halves(digest: str) -> Words:
    """A hash on two lines of equal length."""
    return same(f"{digest[:32]}\n{digest[32:]}" if len(digest) == 64 else digest or "—")
