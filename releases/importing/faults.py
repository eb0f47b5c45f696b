"""What is wrong with a file or a cell: one sentence per fault in both languages."""

from __future__ import annotations

from typing import Any

from cmo.errors import Finding, Refused

#: code → (zh, en)
SENTENCES: dict[str, tuple[str, str]] = {
    # the file
    "kind_of_file": (
        "只能导入XLSX或CSV文件，收到的是“{found}”。",
        "Only XLSX and CSV files can be imported; this is “{found}”.",
    ),
    "too_large": ("文件超过{limit} MB的上限，请分成几个文件。", "The file is larger than {limit} MB; split it."),
    "locked_or_old": (
        "文件受密码保护，或是旧版Excel格式。请取消密码并另存为XLSX。",
        "The file is protected by a password or in the old Excel format. Save it as XLSX without a password.",
    ),
    "unreadable": (
        "无法读取该文件：内容不完整或已损坏。请重新保存后再上传。",
        "The file cannot be read: it is incomplete or damaged. Save it again and upload it.",
    ),
    "too_many_rows": ("超过{limit}行的上限，请分成几个文件。", "There are more than {limit} rows; split the file."),
    "no_rows": ("表头下面没有数据行。", "There is no row below the heading."),
    "no_heading": (
        "第一行不是表头。请下载模板，保留第一行的列名。",
        "The first row is not the heading. Download the template and keep the column names of its first row.",
    ),
    "columns_missing": ("缺少列：{names}。", "Columns are missing: {names}."),
    "column_unknown": (
        "不认识的列“{name}”（{cell}）。请删除该列或使用模板中的列名。",
        "Column “{name}” ({cell}) is not known. Delete it or use a name of the template.",
    ),
    "column_twice": ("列“{name}”出现两次（{cell}）。", "Column “{name}” appears twice ({cell})."),
    # a cell
    "formula": ("{cell}（{name}）是公式，请改为数值或文字。", "{cell} ({name}) is a formula; enter its value."),
    "missing": ("{cell}（{name}）为空，此列必填。", "{cell} ({name}) is empty; this column is required."),
    "too_long": ("{cell}（{name}）超过{limit}个字符。", "{cell} ({name}) has more than {limit} characters."),
    "not_a_day": (
        "{cell}（{name}）“{found}”不是日期，请写成2026-05-31。",
        "{cell} ({name}): “{found}” is not a day; write 2026-05-31.",
    ),
    "not_a_moment": (
        "{cell}（{name}）“{found}”不是时间，请写成2026-05-31 08:30。",
        "{cell} ({name}): “{found}” is not a time; write 2026-05-31 08:30.",
    ),
    "not_a_number": (
        "{cell}（{name}）“{found}”不是0至1000000000000之间的整数。",
        "{cell} ({name}): “{found}” is not a whole number from 0 to 1000000000000.",
    ),
    "not_a_choice": (
        "{cell}（{name}）“{found}”不在可选范围内：{choices}。",
        "{cell} ({name}): “{found}” is none of: {choices}.",
    ),
    "control_sign": (
        "{cell}（{name}）含有控制字符。",
        "{cell} ({name}) contains a control character.",
    ),
    # a row
    "entrustment_unknown": (
        "本委托关系中没有编号为“{found}”的委托生产。",
        "There is no entrustment “{found}” in this pair.",
    ),
    "model_unknown": (
        "型号、规格“{found}”不在该产品的注册证（备案）资料中。",
        "Model “{found}” is not among those of the device's certificate.",
    ),
    "label_unknown": ("没有登记标签版本“{found}”。", "Label version “{found}” is not listed for the device."),
    "ifu_unknown": (
        "没有登记说明书版本“{found}”。",
        "Version “{found}” of the instructions for use is not listed for the device.",
    ),
    "lot_unknown": ("该委托生产下没有批号“{found}”。", "There is no lot “{found}” under this entrustment."),
    "lot_differs": (
        "批“{found}”已登记且内容不同；已登记的批不能通过导入更改，请在批的页面更正批记录。",
        "Lot “{found}” is registered with other data; no import changes a registered lot: correct it on its page.",
    ),
    "plan_differs": (
        "这些日期已有生产计划但内容不同；请先取消原计划。",
        "These days are planned already with other words; take that plan back first.",
    ),
    "reason_missing": (
        "已有登记且内容不同；如要更正，请在“更正原因”列填写原因。",
        "It is on record with other data; to correct it, say why in the column “Reason for the correction”.",
    ),
    "posting_unknown": (
        "本委托关系中没有“{found}”在该场地、该日有效的派驻。",
        "No posting of “{found}” at this site is effective on that day.",
    ),
    "posting_of_namesakes": (
        "该日该场地有多名同名派驻人员“{found}”，无法判断是哪一位；请由其本人登录后导入。",
        "Several people named “{found}” are posted at this site on that day; each of them imports their own presence.",
    ),
    "presence_of_another": (
        "只能导入本人的到场、离场记录；“{found}”的记录由其本人或者注册人质量负责人导入。",
        "Only one's own presence can be imported; that of “{found}” is for them or the registrant's quality to import.",
    ),
    "twice_in_file": ("与第{row}行重复但内容不同。", "The same as row {row}, but with other data."),
}


def fault(code: str, **facts: Any) -> Finding:
    """The fault with this code, its facts filled into both sentences.

    A fact may be a (zh, en) pair.
    """
    zh, en = SENTENCES[code]
    chinese = {name: value[0] if isinstance(value, tuple) else value for name, value in facts.items()}
    english = {name: value[1] if isinstance(value, tuple) else value for name, value in facts.items()}
    return Finding(code, "blocks", "policy", zh.format(**chinese), en.format(**english))


#: Sentences about a run as a whole, for its page.
PROBLEMS: dict[str, tuple[str, str]] = {
    "not_allowed": (
        "申请导入的人已不再有相应的职务，其余行未导入。",
        "Whoever asked for the import no longer holds a post that allows it; the remaining rows were not imported.",
    ),
    "failed": (
        "处理时出现系统错误，其余行未导入；已计入的行保持不变。请联系系统管理员。",
        "The system failed on these rows; rows counted before stay as they are. Tell the administrator.",
    ),
}


def refused(code: str, **facts: Any) -> Refused:
    """As :func:`fault`, for a whole file."""
    return Refused([fault(code, **facts)])
