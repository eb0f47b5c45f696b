"""Which action a row of each kind of list stands for; what the rows of one chunk rest on is permitted, locked and loaded once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agreements.actions.presence import ground_for_presence, import_presence
from cmo.trail.actor import Actor

from ..importing.kinds import Values
from ..models import ImportRun
from .lots import ground_to_register, register_lot, take_over_lot
from .making import correct_step, grounds_for_steps, plan_production, record_step


@dataclass(slots=True)
class Chunk:
    """The rows of one transaction, in one person's hands. ``grounds``: by the id of the row that each is about."""

    kind: Any
    by: Actor
    at: datetime
    grounds: dict[int, Any] = field(default_factory=dict)

    @property
    def who(self) -> dict[str, Any]:
        """Who acts, and when, as every action takes it."""
        return {"by": self.by, "at": self.at}

    def add(self, values: Values) -> None:
        """Make the new record that a row stands for."""
        _ADDING[self.kind.name](self, values)

    def correct(self, values: Values) -> None:
        """Correct the record that a row differs from."""
        _CORRECTING[self.kind.name](self, values)


def _add_lot(chunk: Chunk, values: Values) -> None:
    given = chunk.kind.content(values)
    pk = given["entrustment"].pk
    if pk not in chunk.grounds:
        chunk.grounds[pk] = ground_to_register(entrustment=given["entrustment"], **chunk.who)
    (take_over_lot if "note" in given else register_lot)(**given, **chunk.who, ground=chunk.grounds[pk])


def _add_plan(chunk: Chunk, values: Values) -> None:
    plan_production(**chunk.kind.content(values), **chunk.who)


def _add_step(chunk: Chunk, values: Values) -> None:
    given = chunk.kind.content(values)
    pk = given["lot"].pk
    if pk not in chunk.grounds:
        missing = [lot for lot in chunk.kind.lots.values() if lot.pk not in chunk.grounds]
        chunk.grounds |= grounds_for_steps(pair=chunk.kind.pair, lots=missing, **chunk.who)
    record_step(**given, **chunk.who, ground=chunk.grounds[pk])


def _correct_step(chunk: Chunk, values: Values) -> None:
    given = chunk.kind.correction(values)
    correct_step(**given, **chunk.who)
    chunk.grounds.pop(given["step"].lot_id, None)


def _add_presence(chunk: Chunk, values: Values) -> None:
    given = chunk.kind.content(values)
    person = given["posting"].person_id
    if person not in chunk.grounds:
        chunk.grounds[person] = ground_for_presence(pair=chunk.kind.pair, person_id=person, **chunk.who)
    import_presence(**given, **chunk.who, ground=chunk.grounds[person])


_Act = Callable[[Chunk, Values], None]
_ADDING: dict[str, _Act] = {
    ImportRun.Kind.LOTS: _add_lot,
    ImportRun.Kind.PLANNED: _add_plan,
    ImportRun.Kind.STEPS: _add_step,
    ImportRun.Kind.PRESENCE: _add_presence,
}
_CORRECTING: dict[str, _Act] = {ImportRun.Kind.STEPS: _correct_step}
