"""What every parser answers: the kind of number, its parts, and everything wrong or doubtful about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Kind = Literal[
    "gs1",
    "gtin",
    "uscc",
    "registration",
    "filing",
    "production_licence",
    "production_filing",
    "classification",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence about a number. ``code`` is stable; the sentences may be improved."""

    code: str
    zh: str
    en: str

    def text(self, language: str) -> str:
        """The sentence in ``language`` (``zh…`` or anything else for English)."""
        return self.zh if language.startswith("zh") else self.en

    def as_dict(self) -> dict[str, str]:
        """JSON-ready form."""
        return {"code": self.code, "zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class CodeResult:
    """The judgement of one text. ``fields`` holds strings, integers, booleans and lists of string dicts only."""

    kind: Kind
    fields: dict[str, Any] = field(default_factory=dict)
    errors: list[Message] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        """True when nothing contradicts a published rule; warnings do not count."""
        return not self.errors

    def adding(self, *, errors: Iterable[Message] = (), warnings: Iterable[Message] = ()) -> CodeResult:
        """The same judgement with more messages."""
        return replace(self, errors=[*self.errors, *errors], warnings=[*self.warnings, *warnings])

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form, in the order in which people read it."""
        return {
            "kind": self.kind,
            "valid": self.valid,
            "fields": self.fields,
            "errors": [message.as_dict() for message in self.errors],
            "warnings": [message.as_dict() for message in self.warnings],
        }
