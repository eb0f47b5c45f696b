"""Recognise what kind of number a text is and judge it; the only entrance that pages, commands and imports need."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from cmo.codes import certificate, classification, gs1, licence, uscc
from cmo.codes.result import CodeResult, Message
from cmo.codes.text import GS, clean, without_spaces

_CHINA = ZoneInfo("Asia/Shanghai")
_MA_CODE = re.compile(r"MA\.[0-9]{3}\.", re.IGNORECASE)


def check_code(text: str, *, today: dt.date | None = None) -> CodeResult:
    """Judge one pasted or scanned text. Never raises; linear in the length of the text.

    :param today: the day against which years and expiry dates are judged; default: today in China.
    """
    cleaned = clean(text)
    if cleaned.errors and not cleaned.text:
        return CodeResult("unknown", {}, cleaned.errors, cleaned.warnings)
    result = _judge(cleaned.text, today or dt.datetime.now(_CHINA).date())
    return result.adding(errors=cleaned.errors, warnings=cleaned.warnings)


def _judge(text: str, today: dt.date) -> CodeResult:
    symbology, data = gs1.split_symbology(text)
    if symbology in gs1.GS1_SYMBOLOGIES:
        return _with_symbology(gs1.parse_gs1(data, today=today), symbology)
    result = _judge_data(data, today)
    return _with_symbology(result, symbology) if symbology else result


def _judge_data(text: str, today: dt.date) -> CodeResult:
    compact = without_spaces(text).strip(GS)
    if gs1.looks_like_gs1(text) and not uscc.is_certain(compact):
        return gs1.parse_gs1(text, today=today)
    if GS in compact:
        return _judge_other(compact.replace(GS, ""), today).adding(errors=[_SEPARATOR])
    return _judge_other(compact, today)


def _with_symbology(result: CodeResult, symbology: str) -> CodeResult:
    """The judgement with the scanner's prefix; element strings in a plain symbol are worth a warning."""
    marked = replace(result, fields={"symbology": symbology, **result.fields})
    plain = result.kind == "gs1" and symbology not in gs1.GS1_SYMBOLOGIES
    return marked.adding(warnings=[_plain_symbol(symbology)]) if plain else marked


def _judge_other(compact: str, today: dt.date) -> CodeResult:
    for recognises, parse in _dated_parsers():
        if recognises(compact):
            return parse(compact, today=today)
    for recognises, judge in _plain_parsers():
        if recognises(compact):
            return judge(compact)
    return CodeResult("unknown", {}, [_why_unknown(compact)])


def _dated_parsers() -> list[tuple[Callable[[str], bool], Callable[..., CodeResult]]]:
    return [
        (licence.looks_like_licence, licence.parse),
        (licence.looks_like_filing, licence.parse),
        (certificate.looks_like_registration, certificate.parse_registration),
        (certificate.looks_like_filing, certificate.parse_filing),
    ]


def _plain_parsers() -> list[tuple[Callable[[str], bool], Callable[[str], CodeResult]]]:
    return [
        (gs1.looks_like_gtin, gs1.parse_gtin),
        (uscc.looks_like, uscc.parse),
        (classification.looks_like, classification.parse),
    ]


def _why_unknown(compact: str) -> Message:
    if not compact:
        return _NOTHING
    if _MA_CODE.match(compact):
        return _MA
    if "械经营" in compact:
        return _DISTRIBUTION
    if "国药准字" in compact:
        return _DRUG
    if compact.isascii() and compact.isdigit():
        return _digits(len(compact))
    return _UNKNOWN


def _digits(count: int) -> Message:
    return Message(
        "unknown.digit_count",
        f"{count} 位数字：GTIN 为 8、12、13 或 14 位，统一社会信用代码为 18 位。",
        f"{count} digits: a GTIN has 8, 12, 13 or 14, a unified social credit code 18.",
    )


def _plain_symbol(symbology: str) -> Message:
    return Message(
        "gs1.plain_symbol",
        f"扫码前缀 {symbology} 表示普通条码而非 GS1 条码（缺少首位 FNC1），标签上的 UDI 应使用 GS1 码制。",
        f"The scanner prefix {symbology} means a plain symbol, not a GS1 one (no leading FNC1); a UDI on a label must "
        "use a GS1 symbol.",
    )


_SEPARATOR = Message(
    "separator",
    "编号中含有 GS1 分隔符，只有 GS1 数据才可使用。",
    "The number contains a GS1 separator, which only GS1 data may use.",
)
_NOTHING = Message("unknown.empty", "没有内容。", "There is nothing to check.")
_MA = Message(
    "unknown.ma",
    "这是 MA（IDcode）编码；其校验规则未见公开依据，此处不作判断。",
    "This is an MA (IDcode) identifier; its check rule is not known from a published source, so it is not judged.",
)
_DISTRIBUTION = Message(
    "unknown.distribution",
    "这是经营许可证或经营备案编号，不是生产许可证或生产备案编号。",
    "This is a distribution licence or filing, not a production licence or filing.",
)
_DRUG = Message(
    "unknown.drug",
    "这是药品批准文号，不是医疗器械注册证编号。",
    "This is a drug approval number, not a device registration number.",
)
_UNKNOWN = Message(
    "unknown.kind",
    "无法识别：不是 UDI、GTIN、统一社会信用代码、注册证或备案编号、生产许可证或生产备案编号、分类编码。",
    "Not recognised: no UDI, GTIN, unified social credit code, registration or filing number, production licence or "
    "filing number, or classification code.",
)
