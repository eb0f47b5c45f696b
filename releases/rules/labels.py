"""Reasons against checking a label text."""

from __future__ import annotations

from cmo.errors import Finding

from ..labels import IFU

#: Longer than the text of any label or instruction by far.
LONGEST_TEXT = 200_000


def blockers_to_check_label(*, kind: str, of_the_device: bool, small: bool, text: str) -> list[Finding]:
    """A check compares some text of a version of the entrusted device; only labels may be too small for everything."""
    found = []
    if not of_the_device:
        found.append(_finding("label_of_another_device", "该标签或说明书版本不属于所委托的产品。", _ANOTHER_DEVICE))
    if small and kind == IFU:
        found.append(
            _finding("ifu_is_not_small", "说明书须载明全部内容，不适用位置受限的规定。", _IFU_NOT_SMALL, "O6-10")
        )
    if not text.strip():
        found.append(_finding("label_text_missing", "请填写标签或说明书上的文字。", "Enter the text of the label."))
    if len(text) > LONGEST_TEXT:
        found.append(_finding("label_text_too_long", "文字过长，请只粘贴标签或说明书的内容。", _TOO_LONG))
    return found


_ANOTHER_DEVICE = "This label or IFU version belongs to another device than the entrusted one."
_IFU_NOT_SMALL = "Instructions carry everything; the rule for small labels is not for them."
_TOO_LONG = "The text is too long; paste what the label or the instructions say and nothing else."


def _finding(code: str, zh: str, en: str, citation: str = "O6-13") -> Finding:
    return Finding(code, "blocks", "law", zh, en, citation)
