"""GTINs and GS1 element strings (UDI): raw scans with FNC1 as ``\\x1d``, symbology prefixes, and printed ``(01)…`` text.

biip knows the application identifiers and their grammar. It accepts a wrong GTIN check digit silently, reads dates by
the machine's clock and drops unmatched bracket text, so check digits, dates and bracketed text are read here.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any

from biip import ParseConfig, ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from biip.gs1_element_strings import GS1ElementString
from biip.gtin import Gtin

from cmo.codes.result import CodeResult, Message
from cmo.codes.text import GS, without_spaces

GTIN_LENGTHS = (8, 12, 13, 14)
DATE_FIELDS = {
    "11": "production_date",
    "12": "due_date",
    "13": "packaging_date",
    "15": "best_before_date",
    "16": "sell_by_date",
    "17": "expiry_date",
}
#: Prefixes that scanners send before data of a GS1 symbol: DataMatrix, 128, QR, DataBar, DotCode.
GS1_SYMBOLOGIES = ("]d2", "]C1", "]Q3", "]e0", "]J1")
FIELDS = {"01": "gtin", "10": "lot", "21": "serial", "240": "additional_id", "00": "sscc"}

_CONFIG = ParseConfig(gs1_element_strings_verify_date=False)
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9]")
_BRACKETED = re.compile(r"\(([0-9]{2,4})\)")
_DATE_FIRST = re.compile(r"(?:11|13|15|17)[0-9]{6}(?:01|10|11|13|15|17|21)[0-9A-Za-z].*", re.DOTALL)
_CHARACTERS = re.compile(r"[!-~\x1d]*")
_DATE_INSIDE = re.compile(r"1[17][0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])")


def looks_like_gtin(compact: str) -> bool:
    """Eight, twelve, thirteen or fourteen digits and nothing else."""
    return compact.isascii() and compact.isdigit() and len(compact) in GTIN_LENGTHS


def split_symbology(text: str) -> tuple[str, str]:
    """The symbology prefix that a scanner sent (``]d2``; empty when there is none) and the data after it."""
    match = _SYMBOLOGY.match(text)
    return (match.group(), text[match.end() :]) if match else ("", text)


def looks_like_gs1(text: str) -> bool:
    """A scan or a printed element string: brackets, a separator inside, or a leading GTIN or date."""
    bare = without_spaces(text).strip(GS)
    if _BRACKETED.match(bare):
        return True
    if not bare.isascii() or looks_like_gtin(bare):
        return False
    leading_gtin = bare.startswith("01") and len(bare) >= 15 and bare[:15].isdigit()
    return leading_gtin or GS in bare or _DATE_FIRST.fullmatch(bare) is not None


def check_digit(payload: str) -> str:
    """The GS1 check digit for the digits before it (weights 3, 1, 3 … from the right)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(payload)))
    return str((10 - total % 10) % 10)


def parse_gtin(compact: str) -> CodeResult:
    """Judge one GTIN of 8, 12, 13 or 14 digits."""
    return CodeResult("gtin", _gtin_fields(compact), _gtin_errors(compact, "gtin"), _gtin_warnings(compact))


def parse_gs1(text: str, *, today: dt.date) -> CodeResult:
    """Judge one element string; ``today`` decides the century of two-digit years and what has expired."""
    bracketed = text.startswith("(")
    elements, errors = _read_bracketed(without_spaces(text)) if bracketed else _read_raw(text.strip(GS))
    if not elements and not errors:
        errors = [_EMPTY]
    fields = _element_fields(elements, today)
    errors += [error for element in elements for error in _element_errors(element, today)]
    errors += [*_repeated(elements), *_order_of_dates(fields)]
    warnings = [*_gs1_warnings(fields, today), *_lost_separator(elements, bracketed or GS in text)]
    return CodeResult("gs1", fields, errors, warnings)


def _read_raw(body: str) -> tuple[list[GS1ElementString], list[Message]]:
    """Element strings up to the first that cannot be read, and the reason why it cannot."""
    if foreign := _foreign_character(body):
        return [], [foreign]
    elements: list[GS1ElementString] = []
    rest = body
    while rest:
        try:
            element = GS1ElementString.extract(rest, config=_CONFIG)
        except ParseError:
            return elements, [_unreadable(rest.split(GS)[0])]
        elements.append(element)
        rest = rest[len(element) :]
        if element.ai.separator_required and rest and not rest.startswith(GS):
            return elements, [_too_long(element)]
        rest = rest.lstrip(GS)
    return elements, []


def _read_bracketed(body: str) -> tuple[list[GS1ElementString], list[Message]]:
    """Element strings of printed text; every bracketed number is an identifier, everything between is its value."""
    if foreign := _foreign_character(body):
        return [], [foreign]
    pieces = _BRACKETED.split(body)
    elements: list[GS1ElementString] = []
    errors = [] if not pieces[0] else [_unreadable(pieces[0])]
    for identifier, value in zip(pieces[1::2], pieces[2::2], strict=True):
        try:
            element = GS1ElementString.parse(identifier + value.strip(GS), config=_CONFIG)
        except ParseError:
            errors.append(_unreadable(identifier + value, identifier))
            continue
        if element.ai.ai == identifier:
            elements.append(element)
        else:
            errors.append(_unreadable(identifier + value, identifier))
    return elements, errors


def _element_fields(elements: list[GS1ElementString], today: dt.date) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for element in elements:
        identifier = element.ai.ai
        if identifier in FIELDS:
            fields.setdefault(FIELDS[identifier], element.value)
        elif identifier in DATE_FIELDS and (day := read_date(element.value, today)):
            fields.setdefault(DATE_FIELDS[identifier], day.isoformat())
    if gtin := fields.get("gtin"):
        fields |= {name: value for name, value in _gtin_fields(gtin).items() if name != "gtin"}
    if elements:
        fields["hri"] = "".join(f"({element.ai.ai}){element.value}" for element in elements)
        fields["elements"] = [
            {"ai": element.ai.ai, "title": element.ai.description, "value": element.value} for element in elements
        ]
    return fields


def read_date(digits: str, today: dt.date) -> dt.date | None:
    """The day of a ``YYMMDD`` field, or None when there is no such day; day 00 is the last day of the month.

    The century is the one that brings the year within 49 years before and 50 years after ``today`` (GS1 rule).
    """
    year, month, day = (int(digits[start : start + 2]) for start in (0, 2, 4))
    distance = (year - today.year) % 100
    year = today.year + (distance if distance <= 50 else distance - 100)
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    return dt.date(year, month, day or last) if day <= last else None


def _element_errors(element: GS1ElementString, today: dt.date) -> list[Message]:
    identifier = element.ai.ai
    if identifier in ("01", "02", "03"):
        return _gtin_errors(element.value, "gs1")
    if identifier in DATE_FIELDS and read_date(element.value, today) is None:
        return [_no_such_day(identifier, element.value)]
    if element.sscc_error or element.gln_error:
        return [_wrong_check(identifier, element.value)]
    return []


def _gtin_fields(gtin: str) -> dict[str, Any]:
    wide = gtin.zfill(14)
    fields: dict[str, Any] = {"gtin": gtin, "gtin14": wide, "indicator": wide[0], "check_digit": wide[13]}
    try:
        known = Gtin.parse(wide)
    except ParseError:
        return fields
    if known.prefix:
        fields |= {"prefix": known.prefix.value, "prefix_usage": known.prefix.usage}
    if known.company_prefix:
        fields["company_prefix"] = known.company_prefix.value
    return fields


def _gtin_errors(gtin: str, kind: str) -> list[Message]:
    if not gtin.strip("0"):
        return [Message(f"{kind}.all_zero", "GTIN 全为零，不是有效编码。", "The GTIN consists of zeros only.")]
    expected = check_digit(gtin[:-1])
    if gtin[-1] == expected:
        return []
    return [
        Message(
            f"{kind}.check_digit",
            f"GTIN 校验码不符：末位应为 {expected}，现为 {gtin[-1]}，请逐位核对。",
            f"The GTIN check digit is wrong: the last digit must be {expected}, not {gtin[-1]}. Compare every digit.",
        )
    ]


def _gtin_warnings(gtin: str) -> list[Message]:
    wide = gtin.zfill(14)
    warnings = []
    if wide[0] == "9":
        warnings.append(_VARIABLE_MEASURE)
    if len(gtin) != 8 and (wide[1] == "2" or wide[1:3] in ("02", "04")):
        warnings.append(_RESTRICTED)
    return warnings


def _gs1_warnings(fields: dict[str, Any], today: dt.date) -> list[Message]:
    warnings = _gtin_warnings(fields["gtin"]) if "gtin" in fields else [_NO_GTIN]
    if fields.get("production_date", "") > today.isoformat():
        warnings.append(_in_future(fields["production_date"]))
    if fields.get("expiry_date", "9") < today.isoformat():
        warnings.append(_expired(fields["expiry_date"]))
    return warnings


def _repeated(elements: list[GS1ElementString]) -> list[Message]:
    values: dict[str, set[str]] = {}
    for element in elements:
        values.setdefault(element.ai.ai, set()).add(element.value)
    return [_twice(identifier) for identifier, found in values.items() if len(found) > 1]


def _order_of_dates(fields: dict[str, Any]) -> list[Message]:
    made, expires = fields.get("production_date"), fields.get("expiry_date")
    if not (made and expires and expires < made):
        return []
    return [
        Message(
            "gs1.expires_before_production",
            f"失效日期 {expires} 早于生产日期 {made}。",
            f"The expiry date {expires} lies before the production date {made}.",
        )
    ]


def _lost_separator(elements: list[GS1ElementString], separated: bool) -> list[Message]:
    if separated or not elements or elements[-1].ai.ai not in ("10", "21"):
        return []
    if not _DATE_INSIDE.search(elements[-1].value):
        return []
    return [
        Message(
            "gs1.separator_lost",
            f"（{elements[-1].ai.ai}）的内容「{elements[-1].value}」像是含有日期：扫码枪可能丢失了分隔符 FNC1。",
            f"The value of ({elements[-1].ai.ai}), “{elements[-1].value}”, seems to contain a date: the scanner may "
            "have dropped the FNC1 separator.",
        )
    ]


def _foreign_character(body: str) -> Message | None:
    place = _CHARACTERS.match(body).end()  # type: ignore[union-attr]  # matches the empty string at least
    if place == len(body):
        return None
    return Message(
        "gs1.character",
        f"第 {place + 1} 位「{body[place]}」不能出现在 GS1 数据中（空格和汉字都不允许）。",
        f"Character {place + 1}, “{body[place]}”, cannot occur in GS1 data (no blanks, no Chinese).",
    )


def _unreadable(piece: str, identifier: str = "") -> Message:
    """Why a piece of text is no element string: unknown identifier, or a value against its format."""
    try:
        known = GS1ApplicationIdentifier.extract(piece)
    except ParseError:
        known = None
    if known is None or (identifier and known.ai != identifier):
        shown = identifier or piece[:4]
        return Message(
            "gs1.identifier",
            f"「{shown}」不是 GS1 应用标识符。",
            f"“{shown}” is not a GS1 application identifier.",
        )
    value = piece[len(known.ai) :][:40]
    if known.ai in DATE_FIELDS and len(value) >= 6 and value[:6].isdigit():
        return _no_such_day(known.ai, value[:6])
    return Message(
        "gs1.value",
        f"（{known.ai}）的内容「{value}」不符合规定格式 {known.format}。",
        f"The value of ({known.ai}), “{value}”, does not have the format {known.format}.",
    )


def _too_long(element: GS1ElementString) -> Message:
    identifier = element.ai.ai
    return Message(
        "gs1.too_long",
        f"（{identifier}）的内容过长（格式 {element.ai.format}），或其后缺少分隔符 FNC1。",
        f"The value of ({identifier}) is too long (format {element.ai.format}) or lacks the FNC1 separator after it.",
    )


def _no_such_day(identifier: str, digits: str) -> Message:
    return Message(
        "gs1.date",
        f"（{identifier}）的日期「{digits}」不存在，应为 YYMMDD（月 01 至 12；日 00 表示月末）。",
        f"The date “{digits}” in ({identifier}) does not exist; it must be YYMMDD (month 01 to 12; day 00 = month end).",
    )


def _wrong_check(identifier: str, value: str) -> Message:
    return Message(
        "gs1.check_digit",
        f"（{identifier}）的内容「{value}」校验码不符。",
        f"The check digit of ({identifier}), “{value}”, is wrong.",
    )


def _twice(identifier: str) -> Message:
    return Message(
        "gs1.repeated",
        f"（{identifier}）出现多次且内容不同。",
        f"({identifier}) occurs more than once with different values.",
    )


def _in_future(day: str) -> Message:
    return Message(
        "gs1.production_in_future",
        f"生产日期 {day} 晚于今天。",
        f"The production date {day} lies in the future.",
    )


def _expired(day: str) -> Message:
    return Message("gs1.expired", f"已过失效日期 {day}。", f"The expiry date {day} has passed.")


_EMPTY = Message("gs1.empty", "没有任何数据元素。", "There is no data element.")
_NO_GTIN = Message(
    "gs1.no_gtin",
    "没有（01）产品标识，不能单独识别产品。",
    "There is no (01) device identifier; the text alone does not identify a product.",
)
_VARIABLE_MEASURE = Message(
    "gtin.variable_measure",
    "包装指示符 9 用于变量贸易单元，医疗器械不使用，请核对。",
    "Indicator 9 marks variable-measure items, which devices are not. Please check.",
)
_RESTRICTED = Message(
    "gtin.restricted",
    "前缀属于店内码（限域流通），不能作为 UDI-DI。",
    "The prefix is for restricted circulation inside a shop or company; it is no UDI-DI.",
)
