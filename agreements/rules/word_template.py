"""When a company's own Word file can be kept as a template, and when one can be withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from cmo.errors import Finding

from ..word.judging import Fault
from ..wording import finding
from ..wording.word_template import PARTS

#: More faults of a file are not told one by one.
MOST = 20


def blockers_to_keep_word_template(faults: Sequence[Fault]) -> list[Finding]:
    """Reasons against keeping this file: every fault with its place, the first twenty of them."""
    found = [_fault(fault) for fault in faults[:MOST]]
    left = len(faults) - MOST
    return [*found, finding("word_template_more", left=left)] if left > 0 else found


def _fault(fault: Fault) -> Finding:
    part_zh, part_en = PARTS[fault.part]
    zh = f"{part_zh}第{fault.paragraph}段" if fault.paragraph else part_zh
    en = f"{part_en}, paragraph {fault.paragraph}" if fault.paragraph else part_en
    return finding(f"word_template_{fault.code}", place_zh=zh, place_en=en, what=fault.what)


def blockers_to_withdraw_word_template(withdrawn: bool, reason: str) -> list[Finding]:
    """Reasons against withdrawing: withdrawn already, no reason."""
    found = [finding("word_template_withdrawn_already")] if withdrawn else []
    return found if reason.strip() else [*found, finding("reason_needed")]
