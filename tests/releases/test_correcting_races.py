"""Real processes on PostgreSQL: a correction and a production release of one lot never cross, and none is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cmo.signing.actions import Proof
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from releases import actions
from releases.facts import PRODUCTION
from releases.models import CONTENT, Lot, LotCorrection, LotMaterial, ProductionRelease
from tests.processes import race
from tests.releases import build
from tests.releases.test_making_races import outcome

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def said(lot: Lot, **changes: Any) -> dict[str, Any]:
    return {name: getattr(lot, name) for name in CONTENT} | changes


def test_a_correction_while_production_is_released_is_judged_or_refused(postgres: None) -> None:
    """Whoever is recorded second has seen the first: the release the corrected lot, or the correction the release."""
    w = build.world()
    rows = [build.filed(w, build.lot(w)) for _ in range(8)]
    planner, releaser = w.contractor.actor("production_planner"), w.contractor.actor("production_releaser")
    typed = {row.pk: build.review(row, PRODUCTION, releaser, quantity=900) for row in rows}

    def correct(row: Lot) -> str:
        whole = {"seen": 0, "reason": "清点有误", "by": planner, "at": build.AT}
        return outcome(lambda: actions.correct_lot(lot=row, content=said(row, quantity=950), **whole))

    def release(row: Lot) -> str:
        signed = {"review": typed[row.pk], "proof": Proof("password"), "by": releaser, "at": build.AT}
        return outcome(lambda: actions.release_production(lot=row, **signed))

    def work(number: int) -> list[str]:
        return [(correct if number % 2 else release)(row) for row in rows]

    answers = race(work, processes=2)
    assert all(isinstance(answer, list) for answer in answers), answers
    for row, released, corrected in zip(rows, *answers, strict=True):
        assert released == "done"
        assert corrected in {"done", "decision_rests_on_lot"}
        now, frozen = Lot.objects.get(pk=row.pk), ProductionRelease.objects.get(lot=row)
        assert now.quantity == json.loads(frozen.facts)["lot"]["quantity"] == (950 if corrected == "done" else 1000)
    assert LotCorrection.objects.count() == answers[1].count("done")
    assert verify().ok


def test_of_racing_corrections_one_counts_and_the_others_are_told(postgres: None) -> None:
    w = build.world()
    row, by = build.lot(w), w.contractor.actor("production_planner")
    material = actions.add_material(lot=row, name="棒材", material_lot="M-1", supplier="甲", by=by, at=build.AT)
    why = {"reason": "抄录有误", "by": by, "at": build.AT}
    answers = race(
        lambda number: outcome(
            lambda: actions.correct_lot(lot=row, content=said(row, quantity=900 + number), seen=0, **why)
        )
    )
    assert sorted(answers) == ["done", *["lot_corrected_meanwhile"] * 7]
    assert Lot.objects.get(pk=row.pk).quantity == 900 + answers.index("done")
    answers = race(lambda _number: outcome(lambda: actions.correct_material(material=material, content=None, **why)))
    assert sorted(answers) == ["done", *["material_corrected_already"] * 7]
    assert LotMaterial.objects.filter(corrects=material).count() == 1
    assert Entry.objects.filter(verb__in=("lot.corrected", "lot.material_corrected")).count() == 2
