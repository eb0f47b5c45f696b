"""A duty of one pair as one of its people sees it, and what both kinds of duties read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.functional import Promise

from cmo.duty import Duty, Kind
from cmo.parties.access import Scope
from cmo.parties.models import Pair, Side

from ..extending import renewal_url
from ..facts.obligations import ObligationFact, ObligationFacts, load_obligations_in
from ..facts.validity import Chain
from ..models import Agreement
from ..rules.obligations import Occurrence, next_due

__all__ = ["covered_until", "is_side_of", "obligations", "owner", "pair_duty", "renewal_url"]
R, C = Side.REGISTRANT, Side.CONTRACTOR


def owner(pair: Pair, *sides: str) -> frozenset[int]:
    """The organisations on these sides of the pair."""
    ids = {R: pair.registrant_id, C: pair.contractor_id}
    return frozenset(ids[side] for side in sides)  # type: ignore[index]


def pair_duty(
    scope: Scope,
    kind: Kind,
    title: str | Promise,
    about: str,
    url: str,
    pair: Pair,
    *,
    code: str,
    owners: frozenset[int],
    citation: str = "",
    since: date | None = None,
    due_on: date | None = None,
    tone: str = "active",
) -> Duty:
    """A duty about the pair; the counterpart is the other side as this person sees it."""
    other = pair.contractor_id if pair.registrant_id in scope.registrant_ids else pair.registrant_id
    return Duty(
        kind,
        title,
        about,
        url,
        since=since,
        due_on=due_on,
        pair=pair.number,
        counterpart_id=other,
        tone=tone,
        code=code,
        citation=citation,
        owner_ids=owners,
    )


def is_side_of(scope: Scope, pair: Pair, side: str) -> bool:
    """Whether this person belongs to that side of the pair."""
    if side == R:
        return pair.registrant_id in scope.registrant_ids
    return pair.contractor_id in scope.contractor_ids


def covered_until(chains: Iterable[Chain]) -> dict[int, date]:
    """Revision id → the latest last day of what it covers."""
    found: dict[int, date] = {}
    for chain in chains:
        if (cover := chain.cover) is not None:
            found[cover.revision_id] = max(cover.last_day, found.get(cover.revision_id, date.min))
    return found


def obligations(
    scope: Scope, chains: Iterable[Chain], on: date
) -> Iterator[tuple[ObligationFacts, ObligationFact, Occurrence]]:
    """Every obligation in force with its earliest occurrence that is not done; three queries."""
    visible = Agreement.objects.visible_to(scope)
    for facts in load_obligations_in(visible, on, covered_until(chains)).values():
        for obligation in facts.obligations if facts.in_force else ():
            following = next_due(facts, obligation, on)
            if following is not None:
                yield facts, obligation, following
