"""Gates about what others supply or do for the lot: key materials, outsourced sterilisation and other processes (N38-17)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..facts.demands import same_name
from ..facts.making import StepFact
from ..on_day import certificate_on
from .gate import MANUFACTURE, N38, Case, Verdict, gate
from .supervised import (
    KEY_MATERIAL,
    OTHER_PROCESS,
    STERILISATION,
    approvals_of,
    day_outside_approval,
    first_day_not_approved,
)

REGISTRANT_QUALITY = "registrant:quality_manager"
PLANNER = "contractor:production_planner"
_RECORD_SUPPLIER = {
    "who": PLANNER,
    "todo_zh": "由受托方生产计划员更正批记录，写明每种关键物料的供应商。",
    "todo_en": "The contractor's production planner corrects the lot to name the supplier of every key material.",
}
_LIST_MATERIALS = {
    "who": PLANNER,
    "todo_zh": "请在批记录中登记关键物料，或由放行人在放行资料中核对本批没有关键物料。",
    "todo_en": "List the key materials with the lot, or check in the release file that it has none.",
}
_RECORD_STEP = {
    "who": PLANNER,
    "todo_zh": "由受托方生产计划员登记灭菌工序；灭菌另有记录可查的，可申请例外批准。",
    "todo_en": "The contractor's production planner records the sterilisation; where another record shows it, ask for an exception.",
}


def _named(names: Iterable[str]) -> list[str]:
    """Names as first typed, each once."""
    found: list[str] = []
    for name in names:
        if name.strip() and not any(same_name(name, other) for other in found):
            found.append(name.strip())
    return found


def _approved_for(case: Case, names: Iterable[str], scope: str) -> list[str]:
    """What the registrant approved each party for, as it wrote it: a person compares it with what was delivered or done."""
    approvals = [one for name in names for one in approvals_of(case.lot.supervision.suppliers, name, scope)]
    return list(dict.fromkeys(f"{one.supplier}: {one.covers}" for one in approvals))


@gate(
    "suppliers_approved",
    "关键物料的供应商在生产期间经注册人批准",
    "The suppliers of key materials were approved by the registrant on every day of manufacture",
    basis="announcement",
    citation="N38-17",
    applies_from=N38,
    dated_by=MANUFACTURE,
    who=REGISTRANT_QUALITY,
    todo=(
        "由注册人审核并批准该供应商，或更换物料后另行处理本批。",
        "The registrant audits and approves the supplier, or the lot is dealt with otherwise.",
    ),
)
def suppliers_approved(case: Case, verdict: Verdict) -> None:
    lot = case.lot
    suppliers = _named(material.supplier for material in lot.materials)
    unnamed = [material.name for material in lot.materials if not material.supplier.strip()]
    delivered = [f"{one.supplier.strip()}: {one.name}" for one in lot.materials if one.supplier.strip()]
    verdict.rests_on(delivered=delivered, approved_for=_approved_for(case, suppliers, KEY_MATERIAL), unnamed=unnamed)
    _not_approved(case, verdict, suppliers)
    _not_recorded(case, verdict, unnamed)


def _not_approved(case: Case, verdict: Verdict, suppliers: Iterable[str]) -> None:
    lot = case.lot
    for name in suppliers:
        days = lot.produced_from, lot.produced_to
        day = first_day_not_approved(lot.supervision.suppliers, name, KEY_MATERIAL, *days)
        if day is not None:
            zh = f"供应商{name}在生产期间（{day}）未经注册人批准供应关键物料。"
            verdict.blocks(zh, f"During manufacture (on {day}) the registrant's approval did not cover {name}.")


def _not_recorded(case: Case, verdict: Verdict, unnamed: Sequence[str]) -> None:
    """A material without its supplier's name blocks; a lot without any key material is looked at by a person."""
    if unnamed:
        zh, en = f"以下关键物料未写明供应商：{'、'.join(unnamed)}。", f"No supplier is named for: {', '.join(unnamed)}."
        verdict.blocks(zh, en, code="supplier_not_named", **_RECORD_SUPPLIER)
    if not case.lot.materials:
        zh = "本批没有登记关键物料，无法判断其供应商。"
        en = "No key material is recorded, so no supplier can be judged."
        verdict.warns(zh, en, code="materials_not_recorded", **_LIST_MATERIALS)


@gate(
    "sterilisation_approved",
    "已登记灭菌工序，外协灭菌单位在灭菌之日经注册人批准",
    "Sterilisation is recorded; whoever did it for the contractor was approved by the registrant on that day",
    basis="announcement",
    citation="N38-17",
    applies_from=N38,
    dated_by=MANUFACTURE,
    who=REGISTRANT_QUALITY,
    waivable=True,
    todo=(
        "由注册人审核并批准该灭菌单位，或更正灭菌工序记录。",
        "The registrant audits and approves it, or the record of the sterilisation is corrected.",
    ),
)
def sterilisation_approved(case: Case, verdict: Verdict) -> None:
    """Only the missing record is house policy and can be waived; a party without approval cannot."""
    used = certificate_on(case.entrustment, case.lot.produced_to) or case.entrustment.certificate
    sterile = used is not None and used.sterile
    done = [step for step in case.lot.steps if step.kind == STERILISATION]
    names = _named(step.performed_by for step in done)
    approved_for = _approved_for(case, names, STERILISATION)
    verdict.rests_on(sterile=sterile, sterilised_by=names, approved_for=approved_for)
    if sterile and not done:
        zh, en = "无菌产品没有登记灭菌工序。", "No sterilisation step is recorded for this sterile product."
        says = verdict.blocks if case.for_market else verdict.warns
        says(zh, en, code="sterilisation_not_recorded", basis="policy", **_RECORD_STEP)
    for step in done:
        _judge_party(case, verdict, step, ("灭菌单位", "sterilisation"))


@gate(
    "processes_approved",
    "其他外协工序的单位在加工之日经注册人批准",
    "Whoever did another step for the contractor was approved by the registrant for it on that day",
    basis="announcement",
    citation="N38-17",
    applies_from=N38,
    dated_by=MANUFACTURE,
    who=REGISTRANT_QUALITY,
    todo=(
        "由注册人审核并批准该外协单位，或由受托方更正工序记录。",
        "The registrant audits and approves that party, or the contractor corrects the record of the step.",
    ),
)
def processes_approved(case: Case, verdict: Verdict) -> None:
    done = [step for step in case.lot.steps if step.kind != STERILISATION and step.performed_by.strip()]
    names = _named(step.performed_by for step in done)
    verdict.rests_on(done_outside=names, approved_for=_approved_for(case, names, OTHER_PROCESS))
    for step in done:
        _judge_party(case, verdict, step, (f"工序“{step.name}”的外协单位", f"step “{step.name}”"))


def _judge_party(case: Case, verdict: Verdict, step: StepFact, words: tuple[str, str]) -> None:
    """Block for the first day of the step on which the approval of whoever did it does not hold."""
    name = step.performed_by.strip()
    if name and (day := day_outside_approval(step, case.lot.supervision.suppliers)) is not None:
        zh = f"{words[0]}{name}在该日（{day}）未经注册人批准。"
        verdict.blocks(zh, f"On {day}, the day of the {words[1]}, the registrant's approval did not cover {name}.")
