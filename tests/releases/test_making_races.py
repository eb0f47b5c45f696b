"""Real processes on PostgreSQL: what is taken out of a lot stays within it, and no market release misses a deviation."""

from __future__ import annotations

from typing import Any

import pytest

from cmo.errors import Refused
from cmo.signing.actions import Proof
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from releases import actions
from releases.facts import MARKET, load_deviations
from releases.models import DeviationAnswer, LotHold, LotStep, MarketRelease
from tests.processes import race
from tests.releases import build, making

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def outcome(call: Any) -> str:
    """``done``, or the codes of a refusal."""
    try:
        call()
    except Refused as refused:
        return ",".join(sorted({finding.code for finding in refused.findings if finding.blocks}))
    return "done"


def test_racing_acceptances_never_take_out_more_than_the_lot_has(postgres: None) -> None:
    w = build.world()
    row = build.lot(w, quantity=1000)
    closures = [
        making.closure(w, making.deviation(w, row, quantity=400), disposition="scrapped", quantity_out=400)
        for _ in range(8)
    ]
    by = w.registrant.actor("quality_manager")
    answers = race(
        lambda number: outcome(
            lambda: actions.answer_closure(closure=closures[number], accepted=True, by=by, at=build.AT)
        )
    )
    assert sorted(answers) == ["done"] * 2 + ["more_out_than_made"] * 6
    assert sum(fact.taken_out for fact in load_deviations([row.pk])[row.pk]) == 800
    assert DeviationAnswer.objects.count() == 2
    assert verify().ok


def test_racing_answers_and_corrections_give_one_each(postgres: None) -> None:
    w = build.world()
    row = build.lot(w)
    closure, step = making.closure(w, making.deviation(w, row)), making.step(w, row)
    theirs, ours = w.registrant.actor("quality_manager"), w.contractor.actor("quality_manager")
    answer = {"closure": closure, "accepted": True, "by": theirs, "at": build.AT}
    assert sorted(race(lambda _number: outcome(lambda: actions.answer_closure(**answer)))) == [
        *["closure_answered_already"] * 7,
        "done",
    ]
    strike = {"step": step, "content": None, "reason": "误登", "by": ours, "at": build.AT}
    assert sorted(race(lambda _number: outcome(lambda: actions.correct_step(**strike)))) == [
        "done",
        *["step_corrected_already"] * 7,
    ]
    assert LotStep.objects.filter(corrects=step).count() == 1


def test_a_deviation_recorded_while_the_market_release_is_signed_is_seen_or_holds(postgres: None) -> None:
    """Whoever is recorded second has seen the first: the release the deviation's hold, or the deviation the release."""
    w = build.world()
    rows = [build.filed(w, build.lot(w)) for _ in range(12)]
    for row in rows:
        build.released(w, row)
    releaser, quality = w.registrant.actor("market_releaser"), w.contractor.actor("quality_manager")
    typed = {row.pk: build.review(row, MARKET, releaser) for row in rows}

    def work(number: int) -> list[str]:
        order = rows if number % 2 else rows[::-1]
        if number < 2:
            sign = {"proof": Proof("password"), "by": releaser, "at": build.AT}
            return [outcome(lambda: actions.release_to_market(lot=row, review=typed[row.pk], **sign)) for row in order]  # noqa: B023
        said = [making.deviation_content(reference=f"PC-{number}-{row.pk}") for row in order]
        return [
            outcome(lambda: actions.record_deviation(lot=row, content=content, by=quality, at=build.AT))  # noqa: B023
            for row, content in zip(order, said, strict=True)
        ]

    answers = race(work, processes=4)
    assert all(isinstance(answer, list) for answer in answers), answers
    assert [answer.count("done") for answer in answers[2:]] == [12, 12], "a deviation is never lost"
    chain = list(Entry.objects.of_stream(w.pair.stream).values_list("seq", "verb", "subject"))
    for row in rows:
        subject = f"releases.lot:{row.pk}"
        marketed = [seq for seq, verb, about in chain if verb == "lot.released_to_market" and about == subject]
        recorded = [seq for seq, verb, about in chain if verb == "lot.deviation_recorded" and about == subject]
        holds = LotHold.objects.filter(lot=row, lift__isnull=True).select_related("deviation")
        assert holds.count() == len(recorded) == 2, "every late deviation holds"
        assert all(seq < min(recorded) for seq in marketed), "no market release after a deviation"
        assert {hold.side for hold in holds} == {"registrant" if marketed else "contractor"}
    assert MarketRelease.objects.count() == sum(answer.count("done") for answer in answers[:2])
    assert verify().ok
