"""Gates about what is printed: the version of label and instructions used in the lot, and whether its text is complete
by the data of the lot's last production day."""

from __future__ import annotations

from collections.abc import Iterable

from ..facts.demands import CheckFact
from ..facts.values import LabelFact
from ..labels import ITEMS, entered_in
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
    todo=(
        "由受托方生产计划员更正批记录，登记实际使用的有效标签版本；确用失效版本的，由放行人拒绝本批。",
        "The contractor's production planner corrects the lot to name the label version really used; if that was not in use, reject the lot.",
    ),
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
    todo=(
        "由受托方生产计划员更正批记录，登记实际使用的有效说明书版本；确用失效版本的，由放行人拒绝本批。",
        "The contractor's production planner corrects the lot to name the version of the instructions really used; if that was not in use, reject the lot.",
    ),
)
def ifu_version(case: Case, verdict: Verdict) -> None:
    _judge_print(case, verdict, case.lot.ifu, ("说明书", "instructions for use"))


_LOOK = {
    "todo_zh": "由放行人确认停用版本能否随本批使用，并写入审核声明。",
    "todo_en": "The releaser finds out whether the replaced version may stay with this lot, and states it.",
}


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
        verdict.warns(sentence, text, code=f"{verdict.gate.code}_replaced_since", who=case.decider, **_LOOK)


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
    _judge_content(case, verdict, case.lot.label, case.lot.label_check, ("标签", "label"))


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
    _judge_content(case, verdict, case.lot.ifu, case.lot.ifu_check, ("说明书", "instructions for use"))


def _judge_content(
    case: Case, verdict: Verdict, used: LabelFact | None, check: CheckFact | None, words: tuple[str, str]
) -> None:
    checked_on, missing = (check.checked_on, list(check.missing)) if check else (None, [])
    verdict.rests_on(version=used.version if used else None, checked_on=checked_on, missing_items=missing)
    if check is None:
        zh, en = words
        text = f"The content of the {en} used in this lot has not been checked for this entrustment."
        verdict.blocks(f"本批所用{zh}的内容尚未按本委托核对。", text, code=f"{verdict.gate.code}_unchecked")
        return
    _lacking(case, verdict, check, words)
    if check.unrecorded:
        _not_on_record(verdict, check.unrecorded, words)
    if check.confirmed_since:
        _confirmed_since(case, verdict, check.confirmed_since, words)


def _lacking(case: Case, verdict: Verdict, check: CheckFact, words: tuple[str, str]) -> None:
    """What the text lacks; it is outdated where the check of it, by the data of its own day, missed nothing of it."""
    lacks = [key for key in check.missing if key not in check.unrecorded]
    (zh, en), (lacks_zh, lacks_en), day = words, _names(lacks), case.lot.produced_to
    if any(key in check.outdated for key in lacks):
        sentence = (
            f"按本批最后生产日（{day}）的信息，所用{zh}缺少：{lacks_zh}；{check.checked_on}核对时依据的是不同的信息。"
        )
        text = (
            f"By the data for this lot's last production day ({day}) the {en} used lacks: {lacks_en}; the check of "
            f"{check.checked_on} went by other data."
        )
        verdict.blocks(sentence, text, code=f"{verdict.gate.code}_outdated")
    elif lacks:
        verdict.blocks(f"本批所用{zh}缺少：{lacks_zh}。", f"The {en} used in this lot lacks: {lacks_en}.")


def _not_on_record(verdict: Verdict, keys: Iterable[str], words: tuple[str, str]) -> None:
    (zh, en), (items_zh, items_en), (in_zh, in_en) = words, _names(keys), entered_in(keys)
    sentence = f"没有经确认的信息可与{zh}核对：{items_zh}。"
    text = f"Nothing confirmed is on record to compare the {en} with: {items_en}."
    todo = (f"在{in_zh}中登记并确认。", f"Enter it in {in_en} and have it confirmed.")
    code = f"{verdict.gate.code}_not_on_record"
    verdict.blocks(sentence, text, code=code, todo_zh=todo[0], todo_en=todo[1])


def _confirmed_since(case: Case, verdict: Verdict, keys: Iterable[str], words: tuple[str, str]) -> None:
    (zh, en), (items_zh, items_en), day = words, _names(keys), case.lot.produced_to
    sentence = f"所用{zh}的下列内容在本批最后生产日（{day}）之后才得到确认，请核实当时是否属实：{items_zh}。"
    text = f"The {en} used says as confirmed only after the last production day ({day}): {items_en}; see that it held then."
    verdict.warns(sentence, text, code=f"{verdict.gate.code}_confirmed_since")


def _names(keys: Iterable[str]) -> tuple[str, str]:
    items = [ITEMS[key] for key in keys if key in ITEMS]
    return "、".join(item.zh for item in items), ", ".join(item.en for item in items)
