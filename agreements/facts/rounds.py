"""Whether an agreement is being negotiated, in which round, and whose turn it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cmo.clock import day_of
from cmo.parties.models import PairEnd, Side

from ..models import Agreement, NegotiationRound, RevisionEvent
from .agreement import TERMINATION
from .coverage import RevisionPeriod, periods_of
from .entrustment_loading import revisions_with_signatures

#: A turn lasts so many days; afterwards the other side may act as well, so that nobody can hold up the negotiation.
TURN_DAYS = 14
SIDES = (Side.REGISTRANT.value, Side.CONTRACTOR.value)


def other_side(side: str) -> str:
    """The opposite side of a pair."""
    return SIDES[1] if side == SIDES[0] else SIDES[0]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the negotiation of an agreement stands.

    ``round``: number of the latest round ever, 0 before the first; ``handed_by``, ``handed_at``: who handed it over and
    when; ``open``: that round belongs to the text that is not concluded yet; ``free``: a revision was offered
    after that round and declined or withdrawn, so that either side may act; ``waiting``: number of the revision that
    waits for signatures, or 0.
    """

    open: bool
    round: int
    handed_by: str
    handed_at: datetime | None
    free: bool
    concluded: int
    waiting: int
    terminated_on: date | None
    pair_ended_on: date | None

    @property
    def both_from(self) -> date | None:
        """The day from which either side may act, whoever's turn it is."""
        return day_of(self.handed_at) + timedelta(days=TURN_DAYS) if self.open and self.handed_at else None

    def sides_in_turn(self, on: date) -> tuple[str, ...]:
        """The sides that may propose, answer, hand over and offer on a day; none while nothing is negotiated."""
        if not self.open or self.both_from is None:
            return ()
        if self.free or on >= self.both_from:
            return SIDES
        return (other_side(self.handed_by),)


def load_standing(agreement: Agreement) -> Standing:
    """Where the negotiation stands now, read afresh."""
    return load_standings([agreement])[agreement.pk]


def load_standings(agreements: Iterable[Agreement]) -> dict[int, Standing]:
    """Agreement id → where its negotiation stands; four queries for any number of agreements."""
    rows = {row.pk: row for row in agreements}
    last = {row.agreement_id: row for row in rounds_of(rows)}
    periods: dict[int, list[RevisionPeriod]] = {pk: [] for pk in rows}
    for period in periods_of(revisions_with_signatures().filter(agreement_id__in=list(rows))).values():
        periods[period.revision.agreement_id].append(period)
    pairs = {row.pair_id for row in rows.values()}
    ended = dict(PairEnd.objects.filter(pair_id__in=pairs).values_list("pair_id", "ended_on"))
    return {pk: _standing(last.get(pk), periods[pk], ended.get(row.pair_id)) for pk, row in rows.items()}


def rounds_of(agreement_ids: Iterable[int]) -> Any:
    """The rounds of these agreements in their order, without their texts."""
    rows = NegotiationRound.objects.filter(agreement_id__in=list(agreement_ids)).defer("body")
    return rows.order_by("agreement_id", "number")


def negotiation_open(agreement: Agreement) -> bool:
    """Whether the draft changes by accepted proposals only."""
    return NegotiationRound.objects.filter(agreement=agreement).exists() and load_standing(agreement).open


def round_body(row: NegotiationRound) -> dict[str, Any]:
    """The whole text that was handed over, as ``agreements.body`` makes it and ``comparing.compare`` reads it."""
    body: dict[str, Any] = json.loads(row.body)
    return body


def text_to_compare(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What both sides negotiate of a body: text, term, coverage and order, without base data that change by themselves."""
    covered = sorted(row["number"] for row in body["coverage"])
    names = ("clauses", "duties", "obligations", "term", "signing_order")
    return {**{name: body[name] for name in names}, "covered": covered}


def _standing(last: NegotiationRound | None, periods: Iterable[RevisionPeriod], ended_on: date | None) -> Standing:
    held = list(periods)
    signed = [p for p in held if p.signed.complete_on is not None]
    concluded = max((p.revision.number for p in signed if p.revision.kind != TERMINATION), default=0)
    ends = [p.starts_on for p in signed if p.revision.kind == TERMINATION]
    waiting = [p.revision.number for p in held if p.signed.complete_on is None and p.ended_on is None]
    return Standing(
        open=last is not None and last.after_revision >= concluded and not ends,
        round=last.number if last else 0,
        handed_by=last.side if last else "",
        handed_at=last.recorded_at if last else None,
        free=last is not None and any(_closed_since(p, last.recorded_at) for p in held),
        concluded=concluded,
        waiting=max(waiting, default=0),
        terminated_on=min(ends, default=None),
        pair_ended_on=ended_on,
    )


def _closed_since(period: RevisionPeriod, moment: datetime) -> bool:
    """A revision that was offered after the round was handed over and came to nothing."""
    event: RevisionEvent | None = getattr(period.revision, "event", None)
    return (
        event is not None
        and event.kind != RevisionEvent.Kind.TERMINATED
        and period.revision.recorded_at >= moment
        and period.revision.kind != TERMINATION
    )
