"""Why a file is refused: one clear sentence per reason, in both languages."""

from __future__ import annotations

from cmo.errors import Finding, Refused

#: code -> (zh, en)
_SENTENCES: dict[str, tuple[str, str]] = {
    "kind_not_accepted": (
        "不接受“{found}”类型的文件。可上传：PDF、DOCX、XLSX、PNG、JPG、TXT、CSV；压缩包请解压后逐个上传。",
        "Files of type “{found}” are not accepted. Upload PDF, DOCX, XLSX, PNG, JPG, TXT or CSV; unpack archives first.",
    ),
    "file_is_empty": ("文件是空的。", "The file is empty."),
    "file_too_large": ("文件超过 {limit} MB 的上限。", "The file is larger than the limit of {limit} MB."),
    "content_differs_from_name": (
        "文件扩展名为“{named}”，但内容并非该类型（识别为“{found}”）。请上传原始文件，不要改扩展名。",
        "The file is named “{named}” but its content is something else (looks like “{found}”). Upload the original file.",
    ),
    "file_is_locked": (
        "文件已加密或受密码保护，日后无法查验。请上传未加密的文件。",
        "The file is encrypted or protected by a password and could not be read later. Upload it without protection.",
    ),
    "file_is_damaged": ("{kind} 文件已损坏，无法打开。", "The {kind} file is damaged and cannot be opened."),
    "pdf_is_active": (
        "PDF 含有脚本、自动动作或内嵌文件（{found}）。请“打印为 PDF”后上传。",
        "The PDF contains scripts, automatic actions or embedded files ({found}). Print it to a new PDF and upload that.",
    ),
    "pdf_too_complex": (
        "PDF 结构过于复杂，无法检查。请“打印为 PDF”后上传。",
        "The PDF is too complex to be checked. Print it to a new PDF and upload that.",
    ),
    "office_is_active": (
        "文档含有宏、嵌入程序或外部实体（{found}）。请另存为普通 DOCX/XLSX 或 PDF 后上传。",
        "The document contains macros, embedded programs or entities ({found}). Save it as a plain DOCX, XLSX or PDF.",
    ),
    "unpacks_too_large": (
        "文件解压后过大或压缩比异常，可能是压缩炸弹，已拒绝。",
        "The file unpacks to far more than its size and was refused.",
    ),
    "too_many_pixels": (
        "图片超过 {limit} 百万像素。请缩小后上传。",
        "The picture has more than {limit} million pixels. Make it smaller and upload it again.",
    ),
}


def refused(code: str, **facts: str) -> Refused:
    """The refusal with this code, in both languages, its facts filled in."""
    zh, en = _SENTENCES[code]
    finding = Finding(code, "blocks", "policy", zh.format(**facts), en.format(**facts), facts=facts)
    return Refused([finding])
