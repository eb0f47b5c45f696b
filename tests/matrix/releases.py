"""Expectations for the addresses of lots and releases."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from agreements import actions as agreement_actions
from releases import actions
from tests.releases import build as lots
from tests.releases import making

from . import ANYBODY, DOES_AT_HOME, DOES_IN_PAIR, SEES_PAIR, Page, World, row


def build(world: World) -> None:
    """A lot on the market, a lot that waits with an open question and a hold, in the pair of the matrix."""
    _lift_what_agreements_left(world)
    w = lots.world(world.relation)
    sold, waiting = lots.filed(w, lots.lot(w)), lots.filed(w, lots.lot(w))
    by = world.contractor.actor("quality_manager")
    world.things |= {
        "sold lot": sold,
        "production release": lots.released(w, sold),
        "market release": lots.marketed(w, sold),
        "waiting lot": waiting,
        "document": waiting.documents.order_by("id").first(),
        "question": actions.return_file(
            lot=waiting, question="请补充灭菌记录。", by=world.registrant.actor("market_releaser"), at=lots.AT
        ),
        "import run": actions.try_import(
            pair=world.pair,
            kind="lots",
            upload=SimpleUploadedFile("lots.csv", lots_csv(w).encode()),
            by=world.contractor.actor("production_planner"),
            at=lots.AT,
        ),
        "exception": lots.exception_on(w),
        "lot hold": actions.place_lot_hold(lot=waiting, reason="包装破损", by=by, at=lots.AT),
    }
    _make(world, w)
    world.things["label in use"] = w


def _make(world: World, w: lots.World) -> None:
    """A lot in the making: a step, an observation, an open deviation, one with a proposed closure, and a plan."""
    made = lots.lot(w)
    making.posting(w)
    world.things |= {
        "lot in the making": made,
        "step": making.step(w, made),
        "material": actions.add_material(
            lot=made, name="棒材", material_lot="M-1", by=w.actor("production_planner"), at=lots.AT
        ),
        "observation": making.observation(w, made),
        "deviation": making.deviation(w, made),
        "closure": making.closure(w, making.deviation(w, made)),
        "plan": making.plan(w),
    }


def lots_csv(w: lots.World) -> str:
    """A list with one lot."""
    heading = "Entrustment,Lot number,Model,Production: first day,Production: last day,Quantity,Unit"
    return f"{heading}\n{w.entrustment.number},L-1,PS-6-40,{lots.MADE_FROM},{lots.MADE_TO},10,件\n"


def _lift_what_agreements_left(world: World) -> None:
    """A hold on the whole pair would stop the releases made here; its own pages open for a lifted hold as well."""
    held = world.things.get("agreement hold")
    if held is not None:
        by = world.registrant.actor("quality_manager")
        agreement_actions.lift_hold(hold=held, reason="已查明", by=by, at=lots.AT)


def _lot(name: str = "waiting lot") -> Any:
    return lambda world: {"pk": world.things[name].pk}


_PLANNER = {"right": ("contractor", "production_planner"), "wrong": ("registrant", "quality_manager")}
_PRODUCTION = {"right": ("contractor", "production_releaser"), "wrong": ("contractor", "quality_manager")}
_MARKET = {"right": ("registrant", "market_releaser"), "wrong": ("registrant", "viewer")}
_QUALITY_R = {"right": ("registrant", "quality_manager"), "wrong": ("registrant", "viewer")}
_RESIDENT = {"right": ("registrant", "resident_supervisor"), "wrong": ("registrant", "quality_manager")}
_QUALITY_C = {"right": ("contractor", "quality_manager"), "wrong": ("contractor", "viewer")}
_DEVIATES = {"right": ("contractor", "production_releaser"), "wrong": ("registrant", "market_releaser")}
#: Everybody in the pair may lock a lot; outsiders who only read may not.
_ANY_POST = {**DOES_IN_PAIR, "wrong": 200}
#: A foreign quality manager of a registrant registers no lots anywhere.
_REGISTERS = {**DOES_AT_HOME, "foreign": 403}


def _reads(name: str) -> Page:
    return Page(get=SEES_PAIR, kwargs=_lot(name))


def _acts(name: str = "waiting lot", **people: Any) -> Page:
    return Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_lot(name), **people)


#: A run is read and continued by the organisation that began it.
_OWN_RUN = row(right=200, wrong=404, foreign=404, granted=404, expired=404, administrator=404)


def _label(world: World) -> dict[str, Any]:
    made: lots.World = world.things["label in use"]
    return {"pk": made.entrustment.pk, "label": made.label.pk}


def _in_pair(world: World) -> dict[str, Any]:
    return {"pk": world.pair.pk}


def _list(world: World) -> dict[str, Any]:
    return {"pk": world.pair.pk, "kind": "lots"}


PAGES = {
    "releases:affected": Page(get=ANYBODY),
    "releases:deviations": Page(get=ANYBODY),
    "releases:imports": Page(get=SEES_PAIR, kwargs=_in_pair),
    "releases:import_file": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_list, **_PLANNER),
    "releases:import_template": Page(get=SEES_PAIR, kwargs=_list),
    "releases:export_list": Page(get=SEES_PAIR, kwargs=_list),
    "releases:import_run": Page(get=_OWN_RUN, kwargs=_lot("import run"), **_PLANNER),
    "releases:import_progress": Page(get=_OWN_RUN, kwargs=_lot("import run"), **_PLANNER),
    "releases:import_report": Page(get=_OWN_RUN, kwargs=_lot("import run"), **_PLANNER),
    "releases:begin_import": Page(post={**_OWN_RUN, "right": 302}, kwargs=_lot("import run"), **_PLANNER),
    "releases:continue_import": Page(post={**_OWN_RUN, "right": 302}, kwargs=_lot("import run"), **_PLANNER),
    "releases:lot_udi": Page(
        get=SEES_PAIR, post=SEES_PAIR, kwargs=_lot("sold lot"), data=lambda _world: {"text": "(10)L1"}
    ),
    "releases:label_as_svg": _reads("sold lot"),
    "releases:label_as_pdf": _reads("sold lot"),
    "releases:label_proof": _reads("sold lot"),
    "releases:pair_labels": Page(get=SEES_PAIR, kwargs=_in_pair),
    "releases:label_checks": Page(get=SEES_PAIR, kwargs=_label),
    "releases:check_label": Page(get=DOES_IN_PAIR, post=DOES_IN_PAIR, kwargs=_label, **_QUALITY_R),
    "releases:lots": Page(get=ANYBODY),
    "releases:pair_lots": Page(get=SEES_PAIR, kwargs=lambda world: {"pk": world.pair.pk}),
    "releases:supervision": Page(get=ANYBODY),
    "releases:pair_supervision": Page(get=SEES_PAIR, kwargs=lambda world: {"pk": world.pair.pk}),
    "releases:register_lot": Page(get=_REGISTERS, post=_REGISTERS, **_PLANNER),
    "releases:take_over_lot": Page(get=_REGISTERS, post=_REGISTERS, **_PLANNER),
    "releases:lot": _reads("sold lot"),
    "releases:lot_trail": _reads("sold lot"),
    "releases:production_release": _reads("production release"),
    "releases:market_release": _reads("market release"),
    "releases:correct_lot": _acts(**_PLANNER),
    "releases:add_material": _acts(**_PLANNER),
    "releases:correct_material": _acts("material", **_PLANNER),
    "releases:add_document": _acts(**_PLANNER),
    "releases:review_document": Page(post={**DOES_IN_PAIR, "right": 302}, kwargs=_lot("document"), **_QUALITY_C),
    "releases:return_file": _acts(**_MARKET),
    "releases:answer_return": _acts("question", **_PLANNER),
    "releases:place_lot_hold": Page(get=_ANY_POST, post=_ANY_POST, kwargs=_lot()),
    "releases:veto_lot": _acts(right=("registrant", "management_representative"), wrong=("registrant", "viewer")),
    "releases:lift_lot_hold": _acts("lot hold", **_QUALITY_C),
    "releases:conditions": Page(get=ANYBODY),
    "releases:request_exception": Page(
        get=DOES_IN_PAIR,
        post=DOES_IN_PAIR,
        kwargs=lambda world: {"pk": world.things["waiting lot"].pk, "stage": "production", "code": "coverage"},
        right=("contractor", "quality_manager"),
        wrong=("contractor", "viewer"),
    ),
    "releases:exception": _reads("exception"),
    "releases:decide_exception": _acts(
        "exception", right=("registrant", "quality_manager"), wrong=("contractor", "quality_manager")
    ),
    "releases:release_production": _acts(**_PRODUCTION),
    "releases:release_to_market": _acts(**_MARKET),
    "releases:withdraw_production": _acts("production release", **_PRODUCTION),
    "releases:withdraw_market": _acts("market release", **_MARKET),
    "releases:record_step": _acts("lot in the making", **_PLANNER),
    "releases:correct_step": _acts("step", **_PLANNER),
    "releases:observe_lot": _acts("lot in the making", **_RESIDENT),
    "releases:observation": _reads("observation"),
    "releases:record_deviation": _acts("lot in the making", **_DEVIATES),
    "releases:deviation": _reads("deviation"),
    "releases:propose_closure": _acts("deviation", **_QUALITY_C),
    "releases:answer_closure": _acts("closure", **_QUALITY_R),
    "releases:planned": Page(get=ANYBODY),
    "releases:pair_planned": Page(get=SEES_PAIR, kwargs=lambda world: {"pk": world.pair.pk}),
    "releases:plan_production": Page(get=_REGISTERS, post=_REGISTERS, **_PLANNER),
    "releases:end_planned_production": _acts("plan", **_PLANNER),
}
