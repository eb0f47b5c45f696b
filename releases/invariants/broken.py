"""One row that breaks an invariant."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import models

from cmo.trail.actions import subject_key


@dataclass(frozen=True, slots=True)
class Broken:
    """``row`` is ``app.model:pk``; ``check`` and ``invariant`` say what it breaks, ``zh`` / ``en`` how."""

    row: str
    zh: str
    en: str
    label: str = ""
    invariant: int = 0
    check: str = ""

    def of(self, invariant: int, check: str) -> Broken:
        return replace(self, invariant=invariant, check=check)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def row(subject: models.Model, zh: str, en: str) -> Broken:
    """A broken row with its printed label."""
    return Broken(subject_key(subject), zh, en, str(subject))
