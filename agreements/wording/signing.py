"""Findings about signing, declining, withdrawing and terminating a revision, and about agreements on paper."""

from __future__ import annotations

from .sentence import QUALITY_BOTH, Sentence

SIGNING: dict[str, Sentence] = {
    "revision_closed": Sentence(
        "该版本已被拒绝、撤回或者终止。",
        "This revision has been declined, withdrawn or terminated.",
        "policy",
        "POLICY",
    ),
    "side_signed_already": Sentence(
        "贵方已经签署该版本。",
        "Your side has signed this revision already.",
        "law",
        "ESL-13",
    ),
    "same_person_both_sides": Sentence(
        "同一人不能代表双方签署。",
        "One person never signs for both sides.",
        "policy",
        "POLICY-TWO-PEOPLE",
    ),
    "term_over": Sentence(
        "协议有效期已于{ends_on}届满，不能再签署。",
        "The term ended on {ends_on}; it can no longer be signed.",
        "guide",
        "QA-40",
        who=QUALITY_BOTH,
        todo_zh="撤回该版本，修改有效期后重新提交签署。",
        todo_en="Withdraw the revision, set another term and offer it again.",
    ),
    "signed_on_paper": Sentence(
        "该版本系登记的纸质协议，由双方质量负责人确认，不在此签署。",
        "This revision was signed on paper; the quality managers confirm it instead of signing here.",
        "policy",
        "POLICY",
        who=QUALITY_BOTH,
    ),
    "not_on_paper": Sentence(
        "该版本不是纸质协议，无需确认。",
        "This revision was not signed on paper; there is nothing to confirm.",
        "policy",
        "POLICY",
    ),
    "signed_by_both": Sentence(
        "双方均已签署，不能再拒绝或者撤回；可以终止。",
        "Both sides have signed; it can no longer be declined or withdrawn, only terminated.",
        "guide",
        "QA-41",
    ),
    "not_signed_by_both": Sentence(
        "该版本尚未由双方签署，不能终止；可以拒绝或者撤回。",
        "Both sides have not signed it yet; it is declined or withdrawn instead of terminated.",
        "guide",
        "QA-41",
    ),
    "termination_in_past": Sentence(
        "终止日期{ended_on}早于今天。",
        "The day of termination, {ended_on}, lies in the past.",
        "law",
        "GMP25-45",
    ),
    "paper_in_future": Sentence(
        "签署日期{signed_on}晚于今天。",
        "The day of signature, {signed_on}, lies in the future.",
        "law",
        "GMP25-45",
    ),
    "seal_missing": Sentence(
        "协议应当加盖双方公章；请核对扫描件并填写。",
        "The agreement bears both parties' seals; check the scan and say so.",
        "guide",
        "QA-49",
    ),
    "signatory_missing": Sentence(
        "请填写双方签署人姓名。",
        "Name the signatory of each party.",
        "guide",
        "QA-49",
    ),
}
