"""Gates about what others supply or do for the lot: key materials and outsourced sterilisation (N38-17)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cmo.clock import day_of

from ..facts.demands import same_name
from .gate import MANUFACTURE, N38, Case, Verdict, day_after, first_day_without, gate
from .validity import certificate_on

REGISTRANT_QUALITY = "registrant:quality_manager"
PLANNER = "contractor:production_planner"
KEY_MATERIAL, STERILISATION = "key_material", "sterilisation"


def _first_day_not_approved(case: Case, name: str, scope: str, first: date, last: date) -> date | None:
    """The first day from ``first`` to ``last`` on which the registrant's approval of this supplier does not hold."""
    found = [one for one in case.lot.supervision.suppliers if one.scope == scope and same_name(one.supplier, name)]
    edges = [day for one in found for day in (one.first_day, *day_after(one.last_day))]
    return first_day_without(lambda day: any(one.approved_on(day) for one in found), first, last, edges)


def _named(names: Iterable[str]) -> list[str]:
    """Names as first typed, each once."""
    found: list[str] = []
    for name in names:
        if name.strip() and not any(same_name(name, other) for other in found):
            found.append(name.strip())
    return found


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
    verdict.rests_on(suppliers=suppliers, unnamed=unnamed)
    for name in suppliers:
        day = _first_day_not_approved(case, name, KEY_MATERIAL, lot.produced_from, lot.produced_to)
        if day is not None:
            zh = f"供应商{name}在生产期间（{day}）未经注册人批准供应关键物料。"
            verdict.blocks(zh, f"During manufacture (on {day}) the registrant's approval did not cover {name}.")
    if unnamed:
        zh, en = f"以下关键物料未写明供应商：{'、'.join(unnamed)}。", f"No supplier is named for: {', '.join(unnamed)}."
        verdict.warns(zh, en, code="supplier_not_named", who=PLANNER, todo_zh="", todo_en="")


@gate(
    "sterilisation_approved",
    "外协灭菌单位在灭菌之日经注册人批准",
    "Whoever sterilised the lot for the contractor was approved by the registrant on that day",
    basis="announcement",
    citation="N38-17",
    applies_from=N38,
    dated_by=MANUFACTURE,
    who=REGISTRANT_QUALITY,
    todo=(
        "由注册人审核并批准该灭菌单位，或更正灭菌工序记录。",
        "The registrant audits and approves it, or the record of the sterilisation is corrected.",
    ),
)
def sterilisation_approved(case: Case, verdict: Verdict) -> None:
    used = certificate_on(case.entrustment, case.lot.produced_to) or case.entrustment.certificate
    sterile = used is not None and used.sterile
    done = [step for step in case.lot.steps if step.kind == STERILISATION]
    verdict.rests_on(sterile=sterile, sterilised_by=_named(step.performed_by for step in done))
    if sterile and not done:
        zh = "无菌产品没有登记灭菌工序，请在放行资料中核对灭菌记录。"
        en = "No sterilisation step is recorded for this sterile product; the release file must show it."
        verdict.warns(zh, en, code="sterilisation_not_recorded", who=PLANNER, todo_zh="", todo_en="")
    for step in done if sterile else ():
        first, last = day_of(step.starts_at), day_of(step.ends_at)
        name = step.performed_by.strip()
        if name and (day := _first_day_not_approved(case, name, STERILISATION, first, last)) is not None:
            zh = f"灭菌单位{name}在灭菌之日（{day}）未经注册人批准。"
            verdict.blocks(zh, f"On the day of sterilisation ({day}) the registrant's approval did not cover {name}.")
