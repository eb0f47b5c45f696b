"""The findings about UDI device identifiers, worded in both languages."""

from __future__ import annotations

from datetime import date

from cmo.errors import Finding, Severity

from .facts_identifiers import IdentifierFact


def finding(code: str, zh: str, en: str, citation: str = "UDI-DI", severity: Severity = "blocks") -> Finding:
    """One finding of this registry; the basis is the notices on UDI."""
    return Finding(code, severity, "announcement", zh, en, citation)


_QUALITY = "registrant:quality_manager"


def _warns(code: str, zh: str, en: str, citation: str = "UDI-DI") -> Finding:
    return Finding(code, "warns", "announcement", zh, en, citation, who=_QUALITY)


def foreign_prefix(prefix: str) -> Finding:
    zh = f"厂商识别代码前缀 {prefix} 不在 690 至 699 之间，不是中国物品编码中心分配的代码，请核对。"
    en = f"The prefix {prefix} is not among 690 to 699; the code was not issued by GS1 China. Check it."
    return _warns("gtin_foreign_prefix", zh, en)


def di_stands(earlier: IdentifierFact) -> Finding:
    zh = f"该型号规格、包装级别和生产地址已有产品标识 {earlier.code}；同一产品只用一个。需要更换时请写明被替换的标识和原因。"
    en = (
        f"This model, package level and place has the DI {earlier.code} already; one product has one DI. When it needs "
        "another, name the one replaced and say why."
    )
    return finding("di_exists_already", zh, en)


def before_last_step(day: date | None) -> Finding:
    zh = f"日期早于上一步骤（{day}）；顺序为赋予、提交、上传。"
    en = f"The date lies before the step before it ({day}); the order is assigned, submitted, uploaded."
    return finding("before_the_step_before", zh, en, "UDI-UPLOAD")


def contained_in(outer: IdentifierFact) -> Finding:
    zh = f"包装级别更高的产品标识 {outer.code} 仍含有此标识，请先停用或者更换它。"
    en = f"The DI {outer.code} of a higher package level still contains this one; retire or replace that one first."
    return finding("contained_in_a_standing_package", zh, en)


def unit_missing(sales_unit: IdentifierFact) -> Finding:
    """Other models of the device have a DI for the unit of use, this one has none."""
    zh = (
        f"{sales_unit.model}：本产品其他型号有使用单元的产品标识，销售单元 {sales_unit.code} 没有。销售单元含有多个相同"
        "使用单元的，使用单元也须有产品标识。"
    )
    en = (
        f"{sales_unit.model}: other models have a DI for the unit of use, the sales unit {sales_unit.code} has none. A "
        "sales unit that holds several identical units needs one for the unit of use as well."
    )
    return _warns("use_unit_di_missing", zh, en)


def no_di(model: str) -> Finding:
    zh = f"{model}：最小销售单元尚无产品标识。应实施唯一标识的产品，注册、延续和变更注册时均须提交。"
    en = f"{model}: the smallest sales unit has no DI. A listed product states it at registration, renewal and change."
    return _warns("sales_unit_di_missing", zh, en, "UDI-UPLOAD")


def di_not_submitted(model: str) -> Finding:
    zh = f"{model}：最小销售单元的产品标识尚未在注册系统提交。"
    en = f"{model}: the DI of the smallest sales unit is not submitted in the registration system yet."
    return _warns("sales_unit_di_not_submitted", zh, en, "UDI-UPLOAD")


def di_not_uploaded(model: str) -> Finding:
    zh = f"{model}：最小销售单元的产品标识尚未上传国家数据库，上传前不得上市销售。"
    en = (
        f"{model}: the DI of the smallest sales unit is not uploaded to the national database; upload before marketing."
    )
    return _warns("sales_unit_di_not_uploaded", zh, en, "UDI-UPLOAD")


NOT_CONFIRMED = finding(
    "device_not_confirmed",
    "产品信息尚未经质量人员确认。",
    "Quality has not confirmed this device's data yet.",
    "GMP25-45",
)
MODEL_UNKNOWN = finding(
    "model_not_of_the_device",
    "该型号规格不在已确认的产品信息中。",
    "This model or specification is not in the device's confirmed data.",
)
ASSIGNED_BEFORE = finding(
    "di_assigned_before",
    "本组织已使用过该产品标识；产品标识不得再次使用，停用之后也不得使用。",
    "Your organisation has assigned this DI before; a DI is never used again, also after it was retired.",
)
SITE_UNKNOWN = finding(
    "site_not_of_the_makers",
    "所选生产地址既不是本组织的，也不是受托方的。",
    "This place of production belongs neither to your organisation nor to a contractor of yours.",
)
RETIRED_NOT_NAMED = finding(
    "earlier_di_not_named",
    "该产品曾有产品标识并已停用。基本特征未变的产品应沿用原标识；确需新标识时，请写明原标识和原因。",
    "This product had a DI that is retired. A product whose basic features stay keeps its DI; where a new one is "
    "needed, name the earlier one and say why.",
)
REPLACES_ANOTHER = finding(
    "replaces_another_product",
    "被替换的产品标识应是同一型号规格、包装级别和生产地址最近的一个。",
    "The DI replaced must be the latest one of the same model, package level and place of production.",
)
REASON_MISSING = finding("new_because_missing", "请写明为何需要新的产品标识。", "Say why the product needs a new DI.")
REASON_WITHOUT_EARLIER = finding(
    "new_because_without_earlier",
    "未替换任何产品标识，不填写更换原因。",
    "Nothing is replaced, so there is no reason to give for a new DI.",
)
USE_UNIT_CONTAINS = finding(
    "use_unit_contains", "使用单元不再含有其他包装级别。", "A unit of use contains no further level."
)
USE_UNIT_MISSING = finding(
    "use_unit_di_missing",
    "销售单元含有多个相同使用单元的，须先为使用单元赋予产品标识并在此选择。",
    "A sales unit that holds several identical units of use needs a DI for the unit of use first; choose it here.",
)
QUANTITY_ALONE = finding(
    "quantity_without_content",
    "未选择所含的产品标识，不填写数量。",
    "Give a quantity only together with what is contained.",
)
PACK_EMPTY = finding(
    "package_without_content",
    "中包装和外箱须写明所含的产品标识和数量。",
    "An inner pack or carton says which DI it contains and how many.",
)
QUANTITY_MISSING = finding("quantity_missing", "请填写所含数量，至少为 1。", "Say how many it contains, at least 1.")
PACK_CHAIN = finding(
    "package_chain",
    "所含的产品标识应是同一型号规格、较低包装级别且仍在使用的标识。",
    "What is contained must be a standing DI of the same model and of a lower package level.",
)
IN_FUTURE = finding("day_in_future", "日期不能晚于今天。", "The date lies in the future.", "UDI-UPLOAD")
RETIRED = finding(
    "di_retired",
    "该产品标识已停用，停用不可撤销。",
    "This DI is retired, and that is final.",
)
SUBMITTED_ALREADY = finding(
    "di_submitted_already", "该产品标识已登记提交。", "This DI is recorded as submitted already.", "UDI-UPLOAD"
)
UPLOADED_ALREADY = finding(
    "di_uploaded_already", "该产品标识已登记上传。", "This DI is recorded as uploaded already.", "UDI-UPLOAD"
)
NOT_SUBMITTED = finding(
    "di_not_submitted",
    "须先在注册系统提交，再上传国家数据库。",
    "A DI is submitted in the registration system before it is uploaded to the national database.",
    "UDI-UPLOAD",
)
REFERENCE_MISSING = finding(
    "reference_missing", "请填写记录编号或者理由。", "Give the number of the record, or the reason.", "UDI-UPLOAD"
)
GTIN_LENGTH = finding(
    "gtin_length",
    "中国物品编码中心的产品标识为 13 位或 14 位数字（GTIN）。",
    "A DI of GS1 China is a GTIN of 13 or 14 digits.",
)
UNIT_INDICATOR = _warns(
    "gtin_unit_indicator",
    "使用单元和销售单元的包装指示符通常为 0，请核对包装级别。",
    "The indicator digit of a unit of use or sales unit is usually 0; check the package level.",
)
PACK_INDICATOR = _warns(
    "gtin_pack_indicator",
    "中包装和外箱的包装指示符通常为 1 至 8，请核对包装级别。",
    "The indicator digit of an inner pack or carton is usually 1 to 8; check the package level.",
)
MA_STRUCTURE = finding(
    "ma_structure",
    "MA 标识的结构应为 MA.156.M0.六位厂商代码.八位产品代码。",
    "An MA identifier has the structure MA.156.M0, six characters of the maker and eight of the product.",
)
MA_COUNTRY = _warns(
    "ma_country", "MA 标识的国家代码不是 156（中国）。", "The MA identifier's country is not 156 (China)."
)
MA_NOT_JUDGED = _warns(
    "ma_check_not_judged",
    "MA 标识只核对结构；校验规则未公开，不判断校验位。",
    "Only the structure of an MA identifier is judged; its check rule is not published.",
)
AHM_FORM = finding(
    "ahm_form",
    "AHM 标识应由 4 至 80 位可印刷字符组成，不含空格和汉字。",
    "An AHM identifier has 4 to 80 printable characters without blanks or Chinese.",
)
AHM_NOT_JUDGED = _warns(
    "ahm_not_judged",
    "AHM 标识可以登记，但其结构未公开，不作判断。",
    "An AHM identifier is taken as it is; its structure is not published and not judged.",
)
