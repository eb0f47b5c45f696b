"""The fixed words of the paper, in both languages, and how days, moments and parts are written in each."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from cmo.paper.words import Words, chinese_number, same

REGISTRANT = Words("委托方（注册人、备案人）", "Registrant")
CONTRACTOR = Words("受托方（受托生产企业）", "Contractor")
REGISTRANT_SHORT = Words("委托方", "Registrant")
CONTRACTOR_SHORT = Words("受托方", "Contractor")

NUMBER = Words("协议编号", "Agreement no.")
REVISION = Words("版次", "Revision")
AMENDS = Words("变更自", "Amends")
RENEWS = Words("续签自", "Renews")
ENDS = Words("终止", "Ends")
ORDER = Words("签署顺序", "Order of signing")
ENDS_ON = Words("终止日", "Ends from")
WHAT_KIND = Words("文件性质", "Kind")
KINDS = {
    "agreement": Words("质量协议", "quality agreement"),
    "amendment": Words("变更协议", "amendment"),
    "renewal": Words("续签协议", "renewal"),
    "termination": Words("终止协议", "termination agreed by both sides"),
}
TERM = Words("有效期", "Term")
PARTIES = Words("协议双方", "Parties")
COVERED = Words("覆盖的委托生产", "Entrustments covered")
CLAUSES = Words("协议条款", "Clauses")
MATRIX = Words("职责分工表", "Responsibility matrix")
OBLIGATIONS = Words("应履行事项", "Obligations")
SIGNATURES = Words("签署", "Signatures")
NOTICE = Words("终止通知", "Notice of termination")
ON_PAPER = Words("纸质协议", "Agreement on paper")
CLOSED = Words("本版本的终结", "End of this revision")
STATEMENT = Words("电子签名声明", "Statement on electronic signatures")

NAME = Words("名称", "Name")
USCC = Words("统一社会信用代码", "Unified social credit code")
ADDRESS = Words("住所", "Registered address")
LEGAL_REPRESENTATIVE = Words("法定代表人", "Legal representative")
LICENCE = Words("生产许可证或者备案编号", "Production licence or filing")

ENTRUSTMENT = Words("编号", "No.")
PRODUCT = Words("产品、注册证或者备案编号", "Product, certificate or filing")
MODELS = Words("型号规格", "Models")
SITE = Words("生产地址", "Production address")
LAST_DAY = Words("覆盖截止日", "Covered until")

POSITION = Words("序号", "No.")
DUTY = Words("职责", "Duty")
BASIS = Words("依据", "Basis")
MATRIX_KEY = Words(
    "负责：执行并对结果负责；批准：作出决定；协商：事前征求意见；知会：事后告知。标注“法定”的职责由法规确定，双方不得约定转移。",
    "Responsible: does it and answers for it. Approves: decides. Consulted: asked beforehand. Informed: told afterwards. "
    'Duties marked "by law" are fixed by law; no agreement moves them.',
)
WHAT = Words("事项", "What")
WHO = Words("责任方", "Who")
HOW_OFTEN = Words("频次", "How often")
PROOF = Words("证明记录", "Proving record")
BY_LAW = Words("法定", "By law")
CITED = Words("依据：", "Basis: ")

SIGNER = Words("签署人", "Signed by")
POST = Words("岗位", "Post")
MEANING = Words("签署含义", "Meaning")
SIGNED_AT = Words("签署时间", "Signed at")
METHOD = Words("验证方式", "Method")
AUTHORISATION = Words("书面授权", "Authorised")
CONTENT_HASH = Words("内容哈希（SHA-256）", "Content hash (SHA-256)")
VERIFY = Words("扫码核验", "Scan to verify")
VERIFICATION = Words("核验地址", "Verification")
NOT_SIGNED = Words("尚未签署", "Not signed yet")
VALIDITY = Words("效力", "Validity")
VOID = Words("签名与内容不符，签署无效", "The record no longer matches: this signature is void")
SEAL = Words("（盖章）", "(seal)")
HAND_SIGNATURE = Words("法定代表人或者授权代表", "Legal or authorised representative")
HAND_DATE = Words("日期", "Date")
VERIFY_NOTE = Words(
    "扫描二维码或者打开核验地址，可以查看签署人、签署含义、签署时间、内容哈希，以及记录与签署时是否一致；核验页面不显示协议内容。",
    "The code or address shows signer, meaning, time and hash, and whether the record still is what was signed; it never "
    "shows the agreement's content.",
)

SIGNED_ON = Words("签署日期", "Signed on")
REGISTRANT_SIGNATORY = Words("委托方签署人", "Signed for the registrant by")
CONTRACTOR_SIGNATORY = Words("受托方签署人", "Signed for the contractor by")
SEALS = Words("公章", "Seals")
BOTH_SEALS = Words("加盖委托方公章、受托方公章", "Bears the registrant's and the contractor's seals")
REGISTRANT_SEAL = Words("加盖委托方公章", "Bears the registrant's seal")
CONTRACTOR_SEAL = Words("加盖受托方公章", "Bears the contractor's seal")
NO_SEAL = Words("未加盖公章", "Bears no seal")
SCAN = Words("扫描件哈希（SHA-256）", "Hash of the scan (SHA-256)")
LOTS_IN_TIME = Words("关于期满前已生产批次的条款", "Clause about lots made before the end")

KIND = Words("方式", "How")
ON = Words("日期", "On")
BY = Words("记录人", "Recorded by")
REASON = Words("原因", "Reason")
ENDED_ON = Words("终止日", "Terminated from")
POST_MARKET = Words("已交付产品的上市后职责", "Post-market duties for delivered goods")
DOCUMENTS_RETURN = Words("文件和物料的返还", "Return of documents and materials")

PAPER_NOTE = Words(
    "本协议以纸质文本签署，条款以纸质原件及其扫描件为准；本文件载明登记的内容。",
    "This agreement was signed on paper; its clauses stand in the original and its scan. This document shows what was "
    "registered.",
)
OFFICIAL_LANGUAGE = Words(
    "法规名称和条款以官方中文文本为准。",
    "Names and articles of law are translated for convenience; the official Chinese texts prevail.",
)

PAGES = Words("第 {page} 页 共 {pages} 页", "Page {page} of {pages}")

_PARTS = {
    "R": Words("负责", "responsible"),
    "A": Words("批准", "approves"),
    "C": Words("协商", "consulted"),
    "I": Words("知会", "informed"),
}
_BEIJING = ZoneInfo("Asia/Shanghai")
_NONE = same("—")
_NO_END = Words("长期有效", "no last day")


def day(value: date | None) -> Words:
    """``2026年6月1日`` and ``2026-06-01``; without a day: no last day."""
    if value is None:
        return _NO_END
    return Words(f"{value.year}年{value.month}月{value.day}日", value.isoformat())


def until(value: date | None) -> Words:
    """A last day, said to be one."""
    if value is None:
        return _NO_END
    written = day(value)
    return Words(f"有效期至{written.zh}", f"valid until {written.en}")


def period(first: date, last: date) -> Words:
    """A term; its last day belongs to it."""
    return Words(f"自{day(first).zh}至{day(last).zh}", f"{first.isoformat()} to {last.isoformat()}")


def moment(value: datetime) -> Words:
    """A moment in Beijing time, with its zone."""
    local = value.astimezone(_BEIJING)
    return Words(
        f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S} 北京时间",
        f"{local:%Y-%m-%d %H:%M:%S} (UTC+08:00)",
    )


def revision(number: int) -> Words:
    """``第1版`` and ``No. 1``."""
    return Words(f"第{number}版", f"No. {number}")


def from_day(value: date) -> Words:
    """The first day on which something no longer counts."""
    written = day(value)
    return Words(f"自{written.zh}起", f"from {written.en} on")


def authorised(reference: str, on: date) -> Words:
    """A written authorisation with its date."""
    written = day(on)
    return Words(f"{reference}（{written.zh}）", f"{reference} ({written.en})")


def within(days: int) -> Words:
    """How long after each period; empty for at once."""
    return Words(f"期满后{days}日内", f"within {days} days") if days else same("")


def device_class(numeral: str) -> Words:
    """``第III类`` as the law counts classes."""
    return Words({"I": "第一类", "II": "第二类", "III": "第三类"}.get(numeral, numeral), f"class {numeral}")


def part(letters: str) -> Words:
    """What a party is to a duty, in words."""
    known = [_PARTS[letter] for letter in letters if letter in _PARTS]
    if not known:
        return _NONE
    return Words("、".join(word.zh for word in known), ", ".join(word.en for word in known))


def article(number: int) -> Words:
    """``第十二条`` and ``Article 12``."""
    return Words(f"第{chinese_number(number)}条", f"Article {number}")


def page(number: int, of: int) -> Words:
    """``第 3 页 共 12 页`` and ``Page 3 of 12``."""
    return Words(PAGES.zh.format(page=number, pages=of), PAGES.en.format(page=number, pages=of))
