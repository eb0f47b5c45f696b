"""The product's own template: every element of the guide, what later rules add, and the reader's precision."""

from __future__ import annotations

from datetime import date

import pytest

from agreements.guide import guide_elements
from agreements.templates_data import DATA, TemplateError, read_templates, template_on, templates

TODAY = date(2026, 11, 22)
TEMPLATE = templates()[0]
CLAUSES = {clause.key: clause for clause in TEMPLATE.clauses}


def test_the_template_covers_every_element_of_the_guide_in_both_languages() -> None:
    covered = {element for item in TEMPLATE.clauses for element in item.elements}
    assert covered == {f"QA-{number:02d}" for number in range(1, 50)}
    assert all("\u4e00" <= item.text_zh[0] <= "\u9fff" and item.text_en.isascii() for item in TEMPLATE.clauses)
    assert not [item.key for item in TEMPLATE.clauses if set(",;()") & set(item.text_zh)]


#: Element of the guide → the clause that covers it, and words of the element in both languages.
TRACED = [
    ("QA-01", "scope", "注册证或者备案编号", "certificate or filing number"),
    ("QA-02", "parties", "统一社会信用代码", "production licence"),
    ("QA-03", "definitions", "生产放行，指", "Production release:"),
    ("QA-04", "standards", "法规、标准和主要技术文件清单", "laws, standards and main technical documents"),
    ("QA-05", "standards", "医疗器械生产质量管理规范", "device GMP"),
    ("QA-06", "documents_records", "受控版本", "controlled versions"),
    ("QA-07", "documents_records", "销毁任何记录之前", "before destroying any record"),
    ("QA-08", "documents_records", "保存期限不少于", "at least two years"),
    ("QA-09", "technical_transfer", "设计转换", "design transfer"),
    ("QA-10", "purchasing", "物料的质量标准", "material quality standards"),
    ("QA-11", "purchasing", "供应商由委托方审核", "Suppliers are audited"),
    ("QA-12", "purchasing", "检验到货", "inspects what arrives"),
    ("QA-13", "purchasing", "委托方提供的物料", "Materials supplied by the registrant"),
    ("QA-14", "purchasing", "代委托方采购", "on the registrant's behalf"),
    ("QA-15", "outsourced_processes", "主体责任", "main responsibility"),
    ("QA-16", "resources", "计算机化系统", "computer systems"),
    (
        "QA-17",
        "technical_transfer",
        "工艺验证先于供应用户的批次放行",
        "process validation is complete before lots for users",
    ),
    ("QA-18", "inspection", "检验人员", "Inspectors are trained"),
    ("QA-19", "inspection", "留样", "retained samples"),
    ("QA-20", "production_release", "（六）", "(6)"),
    ("QA-21", "market_release", "质量部门在生产放行之后", "after production release"),
    ("QA-22", "identification", "唯一标识", "UDI"),
    ("QA-23", "production_release", "书面授权", "authorised by the contractor in writing"),
    ("QA-24", "audits", "委托方每年至少一次", "At least once a year the registrant audits"),
    ("QA-25", "audits", "每年至少进行一次内部审核", "audits itself at least once a year"),
    ("QA-26", "audits", "当日告知委托方", "on the same day"),
    ("QA-27", "audits", "检查和抽检", "inspections and sampling"),
    ("QA-28", "audits", "资质持续有效", "keeps its qualifications valid"),
    ("QA-29", "complaints", "售后服务", "After-sales service"),
    ("QA-30", "complaints", "投诉档案", "keeps the file"),
    ("QA-31", "adverse_events", "不得转移", "cannot be transferred"),
    ("QA-32", "recall", "无权自行决定或者推迟召回", "no power to decide on a recall"),
    ("QA-33", "change_control", "书面批准后方可实施", "written approval"),
    ("QA-34", "change_control", "已放行批次", "lots made or released"),
    ("QA-35", "change_control", "停止生产", "stops production"),
    ("QA-36", "management", "管理者代表为质量事务联络人", "management representatives are the contacts"),
    ("QA-37", "resources", "人员、厂房设施、设备、物料", "people, premises, equipment, materials"),
    ("QA-38", "process_control", "职责分工表", "responsibility matrix"),
    ("QA-39", "disputes", "争议", "Disputes"),
    ("QA-40", "term", "续签", "renewal"),
    ("QA-41", "term", "自动终止", "it ends when the first of certificate, licence and agreed term ends"),
    ("QA-42", "confidentiality", "保险", "insurance"),
    ("QA-43", "resources", "环境的限度", "limits of the production environment"),
    ("QA-44", "storage", "贮存", "stores"),
    ("QA-45", "nonconforming", "不得放行不合格批", "releases no nonconforming lot"),
    ("QA-46", "capa", "有效性", "effective"),
    ("QA-47", "management", "每季度", "every quarter"),
    ("QA-48", "quality_measures", "检验超标次数和比率", "number and rate of results out of specification"),
    ("QA-49", "signature", "公章", "seal"),
]


@pytest.mark.parametrize(("element", "clause", "zh", "en"), TRACED, ids=[row[0] for row in TRACED])
def test_the_clause_that_claims_an_element_really_words_it(element: str, clause: str, zh: str, en: str) -> None:
    held = CLAUSES[clause]
    assert element in held.elements
    assert held.when == "always"
    assert zh in held.text_zh
    assert en in held.text_en


def test_every_element_is_traced_and_named_in_both_languages() -> None:
    assert [row[0] for row in TRACED] == list(guide_elements()) == [f"QA-{number:02d}" for number in range(1, 50)]
    assert [element.number for element in guide_elements().values()] == list(range(1, 50))
    names = [name for element in guide_elements().values() for name in (element.name_zh, element.name_en)]
    assert len(set(names)) == 98


@pytest.mark.parametrize(
    ("citation", "clause", "zh", "en"),
    [
        ("N38-09", "resident_supervisor", "日常工作：", "Daily work:"),
        ("N38-09", "resident_supervisor", "监督的环节：", "Supervised steps:"),
        ("N38-09", "resident_supervisor", "问题的处理：", "Handling of problems:"),
        *(("N38-13", "interfaces", zh, en) for zh, en in [
            ("文件控制：", "Document control:"), ("采购控制：", "Purchasing control:"), ("过程控制：", "Process control:"),
            ("检验控制：", "Inspection control:"), ("放行控制：", "Release control:"), ("变更控制：", "Change control:"),
        ]),
        ("N38-23", "capa", "以书面通报对方质量部门", "tells the other's quality department in writing"),
        ("N38-26", "adverse_event_investigation", "参与原因分析", "take part in the analysis"),
        ("DUTY-MARKET-RELEASE", "market_release", "上市放行规程", "market-release procedure"),
        ("QA-20", "production_release", "生产放行规程", "production-release procedure"),
        ("O47-112", "lots_made_in_time", "有效期内完成生产的批次", "Lots made while"),
        ("N38-17", "key_items", "外协灭菌", "outsourced sterilisation"),
        ("N38-17", "sterilisation", "灭菌", "Sterilisation"),
        ("N38-17", "animal_material", "动物源性", "animal"),
        ("N38-17", "ivd_materials", "抗体", "antibodies"),
        ("N38-18", "shared_lines", "交叉污染", "cross-contamination"),
        ("ESL-3", "electronic_signatures", "电子签名", "electronic signatures"),
    ],
)  # fmt: skip
def test_what_later_rules_add_is_worded_and_cited(citation: str, clause: str, zh: str, en: str) -> None:
    held = CLAUSES[clause]
    assert held.citation == citation
    assert zh in held.text_zh
    assert en in held.text_en


def test_the_obligations_name_their_record_and_stand_for_both_sides() -> None:
    rows = {row.key: row for row in TEMPLATE.obligations}
    assert {row.side for row in rows.values()} == {"registrant", "contractor"}
    assert {row.frequency for row in rows.values()} == {"monthly", "quarterly", "half_yearly", "yearly"}
    plain = {row.key for row in TEMPLATE.obligations_for(())}
    assert len(plain) >= 8
    assert {row.key for row in TEMPLATE.obligations_for({"implantable"})} - plain == {"supervision_log"}
    for row in rows.values():
        assert all("\u4e00" <= words[0] <= "\u9fff" for words in (row.what_zh, row.proof_zh))
        assert (row.what_en + row.proof_en).isascii()
        assert row.when in {"always", CLAUSES[row.clause].when}


def test_variants_add_their_clauses_and_nothing_else() -> None:
    plain = {clause.key for clause in TEMPLATE.clauses_for(())}
    assert {c.key for c in TEMPLATE.clauses_for({"implantable"})} - plain == {"resident_supervisor"}
    assert {c.key for c in TEMPLATE.clauses_for({"sterile"})} - plain == {"sterilisation"}
    assert {d.key for d in TEMPLATE.duties_for({"implantable"})} - {d.key for d in TEMPLATE.duties_for(())} == {
        "resident_supervisor"
    }


def test_the_day_picks_the_template_and_earlier_days_get_the_first() -> None:
    assert template_on("quality_agreement", date(2026, 11, 1)) is TEMPLATE
    assert template_on("quality_agreement", date(2020, 1, 1)) is TEMPLATE
    assert template_on("nothing", TODAY) is None


@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        (("heading_en: Parties", "heading_en: ''"), "templates[0].clauses[0].heading_en", "is missing"),
        (("key: scope", "key: parties"), "templates[0].clauses", "'parties' stands twice"),
        (("when: sterile", "when: moist"), "templates[0].clauses[15].when", "'moist' is none of"),
        (("registrant: R, contractor: I, fixed: registrant, citation: DUTY-MARKET-RELEASE",
          "registrant: I, contractor: R, fixed: registrant, citation: DUTY-MARKET-RELEASE"),
         "templates[0].duties[2].fixed", "the law fixes it to the registrant"),
        (("registrant: R, contractor: I, fixed: registrant, citation: DUTY-MARKET-RELEASE",
          "registrant: X, contractor: I, fixed: registrant, citation: DUTY-MARKET-RELEASE"),
         "templates[0].duties[2].registrant", "letters of RACI"),
        (("clause: market_release}", "clause: nowhere}"), "templates[0].duties[2].clause", "there is no clause 'nowhere'"),
        (("elements: [QA-02]", "element: [QA-02]"), "templates[0].clauses[0].element", "is not a known key"),
        (("elements: [QA-02]", "elements: [QA-50]"), "templates[0].clauses[0].elements", "has no element 'QA-50'"),
        (("frequency: monthly", "frequency: weekly"), "templates[0].obligations[0].frequency", "'weekly' is none of"),
        (("days_allowed: 10", "days_allowed: 367"), "templates[0].obligations[0].days_allowed", "from 0 to 366"),
        (("days_allowed: 10", "days_allowed: ten"), "templates[0].obligations[0].days_allowed", "from 0 to 366"),
        (("side: contractor, frequency: monthly", "side: both, frequency: monthly"),
         "templates[0].obligations[0].side", "'both' is none of"),
        (("clause: quality_measures, what_zh", "clause: nowhere, what_zh"),
         "templates[0].obligations[0].clause", "there is no clause 'nowhere'"),
        (("proof_en: Monthly quality data report", "proof_en: ''"),
         "templates[0].obligations[0].proof_en", "is missing"),
        (("key: quarterly_meeting", "key: monthly_quality_data"), "templates[0].obligations", "stands twice"),
    ],
)  # fmt: skip
def test_a_faulty_template_file_names_each_place(change: tuple[str, str], place: str, sentence: str) -> None:
    with pytest.raises(TemplateError) as caught:
        read_templates(DATA.read_text(encoding="utf-8").replace(*change, 1))
    assert any(str(fault).startswith(f"{place}:") and sentence in str(fault) for fault in caught.value.faults)
