"""What the system does not judge yet: said openly, so that the releaser's statement covers it and nobody infers a pass."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotJudged:
    """One condition of release that no record here can decide; ``citation`` is a key of the legal references."""

    code: str
    zh: str
    en: str
    citation: str

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "zh": self.zh, "en": self.en, "citation": self.citation}


CHANGES = NotJudged(
    "changes",
    "系统不核对涉及本批的变更、紧急放行、停产指令、召回和未关闭的严重缺陷项，须由放行人审核后在声明中确认。",
    "Changes, emergency releases, stop orders, recalls and open critical findings that concern this lot are not judged by "
    "the system; the releaser reviews them and says so in the statement.",
    "GMP25-114",
)
RECORDS = NotJudged(
    "batch_records",
    "系统不核对批生产记录和检验记录的内容与结果，须由放行人审核后在声明中确认。",
    "Content and results of batch and inspection records are not judged by the system; the releaser reviews them and "
    "says so in the statement.",
    "GMP25-104-3",
)
MARKING = NotJudged(
    "marking",
    "系统不核对实物上的标签、唯一标识和合格证明，须由放行人审核后在声明中确认。",
    "Label, UDI carrier and conformity document on the product itself are not judged by the system; the releaser checks "
    "them and says so in the statement.",
    "GMP25-104-5",
)
#: Everything that the releaser's own statement must cover, for every lot.
NOT_JUDGED = (RECORDS, CHANGES, MARKING)
