"""Exceptions of a lot as its page shows them: each with its state, and what could be requested now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from cmo.errors import Finding

from .facts import ExceptionFact, LotFacts
from .rules import GATES, Gate, Verdict
from .rules.exceptions import still_waives
from .rules.waiving import waived_text
from .states import State

GATE: dict[str, Gate] = {gate.code: gate for gate in GATES}
STATES: dict[str, State] = {
    "waiting": State("pending", _("awaits the registrant's quality")),
    "outdated": State("bad", _("no longer counts: the facts have changed")),
    "approved": State("good", _("approved, counts")),
    "refused": State("idle", _("refused")),
}


@dataclass(frozen=True, slots=True)
class ExceptionShown:
    """One exception with its condition and state."""

    fact: ExceptionFact
    gate: Gate | None
    state: State


@dataclass(frozen=True, slots=True)
class Askable:
    """A condition that blocks now and for which an exception can be requested."""

    stage: str
    gate: Gate
    finding: Finding


def state_of(facts: LotFacts, fact: ExceptionFact, on: date) -> State:
    """Where an exception stands on ``on``; an approved one counts only while the facts it waives are what they were."""
    if fact.approved is False:
        return STATES["refused"]
    if not still_waives(facts, fact, on):
        return STATES["outdated"]
    return STATES["waiting" if fact.approved is None else "approved"]


def exceptions_of(facts: LotFacts, on: date) -> list[ExceptionShown]:
    """Every request of a lot, the latest first."""
    every = reversed(facts.exceptions)
    return [ExceptionShown(fact, GATE.get(fact.code), state_of(facts, fact, on)) for fact in every]


def askable(facts: LotFacts, verdicts: Iterable[tuple[str, Verdict]]) -> list[Askable]:
    """What of these (stage, verdict) could be waived and is not requested yet, each condition once."""
    waiting = {one.waived for one in facts.exceptions if one.approved is None}
    found: dict[str, Askable] = {}
    for stage, verdict in verdicts:
        for finding in verdict.waivable:
            if waived_text(finding) in waiting:
                continue
            found.setdefault(verdict.gate.code, Askable(stage, verdict.gate, finding))
    return list(found.values())
