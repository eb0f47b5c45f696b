"""What a screening says: outcome, deciding entry, what is missing and why; and all a judgement rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .editions import Edition
from .facts_vocabulary import ScreeningFacts
from .places import Place

PROHIBITED, ALLOWED, UNDETERMINED = "prohibited", "allowed", "undetermined"

#: Whether one product falls under one entry; ``ASKS`` = only a person can say.
FALLS_UNDER, ASKS, FREE = "falls_under", "asks", "free"


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence of a judgement, in both languages, with where it is written."""

    zh: str
    en: str
    citation: str


@dataclass(frozen=True, slots=True)
class ScreeningResult:
    """The judgement: outcome, edition and entry that decide, exclusion that matters, what is missing, and why."""

    outcome: str
    edition: str | None
    edition_sha256: str
    entry: str | None
    entry_zh: str
    entry_en: str
    exclusion_zh: str
    exclusion_en: str
    missing_facts: tuple[str, ...]
    reasons: tuple[Reason, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form, as the command prints it and a recorded screening keeps it."""
        return {
            "outcome": self.outcome,
            "edition": self.edition,
            "edition_sha256": self.edition_sha256,
            "entry": self.entry,
            "entry_zh": self.entry_zh,
            "entry_en": self.entry_en,
            "exclusion_zh": self.exclusion_zh,
            "exclusion_en": self.exclusion_en,
            "missing_facts": list(self.missing_facts),
            "reasons": [{"zh": r.zh, "en": r.en, "citation": r.citation} for r in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """Everything a judgement rests on, for the wording of its reasons.

    ``statuses`` and ``open_facts`` are per entry: the statuses that are possible, and the unknown facts that move them.
    """

    edition: Edition
    facts: ScreeningFacts
    outcome: str
    places: tuple[Place, ...]
    named: frozenset[int]
    statuses: tuple[frozenset[str], ...]
    open_facts: tuple[tuple[str, ...], ...]
    missing: tuple[str, ...]

    @property
    def code_is_known(self) -> bool:
        return all(place.known for place in self.places)


NOT_HELD = ScreeningResult(
    outcome=UNDETERMINED,
    edition=None,
    edition_sha256="",
    entry=None,
    entry_zh="",
    entry_en="",
    exclusion_zh="",
    exclusion_en="",
    missing_facts=(),
    reasons=(
        Reason(
            "本系统未收录该日期施行的目录版本，无法判定。",
            "The edition in force on this date is not held here, so nothing can be judged.",
            "医疗器械监督管理条例第三十四条",
        ),
    ),
)
