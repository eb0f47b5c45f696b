"""Gates about what is printed: the version of label and instructions used in the lot, and whether its text is complete."""

from __future__ import annotations

from ..facts.demands import CheckFact
from ..facts.values import LabelFact
from ..labels import ITEMS
from .gate import O739, Case, Verdict, gate
from .release_file import PLANNER


@gate(
    "label_version",
    "标签版本已登记且在生产时有效",
    "The label version is recorded and was in use at manufacture",
    basis="law",
    citation="O739-39",
    applies_from=O739,
    who=PLANNER,
)
def label_version(case: Case, verdict: Verdict) -> None:
    _judge_print(case, verdict, case.lot.label, ("标签", "label"))


@gate(
    "ifu_version",
    "说明书版本已登记且在生产时有效",
    "The version of the instructions for use is recorded and was in use at manufacture",
    basis="law",
    citation="O739-39",
    applies_from=O739,
    who=PLANNER,
)
def ifu_version(case: Case, verdict: Verdict) -> None:
    _judge_print(case, verdict, case.lot.ifu, ("说明书", "instructions for use"))


def _judge_print(case: Case, verdict: Verdict, used: LabelFact | None, words: tuple[str, str]) -> None:
    verdict.rests_on(version=used.version if used else None, version_last_day=used.last_day if used else None)
    zh, en = words
    if used is None:
        text = f"No version of the {en} is recorded for this lot."
        verdict.blocks(f"本批未登记所用{zh}版本。", text, code=f"{verdict.gate.code}_missing")
    elif not used.in_use(case.lot.produced_to):
        text = f"Version {used.version} of the {en} was not in use when the lot was finished."
        verdict.blocks(f"本批所用{zh}版本{used.version}在生产结束时不是有效版本。", text)
    elif not used.in_use(case.on):
        text = f"Version {used.version} of the {en} has been replaced since manufacture; check whether it may be used."
        sentence = f"{zh}版本{used.version}在生产之后已停用，请确认本批是否仍可使用。"
        verdict.warns(sentence, text, code=f"{verdict.gate.code}_replaced_since")


@gate(
    "label_content",
    "标签内容齐全（含注册人、受托生产企业信息）",
    "The label has the content that the law demands of entrusted production",
    basis="law",
    citation="O739-39",
    applies_from=O739,
    who="registrant:quality_manager, contractor:quality_manager",
    todo=(
        "在标签版本页面录入标签文本并核对；有缺项的，更正标签后核对新版本。",
        "Enter the label's text at its version and check it; where something is missing, correct the label and check that.",
    ),
)
def label_content(case: Case, verdict: Verdict) -> None:
    _judge_content(verdict, case.lot.label, case.lot.label_check, ("标签", "label"))


@gate(
    "ifu_content",
    "说明书内容齐全（含注册人、受托生产企业信息）",
    "The instructions for use have the content that the law demands of entrusted production",
    basis="law",
    citation="O739-39",
    applies_from=O739,
    who="registrant:quality_manager, contractor:quality_manager",
    todo=(
        "在说明书版本页面录入文本并核对；有缺项的，更正说明书后核对新版本。",
        "Enter the text of the instructions at their version and check it; where something is missing, correct and check.",
    ),
)
def ifu_content(case: Case, verdict: Verdict) -> None:
    _judge_content(verdict, case.lot.ifu, case.lot.ifu_check, ("说明书", "instructions for use"))


def _judge_content(verdict: Verdict, used: LabelFact | None, check: CheckFact | None, words: tuple[str, str]) -> None:
    checked_on, missing = (check.checked_on, list(check.missing)) if check else (None, [])
    verdict.rests_on(version=used.version if used else None, checked_on=checked_on, missing_items=missing)
    zh, en = words
    if check is None:
        text = f"The content of the {en} used in this lot has not been checked for this entrustment."
        verdict.blocks(f"本批所用{zh}的内容尚未按本委托核对。", text, code=f"{verdict.gate.code}_unchecked")
    elif missing:
        items = [ITEMS[key] for key in missing if key in ITEMS]
        lacks_zh, lacks_en = "、".join(item.zh for item in items), ", ".join(item.en for item in items)
        verdict.blocks(f"本批所用{zh}缺少：{lacks_zh}。", f"The {en} used in this lot lacks: {lacks_en}.")
