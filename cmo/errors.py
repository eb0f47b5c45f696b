"""What a rule says and what an action raises when the answer is no.

A *finding* is one reason, in both languages, with its legal basis; a *refusal* carries all of them. Rules return
findings, actions raise :class:`Refused`, pages and commands show both without translating them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.utils.translation import get_language

Severity = Literal["blocks", "warns"]
Basis = Literal["law", "announcement", "guide", "agreement", "policy"]

#: Only these bases can be waived, by a signed exception.
WAIVABLE: frozenset[str] = frozenset({"agreement", "policy"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why something may not be done (``blocks``) or should be looked at (``warns``).

    ``citation`` is a key into the dated legal references; ``facts`` holds the JSON-ready facts that were judged
    (strings, integers, booleans, None); ``who`` names the post that can resolve it; ``todo_*`` says how.
    """

    code: str
    severity: Severity
    basis: Basis
    zh: str
    en: str
    citation: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    who: str = ""
    todo_zh: str = ""
    todo_en: str = ""

    @property
    def blocks(self) -> bool:
        return self.severity == "blocks"

    @property
    def waivable(self) -> bool:
        return self.basis in WAIVABLE

    def text(self, language: str | None = None) -> str:
        """The sentence in ``language`` (default: the active one)."""
        return self.zh if (language or get_language() or "").startswith("zh") else self.en

    def todo(self, language: str | None = None) -> str:
        """What to do about it, in ``language`` (default: the active one)."""
        return self.todo_zh if (language or get_language() or "").startswith("zh") else self.todo_en

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form, as frozen with a decision."""
        return {**asdict(self), "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finding before its facts are known: worded once, in both languages; ``{name}`` is filled from the facts."""

    zh: str
    en: str
    basis: Basis = "law"
    citation: str = ""
    severity: Severity = "blocks"
    who: str = ""
    todo_zh: str = ""
    todo_en: str = ""

    def finding(self, code: str, **facts: Any) -> Finding:
        """The finding ``code``; ``facts`` (JSON-ready values) fill the placeholders and are kept with it."""
        zh, en, todo_zh, todo_en = (text.format(**facts) for text in (self.zh, self.en, self.todo_zh, self.todo_en))
        return Finding(code, self.severity, self.basis, zh, en, self.citation, facts, self.who, todo_zh, todo_en)


def collected(*groups: Mapping[str, Sentence]) -> dict[str, Sentence]:
    """All sentences of an app by code. :raises ValueError: when a code is worded twice."""
    found: dict[str, Sentence] = {}
    for group in groups:
        twice = found.keys() & group.keys()
        if twice:
            raise ValueError(f"finding {min(twice)!r} is worded twice")
        found.update(group)
    return found


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Only the findings that block."""
    return [finding for finding in findings if finding.blocks]


class Refused(ValidationError):
    """An action is allowed to this person but not possible now; carries every reason.

    Being a ``ValidationError`` it goes straight into ``form.add_error(None, refusal)``.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: list[Finding] = list(findings)
        super().__init__([ValidationError(f.text(), code=f.code) for f in self.findings])

    @property
    def codes(self) -> list[str]:
        """The stable codes of all findings, in order."""
        return [finding.code for finding in self.findings]


def refuse_if_any(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings when none of them blocks.

    :raises Refused: with all findings when at least one blocks.
    """
    found = list(findings)
    if blocking(found):
        raise Refused(found)
    return found
