"""Rows that hang on lots, their entrustments and devices, as facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cmo.clock import day_of

from .demands import ExceptionFact, IdentifierFact
from .deviating import ClosureFact, DeviationFact
from .hanging import Hanging
from .making import StepFact
from .values import DecisionFact, DocumentFact, DoubtFact, LotHoldFact, MaterialFact, ReturnFact, ReviewFact


def facts_of(lot: int, hanging: Hanging) -> dict[str, Any]:
    """What hangs on one lot, as fields of its facts."""
    return {
        "documents": _documents(hanging["document", lot]),
        "materials": tuple(MaterialFact(m["text"], m["more"], m["word"]) for m in hanging["material", lot]),
        "returns": tuple(_return(r) for r in hanging["return", lot] if r["closed_by"] is None),
        "holds": tuple(_hold(h) for h in hanging["hold", lot] if h["closed_by"] is None),
        "production": tuple(_decision(d) for d in hanging["production", lot]),
        "market": tuple(_decision(d) for d in hanging["market", lot]),
        "steps": tuple(sorted((_step(s, lot) for s in hanging["step", lot]), key=_by_time)),
        "deviations": _deviations(hanging["deviation", lot], lot),
        "doubtful": tuple(
            DoubtFact(row["row"], row["person_name"], row["begins_at"], row["text"]) for row in hanging["doubtful", lot]
        ),
        "exceptions": tuple(_exception(n, row) for n, row in enumerate(hanging["exception", lot], 1)),
    }


def _documents(rows: Sequence[Any]) -> tuple[DocumentFact, ...]:
    reviews: dict[int, list[ReviewFact]] = defaultdict(list)
    first: dict[int, Any] = {}
    for row in rows:
        first.setdefault(row["row"], row)
        if row["closed_by"] is not None:
            day = day_of(row["closed_at"])
            reviews[row["row"]].append(ReviewFact(row["side_of"], row["person"], row["person_name"], day))
    return tuple(
        DocumentFact(pk, row["word"], row["text"], day_of(row["at"]), tuple(reviews[pk])) for pk, row in first.items()
    )


def _return(row: Any) -> ReturnFact:
    return ReturnFact(row["row"], row["text"], day_of(row["at"]), row["person_name"])


def _hold(row: Any) -> LotHoldFact:
    placed = day_of(row["at"])
    return LotHoldFact(row["row"], row["word"], row["side_of"], row["text"], placed, row["person"], row["person_name"])


def _decision(row: Any) -> DecisionFact:
    return DecisionFact(
        decision_id=row["row"],
        number=row["count"],
        outcome=row["word"],
        quantity=row["amount"],
        conditions=row["text"],
        organisation_id=row["organisation"],
        person_id=row["person"],
        person=row["person_name"],
        decided_at=row["at"],
        withdrawal_id=row["closed_by"],
        withdrawn_at=row["closed_at"],
        signed=row["verdict"] == "signed",
    )


def _step(row: Any, lot: int) -> StepFact:
    return StepFact(row["row"], lot, row["text"], row["word"], row["begins_at"], row["ends_at"], row["more"])


def _by_time(step: StepFact) -> tuple[datetime, int]:
    return step.starts_at, step.step_id


def _deviations(rows: Sequence[Any], lot: int) -> tuple[DeviationFact, ...]:
    closures: dict[int, list[ClosureFact]] = defaultdict(list)
    first: dict[int, Any] = {}
    for row in rows:
        first.setdefault(row["row"], row)
        if row["closed_by"] is not None:
            closures[row["row"]].append(_closure(row))
    return tuple(_deviation(row, lot, tuple(closures[pk])) for pk, row in first.items())


def _closure(row: Any) -> ClosureFact:
    accepted = {"accepted": True, "returned": False}.get(row["verdict"])
    day = day_of(row["closed_at"])
    return ClosureFact(row["closed_by"], row["person"], day, row["note"], row["count"], accepted)


def _deviation(row: Any, lot: int, closures: tuple[ClosureFact, ...]) -> DeviationFact:
    return DeviationFact(
        deviation_id=row["row"],
        lot_id=lot,
        kind=row["side_of"],
        severity=row["word"],
        reference=row["text"],
        occurred_on=row["day"],
        discovered_on=row["other_day"],
        recorded_on=day_of(row["at"]),
        description=row["more"],
        quantity=row["amount"],
        closures=closures,
    )


def _exception(number: int, row: Any) -> ExceptionFact:
    decided = row["closed_by"] is not None
    return ExceptionFact(
        exception_id=row["row"],
        number=number,
        code=row["word"],
        waived=row["text"],
        justification=row["more"],
        effect=row["note"],
        quantity=row["amount"],
        requested_by_id=row["person"],
        requested_by=row["person_name"],
        requested_at=row["at"],
        approved=row["verdict"] == "approved" if decided else None,
        decided_by=row["other_name"] if decided else "",
        decided_at=row["closed_at"],
        reason=row["side_of"] if decided else "",
    )


def identifiers_of(device: int, hanging: Hanging) -> tuple[IdentifierFact, ...]:
    """The sales units' identifiers of a device; an identifier with several events comes in several rows."""
    events: dict[int, dict[str, Any]] = defaultdict(dict)
    first: dict[int, Any] = {}
    for row in hanging["identifier", device]:
        first.setdefault(row["row"], row)
        if row["closed_by"] is not None:
            events[row["row"]][row["word"]] = row["other_day"]
    return tuple(
        IdentifierFact(
            identifier_id=pk,
            code=row["more"],
            model=row["text"],
            site_id=row["organisation"],
            assigned_on=row["day"],
            uploaded_on=events[pk].get("uploaded"),
            retired_on=events[pk].get("retired"),
        )
        for pk, row in first.items()
    )
