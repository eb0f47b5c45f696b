"""What parties settle when they end an agreement together: clauses proposed by ``data/termination.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data" / "termination.yaml"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One matter that both sides settle at the end, in both languages; shaped like a clause."""

    key: str
    heading_zh: str
    heading_en: str
    text_zh: str
    text_en: str
    citation: str
    elements: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Worded in both languages."""
        return bool(self.text_zh.strip() and self.text_en.strip())


@lru_cache(maxsize=1)
def proposed() -> tuple[str, tuple[Arrangement, ...]]:
    """The version of the proposal and its clauses, in order."""
    content = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return str(content["version"]), tuple(_arrangement(row) for row in content["clauses"])


def _arrangement(row: dict[str, str]) -> Arrangement:
    return Arrangement(
        key=row["key"],
        heading_zh=row["heading_zh"],
        heading_en=row["heading_en"],
        text_zh=row["text_zh"].strip(),
        text_en=row["text_en"].strip(),
        citation=row["citation"],
    )
