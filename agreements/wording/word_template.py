"""Findings about a company's own Word templates."""

from __future__ import annotations

from functools import partial

from .sentence import QUALITY_BOTH, Sentence

_policy = partial(Sentence, basis="policy", citation="POLICY", who=QUALITY_BOTH)

#: Where in the file something stands.
PARTS = {
    "file": ("文件", "the file"),
    "body": ("正文", "body"),
    "header": ("页眉", "header"),
    "footer": ("页脚", "footer"),
    "note": ("脚注或者尾注", "notes"),
}

WORD_TEMPLATE: dict[str, Sentence] = {
    "word_template_unknown": _policy(
        "{place_zh}有未知的占位符“{what}”。",
        "There is an unknown placeholder “{what}” ({place_en}).",
        todo_zh="改为本页列出的占位符之一，或者删除。",
        todo_en="Change it to one of the placeholders listed on this page, or delete it.",
    ),
    "word_template_code": _policy(
        "{place_zh}的“{what}”不是占位符，而是程序代码；模板不执行任何代码。",
        "“{what}” ({place_en}) is no placeholder but program code; a template is never executed.",
        todo_zh="只使用双花括号和本页列出的名称，例如 {{{{agreement.number}}}}。",
        todo_en="Use double braces and the names listed on this page alone, such as {{{{agreement.number}}}}.",
    ),
    "word_template_unclosed": _policy(
        "{place_zh}有未配对的双花括号。",
        "A pair of double braces is not closed ({place_en}).",
        todo_zh="补全或者删除花括号；占位符须在同一段内。",
        todo_en="Close or delete the braces; a placeholder stands within one paragraph.",
    ),
    "word_template_not_alone": _policy(
        "{place_zh}的“{what}”须在正文中单独成段，不得在表格、文本框、页眉或者页脚内。",
        "“{what}” ({place_en}) stands for whole paragraphs: put it alone in a paragraph of the body, not into a table, text "
        "box, header or footer.",
    ),
    "word_template_doubled": _policy(
        "条款占位符出现了不止一次。",
        "The placeholders for the clauses stand in the file more than once.",
        todo_zh="只保留一个 {{{{clauses}}}}，或者一个 {{{{clauses_zh}}}} 和一个 {{{{clauses_en}}}}。",
        todo_en="Keep one {{{{clauses}}}}, or one {{{{clauses_zh}}}} and one {{{{clauses_en}}}}.",
    ),
    "word_template_clauses_missing": _policy(
        "文件没有条款占位符。",
        "The file has no placeholder for the clauses.",
        todo_zh="加入 {{{{clauses}}}}，或者 {{{{clauses_zh}}}} 和 {{{{clauses_en}}}}，各自单独成段。",
        todo_en="Add {{{{clauses}}}}, or {{{{clauses_zh}}}} and {{{{clauses_en}}}}, each alone in a paragraph.",
    ),
    "word_template_number_missing": _policy(
        "文件没有协议编号占位符。",
        "The file has no placeholder for the number of the agreement.",
        todo_zh="加入 {{{{agreement.number}}}}。",
        todo_en="Add {{{{agreement.number}}}}.",
    ),
    "word_template_field": _policy(
        "{place_zh}有不允许的域“{what}”：它会读取文件以外的内容或者执行程序。",
        "The field “{what}” ({place_en}) is not allowed: it reads from outside of the file or runs a program.",
        todo_zh="删除该域；页码、目录、引用和日期等域可以保留。",
        todo_en="Delete the field; page numbers, contents, references and dates may stay.",
    ),
    "word_template_part": _policy(
        "文件含有不允许的内容（{what}），例如嵌入对象、控件、宏或者图表。",
        "The file holds something that is not allowed ({what}), such as an embedded object, a control, a macro or a chart.",
        todo_zh="删除该内容，或者改为图片后重新上传。",
        todo_en="Delete it or put a picture in its place, and upload the file again.",
    ),
    "word_template_outside": _policy(
        "文件引用了外部内容（{what}）。",
        "The file refers to something outside of itself ({what}).",
        todo_zh="将图片保存在文件内，取消附加的模板；普通网页链接可以保留。",
        todo_en="Store pictures in the file and detach the attached template; ordinary links may stay.",
    ),
    "word_template_mail_merge": _policy(
        "文件设有邮件合并。",
        "The file is set up for a mail merge.",
        todo_zh="将其改为普通Word文档。",
        todo_en="Turn it into a normal Word document.",
    ),
    "word_template_protected": _policy(
        "文件设有编辑限制，对方将不能修改条款。",
        "Editing of the file is restricted, so that the other side could not change the clauses.",
        todo_zh="取消“限制编辑”。",
        todo_en="Stop the protection.",
    ),
    "word_template_tracked": _policy(
        "{place_zh}有尚未接受或者拒绝的修订。",
        "There are tracked changes that were neither accepted nor rejected ({place_en}).",
        todo_zh="接受或者拒绝全部修订。",
        todo_en="Accept or reject all of them.",
    ),
    "word_template_comments": _policy(
        "文件含有批注，批注会随协议发给对方。",
        "The file contains comments, which would go out to the other side.",
        todo_zh="删除全部批注。",
        todo_en="Delete all comments.",
    ),
    "word_template_controls": _policy(
        "{place_zh}已有协议条款的内容控件：这是从系统下载的文件，不是模板。",
        "The file already has controls of clauses ({place_en}): it was taken from the product and is no template.",
        todo_zh="用占位符代替各条款。",
        todo_en="Put a placeholder in the place of the clauses.",
    ),
    "word_template_more": _policy(
        "另有{left}处问题未列出。",
        "{left} more faults are not listed.",
    ),
    "word_template_withdrawn_already": _policy(
        "该Word模板版本已经停用。",
        "This version of the Word template has been withdrawn already.",
    ),
}
