"""Whatever both sides do: the draft is the first round's text with the accepted proposals in their order, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agreements import actions
from agreements.facts import load_negotiation, round_body
from agreements.facts.frame import draft_text
from agreements.models import Agreement, AgreementDraft, ChangeAnswer, NegotiationRound, ProposedChange
from cmo.errors import Refused
from tests.agreements import build
from tests.agreements.build import AT, TODAY, C, R

pytestmark = pytest.mark.django_db

#: Member of a body → column of a row, where they are called otherwise.
COLUMN = {"registrant": "registrant_part", "contractor": "contractor_part", "clause": "clause_key"}
PART = {"clause": "clauses", "duty": "duties", "obligation": "obligations"}
ROWS = (("clause", "scope"), ("clause", "recall"), ("clause", "disputes"), ("duty", "labels"), ("duty", "locked"))
PLACES = (*ROWS, ("obligation", "first"), ("terms", ""))
TEXT = {"clause": "text_zh", "duty": "duty_en", "obligation": "proof_en", "terms": "signing_order"}
ORDERS = ("any", "registrant_first", "contractor_first")
MOVES = ("change", "change", "remove", "move", "add", "counter", "accept", "accept", "decline", "withdraw", "hand_over")
STEP = st.tuples(st.sampled_from(MOVES), st.sampled_from(PLACES), st.integers(0, 9), st.booleans())


class Sides:
    """Two people on each side who act by turns; what is refused is simply not done."""

    def __init__(self, world: build.World, agreement: Agreement) -> None:
        self.agreement, self.minutes, self.turn = agreement, 0, R
        self.people = {side: [world.by(side, nth=n) for n in (0, 1)] for side in (R, C)}
        draft = agreement.draft
        self.keys = {
            "locked": draft.duties.filter(locked=True).order_by("id")[0].key,
            "first": draft.obligations.order_by("id")[0].key,
        }
        self.done: list[str] = []

    def act(self, step: tuple[str, tuple[str, str], int, bool]) -> None:
        name, (kind, key), number, in_turn = step
        self.minutes += 1
        side = self.turn if in_turn or number % 3 else (C if self.turn == R else R)
        who = {"by": self.people[side][number % 2], "at": AT + timedelta(minutes=self.minutes)}
        try:
            with transaction.atomic():
                self._do(name, kind, self.keys.get(key, key), number, side, who)
        except Refused:
            return
        self.done.append(name)

    def _do(self, name: str, kind: str, key: str, number: int, side: str, who: dict[str, Any]) -> None:
        if name == "hand_over":
            self.turn = C if actions.hand_over(agreement=self.agreement, **who).side == R else R
        elif name in {"accept", "decline", "withdraw", "counter"}:
            self._on_proposal(name, number, who)
        else:
            self._propose(kind, key, name, number, who)

    def _on_proposal(self, name: str, number: int, who: dict[str, Any]) -> None:
        rows = list(ProposedChange.objects.filter(agreement=self.agreement, answer__isnull=True).order_by("id"))
        if not rows:
            return
        row = rows[number % len(rows)]
        if name == "withdraw":
            actions.withdraw_change(change=row, **who)
        elif name == "counter":
            self._propose(row.kind, row.row_key, row.act, number + 10, who, replaces=row)
        else:
            actions.answer_change(change=row, accepted=name == "accept", reason=f"{number}", **who)

    def _propose(self, kind: str, key: str, act: str, number: int, who: dict[str, Any], **given: Any) -> None:
        rows = {PART[kind]: getattr(self.agreement.draft, PART[kind])} if kind in PART else {}
        row = next((part.filter(key=key).first() for part in rows.values()), None)
        draft = AgreementDraft.objects.get(agreement=self.agreement)
        if act == "add" and row is not None and not given:
            key = ""
        after: dict[str, Any] = {TEXT[kind]: ORDERS[number % 3] if kind == "terms" else f"{self.minutes}·{number}"}
        after |= {"position": number + 1} if act in {"add", "move"} else {}
        actions.propose_change(
            agreement=self.agreement,
            kind=kind,
            act=act,
            row_key=key,
            seen_edition=(row or draft).edition,
            after=after,
            **given,
            **who,
        )


def replayed(first: NegotiationRound) -> tuple[dict[str, Any], dict[tuple[str, str], str]]:
    """The text that the accepted proposals make of the first round's, and the last author of each row."""
    body = round_body(first)
    text = {part: [dict(row) for row in body[part]] for part in PART.values()}
    terms = {**body["term"], "signing_order": body["signing_order"]}
    authors: dict[tuple[str, str], str] = {}
    for answer in ChangeAnswer.objects.filter(outcome="accepted").select_related("change").order_by("id"):
        change = answer.change
        authors[change.kind, change.row_key] = change.recorded_by_name
        if change.kind == "terms":
            terms |= {name: change.after[name] for name in terms}
        else:
            _replay(text[PART[change.kind]], change)
    for rows in text.values():
        for number, row in enumerate(rows, 1):
            row["position"] = number
    return {**text, "terms": terms}, authors


def _replay(rows: list[dict[str, Any]], change: ProposedChange) -> None:
    index = next((n for n, row in enumerate(rows) if row["key"] == change.row_key), None)
    if change.act == "add":
        names = [*(rows[0] if rows else {})]
        new = {name: change.after.get(COLUMN.get(name, name)) for name in names} | {"key": change.row_key}
        rows.insert(_index(rows, change.after), new)
    elif index is not None and change.act == "remove":
        del rows[index]
    elif index is not None and change.act == "move":
        row = rows.pop(index)
        rows.insert(_index(rows, change.after), row)
    elif index is not None:
        kept = ("key", "position", "locked", "citation")
        rows[index] |= {n: change.after[COLUMN.get(n, n)] for n in rows[index] if n not in kept}


def _index(rows: list[dict[str, Any]], after: dict[str, Any]) -> int:
    places = {row["key"]: number for number, row in enumerate(rows, 1)}
    return next((places[key] for key in after["behind"] if key in places), min(after["position"] - 1, len(rows)))


def test_accepted_proposals_in_their_order_make_the_draft_and_name_its_authors() -> None:
    world = build.world()
    agreement = build.agreement(world, [world.entrust()])
    drafted_by = agreement.draft.edited_by_name
    first = actions.hand_over(agreement=agreement, by=world.by(C), at=AT)
    seen: set[str] = set()

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(st.lists(STEP, min_size=4, max_size=30))
    @example([("move", ("clause", "recall"), number, True) for number in (3, 6)])
    def check(steps: list[Any]) -> None:
        with transaction.atomic():
            sides = Sides(world, agreement)
            for step in steps:
                sides.act(step)
            seen.update(sides.done)
            _agree(agreement, first, drafted_by)
            transaction.set_rollback(True)

    check()
    assert seen == set(MOVES)


def _agree(agreement: Agreement, first: NegotiationRound, drafted_by: str) -> None:
    expected, authors = replayed(first)
    draft = AgreementDraft.objects.get(agreement=agreement)
    terms = {"starts_on": f"{draft.starts_on}", "ends_on": f"{draft.ends_on}", "signing_order": draft.signing_order}
    assert {**draft_text(draft), "terms": terms} == expected
    facts = load_negotiation(agreement, TODAY)
    for place in (place for places in facts.rows.values() for place in places if place.position):
        assert place.edited_by_name == authors.get((place.kind, place.key), drafted_by)
    open_ones = ProposedChange.objects.filter(agreement=agreement, answer__isnull=True)
    assert sorted(one.id for one in facts.proposals) == sorted(open_ones.values_list("pk", flat=True))
    for one in open_ones:  # nothing stays open that its row has left behind
        assert one.act in {"add", "move"} or _values(draft, one) == one.before


def _values(draft: AgreementDraft, change: ProposedChange) -> Any:
    facts = load_negotiation(draft.agreement, TODAY)
    return next(p.values for p in facts.rows[change.kind] if p.key == change.row_key and p.position)
