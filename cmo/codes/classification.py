"""Codes of the 2017 classification catalogue (医疗器械分类目录): ``NN-NN`` for a group, ``NN-NN-NN`` for a product kind.

Only the form is judged here. Whether a code is in the published table is answered by ``cmo.regulation``; a code that
is missing there is *unknown*, never "not prohibited".
"""

from __future__ import annotations

import re

from cmo.codes.result import CodeResult, Message

SUB_CATALOGUES = tuple(f"{number:02d}" for number in range(1, 23))

_SHAPE = re.compile(r"[0-9]{1,3}-[0-9]{1,3}(?:-[0-9]{1,3})?")


def looks_like(compact: str) -> bool:
    """Two or three short numbers joined by hyphens."""
    return _SHAPE.fullmatch(compact) is not None


def parse(compact: str) -> CodeResult:
    """Judge one code without blanks."""
    parts = compact.split("-")
    fields = {
        "code": compact,
        "sub_catalogue": parts[0],
        "group": "-".join(parts[:2]),
        "level": "group" if len(parts) == 2 else "kind",
    }
    errors = [_digits(place, part) for place, part in enumerate(parts, 1) if len(part) != 2]
    if not errors and parts[0] not in SUB_CATALOGUES:
        errors.append(
            Message(
                "classification.sub_catalogue",
                f"子目录编号应为 01 至 22，现为 {parts[0]}。",
                f"Sub-catalogues run from 01 to 22; this is {parts[0]}.",
            )
        )
    if not errors and "00" in parts[1:]:
        errors.append(
            Message(
                "classification.zero",
                "类别序号从 01 开始，不能为 00。",
                "Category numbers start at 01; 00 does not exist.",
            )
        )
    return CodeResult("classification", fields, errors)


def _digits(place: int, part: str) -> Message:
    return Message(
        "classification.two_digits",
        f"第 {place} 段「{part}」应为两位数字，例如 13-07-02。",
        f"Part {place}, “{part}”, must have two digits, as in 13-07-02.",
    )
