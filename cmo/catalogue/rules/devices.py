"""What speaks against entering device data: numbers, classes, days, codes and facts that contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cmo.codes import check_code, compare_with_sub_catalogue
from cmo.errors import Basis, Finding, Severity

from ..facts_vocabulary import FACTS, BadFacts, ScreeningFacts, clean_code

#: What the codes' own default says about being implantable; ``ask``: the code alone does not tell.
DEFAULTS = ("yes", "no", "ask")


def blockers_to_propose_device(content: Mapping[str, Any], default: str | None, today: date) -> list[Finding]:
    """Every reason against this device data.

    ``default``: the code's default for implantable (``yes``, ``no``, ``ask``), None for a code we do not hold.
    """
    return [
        *_number_findings(content, today),
        *_period_findings(content),
        *_code_findings(content),
        *_implantable_findings(content, default),
        *_fact_findings(content),
        *_address_findings(content),
        *_list_findings(content),
    ]


def warnings_about_device(content: Mapping[str, Any], default: str | None, today: date) -> list[Finding]:
    """What should be looked at before confirming, without stopping it."""
    found = [_finding(f"number_{m.code}", m.zh, m.en, "O47-115", "warns") for m in _number(content, today).warnings]
    if content["classification_code"] and default is None:
        zh = "该分类编码不在本系统收录的分类目录内，请核对；筛查时按未知编码处理。"
        en = "The classification code is not in the table held here; check it. Screening treats it as unknown."
        found.append(_finding("code_not_held", zh, en, "CAT22", "warns"))
    return found


def _number(content: Mapping[str, Any], today: date) -> Any:
    parsed = check_code(content["number_printed"], today=today)
    try:
        return compare_with_sub_catalogue(parsed, content["sub_catalogue"])
    except ValueError:
        return parsed


def _number_findings(content: Mapping[str, Any], today: date) -> list[Finding]:
    parsed = _number(content, today)
    if parsed.kind != content["kind"]:
        zh, en = "编号与所选的证件种类不符。", "The number is not of the kind of certificate chosen."
        return [_finding("number_kind", zh, en, "O47-115")]
    found = [_finding(f"number_{m.code}", m.zh, m.en, "O47-115") for m in parsed.errors]
    stated = {1: "I", 2: "II", 3: "III"}.get(parsed.fields.get("management_class", 0))
    if stated and stated != content["device_class"]:
        zh = f"编号表示的管理类别为{stated}类，与填写的{content['device_class']}类不符。"
        en = f"The number says class {stated}, the data say class {content['device_class']}."
        found.append(_finding("class_differs_from_number", zh, en, "O47-115"))
    return found


def _period_findings(content: Mapping[str, Any]) -> list[Finding]:
    found = []
    if content["kind"] == "registration" and content["last_day"] is None:
        zh, en = "注册证须填写有效期截止日。", "A registration certificate has a last day of validity; enter it."
        found.append(_finding("last_day_missing", zh, en, "O739-22"))
    if content["kind"] == "filing" and content["last_day"] is not None:
        zh, en = "第一类备案没有有效期截止日。", "A class I filing has no last day."
        found.append(_finding("filing_has_no_last_day", zh, en, "O47-116"))
    if content["deemed_renewed"] and not (content["renewal_filed_on"] and content["renewal_proof"]):
        zh = "视为准予延续须填写延续申请日期和按时申请的证明。"
        en = "A deemed renewal needs the day of application and proof that it was filed in time."
        found.append(_finding("deemed_renewal_without_proof", zh, en, "O739-22-2"))
    return found


def _code_findings(content: Mapping[str, Any]) -> list[Finding]:
    code, sub = content["classification_code"], content["sub_catalogue"]
    if not code and sub != "IVD":
        zh, en = "请填写分类编码；只有体外诊断试剂没有。", "Enter the classification code; only IVD reagents have none."
        return [_finding("code_missing", zh, en, "CAT22")]
    try:
        cleaned = clean_code(code)
    except BadFacts as bad:
        return [_finding("code_form", bad.zh, bad.en, "CAT22")]
    if cleaned != (code or None) or (cleaned and len(cleaned) != len("NN-NN-NN")):
        zh, en = "分类编码须为完整的三段编码，例如 13-07-02。", "Give the full code of three parts, such as 13-07-02."
        return [_finding("code_form", zh, en, "CAT22")]
    if cleaned and cleaned[:2] != sub:
        zh, en = "分类编码不属于所选的子目录。", "The classification code does not belong to the sub-catalogue chosen."
        return [_finding("code_outside_sub_catalogue", zh, en, "CAT22")]
    return []


def _implantable_findings(content: Mapping[str, Any], default: str | None) -> list[Finding]:
    differs = default in {"yes", "no"} and content["implantable"] not in {default, "unknown"}
    if not differs or content["implantable_reason"].strip():
        return []
    zh = "“是否植入”与分类编码的默认值不同，请说明理由。"
    en = "Whether it is implantable differs from the code's default; say why."
    return [_finding("implantable_reason_missing", zh, en, "GMP25-45-3")]


def _fact_findings(content: Mapping[str, Any]) -> list[Finding]:
    try:
        ScreeningFacts(**{fact: content[fact] for fact in FACTS})
    except BadFacts as bad:
        return [_finding("facts_contradict", bad.zh, bad.en, "CAT22")]
    return []


def _address_findings(content: Mapping[str, Any]) -> list[Finding]:
    found = []
    if not content["production_addresses"]:
        zh, en = "请填写注册证或者备案凭证上的生产地址。", "Enter the production addresses printed on the certificate."
        found.append(_finding("address_missing", zh, en, "N38-29"))
    for address in content["production_addresses"]:
        if address["entrusted"] and not (address["contractor_name"] and address["contractor_uscc"]):
            zh = "标注“（委托生产）”的地址须填写备注栏的受托企业名称和统一社会信用代码。"
            en = "An address marked “(委托生产)” needs the contractor's name and credit code from the remarks."
            found.append(_finding("contractor_not_named", zh, en, "N38-29"))
        elif address["entrusted"] and not _is_credit_code(address["contractor_uscc"]):
            zh, en = "受托企业的统一社会信用代码有误。", "The contractor's credit code is not valid."
            found.append(_finding("contractor_credit_code", zh, en, "N38-29"))
    return found


def _is_credit_code(text: str) -> bool:
    parsed = check_code(text)
    return parsed.kind == "uscc" and not parsed.errors


def _list_findings(content: Mapping[str, Any]) -> list[Finding]:
    found = []
    if not content["models_and_specifications"]:
        zh, en = "请至少填写一个型号或者规格。", "Enter at least one model or specification."
        found.append(_finding("models_missing", zh, en, "GMP25-45"))
    if not content["release_documents"]:
        zh, en = "请至少列出一种放行文件。", "List at least one document of the release file."
        found.append(_finding("release_documents_missing", zh, en, "GMP25-113"))
    keys = [document["key"] for document in content["release_documents"]]
    if len(keys) != len(set(keys)):
        zh, en = "放行文件的键重复。", "A document of the release file is listed twice."
        found.append(_finding("release_documents_twice", zh, en, "GMP25-113"))
    return found


def _finding(code: str, zh: str, en: str, citation: str, severity: Severity = "blocks") -> Finding:
    basis: Basis = "announcement" if citation.startswith("N38") else "law"
    return Finding(code, severity, basis, zh, en, citation)
