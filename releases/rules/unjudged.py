"""What the system does not judge yet: said openly, so that the releaser's statement covers it and nobody infers a pass."""

from __future__ import annotations

from dataclasses import dataclass

from .gate import Case


@dataclass(frozen=True, slots=True)
class NotJudged:
    """One condition of release that no record here can decide; ``citation`` is a key of the legal references."""

    code: str
    zh: str
    en: str
    citation: str

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "zh": self.zh, "en": self.en, "citation": self.citation}


COVERAGE = NotJudged(
    "resident_supervision",
    "植入性产品：系统不核对生产期间派驻人员的在场记录，须由放行人审核后在声明中确认。",
    "Implantable product: the resident supervisor's presence during manufacture is not judged by the system; the "
    "releaser reviews it and says so in the statement.",
    "N38-08",
)
DEVIATIONS = NotJudged(
    "deviations",
    "系统不核对本批的偏差、变更、不合格、返工与紧急放行是否处理完毕，须由放行人审核后在声明中确认。",
    "Whether deviations, changes, nonconformities, rework and emergency releases of this lot are closed is not judged "
    "by the system; the releaser reviews it and says so in the statement.",
    "GMP25-104-4",
)
RECORDS = NotJudged(
    "batch_records",
    "系统不核对批生产记录和检验记录的内容与结果，须由放行人审核后在声明中确认。",
    "Content and results of batch and inspection records are not judged by the system; the releaser reviews them and "
    "says so in the statement.",
    "GMP25-104-3",
)
UDI = NotJudged(
    "udi",
    "系统不核对唯一标识的赋码与数据上传，须由放行人审核后在声明中确认。",
    "UDI marking and upload are not judged by the system; the releaser reviews them and says so in the statement.",
    "O53-36",
)


def not_judged(case: Case) -> list[NotJudged]:
    """Everything about this case that the releaser's own statement must cover."""
    certificate = case.entrustment.certificate
    settled = certificate is not None and certificate.implantable == "no"
    return [*([] if settled else [COVERAGE]), DEVIATIONS, RECORDS, UDI]
