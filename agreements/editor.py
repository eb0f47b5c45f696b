"""What the page of a draft shows around its texts: completeness of each part, coverage of the guide, rows to put back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cmo.errors import Finding

from .facts import DraftFacts
from .forms.draft_rows import LETTERS
from .models import DraftDuty
from .templates_data import SIDES, Template, TemplateRow


@dataclass(frozen=True, slots=True)
class Square:
    """One element of the guide on the coverage map; ``clause``: key of the clause that covers it, or empty."""

    key: str
    number: int
    name_zh: str
    name_en: str
    tone: str
    word: str
    clause: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One switch of a cell of the matrix."""

    letter: str
    words: Any
    on: bool
    fixed: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """What one party is to a duty."""

    name: str
    side: str
    letters: tuple[Letter, ...]

    @property
    def kept(self) -> tuple[str, ...]:
        """Letters that a browser must send although nobody can switch them."""
        return tuple(one.letter for one in self.letters if one.fixed and one.on)


def coverage_map(facts: DraftFacts) -> list[Square]:
    """Every element of the guide: covered by a complete clause, by an unfinished one, or by none."""
    complete: dict[str, str] = {}
    unfinished: dict[str, str] = {}
    for clause in facts.clauses:
        for element in clause.elements:
            (complete if clause.complete else unfinished).setdefault(element, clause.key)
    found = []
    for e in facts.elements:
        tone, word = "bad", _("covered by no clause")
        if e.key in complete:
            tone, word = "good", _("covered")
        elif e.key in unfinished:
            tone, word = "pending", _("covered by an unfinished clause only")
        clause_key = complete.get(e.key) or unfinished.get(e.key, "")
        found.append(Square(e.key, e.number, e.name_zh, e.name_en, tone, word, clause_key))
    return found


def tones_of(findings: Iterable[Finding]) -> dict[str, str]:
    """Anchor → ``bad`` where something blocks there, ``pending`` where only something is to be looked at."""
    found: dict[str, str] = {}
    for finding in findings:
        anchor = str(finding.facts.get("anchor", ""))
        if anchor and found.get(anchor) != "bad":
            found[anchor] = "bad" if finding.blocks else "pending"
    return found


def count_at(findings: Iterable[Finding], part: str) -> int:
    """How many findings speak of the matrix (``duty``) or of the obligations (``obligation``)."""
    places = {"duty": ("duty-", "matrix"), "obligation": ("obligation-",)}[part]
    return sum(str(finding.facts.get("anchor", "")).startswith(places) for finding in findings)


def cells_of(duty: DraftDuty) -> list[Cell]:
    """Both cells of a row; where the law fixes the holder, nobody switches R."""
    parts = {"registrant": duty.registrant_part, "contractor": duty.contractor_part}
    return [
        Cell(
            f"{side}_part",
            side,
            tuple(
                Letter(letter, words, letter in parts[side], duty.locked and letter == "R") for letter, words in LETTERS
            ),
        )
        for side in SIDES
    ]


def lacking(template: Template | None, facts: DraftFacts) -> Mapping[str, list[TemplateRow]]:
    """Kind → the rows of the template for these devices that the draft does not have."""
    held: dict[str, set[str]] = {
        "clause": {row.key for row in facts.clauses},
        "duty": {row.key for row in facts.duties},
        "obligation": {row.key for row in facts.obligations},
    }
    if template is None:
        return {kind: [] for kind in held}
    return {
        kind: [row for row in template.rows_for(kind, facts.variants) if row.key not in held[kind]] for kind in held
    }
