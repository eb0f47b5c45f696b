"""The conditions that decisions on lots were judged by: listed once and numbered, so that each decision can name them.

They are taken from the frozen findings of the decisions, not from the rules of today.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from cmo.paper.words import Words, same
from cmo.regulation.references import UnknownReference, reference

from ...sheets import Section, Text
from ...snapshot import Row
from ..saying import NONE, table

#: Code, both wordings and citation: a condition that was reworded is another one.
Condition = tuple[str, str, str, str]
_COLUMNS = (
    ("no", Words("序号", "No."), 8.0),
    ("condition", Words("条件", "Condition"), 52.0),
    ("citation", Words("依据", "Basis"), 26.0),
)
_TITLE = Words("放行条件一览", "Conditions of release")
_NONE_JUDGED = Words(
    "本章所列批次尚无放行决定，因此没有据以判断的条件。",
    "No decision was taken on the lots of this chapter, so that no condition was judged.",
)
_JUDGED = Words("系统逐项判断的条件", "Conditions that the system judges")
_LEFT_TO_THE_RELEASER = Words(
    "由放行人审核并在声明中确认的事项", "Left to the releaser, who confirms them in the statement"
)
_NOTHING_LEFT = Words("没有须由放行人另行确认的事项。", "Nothing was left to a releaser to confirm.")
_HOW = Words(
    "下表列出本章各项放行决定作出时逐项判断的条件，取自决定时固定的判断结果；各决定以序号引用。",
    "The conditions judged when the decisions of this chapter were taken, from the findings frozen with them; each "
    "decision refers to their numbers.",
)


class Conditions:
    """Every condition judged in some decision, and every matter left to a releaser, with its number; the frozen findings,
    read once."""

    def __init__(self, decisions: Iterable[Row]) -> None:
        """Numbers go by first appearance."""
        self.numbers: dict[Condition, int] = {}
        self.matters: dict[Condition, int] = {}
        self._findings: dict[str, dict[str, Any]] = {}
        for row in decisions:
            found = self._findings[row.key] = json.loads(row["findings"] or "{}")
            for gate in found.get("gates", ()):
                self.numbers.setdefault(_condition(gate), len(self.numbers) + 1)
            for topic in found.get("not_judged", ()):
                self.matters.setdefault(_condition(topic), len(self.matters) + 1)

    def of(self, decision: Row) -> dict[str, Any]:
        """The findings as they were frozen."""
        return self._findings[decision.key]

    def judged(self, decision: Row, state: str) -> list[int]:
        """Numbers of the conditions with this result: ``passed``, ``warns`` or ``blocks``."""
        gates = self.of(decision).get("gates", ())
        return sorted(self.numbers[_condition(gate)] for gate in gates if gate["state"] == state)

    def left(self, decision: Row, confirmed: bool) -> list[int]:
        """Numbers of the matters left to the releaser that the statement confirms, or does not."""
        found = self.of(decision)
        said = set(found.get("confirmed", ()))
        topics = [topic for topic in found.get("not_judged", ()) if (topic["code"] in said) == confirmed]
        return sorted(self.matters[_condition(topic)] for topic in topics)

    def section(self) -> Section:
        """The lists that decisions refer to."""
        shown = table("conditions", _COLUMNS, _lines(self.numbers), _JUDGED, _NONE_JUDGED)
        left = table("matters", _COLUMNS, _lines(self.matters, "R"), _LEFT_TO_THE_RELEASER, _NOTHING_LEFT)
        count = len(self.numbers) + len(self.matters)
        return Section("lot-conditions", _TITLE, (Text(_HOW), shown, left), count)


def _lines(numbers: dict[Condition, int], prefix: str = "") -> list[tuple[Words, ...]]:
    return [
        (same(f"{prefix}{number}"), Words(zh, en), cited(citation))
        for (_code, zh, en, citation), number in numbers.items()
    ]


def ranges(numbers: Sequence[int], prefix: str = "") -> Words:
    """``1–4、7``; a dash for none."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    said = ["–".join(f"{prefix}{one}" for one in part) for part in parts]
    return Words("、".join(said), ", ".join(said)) if said else NONE


def cited(key: str) -> Words:
    """A citation in words; its key where no reference has it any more."""
    try:
        found = reference(key)
    except UnknownReference:
        return same(key) if key else NONE
    return Words(found.label_zh, found.label_en)


def _condition(gate: dict[str, Any]) -> Condition:
    return gate["code"], gate["zh"], gate["en"], gate["citation"]
