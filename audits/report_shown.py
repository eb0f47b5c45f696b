"""The frozen report as its pages show it: tallies, judgements, and the answers section by section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .templates_data import SEVERITIES


@dataclass(frozen=True, slots=True)
class TallyShown:
    """The answers to items of one severity; ``share``: defects in percent of the judged items, to one decimal."""

    severity: str
    total: int
    ok: int
    defect: int
    na: int
    share: str


@dataclass(frozen=True, slots=True)
class ShownReport:
    """A report's body, ready for a template."""

    body: Mapping[str, Any]
    tallies: tuple[TallyShown, ...]
    judgements: tuple[Mapping[str, Any], ...]
    sections: tuple[Mapping[str, Any], ...]
    findings: tuple[Mapping[str, Any], ...]

    @property
    def weighed_less(self) -> list[Mapping[str, Any]]:
        """Answers whose defect was weighed less than the checklist marks the item: counted by the mark."""
        return [answer for section in self.sections for answer in section["answers"] if answer["lighter_because"]]

    @property
    def answered(self) -> int:
        """How many items have an answer."""
        return sum(len(section["answers"]) for section in self.sections)


def shown_report(body: Mapping[str, Any]) -> ShownReport:
    """Regroup a body; nothing is left out."""
    answers: dict[str, list[Any]] = {section["key"]: [] for section in body["sections"]}
    for answer in body["answers"]:
        answers[answer["section"]].append(answer)
    return ShownReport(
        body=body,
        tallies=tuple(_tally(severity, body["tallies"][severity]) for severity in SEVERITIES),
        judgements=tuple({**one, "cells": [one["printed"][s] for s in SEVERITIES]} for one in body["judgements"]),
        sections=tuple({**section, "answers": answers[section["key"]]} for section in body["sections"]),
        findings=tuple(body["findings"]),
    )


def _tally(severity: str, row: Mapping[str, int]) -> TallyShown:
    judged = row["total"] - row["na"]
    share = Fraction(100 * row["defect"], judged) if judged else Fraction(0)
    return TallyShown(severity, row["total"], row["ok"], row["defect"], row["na"], f"{float(share):.1f} %")
