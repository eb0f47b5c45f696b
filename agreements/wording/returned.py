"""Findings about Word files that came back: why one is not taken, and why its changes cannot be taken over."""

from __future__ import annotations

from .sentence import QUALITY_BOTH, Sentence

_SAVE = (
    "请在Word或WPS中打开原文件，另存为“Word文档（.docx）”后重新上传。",
    "Open it in Word or WPS, save it as “Word document (.docx)” and upload that.",
)
_AGAIN = (
    "请重新下载Word文件，或者在Word中打开并另存后再上传。",
    "Take the Word file again, or open it in Word, save it under another name and upload that.",
)


def _refused(zh: str, en: str, todo: tuple[str, str] = _SAVE) -> Sentence:
    return Sentence(zh, en, "policy", "POLICY", todo_zh=todo[0], todo_en=todo[1])


RETURNED: dict[str, Sentence] = {
    "word_empty": _refused("文件是空的。", "The file is empty.", _AGAIN),
    "word_too_large": _refused(
        "文件超过{limit} MB的上限，没有读取。",
        "The file is larger than {limit} MB and was not read.",
        (
            "删除文件中的图片和嵌入内容后重新上传；协议文本只需几十KB。",
            "Remove pictures and embedded objects; the text of an agreement needs less than 1 MB.",
        ),
    ),
    "word_old_doc": _refused("这是旧格式的Word文件（.doc）。", "This is a Word file of the old format (.doc)."),
    "word_locked": _refused(
        "文件受密码保护，无法读取。",
        "The file is protected by a password and cannot be read.",
        (
            "在Word中取消密码（文件—信息—保护文档）后重新上传。",
            "Remove the password in Word (File, Info, Protect Document) and upload it again.",
        ),
    ),
    "word_pdf": _refused(
        "这是PDF文件，不是Word文件；PDF中没有可以逐条对应的条款。",
        "This is a PDF, not a Word file; a PDF holds no clauses that could be told apart.",
        ("请上传修改过的.docx文件。", "Upload the .docx file in which the changes were made."),
    ),
    "word_rtf": _refused("这是RTF文件，不是Word文档（.docx）。", "This is an RTF file, not a Word document (.docx)."),
    "word_html": _refused("这是网页文件，不是Word文档（.docx）。", "This is a web page, not a Word document (.docx)."),
    "word_flat_xml": _refused("这是单一XML格式的Word文件。", "This is a Word file saved as a single XML file."),
    "word_odt": _refused("这是OpenDocument文件（.odt）。", "This is an OpenDocument file (.odt)."),
    "word_not_word": _refused("文件不是Word文档（.docx）。", "The file is not a Word document (.docx)."),
    "word_unknown": _refused(
        "无法识别文件类型；只接受Word文档（.docx）。",
        "The kind of the file is unknown; only Word documents (.docx) are taken.",
    ),
    "word_macros": _refused(
        "文件含有宏，不予接受。",
        "The file contains macros and is not taken.",
        (
            "在Word中另存为“Word文档（.docx）”（不启用宏）后重新上传。",
            "Save it in Word as “Word document (.docx)”, without macros, and upload that.",
        ),
    ),
    "word_entities": _refused(
        "文件的{part}声明了外部实体或者文档类型，不予接受。",
        "The part {part} of the file declares entities or a document type, which no Word file needs; it is not taken.",
    ),
    "word_not_utf8": _refused("文件的{part}不是UTF-8编码。", "The part {part} of the file is not encoded as UTF-8."),
    "word_broken_xml": _refused(
        "文件已损坏：{part}无法读取。", "The file is damaged: its part {part} cannot be read.", _AGAIN
    ),
    "word_broken": _refused(
        "文件已损坏或者不完整，无法打开。", "The file is damaged or incomplete and cannot be opened.", _AGAIN
    ),
    "word_bomb": _refused(
        "文件解压后远大于其本身，可能是压缩炸弹，不予接受。",
        "The file unpacks to far more than its size and is not taken.",
    ),
    "word_packed_otherwise": _refused(
        "文件的压缩方式不是Word使用的方式，无法读取。",
        "The file is packed in a way that Word does not use and cannot be read.",
    ),
    "word_too_many_tags": _refused(
        "文件的内部标记过多，不是协议文本。",
        "The file holds far more markup than an agreement and is not taken.",
        _AGAIN,
    ),
    "word_too_many_changes": _refused(
        "文件的修订标记超过{limit}处，没有读取。",
        "The file holds more than {limit} tracked changes and was not read.",
        (
            "在Word中接受早先的修订后重新上传，或者分条款多次上传。",
            "Accept the earlier changes in Word and upload it again, or upload the clauses in several files.",
        ),
    ),
    "word_too_many_loose": _refused(
        "文件中条款控件之外的文字超过{limit}处，没有采用。",
        "The file holds more than {limit} pieces of text outside of the clauses' controls and is not taken.",
        (
            "请在从本系统下载的Word文件中修改，并保留条款的内容控件。",
            "Work in the Word file taken from here, and leave the controls around its clauses in place.",
        ),
    ),
    "word_clause_too_long": _refused(
        "条款“{clause_zh}”在文件中超过{limit}个字符。",
        "The clause “{clause_en}” is longer than {limit} characters in the file.",
        ("将该条款分为数条后重新上传。", "Divide it into several clauses and upload it again."),
    ),
    "word_draft_changed": _refused(
        "比对期间草案一再被修改。",
        "The draft was changed again and again while the file was compared.",
        ("请稍后重新上传。", "Upload it again in a moment."),
    ),
    "word_too_many_parts": _refused("文件的组成部分超过{limit}个。", "The file has more than {limit} parts."),
    "word_doubled_parts": _refused("文件中同一组成部分出现两次。", "The file holds the same part twice."),
    "word_path_trick": _refused(
        "文件的组成部分指向文件之外的位置。", "A part of the file points to a place outside of it."
    ),
    "word_too_deep": _refused("文件的{part}嵌套过深。", "The part {part} of the file is nested too deeply."),
    "word_too_long": _refused(
        "文件超过{paragraphs}段，不是协议文本。",
        "The file has more than {paragraphs} paragraphs and is no agreement.",
        _AGAIN,
    ),
    "word_other_agreement": _refused(
        "该文件属于协议{number}，不属于本协议。",
        "This file belongs to the agreement {number}, not to this one.",
        ("请在该协议的页面上传。", "Upload it on the page of that agreement."),
    ),
    "word_no_clauses": _refused(
        "文件中没有本协议的任何条款。",
        "The file holds none of this agreement's clauses.",
        (
            "请在从本系统下载的Word文件中修改，并保留条款的内容控件。",
            "Work in the Word file taken from here, and leave the controls around its clauses in place.",
        ),
    ),
    "returned_already": Sentence(
        "贵方已于{on}上传过同一文件，结果仍然保存。",
        "Your organisation uploaded this very file on {on}; what was found is kept.",
        "policy",
        "POLICY",
    ),
    "returned_ended": Sentence(
        "该文件已经处理，不能再次采用。",
        "This file was dealt with already.",
        "policy",
        "POLICY",
        todo_zh="需要时请重新下载Word文件并修改。",
        todo_en="Take the Word file again if more is to be changed.",
    ),
    "returned_nothing_chosen": Sentence(
        "没有选择任何修改或者备注。",
        "Nothing was chosen.",
        "policy",
        "POLICY",
        todo_zh="勾选要采用的条款，或者说明原因后不采用该文件。",
        todo_en="Tick the clauses to take over, or put the file aside and say why.",
    ),
    "returned_unknown": Sentence(
        "所选内容“{what}”不在该文件的比对结果中。",
        "“{what}” is not among what was found in this file.",
        "policy",
        "POLICY",
    ),
    "returned_clause_gone": Sentence(
        "条款“{clause_zh}”已不在草案中。",
        "The clause “{clause_en}” is not in the draft any more.",
        "policy",
        "POLICY",
        who=QUALITY_BOTH,
        todo_zh="取消勾选，或者将其文本作为新条款。",
        todo_en="Leave it out, or make its text a new clause.",
    ),
    "returned_claimed": Sentence(
        "条款“{clause_zh}”的{language_zh}文本有两处来源。",
        "Two texts were chosen for the {language_en} of the clause “{clause_en}”.",
        "policy",
        "POLICY",
        todo_zh="只保留一处，或者将另一处接在条款之后。",
        todo_en="Keep one of them, or put the other one behind the clause.",
    ),
    "returned_long_heading": Sentence(
        "条款“{clause_zh}”的标题超过{limit}个字符。",
        "The heading of the clause “{clause_en}” is longer than {limit} characters.",
        "policy",
        "POLICY",
        todo_zh="在Word中将标题单独成段后重新上传；首段是标题。",
        todo_en="Let the heading be a paragraph of its own in Word and upload again; the first paragraph is the heading.",
    ),
    "returned_step": Sentence(
        "条款“{clause_zh}”：{why_zh}",
        "Clause “{clause_en}”: {why_en}",
        "policy",
        "POLICY",
        who=QUALITY_BOTH,
    ),
}
