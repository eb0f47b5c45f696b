"""Signed exceptions in judging: an approved one turns the very finding that it waives into a warning, and no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cmo.errors import Finding
from cmo.trail.canonical import canonical

from ..facts.demands import ExceptionFact
from .gate import Verdict


def waive(verdict: Verdict, exceptions: Sequence[ExceptionFact]) -> Verdict:
    """The verdict with what approved exceptions of this gate waive; facts changed since then bring the block back."""
    approved = [one for one in exceptions if one.code == verdict.gate.code and one.approved]
    if approved:
        verdict.findings = [_waived(verdict, finding, approved) for finding in verdict.findings]
    return verdict


def _waived(verdict: Verdict, finding: Finding, approved: Sequence[ExceptionFact]) -> Finding:
    if not verdict.gate.can_waive(finding):
        return finding
    fitting = standing_for(finding, approved)
    if fitting is None:
        last = approved[-1]
        zh = f"{finding.zh}例外{last.number}批准时的情况已经变化，不再适用。"
        en = f"{finding.en} Exception {last.number} was approved for other facts and no longer counts."
        return replace(finding, zh=zh, en=en)
    zh = f"{finding.zh}已由{fitting.decided_by}批准例外{fitting.number}：{fitting.justification}"
    en = f"{finding.en} Waived by exception {fitting.number}, approved by {fitting.decided_by}: {fitting.justification}"
    return replace(finding, severity="warns", zh=zh, en=en, todo_zh="", todo_en="", who="")


def standing_for(finding: Finding, exceptions: Iterable[ExceptionFact]) -> ExceptionFact | None:
    """The latest of these exceptions that waives exactly the facts of this finding."""
    text = waived_text(finding)
    return next((one for one in reversed(list(exceptions)) if one.waived == text), None)


def waived_text(finding: Finding) -> str:
    """The canonical text of a finding's facts, as an exception keeps it."""
    return canonical(dict(finding.facts))
