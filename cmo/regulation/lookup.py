"""Judge a number as ``cmo.codes`` does and add what our reference data know about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from cmo.codes import CodeResult, Message, check_code
from cmo.codes.certificate import IVD_CODE
from cmo.regulation.classification import IVD, classification, group, sub_catalogue


def judge(text: str, *, today: dt.date) -> CodeResult:
    """Judge one text; classification codes and category codes get their names from the catalogue."""
    result = check_code(text, today=today)
    if result.kind == "classification" and result.valid:
        return _with_classification(result)
    if result.kind == "registration" and "category_code" in result.fields:
        return _with_category(result)
    return result


def _with_classification(result: CodeResult) -> CodeResult:
    code = result.fields["code"]
    names: dict[str, str] = {}
    if parent := sub_catalogue(result.fields["sub_catalogue"]):
        names |= {"sub_catalogue_zh": parent.name_zh, "sub_catalogue_en": parent.name_en}
    item = classification(code)
    if item:
        names |= {"name_zh": item.name_zh, "name_en": item.name_en, "implantable_default": item.implantable_default}
    known = item is not None or bool(group(code))
    described = replace(result, fields={**result.fields, **names, "known": known})
    return described if known else described.adding(warnings=[_not_held(code)])


def _with_category(result: CodeResult) -> CodeResult:
    number = result.fields["category_code"]
    parent = None if result.fields["legacy"] else sub_catalogue(IVD if number == IVD_CODE else number)
    if parent is None:
        return result
    names = {"category_zh": parent.name_zh, "category_en": parent.name_en}
    return replace(result, fields={**result.fields, **names})


def _not_held(code: str) -> Message:
    return Message(
        "classification.not_held",
        f"分类表中没有 {code}：该编码情况未知，不表示不在禁止目录内，请查阅官方目录。",
        f"Our table does not hold {code}: the code is unknown, which never means “not prohibited”. "
        "Look it up in the official catalogue.",
    )
