"""Registration certificate numbers (class II and III) and class I filing numbers.

Forms: Measures for Registration and Filing (市场监管总局令第47号) arts. 115 and 116. Authority, form and class must agree
*inside* the number. The two-digit category code belongs to the 2017 classification catalogue only for products first
registered from 2019 on; before, it may come from the older 68xx catalogue, so it is compared with a warning only.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from cmo.codes import parts
from cmo.codes.classification import SUB_CATALOGUES
from cmo.codes.provinces import by_short_name
from cmo.codes.result import CodeResult, Message

#: Certificate numbers carry this category code for in vitro diagnostic reagents, which are outside the catalogue.
IVD_CODE = "40"

#: From this year of first registration on, the category code must be one of the 2017 catalogue.
CATALOGUE_FROM = 2019

#: Numbers of today's form exist since October 2014.
FORM_FROM = 2014

ORIGINS = {"准": "domestic", "进": "imported", "许": "hk_mo_tw"}

_REGISTRATION = (
    ("首次注册年份", "year", 4),
    ("管理类别", "class", 1),
    ("分类编码", "category", 2),
    ("流水号", "serial", 4),
)
_FILING = (("备案年份", "year", 4), ("流水号", "serial", 4))
_LEGACY = re.compile(r"(.{1,4}?)(食?)药监械\((.)\)字([0-9]{4})第([0-9])([0-9]{2})([0-9]{4})号?")


def looks_like_registration(compact: str) -> bool:
    """A registration number of today's form or of the form before October 2014."""
    return "械注" in compact or ("药监械(" in compact and ")字" in compact)


def looks_like_filing(compact: str) -> bool:
    """A class I filing number."""
    return "械备" in compact and "生产备" not in compact


def parse_registration(compact: str, *, today: dt.date) -> CodeResult:
    """Judge one registration number without blanks, of either form."""
    if "械注" not in compact:
        return _parse_legacy(compact)
    authority, _, rest = compact.partition("械注")
    form, digits = rest[:1], rest[1:].removesuffix("号")
    errors = [*_authority_errors(authority), *_form_errors(form)]
    errors += parts.digit_block("registration", digits if form in ORIGINS else rest.lstrip("准进许"), _REGISTRATION)
    if errors:
        return CodeResult("registration", {"number": compact}, errors)
    fields = _registration_fields(authority, form, digits)
    result = CodeResult("registration", fields, _registration_errors(fields, today), _registration_warnings(fields))
    return result.adding(warnings=[_SUFFIX_REGISTRATION]) if rest.endswith("号") else result


def parse_filing(compact: str, *, today: dt.date) -> CodeResult:
    """Judge one class I filing number without blanks; a closing 号 is accepted and dropped."""
    holder, _, rest = compact.partition("械备")
    digits = rest.removesuffix("号")
    errors = [*_holder_errors(holder), *parts.digit_block("filing", digits, _FILING)]
    if errors:
        return CodeResult("filing", {"number": compact}, errors)
    year, serial = int(digits[:4]), digits[4:]
    fields: dict[str, Any] = {"number": f"{holder}械备{digits}", "authority": holder}
    fields |= {"origin": "imported", **_NATION} if holder == "国" else {"origin": "domestic", **_place(holder)}
    fields |= {"year": year, "management_class": 1, "serial": serial}
    warnings = [*_before_form("filing", year), *parts.zero_serial("filing", serial)]
    return CodeResult("filing", fields, parts.future_year("filing", year, today), warnings)


def compare_with_sub_catalogue(parsed: CodeResult, sub_catalogue: str) -> CodeResult:
    """Add what the number says against the product's sub-catalogue (``01`` … ``22``, ``IVD``, or a full code).

    A difference is an error for first registration from 2019 on and a warning before; other kinds come back unchanged.

    :raises ValueError: when ``sub_catalogue`` is none of these.
    """
    wanted = IVD_CODE if sub_catalogue.upper() == "IVD" else sub_catalogue[:2]
    if wanted != IVD_CODE and wanted not in SUB_CATALOGUES:
        raise ValueError(f"not a sub-catalogue: {sub_catalogue!r}")
    found = parsed.fields.get("category_code")
    if parsed.kind != "registration" or found is None or found == wanted:
        return parsed
    year = parsed.fields["first_registration_year"]
    if year >= CATALOGUE_FROM:
        return parsed.adding(errors=[_differs(found, wanted, year)])
    return parsed.adding(warnings=[_may_differ(found, wanted, year)])


def _registration_fields(authority: str, form: str, digits: str) -> dict[str, Any]:
    return {
        "number": f"{authority}械注{form}{digits}",
        "authority": authority,
        **(_NATION if authority == "国" else _place(authority)),
        "form": form,
        "origin": ORIGINS[form],
        "first_registration_year": int(digits[:4]),
        "management_class": int(digits[4]),
        "category_code": digits[5:7],
        "serial": digits[7:],
        "legacy": False,
    }


def _place(holder: str) -> dict[str, str]:
    province = by_short_name(holder[0])
    if province is None:
        return {}
    named = {"province": province.short, "authority_zh": province.zh, "authority_en": province.en}
    return named if len(holder) == 1 else {**named, "city": holder[1:]}


_NATION = {"authority_zh": "国家药品监督管理局", "authority_en": "NMPA"}


def _authority_errors(authority: str) -> list[Message]:
    if authority == "国" or by_short_name(authority):
        return []
    zh, en = parts.quoted(authority)
    return [
        Message(
            "registration.authority",
            f"「械注」前应为「国」或省、自治区、直辖市简称，现为{zh}。",
            f"Before 械注 stands 国 or the short name of a province; here it is {en}.",
        )
    ]


def _form_errors(form: str) -> list[Message]:
    if form in ORIGINS:
        return []
    return [
        Message(
            "registration.form",
            "「械注」后应为「准」（境内）、「进」（进口）或「许」（港澳台）。",
            "After 械注 stands 准 (domestic), 进 (imported) or 许 (Hong Kong, Macao, Taiwan).",
        )
    ]


def _registration_errors(fields: dict[str, Any], today: dt.date) -> list[Message]:
    errors = parts.future_year("registration", fields["first_registration_year"], today)
    if fields["management_class"] not in (2, 3):
        errors.append(_class_not_registered(fields["management_class"]))
    else:
        errors += _inconsistencies(fields["authority"], fields["form"], fields["management_class"])
    category, year = fields["category_code"], fields["first_registration_year"]
    if category == "00" or (year >= CATALOGUE_FROM and category not in (*SUB_CATALOGUES, IVD_CODE)):
        errors.append(_no_such_category(category))
    return errors


def _inconsistencies(authority: str, form: str, management_class: int) -> list[Message]:
    if form != "准":
        return [] if authority == "国" else [_IMPORT_NATIONAL]
    if authority == "国" and management_class != 3:
        return [_NATIONAL_CLASS_3]
    if authority != "国" and management_class != 2:
        return [_PROVINCIAL_CLASS_2]
    return []


def _registration_warnings(fields: dict[str, Any]) -> list[Message]:
    year, category = fields["first_registration_year"], fields["category_code"]
    warnings = [*_before_form("registration", year), *parts.zero_serial("registration", fields["serial"])]
    if year < CATALOGUE_FROM and category not in (*SUB_CATALOGUES, IVD_CODE, "00"):
        warnings.append(_older_catalogue(category))
    return warnings


def _holder_errors(holder: str) -> list[Message]:
    if holder == "国" or (by_short_name(holder[:1]) and len(holder) <= 4 and "国" not in holder):
        return []
    zh, en = parts.quoted(holder)
    return [
        Message(
            "filing.authority",
            f"「械备」前应为「国」（进口），或省简称加设区的市简称（如「苏苏」），现为{zh}。",
            f"Before 械备 stands 国 (imported) or the short names of province and city (such as 苏苏); here it is {en}.",
        )
    ]


def _before_form(kind: str, year: int) -> list[Message]:
    if year >= FORM_FROM or year < parts.EARLIEST_YEAR:
        return []
    return [
        Message(
            f"{kind}.year_before_form",
            f"此种编号格式自 2014 年起使用，年份却为 {year}，请与证件核对。",
            f"Numbers of this form exist since 2014, yet the year is {year}. Compare with the certificate.",
        )
    ]


def _parse_legacy(compact: str) -> CodeResult:
    match = _LEGACY.fullmatch(compact)
    if match is None:
        return CodeResult("registration", {"number": compact, "legacy": True}, [_LEGACY_SHAPE])
    authority, food, form, year, management_class, category, serial = match.groups()
    errors = [*([] if authority[0] == "国" else _legacy_authority(authority)), *_form_errors(form)]
    if management_class not in "123":
        errors.append(_class_not_registered(int(management_class)))
    fields = {
        "number": f"{authority}{food}药监械({form})字{year}第{management_class}{category}{serial}号",
        "authority": authority,
        **(_NATION if authority == "国" else _place(authority)),
        "form": form,
        "origin": ORIGINS.get(form, ""),
        "first_registration_year": int(year),
        "management_class": int(management_class),
        "category_code": category,
        "serial": serial,
        "legacy": True,
    }
    return CodeResult("registration", fields, errors, [_LEGACY_FORM])


def _legacy_authority(authority: str) -> list[Message]:
    return [] if by_short_name(authority[0]) else _authority_errors(authority)


def _class_not_registered(management_class: int) -> Message:
    return Message(
        "registration.class",
        f"管理类别应为 2 或 3，现为 {management_class}；第一类产品实行备案，不核发注册证。",
        f"The class must be 2 or 3, not {management_class}; class I devices are filed, not registered.",
    )


def _no_such_category(category: str) -> Message:
    return Message(
        "registration.category",
        f"分类编码「{category}」不存在：2019 年起首次注册的产品应为 01 至 22，体外诊断试剂为 40。",
        f"Category code “{category}” does not exist: products first registered from 2019 on carry 01 to 22, "
        "IVD reagents 40.",
    )


def _older_catalogue(category: str) -> Message:
    return Message(
        "registration.older_category",
        f"分类编码「{category}」不在 2017 年版目录内，可能沿用旧目录（68{category}），请核对。",
        f"Category code “{category}” is not in the 2017 catalogue; it may be the older 68{category}. Please check.",
    )


def _differs(found: str, wanted: str, year: int) -> Message:
    return Message(
        "registration.sub_catalogue",
        f"注册证编号的分类编码为 {found}，产品所属为 {wanted}；{year} 年首次注册，两者应当一致。",
        f"The number carries category {found}, the product belongs to {wanted}; first registered in {year}, "
        "they must agree.",
    )


def _may_differ(found: str, wanted: str, year: int) -> Message:
    return Message(
        "registration.sub_catalogue_before_2019",
        f"注册证编号的分类编码为 {found}，产品所属为 {wanted}；{year} 年首次注册，编码可能出自旧目录，请核对。",
        f"The number carries category {found}, the product belongs to {wanted}; first registered in {year}, "
        "the code may come from the older catalogue. Please check.",
    )


_SUFFIX_REGISTRATION = Message(
    "registration.suffix",
    "注册证编号末尾没有「号」字，已忽略。",
    "A registration number does not end in 号; it was ignored.",
)
_NATIONAL_CLASS_3 = Message(
    "registration.national_class",
    "「国械注准」只用于境内第三类产品；境内第二类由省级药监部门核发。",
    "国械注准 is for domestic class III only; domestic class II carries the short name of a province.",
)
_PROVINCIAL_CLASS_2 = Message(
    "registration.provincial_class",
    "省级药监部门只核发境内第二类注册证；第三类应为「国械注准」。",
    "A province registers domestic class II only; class III carries 国械注准.",
)
_IMPORT_NATIONAL = Message(
    "registration.import_authority",
    "「进」「许」只用于国家药监局核发的注册证，「械注」前应为「国」。",
    "进 and 许 are issued by the NMPA only: 国 must stand before 械注.",
)
_LEGACY_SHAPE = Message(
    "registration.legacy_shape",
    "旧格式应如「国食药监械(准)字2012第3460123号」：年份 4 位，其后类别 1 位、分类 2 位、流水号 4 位。",
    "The older form reads 国食药监械(准)字2012第3460123号: year 4 digits, then class 1, category 2, serial 4.",
)
_LEGACY_FORM = Message(
    "registration.legacy",
    "这是 2014 年 10 月以前的旧格式；延续注册后应已换发新编号，请与现行证件核对。",
    "This is the form used before October 2014; renewal should have brought a new number. "
    "Compare with the current certificate.",
)
