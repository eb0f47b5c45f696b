"""Real processes on PostgreSQL: one standing decision per lot and stage, nothing acknowledged is lost, nothing slips in.

RACE_LOTS sets the number of lots (60 by default; fewer for a quick run).
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from agreements import actions as agreement_actions
from agreements.models import EntrustmentEvent, Hold
from cmo.clock import day_of
from cmo.errors import Refused
from cmo.signing.actions import Proof
from cmo.signing.models import Signature
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from releases import actions
from releases.facts import MARKET, PRODUCTION, load_lot_facts
from releases.models import Lot, LotHold, MarketRelease, ProductionRelease
from tests import make
from tests.processes import race
from tests.releases import build

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LOTS = int(os.environ.get("RACE_LOTS", "60"))


def ready(w: build.World, number: int) -> list[Lot]:
    """Lots with their key material whose release file is complete and reviewed by both sides."""
    return [build.material(w, build.filed(w, build.lot(w))) for _ in range(number)]


def outcome(call: Any) -> str:
    """``done``, or the codes of a refusal."""
    try:
        call()
    except Refused as refused:
        return ",".join(sorted(refused.codes))
    return "done"


def test_eight_racing_signers_give_exactly_one_decision_per_lot_and_stage(postgres: None) -> None:
    w = build.world()
    for role, firm in (("production_releaser", w.contractor), ("market_releaser", w.registrant)):
        for _ in range(3):
            make.post(firm, role)
    rows = ready(w, LOTS)
    stages = [
        (PRODUCTION, actions.release_production, w.contractor, "production_releaser", ProductionRelease),
        (MARKET, actions.release_to_market, w.registrant, "market_releaser", MarketRelease),
    ]
    for stage, decide, firm, role, model in stages:
        people = [firm.actor(role, nth=n) for n in range(4)]
        typed = {row.pk: build.review(row, stage, people[0]) for row in rows}

        def work(number: int) -> list[str]:
            by = people[number % 4]  # noqa: B023 - run at once
            return [
                outcome(lambda: decide(lot=row, review=typed[row.pk], proof=Proof("password"), by=by, at=build.AT))  # noqa: B023
                for row in rows
            ]

        answers = race(work)
        assert all(isinstance(answer, list) for answer in answers), answers
        for each in zip(*answers, strict=True):
            assert sorted(each) == sorted([*["decided_already"] * 7, "done"]), each
        assert model.objects.count() == len(rows)
        assert Signature.objects.filter(record_key__startswith=model._meta.label_lower).count() == len(rows)
        states = load_lot_facts(rows).values()
        assert all(len(facts.decisions(stage)) == 1 and facts.standing(stage) is not None for facts in states)
    assert Entry.objects.filter(verb="lot.released_to_market").count() == len(rows)
    assert verify().ok


def test_a_double_submit_of_one_person_gives_one_record(postgres: None) -> None:
    w = build.world()
    (row,) = ready(w, 1)
    by = w.contractor.actor("production_releaser")
    typed = build.review(row, PRODUCTION, by)
    release = {"lot": row, "review": typed, "proof": Proof("password"), "by": by, "at": build.AT}
    answers = race(lambda _number: outcome(lambda: actions.release_production(**release)))
    assert sorted(answers) == ["decided_already"] * 7 + ["done"]
    held = {"lot": row, "reason": "存疑", "by": w.contractor.actor("viewer"), "at": build.AT}
    assert (
        sorted(race(lambda _number: outcome(lambda: actions.place_lot_hold(**held)))) == ["done"] + ["held_already"] * 7
    )
    assert LotHold.objects.count() == 1
    content = build.lot_content(w, number="L-RACE")
    planner = w.contractor.actor("production_planner")
    new = {"entrustment": w.entrustment, "content": content, "by": planner, "at": build.AT}
    answers = race(lambda _number: outcome(lambda: actions.register_lot(**new)))
    assert sorted(answers) == ["done"] + ["number_taken"] * 7


def test_holds_suspensions_and_releases_at_the_same_moment_never_cross(postgres: None) -> None:
    """Whoever is recorded second has seen the first: no release after a hold, a veto or a suspension in its chain."""
    w = build.world()
    rows = ready(w, 12)
    by, viewer = w.contractor.actor("production_releaser"), w.contractor.actor("viewer")
    quality = w.registrant.actor("quality_manager")
    typed = {row.pk: build.review(row, PRODUCTION, by) for row in rows}

    def lock(row: Lot) -> str:
        return outcome(lambda: actions.place_lot_hold(lot=row, reason="存疑", by=viewer, at=build.AT))

    def release(row: Lot) -> str:
        signed = {"review": typed[row.pk], "proof": Proof("password"), "by": by, "at": build.AT}
        return outcome(lambda: actions.release_production(lot=row, **signed))

    def work(number: int) -> list[str]:
        if number == 0:
            return [lock(row) for row in rows[::2]]
        if number == 1:
            suspend = {"entrustment": w.entrustment, "event_on": day_of(build.AT), "reason": "整改", "by": quality}
            return [outcome(lambda: agreement_actions.suspend_entrustment(**suspend, at=build.AT))]
        if number == 2:
            hold = {"pair": w.pair, "reason": "飞行检查", "by": viewer, "at": build.AT}
            return [outcome(lambda: agreement_actions.place_hold(**hold))]
        return [release(row) for row in rows]

    answers = race(work, processes=4)
    assert all(isinstance(answer, list) for answer in answers), answers
    chain = list(Entry.objects.of_stream(w.pair.stream).values_list("seq", "verb", "subject"))
    stopped_at = min(seq for seq, verb, _s in chain if verb in {"entrustment.suspended", "hold.placed"})
    held_at = {subject: seq for seq, verb, subject in chain if verb == "lot.hold_placed"}
    for seq, verb, subject in chain:
        if verb == "lot.production_released":
            assert seq < stopped_at
            assert seq < held_at.get(subject, seq + 1)
    assert ProductionRelease.objects.count() == answers[3].count("done")
    assert (Hold.objects.count(), EntrustmentEvent.objects.count()) == (1, 1)
    assert verify().ok


def test_no_acknowledged_write_of_many_people_is_lost(postgres: None) -> None:
    w = build.world()
    rows = [build.lot(w) for _ in range(4)]
    by = w.contractor.actor("production_planner")

    def work(number: int) -> int:
        done = 0
        for n in range(10):
            row = rows[(number + n) % 4]
            actions.add_document(lot=row, kind="other", reference=f"D-{number}-{n}", by=by, at=build.AT)
            done += 1
        return done

    assert race(work) == [10] * 8
    assert sum(len(facts.documents) for facts in load_lot_facts(rows).values()) == 80
    assert Entry.objects.filter(verb="lot.document_added").count() == 80
    assert verify().ok
