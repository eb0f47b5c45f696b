"""Unified social credit code (统一社会信用代码, GB 32100-2015): eighteen characters with two check characters.

The last character protects the whole code and blocks. Position 17 protects the embedded organisation code
(GB 11714); registration offices have issued codes whose inner check does not compute, so it only warns, as do a
department or division that is not on our (incomplete) lists.
"""

from __future__ import annotations

import re

from cmo.codes.provinces import by_division
from cmo.codes.result import CodeResult, Message

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18

_VALUE = {sign: value for value, sign in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_INNER_VALUE = {sign: value for value, sign in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_LOOK_ALIKE = {"O": "0", "I": "1", "S": "5", "Z": "2", "V": "U"}

_ALPHANUMERIC = re.compile(r"[0-9A-Za-z]{18}")
_ONE_OFF = re.compile(r"(9[1239]|1[1239]|5[1239]|[Yy]1)[0-9]{6}(?=[0-9]*[A-Za-z])[0-9A-Za-z]{9}(?:[0-9A-Za-z]{2})?")

DEPARTMENTS = {
    "1": ("机构编制", "establishment office"),
    "5": ("民政", "civil affairs"),
    "9": ("市场监督管理", "market regulation"),
    "Y": ("其他", "other"),
}


def looks_like(compact: str) -> bool:
    """Eighteen characters that can be a credit code, also with a look-alike letter; or one character too few or many."""
    if _ONE_OFF.fullmatch(compact):
        return True
    if is_certain(compact):
        return True
    if not _ALPHANUMERIC.fullmatch(compact):
        return False
    upper = compact.upper()
    division = "".join(_LOOK_ALIKE.get(sign, sign) for sign in upper[2:8])
    return division.isdigit() and upper[0] in "123456789AYN"


def is_certain(compact: str) -> bool:
    """Exactly eighteen characters of the alphabet: read as a credit code whatever else it might be."""
    return len(compact) == LENGTH and all(sign in _VALUE for sign in compact.upper())


def check_character(first_17: str) -> str:
    """The character that position 18 must carry. :raises KeyError: for a character outside the alphabet."""
    total = sum(weight * _VALUE[sign] for weight, sign in zip(_WEIGHTS, first_17, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def inner_check_character(first_8: str) -> str:
    """The character that position 17 should carry, from positions 9 to 16 (GB 11714)."""
    total = sum(weight * _INNER_VALUE[sign] for weight, sign in zip(_INNER_WEIGHTS, first_8, strict=True))
    return "0123456789X0"[11 - total % 11]


def parse(compact: str) -> CodeResult:
    """Judge one code without blanks; lower case is accepted."""
    code = compact.upper()
    errors = _shape_errors(code)
    if errors:
        return CodeResult("uscc", {"code": code}, errors)
    fields = {
        "code": code,
        "department": code[0],
        "organisation_kind": code[1],
        "division": code[2:8],
        "organisation_code": f"{code[8:16]}-{code[16]}",
        "check_character": code[17],
    }
    if province := by_division(code[2:8]):
        fields |= {"province": province.short, "province_zh": province.zh, "province_en": province.en}
    return CodeResult("uscc", fields, _check_errors(code), [*_inner_warnings(code), *_list_warnings(code)])


def _shape_errors(code: str) -> list[Message]:
    if len(code) != LENGTH:
        return [
            Message(
                "uscc.length",
                f"统一社会信用代码应为 18 位，现为 {len(code)} 位。",
                f"A unified social credit code has 18 characters; this one has {len(code)}.",
            )
        ]
    return [_foreign(place, sign) for place, sign in enumerate(code, 1) if sign not in _VALUE]


def _foreign(place: int, sign: str) -> Message:
    other = _LOOK_ALIKE.get(sign, "")
    return Message(
        "uscc.character",
        f"第 {place} 位是「{sign}」，代码不使用字母 I、O、S、V、Z" + (f"，是否为「{other}」？" if other else "。"),
        f"Position {place} is “{sign}”; the letters I, O, S, V and Z are not used"
        + (f". Is it “{other}”?" if other else "."),
    )


def _check_errors(code: str) -> list[Message]:
    if not code.strip("0"):
        return [Message("uscc.all_zero", "代码全为零，不是有效代码。", "The code consists of zeros only.")]
    expected = check_character(code[:17])
    if code[17] == expected:
        return []
    return [
        Message(
            "uscc.check_character",
            f"校验码不符：按前 17 位计算，第 18 位应为「{expected}」，现为「{code[17]}」，请逐位核对。",
            f"The check character is wrong: the first 17 characters require “{expected}” at position 18, "
            f"not “{code[17]}”. Compare every character.",
        )
    ]


def _inner_warnings(code: str) -> list[Message]:
    expected = inner_check_character(code[8:16])
    if code[16] == expected:
        return []
    return [
        Message(
            "uscc.inner_check",
            f"组织机构代码的校验码（第 17 位）应为「{expected}」，现为「{code[16]}」；少数已发代码如此，请与营业执照核对。",
            f"The check character of the organisation code (position 17) should be “{expected}”, not “{code[16]}”. "
            "A few issued codes are like that; compare with the business licence.",
        )
    ]


def _list_warnings(code: str) -> list[Message]:
    warnings = []
    if code[0] not in DEPARTMENTS:
        warnings.append(
            Message(
                "uscc.department",
                f"第 1 位（登记管理部门）为「{code[0]}」，常见的是 9、1、5、Y，请核对。",
                f"Position 1 (registering department) is “{code[0]}”; usual are 9, 1, 5 and Y. Please check.",
            )
        )
    if code[2:4] != "10" and not (code[2:8].isdigit() and by_division(code[2:8])):
        warnings.append(
            Message(
                "uscc.division",
                f"第 3 至 8 位「{code[2:8]}」不属于任何省级行政区划，请核对。",
                f"Positions 3 to 8, “{code[2:8]}”, lie in no province. Please check.",
            )
        )
    return warnings
