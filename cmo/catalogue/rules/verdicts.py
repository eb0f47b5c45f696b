"""From a judgement to findings: what a screening means for entrusting, and when a person may determine."""

from __future__ import annotations

from dataclasses import dataclass

from cmo.errors import Finding

from ..facts_vocabulary import WORDS
from ..judgement import ALLOWED, PROHIBITED, UNDETERMINED, ScreeningResult

LAW = "O739-34"
QUALITY = "quality_manager"


@dataclass(frozen=True, slots=True)
class DeterminationFacts:
    """What a determination rests on.

    ``is_current``: facts and edition of the screening are those of today; ``evidence``: it has a standing file.
    """

    screening_outcome: str
    is_current: bool
    determined: bool
    outcome: str
    has_evidence: bool


def findings_of_screening(result: ScreeningResult, determined: str = "") -> list[Finding]:
    """What speaks against entrusting a device with this judgement; ``determined``: a standing determination's outcome."""
    if result.outcome == ALLOWED:
        return []
    if result.outcome == PROHIBITED:
        return [_prohibited(result)]
    if determined == ALLOWED:
        return []
    return [_determined_prohibited(result)] if determined == PROHIBITED else [_undetermined(result)]


def _facts(result: ScreeningResult) -> dict[str, object]:
    return {
        "edition": result.edition,
        "edition_sha256": result.edition_sha256,
        "entry": result.entry,
        "missing_facts": list(result.missing_facts),
    }


def _prohibited(result: ScreeningResult) -> Finding:
    reason = result.reasons[0]
    zh = f"{reason.zh}（{reason.citation}）"
    en = f"{reason.en} ({reason.citation})"
    return Finding("device_prohibited", "blocks", "law", zh, en, LAW, _facts(result))


def _undetermined(result: ScreeningResult) -> Finding:
    words = [WORDS[fact] for fact in result.missing_facts]
    zh = f"尚不能判定该产品是否禁止委托生产：{result.reasons[0].zh}"
    en = f"Whether this device may be entrusted is undetermined: {result.reasons[0].en}"
    todo_zh = f"补充并确认产品信息：{'、'.join(w[0] for w in words)}。" if words else "由质量人员附证据作出判定并签署。"
    todo_en = (
        f"Complete and confirm the device data: {', '.join(w[1] for w in words)}."
        if words
        else "A quality person determines it, with evidence and signature."
    )
    return Finding("device_undetermined", "blocks", "law", zh, en, LAW, _facts(result), QUALITY, todo_zh, todo_en)


def _determined_prohibited(result: ScreeningResult) -> Finding:
    zh = "质量人员已判定该产品属于禁止委托生产目录。"
    en = "A quality person has determined that this device falls under the prohibited catalogue."
    return Finding("determined_prohibited", "blocks", "law", zh, en, LAW, _facts(result))


def blockers_to_determine(facts: DeterminationFacts) -> list[Finding]:
    """Every reason against a determination: nobody overrides the catalogue, and evidence is needed."""
    found = []
    if facts.screening_outcome == PROHIBITED:
        zh = "目录禁止委托生产的产品，任何人不得另行判定。"
        en = "The catalogue prohibits this device; nobody can determine otherwise."
        found.append(_block("prohibited_cannot_be_determined", zh, en, LAW))
    elif facts.screening_outcome != UNDETERMINED:
        zh, en = "该筛查已有结论，无需判定。", "This screening has an outcome; there is nothing to determine."
        found.append(_block("nothing_to_determine", zh, en, LAW))
    if facts.determined:
        zh, en = "该筛查已经判定并签署。", "This screening has been determined and signed already."
        found.append(_block("already_determined", zh, en, "GMP25-45"))
    return [*found, *_blockers_of_substance(facts)]


def _blockers_of_substance(facts: DeterminationFacts) -> list[Finding]:
    found = []
    if not facts.is_current:
        zh = "产品信息或者施行的目录版本在筛查后已有变化，请重新筛查。"
        en = "The device data or the edition in force have changed since this screening; screen again."
        found.append(_block("screening_outdated", zh, en, "GMP25-45"))
    if not facts.has_evidence:
        zh, en = "请先为该筛查附上证据文件。", "Attach the evidence to this screening first."
        found.append(_block("evidence_missing", zh, en, "GMP25-45"))
    if facts.outcome not in {ALLOWED, PROHIBITED}:
        zh, en = "判定结论应为允许或者禁止。", "A determination says allowed or prohibited."
        found.append(_block("determination_without_outcome", zh, en, LAW))
    return found


def _block(code: str, zh: str, en: str, citation: str) -> Finding:
    return Finding(code, "blocks", "law", zh, en, citation)
