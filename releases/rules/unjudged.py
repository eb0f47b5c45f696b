"""What the system does not judge yet: said openly, so that the releaser's statement covers it and nobody infers a pass."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class NotJudged:
    """One condition of release that no record here can decide; ``citation`` is a key of the legal references.

    ``stated_*``: what the releaser states of it, in the first person; it says as much as the condition and no more.
    """

    code: str
    zh: str
    en: str
    citation: str
    stated_zh: str
    stated_en: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


CHANGES = NotJudged(
    "changes",
    "系统不核对涉及本批的变更、紧急放行、停产指令、召回和未关闭的严重缺陷项，须由放行人审核后在声明中确认。",
    "Changes, emergency releases, stop orders, recalls and open critical findings that concern this lot are not judged by "
    "the system; the releaser reviews them and says so in the statement.",
    "GMP25-114",
    "本人已审核涉及本批的变更、紧急放行、停产指令、召回和未关闭的严重缺陷项。",
    "I have reviewed the changes, emergency releases, stop orders, recalls and open critical findings that concern this lot.",
)
RECORDS = NotJudged(
    "batch_records",
    "系统不核对批生产记录和检验记录的内容与结果，须由放行人审核后在声明中确认。",
    "Content and results of batch and inspection records are not judged by the system; the releaser reviews them and "
    "says so in the statement.",
    "GMP25-104-3",
    "本人已审核批生产记录和检验记录的内容与结果。",
    "I have reviewed the content and results of the batch and inspection records.",
)
MARKING = NotJudged(
    "marking",
    "系统不核对实物上的标签、唯一标识和合格证明，须由放行人审核后在声明中确认。",
    "Label, UDI carrier and conformity document on the product itself are not judged by the system; the releaser checks "
    "them and says so in the statement.",
    "GMP25-104-5",
    "本人已审核实物上的标签、唯一标识和合格证明。",
    "I have checked the label, the UDI carrier and the conformity document on the product itself.",
)
#: Everything that the releaser's own statement must cover, for every lot.
NOT_JUDGED = (RECORDS, CHANGES, MARKING)
