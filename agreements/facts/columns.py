"""The columns of a draft that can be negotiated, as plain values: what a proposed change holds before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..models import AgreementDraft, DraftClause, DraftDuty, DraftObligation

Row = DraftClause | DraftDuty | DraftObligation

CLAUSE, DUTY, OBLIGATION, TERMS = "clause", "duty", "obligation", "terms"
CHANGE, ADD, REMOVE, MOVE = "change", "add", "remove", "move"
ROW_KINDS = (CLAUSE, DUTY, OBLIGATION)
MODELS: Mapping[str, type[Row]] = {CLAUSE: DraftClause, DUTY: DraftDuty, OBLIGATION: DraftObligation}

#: Kind → the columns that a change may name, in the order in which they are read.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    CLAUSE: ("heading_zh", "heading_en", "text_zh", "text_en", "elements"),
    DUTY: ("duty_zh", "duty_en", "registrant_part", "contractor_part", "clause_key"),
    OBLIGATION: (
        *("clause_key", "what_zh", "what_en", "side", "frequency", "days_allowed"),
        *("proof_zh", "proof_en"),
    ),
    TERMS: ("starts_on", "ends_on", "entrustments", "signing_order"),
}
#: What an added row has besides: its source in the template, which nobody types.
GIVEN: Mapping[str, Mapping[str, Any]] = {
    CLAUSE: {"citation": ""},
    DUTY: {"locked": False, "citation": ""},
    OBLIGATION: {},
}
#: What an added row says where nothing is given.
EMPTY: Mapping[str, Any] = {"elements": (), "side": "contractor", "frequency": "yearly", "days_allowed": 0}
#: Columns that may stay empty in a draft until it is offered.
OPEN: Mapping[str, tuple[str, ...]] = {
    CLAUSE: ("heading_zh", "heading_en", "text_zh", "text_en"),
    DUTY: ("duty_zh", "duty_en"),
    OBLIGATION: ("clause_key", "what_zh", "what_en", "proof_zh", "proof_en"),
}
#: Of a duty that the law fixes nothing else can change, and not who holds it.
LETTERS = ("registrant_part", "contractor_part")


def values_of(kind: str, row: Row) -> dict[str, Any]:
    """The negotiable columns of a row, JSON-ready."""
    return {name: _plain(getattr(row, name)) for name in COLUMNS[kind]}


def terms_of(draft: AgreementDraft, entrustments: Iterable[str]) -> dict[str, Any]:
    """Term, coverage (numbers of the entrustments) and order of signing of a draft, JSON-ready."""
    return {
        "starts_on": draft.starts_on.isoformat(),
        "ends_on": draft.ends_on.isoformat(),
        "entrustments": sorted(entrustments),
        "signing_order": draft.signing_order,
    }


def _plain(value: Any) -> Any:
    return [str(item) for item in value] if isinstance(value, list | tuple) else value
