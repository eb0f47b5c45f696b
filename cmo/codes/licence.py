"""Production licence numbers (医疗器械生产许可证) and class I production filing numbers (生产备案编号).

A licence number survives renewal (Order 53 art. 17), so the older prefix with 食 still occurs beside today's. How the
eight digits split, and the exact rule of the filing number, are known from examples only: a doubtful year, a missing
号 or an unusual place in a filing number therefore warns and never blocks.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from cmo.codes import parts
from cmo.codes.provinces import by_short_name
from cmo.codes.result import CodeResult, Kind, Message

_LAYOUT = (("年份", "year", 4), ("流水号", "serial", 4))
_MARK = re.compile(r"(.{0,8}?)(食?药监)?械生产(许|备)(.*)", re.DOTALL)
_CHINESE = re.compile(r"[\u4e00-\u9fff]{1,4}")
_EXAMPLE: dict[str, str] = {
    "production_licence": "苏药监械生产许20230001号",
    "production_filing": "苏苏药监械生产备20230001号",
}
_SURPLUS_SERIAL = (9, 10)


def looks_like_licence(compact: str) -> bool:
    """A production licence number."""
    return "械生产许" in compact


def looks_like_filing(compact: str) -> bool:
    """A class I production filing number."""
    return "械生产备" in compact


def parse(compact: str, *, today: dt.date) -> CodeResult:
    """Judge one licence or production filing number without blanks. :raises ValueError: when it is neither."""
    match = _MARK.fullmatch(compact)
    if match is None:
        if not (looks_like_licence(compact) or looks_like_filing(compact)):
            raise ValueError("neither a production licence nor a production filing number")
        kind: Kind = "production_licence" if looks_like_licence(compact) else "production_filing"
        return CodeResult(kind, {"number": compact}, [_mark(kind)])
    place, mark, letter, rest = match.groups()
    kind = "production_licence" if letter == "许" else "production_filing"
    digits = rest.removesuffix("号")
    errors = [] if mark else [_mark(kind)]
    errors += _place_errors(kind, place)
    errors += _digit_errors(kind, digits)
    if errors:
        return CodeResult(kind, {"number": compact}, errors)
    warnings = [*_warnings(kind, place, digits, today), *([] if rest.endswith("号") else [_no_suffix(kind)])]
    return CodeResult(kind, _fields(kind, place, mark, digits), [], warnings)


def _fields(kind: Kind, place: str, mark: str, digits: str) -> dict[str, Any]:
    letter = "许" if kind == "production_licence" else "备"
    province = by_short_name(place[0])
    fields: dict[str, Any] = {"number": f"{place}{mark}械生产{letter}{digits}号", "authority": place}
    if province:
        fields |= {"province": province.short, "authority_zh": province.zh, "authority_en": province.en}
    if province and place[1:]:
        fields["city"] = place[1:]
    return {**fields, "year": int(digits[:4]), "serial": digits[4:], "legacy": mark.startswith("食")}


def _place_errors(kind: Kind, place: str) -> list[Message]:
    if kind == "production_licence":
        return [] if by_short_name(place) else [_not_a_province(place)]
    return [] if _CHINESE.fullmatch(place) else [_not_a_place(place)]


def _digit_errors(kind: Kind, digits: str) -> list[Message]:
    if kind == "production_filing" and parts.is_digits(digits) and len(digits) in _SURPLUS_SERIAL:
        return []
    return parts.digit_block(kind, digits, _LAYOUT)


def _warnings(kind: Kind, place: str, digits: str, today: dt.date) -> list[Message]:
    doubtful = [
        Message(message.code, message.zh + "请与证件核对。", message.en + " Compare with the document.")
        for message in parts.future_year(kind, int(digits[:4]), today)
    ]
    if kind == "production_filing" and not by_short_name(place[0]):
        doubtful.append(_unusual_place(place))
    if len(digits) in _SURPLUS_SERIAL:
        doubtful.append(_long_serial(len(digits)))
    return [*doubtful, *parts.zero_serial(kind, digits[4:])]


def _mark(kind: Kind) -> Message:
    return Message(
        f"{kind}.mark",
        f"应如「{_EXAMPLE[kind]}」，「械生产」前为「药监」，旧证为「食药监」。",
        f"It reads like {_EXAMPLE[kind]}: 药监 stands before 械生产, 食药监 on older documents.",
    )


def _no_suffix(kind: Kind) -> Message:
    return Message(f"{kind}.suffix", "末尾缺少「号」字，已补上。", "The closing 号 is missing; it was added.")


def _not_a_province(place: str) -> Message:
    zh, en = parts.quoted(place)
    return Message(
        "production_licence.authority",
        f"「药监械生产许」前应为一个省、自治区、直辖市简称，现为{zh}。",
        f"Before 药监械生产许 stands the short name of one province; here it is {en}.",
    )


def _not_a_place(place: str) -> Message:
    zh, en = parts.quoted(place)
    return Message(
        "production_filing.authority",
        f"「药监械生产备」前应为省简称加市简称（如「苏苏」），现为{zh}。",
        f"Before 药监械生产备 stand the short names of province and city (such as 苏苏); here it is {en}.",
    )


def _unusual_place(place: str) -> Message:
    return Message(
        "production_filing.place",
        f"「{place}」不以省、自治区、直辖市简称开头，请与备案凭证核对。",
        f"“{place}” does not begin with the short name of a province. Compare with the filing document.",
    )


def _long_serial(count: int) -> Message:
    return Message(
        "production_filing.long_serial",
        f"数字部分通常为 8 位，现为 {count} 位，请与备案凭证核对。",
        f"The digit block usually has 8 digits; it has {count}. Compare with the filing document.",
    )
