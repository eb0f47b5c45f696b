"""The whole line of one place through all rounds: who proposed, answered and remarked what, each step against the last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from .facts.columns import ADD, CHANGE
from .facts.negotiation import PlaceFacts, ProposalFacts, Step
from .negotiation_pieces import Piece, Words, marked, pieces_of


@dataclass(frozen=True, slots=True)
class LineStep:
    """One step. ``against``: what its marks compare with; ``pieces``: the text proposed, empty for answers and remarks."""

    what: str
    tone: str
    round: int
    side: str
    by: str
    at: datetime
    text: str
    against: str
    pieces: Sequence[Piece]
    word_authors: Sequence[Mapping[str, Any]]
    word_author: str


def line_of(place: PlaceFacts, words: Words) -> list[LineStep]:
    """Every step in its order."""
    known = {step.proposal.id: step.proposal for step in place.history if step.proposal is not None}
    return [_step(step, known, words) for step in place.history]


def _step(step: Step, known: Mapping[int, ProposalFacts], words: Words) -> LineStep:
    proposal, proposed = step.proposal, step.what == "proposed"
    earlier = known.get(proposal.replaces or 0) if proposal is not None and proposed else None
    tone, word = _word(step)
    return LineStep(
        what=word,
        tone=tone,
        round=step.round,
        side=step.side,
        by=step.name,
        at=step.at,
        text=step.text,
        against=_against(earlier) if proposal is not None and proposed else "",
        pieces=_pieces(proposal, earlier, words) if proposal is not None and proposed else (),
        word_authors=proposal.word_authors if proposal is not None and proposed else (),
        word_author=step.word_author,
    )


def _pieces(row: ProposalFacts, earlier: ProposalFacts | None, words: Words) -> list[Piece]:
    """Against the proposal that it answers or replaces, otherwise against the draft as it was then."""
    if earlier is None or row.act not in {CHANGE, ADD} or earlier.act != row.act:
        return marked(row.kind, row.act, row.before, row.after, words)
    return [
        one for one in pieces_of(row.kind, earlier.after, row.after, words) if one.changed or one.name != "elements"
    ]


def _against(earlier: ProposalFacts | None) -> str:
    if earlier is None:
        return _("marked against the draft as it was then")
    return _("marked against the proposal of %(name)s") % {"name": earlier.name}


def _word(step: Step) -> tuple[str, str]:
    """The tone and the words of a step."""
    act = step.proposal.act if step.proposal is not None else CHANGE
    proposed = {
        "change": _("proposed a change"),
        "add": _("proposed to add it"),
        "remove": _("proposed to remove it"),
        "move": _("proposed another place"),
    }
    return {
        "proposed": ("active", proposed[act]),
        "accepted": ("good", _("accepted the proposal")),
        "declined": ("bad", _("declined the proposal")),
        "countered": ("pending", _("answered with another proposal")),
        "withdrawn": ("idle", _("withdrew the proposal")),
        "overtaken": ("idle", _("overtook the proposal by accepting another")),
        "remarked": ("idle", _("remarked")),
    }[step.what]


def by_round(steps: Iterable[LineStep]) -> list[tuple[int, list[LineStep]]]:
    """The steps by round, in their order; 0: before the first."""
    found: dict[int, list[LineStep]] = {}
    for step in steps:
        found.setdefault(step.round, []).append(step)
    return list(found.items())
