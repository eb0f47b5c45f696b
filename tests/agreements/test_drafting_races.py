"""Real processes on PostgreSQL typing into the same draft: what is acknowledged is stored, nothing is overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agreements import actions
from agreements.models import AgreementRevision, DraftClause
from cmo import clock
from cmo.errors import Refused
from cmo.trail.models import Entry
from tests.agreements import build
from tests.agreements.build import AT, C, R
from tests.processes import race

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("postgres"), pytest.mark.django_db(transaction=True)]

ROUNDS = 6


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def client_of(world: build.World, side: str) -> Client:
    firm = world.relation.registrant if side == R else world.relation.contractor
    client = Client()
    client.force_login(firm.user("quality_manager", side))
    return client


def test_eight_editors_of_one_clause_lose_no_acknowledged_text() -> None:
    world = build.world()
    clause = build.clause(build.agreement(world, [world.entrust()]))
    clients = {side: client_of(world, side) for side in (R, C)}
    address = reverse("agreements:autosave_clause", args=[clause.pk])

    def types(number: int) -> list[tuple[int, int, str]]:
        """Each round looks at the clause and keeps a text under the edition seen: (status, edition, text)."""
        answers = []
        for turn in range(ROUNDS):
            seen = DraftClause.objects.get(pk=clause.pk).edition
            text = f"{number}-{turn}"
            content = {"heading_zh": "范围", "heading_en": "Scope", "text_zh": text, "text_en": text}
            answer = clients[R if number % 2 else C].post(address, {**content, "seen_edition": seen})
            answers.append((answer.status_code, answer.json()["edition"], text))
        return answers

    answers: list[Any] = [answer for found in race(types) for answer in found]
    assert {status for status, _edition, _text in answers} == {200, 409}
    kept = {edition: text for status, edition, text in answers if status == 200}
    assert len(kept) == sum(status == 200 for status, _edition, _text in answers)
    assert sorted(kept) == list(range(2, len(kept) + 2))
    row = DraftClause.objects.get(pk=clause.pk)
    assert (row.edition, row.text_zh) == (max(kept), kept[max(kept)])
    entries = Entry.objects.filter(stream=world.pair.stream, verb="agreement.clause_edited")
    recorded = {
        e.content["data"]["edition"]: e.content["data"]["text_zh"] for e in entries if "edition" in e.content["data"]
    }
    assert recorded == kept


def test_clauses_added_at_the_same_time_all_find_a_place_of_their_own() -> None:
    world = build.world()
    draft = build.agreement(world, [world.entrust()]).draft
    by, before = world.by(), draft.clauses.count()
    content = {"heading_zh": "甲", "heading_en": "A", "text_zh": "甲", "text_en": "a"}
    added = race(lambda n: actions.add_draft_clause(draft=draft, content=content, position=n + 1, by=by, at=AT).key)
    places = list(draft.clauses.order_by("position").values_list("position", flat=True))
    assert len(set(added)) == 8
    assert places == list(range(1, before + 9))


def test_a_text_typed_while_the_draft_is_offered_is_frozen_only_if_it_was_judged() -> None:
    world = build.world()
    agreement = build.agreement(world, [world.entrust()])
    clause, by = build.clause(agreement, "recall"), world.by()
    empty = {"heading_zh": "召回", "heading_en": "Recall", "text_zh": "", "text_en": ""}

    def step(number: int) -> str:
        try:
            if number == 0:
                actions.offer_for_signature(agreement=agreement, by=by, at=AT)
            elif number == 1:
                actions.edit_draft_clause(clause=clause, seen_edition=1, content=empty, by=by, at=AT)
        except Refused:
            return "refused"
        return "done"

    answers = race(step, 2)
    assert answers[1] == "done"
    assert (answers[0] == "done") is AgreementRevision.objects.exists()
    for revision in AgreementRevision.objects.all():
        assert all(c["text_zh"] and c["text_en"] for c in revision.content["clauses"])
