"""Sample records: findings, facts, trail, signatures, files, steps, clauses."""

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from cmo.errors import Finding
from cmo.web import wording

HASH = sha256(b"gallery").hexdigest()

LONG_ZH = "江苏省苏州工业园区恒瑞宁康植入介入医疗器械股份有限公司（委托生产事业部第二质量管理中心）"

LONG_EN = "Suzhou Industrial Park Hengrui Ningkang Implant and Interventional Medical Devices Co., Ltd."


def say(zh: str, en: str) -> str:
    """The text in the active language."""
    return zh if wording.is_chinese() else en


FINDINGS = [
    Finding(
        "agreement_not_in_force",
        "blocks",
        "law",
        "质量协议 QA-2026-014 第 3 版已于 2026-10-31 到期，生产日期 2026-11-12 不在有效期内。",
        "Quality agreement QA-2026-014 revision 3 ended on 2026-10-31; production on 2026-11-12 is outside its term.",
        citation="N38-12",
        who="质量负责人（委托方） / Quality manager (registrant)",
        todo_zh="双方签署第 4 版，或按协议第 9 条延长。",
        todo_en="Both sides sign revision 4, or extend it under clause 9.",
    ),
    Finding(
        "coverage_gap",
        "blocks",
        "policy",
        "关键工序“喷涂”2026-11-12 14:00–16:30 无派驻人员在场。",
        "No resident supervisor was present during the key step “coating”, 2026-11-12 14:00–16:30.",
        citation="C1",
        who="质量负责人 / Quality manager",
        todo_zh="补充在场证据，或申请例外批准。",
        todo_en="Add evidence of presence, or ask for a signed exception.",
    ),
    Finding(
        "licence_near_end",
        "warns",
        "announcement",
        "受托生产企业的生产许可证将于 2026-12-15 到期。",
        "The contractor's production licence ends on 2026-12-15.",
        citation="O53-17",
        todo_zh="请受托方提交延续申请的受理凭证。",
        todo_en="Ask the contractor for proof that renewal was filed in time.",
    ),
]


def person(zh: str, en: str) -> dict[str, str]:
    """A market releaser of the registrant."""
    return {
        "name": say(zh, en),
        "post": say("上市放行人", "Market releaser"),
        "side": say("委托方", "Registrant"),
        "organisation": say("杭州衡泰医疗器械有限公司", "Hangzhou Hengtai Medical Devices Co., Ltd."),
    }


def facts() -> list[dict[str, Any]]:
    """Terms and values, one without a value and one very long."""
    return [
        {"term": say("注册证编号", "Registration certificate"), "value": "国械注准20233130412", "figures": True},
        {
            "term": say("受托生产企业", "Contractor"),
            "value": say(LONG_ZH, LONG_EN),
            "source": say("生产许可证", "Production licence"),
            "version": 3,
        },
        {"term": say("有效期至", "Valid until"), "value": "2028-06-30", "figures": True},
        {"term": say("动物源性材料", "Animal-derived material"), "value": ""},
    ]


def trail() -> list[dict[str, Any]]:
    """Three entries: an act, a refusal, an act of the system."""
    at = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
    who_acts = person("李晓梅", "Li Xiaomei")
    who = {"by_name": who_acts["name"], "by_post": who_acts["post"], "by_organisation": who_acts["organisation"]}
    return [
        {
            **who,
            "at": at,
            "seq": 418,
            "hash": HASH,
            "verified": True,
            "sentence": say("批准上市放行", "released to market"),
            "object": "HT2611007",
            "url": "#HT2611007",
        },
        {
            **who,
            "at": at,
            "seq": 417,
            "hash": HASH[3:],
            "verified": True,
            "refused": True,
            "sentence": say("上市放行被拒绝", "release to market was refused"),
            "reason": FINDINGS[0].text(),
        },
        {
            "by_name": say("系统", "System"),
            "at": at,
            "seq": 1416,
            "hash": HASH[5:],
            "verified": False,
            "sentence": say("载入分类目录 2017 版", "loaded the classification catalogue 2017"),
        },
    ]


def signatures() -> dict[str, Any]:
    """A good signature and a void one."""
    good = {
        **person("李晓梅", "Li Xiaomei"),
        "meaning": say(
            "本人已审核放行文件，同意本批上市放行。", "I have reviewed the release file and release this lot to market."
        ),
        "at": datetime(2026, 11, 22, 6, 5, tzinfo=UTC),
        "hash": HASH,
        "method": say("密码", "password"),
        "valid": True,
    }
    return {"signed": good, "void": {**good, "valid": False}}


def steps() -> list[dict[str, Any]]:
    """Named steps in every state."""
    at = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
    return [
        {"name": say("生产完成", "Made"), "state": "done", "at": at},
        {"name": say("生产放行", "Production release"), "state": "done", "at": at},
        {
            "name": say("审核放行文件", "Review of the release file"),
            "state": "current",
            "note": say("12 份中已审 7 份", "7 of 12 documents"),
        },
        {"name": say("派驻覆盖", "Supervision"), "state": "blocked", "note": say("缺 2.5 小时", "2.5 hours missing")},
        {"name": say("上市放行", "Market release"), "state": "todo"},
    ]


def evidence() -> list[dict[str, Any]]:
    """Files with and without an end."""
    return [
        {
            "title": say("生产许可证延续受理通知书（扫描件）", "Receipt of the licence renewal (scan)"),
            "kind": "PDF",
            "size": 842_113,
            "event_on": date(2026, 10, 9),
            "expires_on": date(2026, 12, 15),
            "sha256": HASH,
            "url": "#file",
            "by_name": say("陈伟", "Chen Wei"),
            "uploaded_at": datetime(2026, 10, 10, 1, 0, tzinfo=UTC),
        },
        {
            "title": say("现场评估照片", "Photograph of the site evaluation"),
            "kind": "JPEG",
            "size": 3_120_044,
            "event_on": date(2026, 3, 2),
            "sha256": HASH[1:],
            "url": "#file",
        },
    ]


CLAUSE = {
    "zh_before": "受托方应当在发生重大偏差后 48 小时内书面通知委托方。",
    "zh_after": "受托方应当在发生重大偏差后 24 小时内书面通知委托方质量负责人，并暂停相关批次。",
    "en_before": "The contractor shall notify the registrant in writing within 48 hours of a major deviation.",
    "en_after": "The contractor shall notify the registrant's quality manager in writing within 24 hours of a major "
    "deviation and hold the lots concerned.",
}
