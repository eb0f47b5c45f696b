"""Gates about unique device identification.

Which lots need a UDI is decided by the day of manufacture, here the last production day, as the date on the label does
(UDI-LABEL-DATE), and by the batches of regulations 8.4:

=====  =============================  ==========================================================================
class  from this day on every lot     before that day, from this day on, when the product is listed (batch 1 or 3)
=====  =============================  ==========================================================================
III    2022-06-01 (UDI-B2)            2021-01-01 (UDI-B1)
II     2027-06-01 (UDI-B4)            2024-06-01 (UDI-B3)
I      2029-06-01 (UDI-B5), IVD       never: no batch before lists class I
       2027-06-01 (UDI-B4)
=====  =============================  ==========================================================================

In the second column the device's fact ``udi_listed`` answers: ``yes`` needs one, ``no`` does not, ``unknown`` blocks until
somebody has answered. Before both days nothing is due. A device without confirmed class counts as unknown. The seven
exempt situations (UDI-EXEMPT) are no fact of a device here; such a product is entered as not listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cmo.catalogue.rules.identifiers import CLASS_I_FROM, CLASS_II_FROM, CLASS_III_FROM

from ..facts.demands import IdentifierFact
from ..facts.values import MARKET
from .gate import MANUFACTURE, UDI, Case, Verdict, gate
from .validity import certificate_on

REGISTRANT_QUALITY = "registrant:quality_manager"
LISTED_III_FROM, LISTED_II_FROM = date(2021, 1, 1), date(2024, 6, 1)
IVD = "IVD"


@dataclass(frozen=True, slots=True)
class Due:
    """Whether a lot needs a UDI (``yes``, ``no``, ``unknown``) and the notice that says so."""

    answer: str
    citation: str


def due(device_class: str, sub_catalogue: str, udi_listed: str, made_on: date) -> Due:
    """Whether a product of this kind made on ``made_on`` needs a UDI; see the module's table."""
    every, listed = _begins(device_class, sub_catalogue)
    if made_on >= every[0]:
        return Due("yes", every[1])
    if listed is None or made_on < listed[0]:
        return Due("no", every[1])
    return Due(udi_listed if udi_listed in {"yes", "no"} else "unknown", listed[1])


def _begins(device_class: str, sub_catalogue: str) -> tuple[tuple[date, str], tuple[date, str] | None]:
    """(first day for every product of the class, first day for listed ones), each with its notice."""
    if device_class == "III":
        return (CLASS_III_FROM, "UDI-B2"), (LISTED_III_FROM, "UDI-B1")
    if device_class == "II":
        return (CLASS_II_FROM, "UDI-B4"), (LISTED_II_FROM, "UDI-B3")
    return ((CLASS_II_FROM, "UDI-B4") if sub_catalogue == IVD else (CLASS_I_FROM, "UDI-B5")), None


def _due(case: Case) -> Due:
    made_on = case.lot.produced_to
    used = certificate_on(case.entrustment, made_on) or case.entrustment.certificate
    if used is None:
        return Due("unknown", "UDI-LABEL-DATE")
    return due(used.device_class, used.sub_catalogue, case.lot.udi_listed, made_on)


def _carried(case: Case) -> list[IdentifierFact]:
    """The identifiers of sales units that this lot may carry, assigned by the day of the act."""
    lot = case.lot
    marking = [one for one in lot.identifiers if one.marks(lot.model, lot.site_id, lot.produced_to)]
    return [one for one in marking if one.assigned_on <= case.on]


def _undecided(verdict: Verdict, citation: str) -> None:
    zh = "产品是否列入已实施唯一标识的批次尚未登记，无法判断本批是否需要唯一标识。"
    en = "Whether the product is listed in a UDI batch in force is not on record, so the need of a UDI is undecided."
    todo = (
        "由注册人在产品数据中登记是否列入并确认。",
        "The registrant answers it in the device data and confirms them.",
    )
    verdict.blocks(zh, en, code="udi_listing_unknown", citation=citation, todo_zh=todo[0], todo_en=todo[1])


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
    zh = f"本批须实施唯一标识，但型号{case.lot.model}没有最小销售单元的产品标识。"
    en = f"This lot needs a UDI, but model {case.lot.model} has no device identifier of its smallest sales unit."
    verdict.blocks(zh, en, citation=needed.citation)


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
