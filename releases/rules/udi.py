"""Gates about unique device identification.

Whether a lot needs one, the catalogue says for its last production day (:func:`cmo.catalogue.rules.identifiers.udi_due`).
"""

from __future__ import annotations

from datetime import date

from cmo.catalogue.rules.identifiers import Due

from ..facts.demands import IdentifierFact
from ..facts.values import MARKET
from ..on_day import udi_due_on
from .gate import MANUFACTURE, UDI, Case, Verdict, gate

REGISTRANT_QUALITY = "registrant:quality_manager"


def _due(case: Case) -> Due:
    return udi_due_on(case.entrustment, case.lot.udi_listed, case.lot.produced_to)


def _carried(case: Case) -> list[IdentifierFact]:
    """The identifiers of sales units that this lot may carry."""
    lot = case.lot
    return [one for one in lot.identifiers if one.marks(lot.model, lot.site_id, lot.produced_to)]


def _too_late(case: Case) -> date | None:
    """The day on which the first identifier of the model was assigned, when the lot was finished before it."""
    lot = case.lot
    days = [one.assigned_on for one in lot.identifiers if one.fits(lot.model, lot.site_id)]
    return min((day for day in days if day > lot.produced_to), default=None)


_TOO_LATE = {
    "todo_zh": "由放行人拒绝本批；生产期间登记有误的，由受托方生产计划员更正批记录。",
    "todo_en": "Reject the lot; if its days are recorded wrongly, the contractor's production planner corrects the lot.",
}


def _undecided(verdict: Verdict, citation: str) -> None:
    zh = "产品是否列入已实施唯一标识的批次尚未登记，无法判断本批是否需要唯一标识。"
    en = "Whether the product is listed in a UDI batch in force is not on record, so the need of a UDI is undecided."
    todo = (
        "由注册人在产品数据中登记是否列入并确认。",
        "The registrant answers it in the device data and confirms them.",
    )
    verdict.blocks(zh, en, code="udi_listing_unknown", citation=citation, todo_zh=todo[0], todo_en=todo[1])


def _unassigned(case: Case, verdict: Verdict, citation: str) -> None:
    if (assigned_on := _too_late(case)) is not None:
        zh = f"本批须实施唯一标识，但其型号的产品标识{assigned_on}才分配，本批在此之前已完成生产，标签上没有产品标识。"
        en = (
            f"This lot needs a UDI, but its model's device identifier was assigned on {assigned_on}, after manufacture."
        )
        verdict.blocks(zh, en, code="udi_assigned_too_late", citation=citation, **_TOO_LATE)
        return
    zh = f"本批须实施唯一标识，但型号{case.lot.model}没有最小销售单元的产品标识。"
    en = f"This lot needs a UDI, but model {case.lot.model} has no device identifier of its smallest sales unit."
    verdict.blocks(zh, en, citation=citation)


@gate(
    "udi_assigned",
    "本批型号已有销售单元的产品标识",
    "The lot's model has a device identifier of its sales unit",
    basis="announcement",
    citation="UDI-DI",
    applies_from=UDI,
    dated_by=MANUFACTURE,
    who=REGISTRANT_QUALITY,
    todo=("由注册人登记最小销售单元的产品标识。", "The registrant registers the DI of the smallest sales unit."),
)
def udi_assigned(case: Case, verdict: Verdict) -> None:
    needed, carried = _due(case), _carried(case)
    verdict.rests_on(udi_due=needed.answer, model=case.lot.model, di=[one.code for one in carried])
    if needed.answer == "no" or carried:
        return
    if needed.answer == "unknown":
        _undecided(verdict, needed.citation)
        return
    _unassigned(case, verdict, needed.citation)


@gate(
    "udi_uploaded",
    "唯一标识数据已在上市前上传",
    "The UDI data are uploaded before marketing",
    basis="announcement",
    citation="UDI-UPLOAD",
    applies_from=UDI,
    dated_by=MANUFACTURE,
    stages=(MARKET,),
    who=REGISTRANT_QUALITY,
    todo=(
        "由注册人在国家唯一标识数据库上传数据并登记上传日期。",
        "The registrant uploads the data to the national UDI database and records the day.",
    ),
)
def udi_uploaded(case: Case, verdict: Verdict) -> None:
    needed, carried = _due(case), _carried(case)
    days = [one.uploaded_on for one in carried if one.uploaded_on is not None]
    verdict.rests_on(udi_due=needed.answer, di=[one.code for one in carried], uploaded_on=min(days, default=None))
    if needed.answer == "no" or any(day <= case.on for day in days):
        return
    if needed.answer == "unknown":
        _undecided(verdict, needed.citation)
        return
    zh = "本批产品标识的数据在放行之日尚未上传国家唯一标识数据库，不得上市。"
    verdict.blocks(zh, "The data of this lot's DI are not in the national UDI database on the day of release.")
