"""An audit report as values, of any size: for tests of the paper and for its benchmark; no database."""

from __future__ import annotations

from datetime import UTC, date, datetime

from agreements.documents.sheets import PlaceSheet, SignatureSheet
from audits.bounds import write_bound
from audits.documents import ReportDocument, wording
from audits.documents.sheets import (
    AnswerSheet,
    ChainSheet,
    FindingSheet,
    JudgementSheet,
    MemberSheet,
    PartySheet,
    RowSheet,
    SectionSheet,
    TallySheet,
)
from audits.rules.scoring import score
from audits.template_shape import SEVERITIES
from audits.templates_data import AuditTemplate, Item, audit_template
from cmo.paper.words import Words
from cmo.signing.statement import STATEMENT, VERSION

HASH = "7609e787b0dd1536ecafbf457972eccbeebb6d3783cd53153ed15fe0cca83984"
CITED = Words("《医疗器械生产质量管理规范》第一百零八条", "Device GMP (2025), art. 108")
#: What auditors wrote, one for every third, seventh and eleventh item.
DEFECT = "查阅2026年3月至5月的清洗记录，其中两批未填写清洗结束时间，操作人员更正处未签名。"
GAP = "该企业不经营此类产品，本项不适用。"


def template() -> AuditTemplate:
    """The long checklist of 185 items, with two judgement tables."""
    found = audit_template("gsp_ivd_2017")
    assert found is not None
    return found


def value_of(serial: int) -> str:
    """What was answered: mostly conforming, some defects, a few not applicable."""
    return "defect" if serial % 29 == 0 else "na" if serial % 37 == 0 else "ok"


def answer(item: Item, round_: int = 0) -> AnswerSheet:
    """One item answered; ``round_`` lets the checklist be repeated for a longer one."""
    value = value_of(item.serial)
    note = {"defect": DEFECT, "na": GAP}.get(value, "已查阅相关记录，符合要求。" if item.serial % 3 == 0 else "")
    files = (
        ("清洗记录第12页.jpg 8e73e8dc8e73e8dc8e73e8dc8e73e8dc8e73e8dc8e73e8dc8e73e8dc8e73e8dc",)
        if value == "defect"
        else ()
    )
    return AnswerSheet(
        serial=item.serial + round_ * 1000,
        clause=item.clause,
        title=Words(item.title_zh, item.title_en),
        citation=CITED if item.serial % 5 == 0 else None,
        marked=item.severity,
        severity="major" if item.serial == 58 else "",
        value=value,
        note=note,
        by="程守信",
        files=files,
    )


def finding(item: Item) -> FindingSheet:
    return FindingSheet(
        number=f"AU2026-000417-{item.serial:02d}",
        serial=item.serial,
        severity=item.severity,
        requirement=Words(item.title_zh, item.title_en),
        citation=CITED,
        statement=DEFECT,
        answer_due_on=date(2026, 7, 1),
        repeats="AU2025-000002-03" if item.serial == 29 else "",
    )


def judgements(of: AuditTemplate) -> tuple[JudgementSheet, ...]:
    found = score(of, {item.serial: value_of(item.serial) for item in of.items})
    return tuple(
        JudgementSheet(
            title=Words(one.table.title_zh, one.table.title_en),
            formula=Words(one.table.formula_zh, one.table.formula_en),
            outcome=Words(one.outcome.title_zh, one.outcome.title_en),
            row=one.row.number,
            rows=tuple(
                RowSheet(
                    row.number,
                    tuple(row.printed[severity] for severity in SEVERITIES),
                    Words(one.table.outcome(row.outcome).title_zh, one.table.outcome(row.outcome).title_en),
                    row is one.row,
                )
                for row in one.table.rows
            ),
            demands=tuple((severity, write_bound(one.row.bounds[severity])) for severity in SEVERITIES),
        )
        for one in found.judgements
    )


def tallies(of: AuditTemplate) -> tuple[TallySheet, ...]:
    found = score(of, {item.serial: value_of(item.serial) for item in of.items}).tallies
    return tuple(TallySheet(found[s].total, found[s].ok, found[s].defect, found[s].na, s) for s in SEVERITIES)


def signature(*, stands: bool = True) -> SignatureSheet:
    return SignatureSheet(
        number=31,
        signer="程守信",
        post=Words("审核员", "auditor"),
        organisation="示例康澜医疗科技（江苏）有限公司",
        meaning=Words("对本审核报告负责", "is answerable for this audit report"),
        method=Words("密码", "password"),
        signed_at=datetime(2026, 6, 5, 8, 31, tzinfo=UTC),
        record_hash=HASH,
        stands=stands,
        statement_version=VERSION,
        address="https://quality.example/verify/31/7609e787b0dd1536/",
    )


def report(times: int = 1, **changes: object) -> ReportDocument:
    """A signed report over 185 items, the whole checklist ``times`` times over."""
    of = template()
    name = Words("示例康澜医疗科技（江苏）有限公司", "Demo Kanglan (Jiangsu) Co., Ltd.")
    maker = Words("示例恒筑精密制造（浙江）有限公司", "Demo Hengzhu Precision (Zhejiang) Co., Ltd.")
    defects = [item for item in of.items if value_of(item.serial) == "defect"]
    values: dict[str, object] = {
        "number": "AU2026-000417",
        "kind": "annual",
        "manner": "on_site",
        "announced": True,
        "starts_on": date(2026, 6, 1),
        "ends_on": date(2026, 6, 3),
        "begun_on": date(2026, 6, 1),
        "reported_on": date(2026, 6, 5),
        "scope": "质量管理体系全范围，重点为灭菌、洁净区管理和变更控制。",
        "cause": "",
        "site": Words("恒筑杭州一厂", "Hengzhu Hangzhou plant 1"),
        "registrant": PartySheet(wording.REGISTRANT, name, "91320594MA1DEM015E"),
        "contractor": PartySheet(wording.CONTRACTOR, maker, "91330106MA2DEM0267"),
        "team": (MemberSheet("程守信", True), MemberSheet("何亦舟", False)),
        "template": Words(of.title_zh, of.title_en),
        "template_version": "2",
        "template_hash": "8e73e8dc" * 8,
        "summary": "审核组按计划查看了生产现场、检验室和仓库，与质量负责人、生产负责人和关键岗位人员进行了交谈。\n企业配合良好，上年度缺陷项均已关闭。",
        "conclusion": "质量管理体系运行基本有效。主要缺陷须在十五日内提交整改计划，措施完成后由委托方到现场验证。",
        "tallies": tallies(of),
        "judgements": judgements(of),
        "findings": tuple(finding(item) for item in defects),
        "sections": tuple(
            SectionSheet(
                Words(section.title_zh, section.title_en),
                tuple(answer(item, round_) for item in of.items_of(section.key)),
            )
            for round_ in range(times)
            for section in of.sections
        ),
        "place": PlaceSheet(wording.SIGNED_FOR, name, signature()),
        "chain": ChainSheet("audit:417", 203, "5d1cf2aa" * 8),
        "statement": Words(STATEMENT["zh"], STATEMENT["en"]),
        "statement_version": VERSION,
        "record_hash": HASH,
        "frozen_at": datetime(2026, 6, 5, 8, 31, tzinfo=UTC),
    }
    return ReportDocument(**{**values, **changes})  # type: ignore[arg-type]


def empty() -> ReportDocument:
    """A short report: nothing found, no judgement table, not signed, for cause, unannounced and remote."""
    whole = report()
    return report(
        kind="for_cause",
        manner="remote",
        announced=False,
        cause="收到两起关于包装破损的投诉。",
        site=None,
        findings=(),
        judgements=(),
        tallies=tuple(TallySheet(0, 0, 0, 0, s) for s in SEVERITIES),
        sections=(SectionSheet(Words("空", "Empty"), ()),),
        place=PlaceSheet(wording.SIGNED_FOR, whole.registrant.name, None),
        statement=None,
    )
