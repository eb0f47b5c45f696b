"""The fixed words of a Word file that goes out, in both languages."""

from __future__ import annotations

from cmo.paper.words import Words

from .sources import Key

#: The author of what nobody can be named for.
UNNAMED = Words("作者未记录", "author not recorded")
REMOVED = Words("删除：", "Removed:")
MADE_FROM = Words("文本", "Text")
COMPARED = Words("修订对照", "Tracked against")
HOW = Words("使用说明", "How to work in this file")
STEPS = (
    Words(
        "请只在各条款的内容控件内修改：首段为标题，其余各段为正文。修订功能已打开，请勿删除控件。",
        "Change the clauses inside their content controls only: the first paragraph is the heading, the others are the "
        "text. Tracking is switched on; leave the controls in place.",
    ),
    Words(
        "协议双方、有效期、覆盖范围、职责分工表和应履行事项在系统中修改，在此处的修改不会带回。",
        "Parties, term, coverage, responsibility matrix and obligations are changed in the product; what is changed here "
        "does not come back.",
    ),
    Words(
        "修改完成后，将本文件上传至系统中该协议的“在Word中修改”页面，逐条选择采用。",
        "When you are done, upload this file on the agreement's page “Work in Word” and choose clause by clause.",
    ),
)
IN_PRODUCT = Words("以下内容在系统中修改。", "Changed in the product, not here.")
BASIS = Words("条款依据", "Basis of the clauses")
CLAUSE = Words("条款", "Clause")
DRAFT = Words("草案", "draft")
PAGES_HEAD = Words("供修改", "for editing")


def source(key: Key) -> Words:
    """``第2轮`` and ``round 2``."""
    if key.kind == "draft":
        return DRAFT
    if key.kind == "round":
        return Words(f"第{key.number}轮谈判文本", f"round {key.number} of the negotiation")
    return Words(f"第{key.number}版", f"revision {key.number}")


def moved(was: Words, now: Words) -> Words:
    """That a clause stands elsewhere than before."""
    return Words(f"本条由{was.zh}移至{now.zh}。", f"Moved from {was.en} to {now.en}.")
