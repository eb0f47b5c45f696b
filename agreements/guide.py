"""The 49 elements of the national guide on quality agreements (2022 No. 20), named in both languages.

The names stand in ``data/guide_elements.yaml``; regulated texts and findings quote them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import yaml

DATA = Path(__file__).parent / "data" / "guide_elements.yaml"


@dataclass(frozen=True, slots=True)
class GuideElement:
    """One element: ``key`` is also its citation, e.g. ``QA-17``."""

    key: str
    name_zh: str
    name_en: str

    @property
    def number(self) -> int:
        return int(self.key.removeprefix("QA-"))


@lru_cache(maxsize=1)
def guide_elements() -> Mapping[str, GuideElement]:
    """Key → element, in the guide's order."""
    rows = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return MappingProxyType({key: GuideElement(key, names["zh"], names["en"]) for key, names in rows.items()})
