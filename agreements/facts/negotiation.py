"""A negotiation as both sides see it: rounds, every place of the draft with its state, and who wrote what, through all rounds.

The number of queries is constant, whatever the number of clauses, proposals and rounds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..models import Agreement, AgreementDraft, ChangeAnswer, DraftRemark, NegotiationRound, ProposedChange
from .columns import ROW_KINDS, TERMS, Row, terms_of, values_of
from .places import covered_numbers
from .rounds import load_standing, other_side, rounds_of

AGREED, CHANGED, UNTOUCHED, REMOVED = "agreed", "changed_in_round", "untouched", "removed"
ACCEPTED = ChangeAnswer.Outcome.ACCEPTED.value


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """One round: who handed the draft over when, with what note."""

    id: int
    number: int
    side: str
    name: str
    at: datetime
    note: str
    body_hash: str
    after_revision: int


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """One proposed change. ``outcome`` is empty while it is open; ``round``: the latest handed over when it was made."""

    id: int
    kind: str
    key: str
    act: str
    side: str
    organisation_id: int
    name: str
    at: datetime
    round: int
    reason: str
    base_edition: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    replaces: int | None
    file_id: int | None
    word_authors: tuple[Mapping[str, Any], ...]
    outcome: str
    answered_by: str

    @property
    def open(self) -> bool:
        return not self.outcome


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the history of a place: ``proposed``, an outcome of an answer, or ``remarked``.

    ``text`` is the reason or the remark; ``proposal``: what was proposed, answered or remarked upon, if anything.
    """

    what: str
    round: int
    side: str
    name: str
    at: datetime
    text: str
    proposal: ProposalFacts | None
    word_author: str = ""
    word_at: str = ""


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A clause, duty, obligation or the terms, as they stand.

    ``values``: the columns now (of a row that is not there any more, or not yet: what was last proposed or said of it);
    ``state``: ``agreed``, ``waits_on_registrant``, ``waits_on_contractor``, ``changed_in_round``, ``untouched``,
    ``removed`` or, for a row that was proposed and came to nothing, ``not_added``; ``position`` 0: not in the draft.
    """

    kind: str
    key: str
    position: int
    edition: int
    edited_by_name: str
    locked: bool
    values: Mapping[str, Any]
    state: str
    open: tuple[ProposalFacts, ...]
    history: tuple[Step, ...]

    @property
    def anchor(self) -> str:
        """Where the page shows it."""
        return f"{self.kind}-{self.key}" if self.key else self.kind


@dataclass(frozen=True, slots=True)
class NegotiationFacts:
    """The whole negotiation. ``sides_in_turn``: who may propose, answer and hand over; ``both_from``: from when either
    may; ``rows``: clauses, duties, obligations and terms, each in the order of the draft, rows outside it last."""

    open: bool
    round: int
    sides_in_turn: tuple[str, ...]
    both_from: date | None
    waiting: int
    rounds: tuple[RoundFacts, ...]
    rows: Mapping[str, tuple[PlaceFacts, ...]]

    @property
    def proposals(self) -> tuple[ProposalFacts, ...]:
        """Everything that is proposed and not answered."""
        return tuple(one for places in self.rows.values() for place in places for one in place.open)

    def open_for(self, side: str) -> int:
        """How many proposals this side has to answer."""
        return sum(one.side != side for one in self.proposals)

    def count(self, state: str) -> int:
        """How many places are in this state."""
        return sum(place.state == state for places in self.rows.values() for place in places)


def load_negotiation(agreement: Agreement, on: date) -> NegotiationFacts:
    """The negotiation as it stands; ``on`` says whose turn it is that day."""
    standing = load_standing(agreement)
    rounds = tuple(_round(row) for row in rounds_of([agreement.pk]))
    steps = _load_steps(agreement, rounds)
    turn = standing.sides_in_turn(on)
    since = _current(rounds, standing.open)
    rows = {kind: _places(kind, now, steps[kind], since, turn) for kind, now in _rows_now(agreement).items()}
    return NegotiationFacts(
        open=standing.open,
        round=standing.round,
        sides_in_turn=turn,
        both_from=standing.both_from,
        waiting=standing.waiting,
        rounds=rounds,
        rows=rows,
    )


def _round(row: NegotiationRound) -> RoundFacts:
    return RoundFacts(
        row.pk,
        row.number,
        row.side,
        row.recorded_by_name,
        row.recorded_at,
        row.note,
        row.body_hash,
        row.after_revision,
    )


@dataclass(frozen=True, slots=True)
class _Since:
    """When the negotiation at hand and its latest round began; None: nothing is negotiated."""

    first: datetime | None
    latest: datetime | None


def _current(rounds: Sequence[RoundFacts], is_open: bool) -> _Since:
    if not is_open:
        return _Since(None, None)
    own = [row for row in rounds if row.after_revision == rounds[-1].after_revision]
    return _Since(own[0].at, own[-1].at)


@dataclass(frozen=True, slots=True)
class _Now:
    """A place of the draft before anything is said about it."""

    key: str
    position: int
    edition: int
    edited_by_name: str
    locked: bool
    values: Mapping[str, Any]


def _rows_now(agreement: Agreement) -> dict[str, list[_Now]]:
    draft = AgreementDraft.objects.get(agreement=agreement)
    parts = zip(ROW_KINDS, (draft.clauses, draft.duties, draft.obligations), strict=True)
    found = {kind: [_now(kind, row, n) for n, row in enumerate(_ordered(part), 1)] for kind, part in parts}
    terms = _Now("", 1, draft.edition, draft.edited_by_name, False, terms_of(draft, covered_numbers(draft)))
    return {**found, TERMS: [terms]}


def _ordered(part: Any) -> Iterable[Row]:
    rows: Iterable[Row] = part.order_by("position", "id")
    return rows


def _now(kind: str, row: Row, position: int) -> _Now:
    locked = bool(getattr(row, "locked", False))
    return _Now(row.key, position, row.edition, row.edited_by_name, locked, values_of(kind, row))


Steps = Mapping[str, Mapping[str, Sequence[Step]]]


def _load_steps(agreement: Agreement, rounds: Sequence[RoundFacts]) -> Steps:
    """Kind → key → everything that was proposed, answered and remarked there, in its order."""
    begun = [row.at for row in rounds]
    found: dict[str, dict[str, list[tuple[Any, Step]]]] = defaultdict(lambda: defaultdict(list))
    proposals = {}
    changes = ProposedChange.objects.filter(agreement=agreement).select_related("answer").order_by("id")
    for row in changes:
        facts = proposals[row.pk] = _proposal(row, bisect_right(begun, row.recorded_at))
        steps = found[row.kind][row.row_key]
        steps.append(((facts.at, facts.id, 0), _proposed(facts)))
        if facts.outcome:
            answer = row.answer
            steps.append(((answer.recorded_at, facts.id, 1), _answered(answer, facts, begun)))
    for remark in DraftRemark.objects.filter(agreement=agreement).order_by("id"):
        step = _remarked(remark, proposals.get(remark.about_id or 0), begun)
        found[remark.kind][remark.row_key].append(((remark.recorded_at, 2**62, remark.pk), step))
    return defaultdict(dict, {kind: {key: _sorted(steps) for key, steps in of.items()} for kind, of in found.items()})


def _sorted(steps: list[tuple[Any, Step]]) -> tuple[Step, ...]:
    return tuple(step for _order, step in sorted(steps, key=lambda one: one[0]))


def _proposal(row: ProposedChange, number: int) -> ProposalFacts:
    answer = getattr(row, "answer", None)
    return ProposalFacts(
        id=row.pk,
        kind=row.kind,
        key=row.row_key,
        act=row.act,
        side=row.side,
        organisation_id=row.organisation_id,
        name=row.recorded_by_name,
        at=row.recorded_at,
        round=number,
        reason=row.reason,
        base_edition=row.base_edition,
        before=row.before,
        after=row.after,
        replaces=row.replaces_id,
        file_id=row.file_id,
        word_authors=tuple(row.word_authors),
        outcome=answer.outcome if answer else "",
        answered_by=answer.recorded_by_name if answer else "",
    )


def _proposed(row: ProposalFacts) -> Step:
    return Step("proposed", row.round, row.side, row.name, row.at, row.reason, row)


def _answered(row: ChangeAnswer, facts: ProposalFacts, begun: Sequence[datetime]) -> Step:
    number, at = bisect_right(begun, row.recorded_at), row.recorded_at
    return Step(row.outcome, number, row.side, row.recorded_by_name, at, row.reason, facts)


def _remarked(row: DraftRemark, about: ProposalFacts | None, begun: Sequence[datetime]) -> Step:
    number, at, words = bisect_right(begun, row.recorded_at), row.recorded_at, (row.word_author, row.word_at)
    return Step("remarked", number, row.side, row.recorded_by_name, at, row.text, about, *words)


def _places(
    kind: str, now: Iterable[_Now], steps: Mapping[str, Sequence[Step]], since: _Since, turn: Sequence[str]
) -> tuple[PlaceFacts, ...]:
    rows = list(now)
    held = {row.key for row in rows}
    gone = [_outside(key, history) for key, history in steps.items() if key not in held]
    return tuple(_place(kind, row, steps.get(row.key, ()), since, turn) for row in [*rows, *gone])


def _outside(key: str, history: Sequence[Step]) -> _Now:
    """A row that was removed or never added, with what was last said of it."""
    said = [step.proposal for step in history if step.proposal is not None]
    last = next((p for p in reversed(said) if p.after or p.before), None)
    return _Now(key, 0, 0, "", False, (last.after or last.before) if last else {})


def _place(kind: str, row: _Now, history: Sequence[Step], since: _Since, turn: Sequence[str]) -> PlaceFacts:
    found = tuple(p for step in history if step.what == "proposed" and (p := step.proposal) is not None and p.open)
    return PlaceFacts(
        kind=kind,
        key=row.key,
        position=row.position,
        edition=row.edition,
        edited_by_name=row.edited_by_name,
        locked=row.locked,
        values=row.values,
        state=_waits(found, turn) or _state(row, history, since),
        open=found,
        history=tuple(history),
    )


def _waits(found: Sequence[ProposalFacts], turn: Sequence[str]) -> str:
    """On whom open proposals wait; where both sides proposed, on the one whose turn it is."""
    sides = {other_side(one.side) for one in found}
    return f"waits_on_{min(sides & set(turn) or sides)}" if sides else ""


def _state(row: _Now, history: Sequence[Step], since: _Since) -> str:
    accepted = [step for step in history if step.what == ACCEPTED]
    if not row.position:
        return REMOVED if accepted else "not_added"
    if since.latest is not None and any(step.at >= since.latest for step in accepted):
        return CHANGED
    own = since.first is not None and any(step.proposal and step.at >= since.first for step in history)
    return AGREED if own else UNTOUCHED
