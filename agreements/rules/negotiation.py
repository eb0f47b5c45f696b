"""Negotiating a draft: who may act when, which changes can be proposed, answered and withdrawn, when a round is done.

With no proposal open, the draft is the text of the first round with nothing but changes that one side proposed and the
other accepted: it is agreed, and the side whose turn it is may offer it for signature.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from cmo.errors import Finding

from ..facts.columns import ADD, CHANGE, CLAUSE, DUTY, LETTERS, MOVE, OBLIGATION, REMOVE, TERMS
from ..facts.places import OpenChange, Place
from ..facts.rounds import Standing
from ..wording import finding
from .agreement import (
    blockers_to_edit_stale,
    blockers_to_keep_clause,
    blockers_to_move_clause,
    blockers_to_set_coverage,
)
from .matrix import blockers_to_edit_duty, blockers_to_remove_duty
from .obligation import blockers_to_keep_obligation
from .state import SIDE_ZH

#: The columns of which an addition says something.
_WORDS: Mapping[str, tuple[str, ...]] = {
    CLAUSE: ("heading_zh", "heading_en", "text_zh", "text_en"),
    DUTY: ("duty_zh", "duty_en"),
    OBLIGATION: ("what_zh", "what_en"),
}
#: So many proposals can be accepted in one step.
MOST_ACCEPTED = 100
OUTCOMES = {
    "accepted": ("已接受", "accepted"),
    "declined": ("已拒绝", "declined"),
    "countered": ("已由另一建议答复", "answered by another proposal"),
    "withdrawn": ("已撤回", "withdrawn"),
    "overtaken": ("因其他修改而失效", "overtaken by another change"),
}


def blockers_to_edit_directly(is_open: bool) -> list[Finding]:
    """While a negotiation is open the draft changes by accepted proposals only."""
    return [finding("negotiation_open")] if is_open else []


def blockers_to_act(standing: Standing, side: str, today: date) -> list[Finding]:
    """Reasons against proposing and answering: over, frozen for signature, not opened, the other side's turn."""
    found = [*_over(standing)]
    if not standing.open and not found:
        found.append(finding("negotiation_not_open"))
    return found + blockers_out_of_turn(standing, side, today)


def blockers_out_of_turn(standing: Standing, side: str, today: date) -> list[Finding]:
    """While a negotiation is open, one side acts at a time; after ``TURN_DAYS`` either may."""
    turn = standing.sides_in_turn(today)
    if not turn or side in turn or standing.both_from is None:
        return []
    both_from = standing.both_from.isoformat()
    return [finding("turn_of_other_side", side=turn[0], side_zh=SIDE_ZH[turn[0]], both_from=both_from)]


def blockers_to_hand_over(standing: Standing, side: str, today: date, *, new: bool) -> list[Finding]:
    """Reasons against handing the draft over; ``new``: the text changed since the last round, or this side did something."""
    found = [*_over(standing), *blockers_out_of_turn(standing, side, today)]
    if standing.open and not new and not found:
        found.append(finding("nothing_to_hand_over"))
    return found


def _over(standing: Standing) -> Iterator[Finding]:
    if standing.pair_ended_on is not None:
        yield finding("pair_ended", ended_on=standing.pair_ended_on.isoformat())
    if standing.terminated_on is not None:
        yield finding("agreement_terminated", ended_on=standing.terminated_on.isoformat())
    if standing.waiting:
        yield finding("revision_waiting", number=standing.waiting)


def blockers_to_propose(
    place: Place, act: str, after: Mapping[str, Any], seen_edition: int, elements: Collection[str]
) -> list[Finding]:
    """Reasons against proposing this: stale, impossible, without difference, or proposed already."""
    if not _possible(place, act):
        return [finding("change_impossible")]
    if act == ADD:
        found = _to_add(place)
    elif not place.held:
        return [finding("removed_meanwhile")]
    else:
        found = blockers_to_edit_stale(place.edition, seen_edition, place.edited_by_name)
    if act == ADD and not any(str(after.get(name, "")).strip() for name in _WORDS[place.kind]):
        found.append(finding("addition_empty"))
    twins = [change for change in place.open if (change.act, dict(change.after)) == (act, dict(after))]
    if twins:
        found.append(finding("change_proposed_already", side=twins[0].side, side_zh=SIDE_ZH[twins[0].side]))
    return found or [*_nowhere(place, act, after), *_content(place, act, after, elements), *_same(place, act, after)]


def blockers_to_apply(
    place: Place, act: str, before: Mapping[str, Any], after: Mapping[str, Any], elements: Collection[str]
) -> list[Finding]:
    """Reasons against taking an accepted change into the draft: the row is not any more what the proposer saw.

    A place is never a reason: it follows the rows that stood before it, and is the last one of a draft that got shorter.
    """
    if act == ADD:
        found = [finding("template_row_held")] if place.held else []
    elif not place.held:
        return [finding("removed_meanwhile")]
    else:
        same = act == MOVE or dict(place.values) == dict(before)
        found = [] if same else [finding("edited_meanwhile", name=place.edited_by_name)]
    return found or _content(place, act, after, elements)


def _possible(place: Place, act: str) -> bool:
    """Terms are only changed; only clauses have an order that somebody chose."""
    if place.kind == TERMS:
        return act == CHANGE
    return act in {CHANGE, ADD, REMOVE} or (act == MOVE and place.kind == CLAUSE)


def _to_add(place: Place) -> list[Finding]:
    if place.held:
        return [finding("template_row_held")]
    return [] if place.known else [finding("template_row_unknown")]


def _same(place: Place, act: str, after: Mapping[str, Any]) -> list[Finding]:
    same = _stays(place, after) if act == MOVE else dict(place.values) == dict(after)
    return [finding("change_same")] if act in {CHANGE, MOVE} and same else []


def _stays(place: Place, after: Mapping[str, Any]) -> bool:
    """Whether a row would stand where it stands: at the same number, behind the same row."""
    before = list(place.order[: place.position - 1][-1:])
    return bool(after["position"] == place.position and list(after.get("behind", before))[:1] == before)


def _nowhere(place: Place, act: str, after: Mapping[str, Any]) -> list[Finding]:
    """Reasons against a place in the order, as it is when it is proposed."""
    return blockers_to_move_clause(after["position"], place.places + (act == ADD)) if act in {ADD, MOVE} else []


def _content(place: Place, act: str, after: Mapping[str, Any], elements: Collection[str]) -> list[Finding]:
    """The rules of a direct edit, applied to what is proposed."""
    if act == REMOVE:
        return blockers_to_remove_duty(place.locked)
    if act == MOVE:
        return []
    if place.kind == TERMS:
        return _content_of_terms(place, after)
    return _content_of_row(place, after, elements)


def _content_of_row(place: Place, after: Mapping[str, Any], elements: Collection[str]) -> list[Finding]:
    if place.kind == CLAUSE:
        new = [after[name] for name in _WORDS[CLAUSE] if after[name] != place.values.get(name, "")]
        return blockers_to_keep_clause(after["elements"], elements, new)
    # A clause that was removed meanwhile may stay linked until somebody chooses another: the draft is told of it.
    chosen = "" if after["clause_key"] == place.values.get("clause_key", "") else after["clause_key"]
    if place.kind == OBLIGATION:
        return blockers_to_keep_obligation(chosen, place.clauses)
    now, then = (tuple(row.get(name, "") for name in LETTERS) for row in (place.values, after))
    return blockers_to_edit_duty(place.locked, now, then, chosen, place.clauses)  # type: ignore[arg-type]


def _content_of_terms(place: Place, after: Mapping[str, Any]) -> list[Finding]:
    days = (date.fromisoformat(after["starts_on"]), date.fromisoformat(after["ends_on"]))
    return blockers_to_set_coverage(*days, not set(after["entrustments"]) <= place.entrustments)


def blockers_to_counter(place: Place, change_id: int, side: str, act: str) -> list[Finding]:
    """Reasons against answering that proposal by another: it is not an open one of the other side about this place."""
    open_ones = [change for change in place.open if change.id == change_id and change.side != side]
    fits = open_ones and all((change.act == ADD) == (act == ADD) for change in open_ones)
    return [] if fits else [finding("counter_elsewhere")]


def blockers_to_answer(own: bool, outcome: str, name: str, *, accepted: bool, reason: str) -> list[Finding]:
    """Reasons against answering a proposal; ``outcome``: what became of it already, by ``name``."""
    found = _answered(outcome, name)
    if own:
        found.append(finding("own_change"))
    if not accepted and not reason.strip():
        found.append(finding("reason_needed"))
    return found


def blockers_to_accept_several(number: int) -> list[Finding]:
    """Reasons against accepting so many proposals in one step: while it lasts nobody else can act on the draft."""
    return [finding("too_many_accepted", number=number, limit=MOST_ACCEPTED)] if number > MOST_ACCEPTED else []


def blockers_to_withdraw_change(own: bool, outcome: str, name: str) -> list[Finding]:
    """Reasons against taking a proposal back."""
    return _answered(outcome, name) + ([] if own else [finding("change_of_other_side")])


def _answered(outcome: str, name: str) -> list[Finding]:
    if not outcome:
        return []
    zh, en = OUTCOMES[outcome]
    return [finding("change_answered", outcome=outcome, outcome_zh=zh, outcome_en=en, name=name)]


def blockers_to_remark(standing: Standing, text: str, *, known: bool) -> list[Finding]:
    """Reasons against a remark: nothing said, nowhere, or all is over. It is never anybody's turn to remark."""
    found = [finding("pair_ended", ended_on=day.isoformat()) for day in [standing.pair_ended_on] if day is not None]
    if not text.strip():
        found.append(finding("remark_empty"))
    return found if known else [*found, finding("remark_nowhere")]


def overtaken_by(act: str, others: Iterable[OpenChange]) -> list[int]:
    """Which other proposals about a row end when a change of this act is accepted; texts and places are told apart."""
    whole = act in {ADD, REMOVE}
    return [other.id for other in others if whole or (other.act == MOVE) == (act == MOVE)]


def replaced_by_own(act: str, side: str, others: Iterable[OpenChange]) -> list[int]:
    """The side's own earlier proposals about a row that a new one takes the place of."""
    return [other.id for other in others if other.side == side and (other.act == MOVE) == (act == MOVE)]
