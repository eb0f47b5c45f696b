"""An agreement as values, of any size: for tests of the paper and for its benchmark; no database."""

from datetime import UTC, date, datetime

from agreements.documents import AgreementDocument, wording
from agreements.documents.sheets import (
    AuthorisationSheet,
    ClauseSheet,
    ClosingSheet,
    CoveredSheet,
    DutySheet,
    LicenceSheet,
    ObligationSheet,
    PaperSheet,
    PartySheet,
    PlaceSheet,
    SignatureSheet,
)
from cmo.paper.words import Words
from cmo.signing.statement import STATEMENT, VERSION

HASH = "7609e787b0dd1536ecafbf457972eccbeebb6d3783cd53153ed15fe0cca83984"
_ZH = "受托方应当按照批准的工艺规程和《医疗器械生产质量管理规范》（2025年版）组织生产，保存完整、可追溯的记录；发生偏差的，应当在两个工作日内书面告知委托方。"
_EN = (
    "The contractor makes the product to the approved process and the device GMP (2025), keeps complete and traceable "
    'records, and tells the registrant of every "deviation" in writing within two working days. '
)
_CITED = Words(
    "《关于进一步加强医疗器械注册人委托生产监督管理的公告》第八条",
    "Announcement on Further Strengthening the Supervision of Entrusted Production by Registrants, art. 8",
)


def clause(number: int) -> ClauseSheet:
    heading = Words(f"生产过程控制之{number}", f"Process control {number}")
    text = Words(f"{_ZH}编号{number}甲。\n{_ZH}编号{number}乙。", f"{_EN}Number {number} a.\n{_EN}Number {number} b.")
    return ClauseSheet(number, heading, text, _CITED if number % 3 else None)


def duty(number: int) -> DutySheet:
    words = Words(
        f"批准关键物料供应商并保存评价记录{number}", f"Approve suppliers of key materials and keep records {number}"
    )
    return DutySheet(number, words, "R", "CI" if number % 2 else "", number % 4 == 0, _CITED, min(number, 3))


def signature(number: int, *, stands: bool = True) -> SignatureSheet:
    return SignatureSheet(
        number=number,
        signer="程守信",
        post=Words("授权代表", "authorised signatory"),
        organisation="示例康澜医疗科技（江苏）有限公司",
        meaning=Words("同意受本协议约束", "agrees to be bound by this agreement"),
        method=Words("密码", "password"),
        signed_at=datetime(2025, 11, 7, 0, 31, tzinfo=UTC),
        record_hash=HASH,
        stands=stands,
        statement_version=VERSION,
        address=f"https://quality.example/verify/{number}/7609e787b0dd1536/",
        authorisation=AuthorisationSheet("SQ-2025-07", date(2025, 7, 1)),
    )


def party(side: Words, name: Words, licences: tuple[LicenceSheet, ...] = ()) -> PartySheet:
    address = Words("江苏省苏州市示例区澄湖路 18 号", "18 Chenghu Road, Demo District, Suzhou, Jiangsu")
    return PartySheet(side, name, "91320594MA1DEM015E", address, "顾知远", licences)


def covered(number: int) -> CoveredSheet:
    return CoveredSheet(
        number=f"ET2025-{number:06d}",
        device=Words("髋关节假体（示例）", "Hip prosthesis (demo)"),
        certificate="国械注准20223130456",
        device_class="III",
        models=("KL-H100", "KL-H120"),
        certificate_last_day=None if number % 2 else date(2029, 9, 12),
        site=Words("恒筑杭州一厂", "Hengzhu Hangzhou plant 1"),
        address=Words("浙江省杭州市示例区筑塘路 9 号", "9 Zhutang Road, Demo District, Hangzhou"),
        last_day=date(2027, 10, 18),
        cap=Words("约定期限", "agreed term"),
    )


PAPER = PaperSheet(date(2025, 11, 11), "方启明", "穆博", True, True, "8e73e8dc" * 8, "第十八条")
WITHDRAWN = ClosingSheet(Words("已撤回", "withdrawn"), date(2026, 3, 1), "程守信", "改期后重新提交。")
NOTICE = ClosingSheet(
    kind=Words("已终止", "terminated"),
    event_on=date(2026, 3, 1),
    by="程守信",
    reason="连续两次审核不合格。",
    post_market="投诉、不良事件和召回由委托方处理。",
    documents_return="三十日内返还技术文件和留样。",
    notice=PlaceSheet(wording.REGISTRANT, Words("示例康澜医疗科技（江苏）有限公司", "Demo Kanglan"), signature(16)),
)


def obligation(number: int) -> ObligationSheet:
    what = Words(f"提交质量数据汇总{number}", f"Hand in the summary of quality data {number}")
    side = "contractor" if number % 2 else "registrant"
    often = Words("每季度", "every quarter")
    return ObligationSheet(number, what, side, often, 15, Words(f"质量季报{number}", f"Quarterly report {number}"), 2)


def agreement(clauses: int = 12, duties: int = 12, obligations: int = 4, **changes: object) -> AgreementDocument:
    """A complete agreement signed by both sides."""
    registrant = party(
        wording.REGISTRANT, Words("示例康澜医疗科技（江苏）有限公司", "Demo Kanglan (Jiangsu) Co., Ltd.")
    )
    licence = LicenceSheet("浙药监械生产许20230118号", date(2029, 2, 25))
    name = Words("示例恒筑精密制造（浙江）有限公司", "Demo Hengzhu Precision (Zhejiang) Co., Ltd.")
    contractor = party(wording.CONTRACTOR, name, (licence,))
    values: dict[str, object] = {
        "number": "QA2025-403043",
        "revision": 2,
        "kind": "amendment",
        "parent": 1,
        "signing_order": Words("委托方先签", "registrant first"),
        "title": Words("医疗器械委托生产质量协议", "Quality agreement for contract manufacturing of medical devices"),
        "template_version": "2026-11",
        "starts_on": date(2025, 11, 8),
        "ends_on": date(2027, 10, 18),
        "registrant": registrant,
        "contractor": contractor,
        "covered": (covered(1), covered(2)),
        "clauses": tuple(clause(number) for number in range(1, clauses + 1)),
        "duties": tuple(duty(number) for number in range(1, duties + 1)),
        "obligations": tuple(obligation(number) for number in range(1, obligations + 1)),
        "places": (
            PlaceSheet(wording.REGISTRANT, registrant.name, signature(14)),
            PlaceSheet(wording.CONTRACTOR, contractor.name, signature(15)),
        ),
        "paper": None,
        "closing": None,
        "statement": Words(STATEMENT["zh"], STATEMENT["en"]),
        "statement_version": VERSION,
        "record_hash": HASH,
        "frozen_at": datetime(2025, 11, 6, 2, 0, tzinfo=UTC),
    }
    return AgreementDocument(**{**values, **changes})
