"""A file that came back, from bytes to report: opened, read, its clauses found and laid beside what they were made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from cmo.errors import Refused
from cmo.paper.word.opening import NotTaken, opened
from cmo.paper.word.reading import Reading, read
from cmo.trail.canonical import canonical

from ..facts.returned import load_bases, load_clauses
from ..models import AgreementDraft
from ..rules.returned import blockers_to_take_file
from ..wording import finding
from .known import ClauseNow, Known
from .locating import locate
from .matching import report_of, wanted_in
from .tags import AGREEMENT_PROPERTY, MADE_FROM_PROPERTY


@dataclass(frozen=True, slots=True)
class Compared:
    """The report, and as canonical text the clauses that the file was compared with; ``clauses``: themselves."""

    report: dict[str, Any]
    base: str
    clauses: tuple[ClauseNow, ...]


def read_returned(file: IO[bytes]) -> Reading:
    """Everything in the file.

    :raises Refused: with the one reason why it is not taken.
    """
    try:
        return read(opened(file))
    except NotTaken as refusal:
        raise Refused([finding(f"word_{refusal.code}", **refusal.facts)]) from refusal


def compare_returned(reading: Reading, draft: AgreementDraft) -> Compared:
    """Lay the file beside the draft as it stands.

    :raises Refused: the file is another agreement's, holds none of its clauses, or far more than belongs to them.
    """
    clauses = load_clauses(draft)
    located = locate(reading, Known(clauses))
    said = reading.properties.get(AGREEMENT_PROPERTY, "")
    against = blockers_to_take_file(said, draft.agreement.number, located, clauses)
    if against:
        raise Refused(against)
    bases = load_bases(draft, reading.properties.get(MADE_FROM_PROPERTY, ""), wanted_in(located))
    report = report_of(reading, located, clauses, bases)
    base = {"clauses": [{"key": c.key, "position": c.number, "edition": c.edition, **c.texts} for c in clauses]}
    return Compared(report, canonical(base), clauses)


def names_in(base: str) -> Mapping[str, tuple[str, str]]:
    """Clause → its headings as they were when the file was read."""
    return {row["key"]: (row["heading_zh"], row["heading_en"]) for row in json.loads(base)["clauses"]}
