"""Findings about recording that an agreed obligation was performed."""

from __future__ import annotations

from .sentence import Sentence

OBLIGATIONS: dict[str, Sentence] = {
    "obligation_not_agreed": Sentence(
        "质量协议没有约定于{due_on}到期的此事项。",
        "The quality agreement has no such obligation due on {due_on}.",
        "announcement",
        "N38-14",
    ),
    "obligation_of_other_side": Sentence(
        "此事项由{side_zh}履行，由{side_zh}登记。",
        "This obligation is the {side}'s; that side records it.",
        "announcement",
        "N38-14",
    ),
    "obligation_recorded": Sentence(
        "于{due_on}到期的此事项已经登记履行。",
        "The occurrence due on {due_on} is recorded already.",
        "policy",
        "POLICY",
    ),
    "obligations_all_done": Sentence(
        "本版协议期限内没有尚待履行的此事项。",
        "Nothing more of this is due under this revision.",
        "policy",
        "POLICY",
    ),
    "obligation_reference_needed": Sentence(
        "请填写证明履行的记录（{proof_zh}）。",
        "Name the record that proves it ({proof_en}).",
        "law",
        "GMP25-45",
    ),
}
