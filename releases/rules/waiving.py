"""Signed exceptions in judging: an approved one turns the very finding that it waives into a warning, and no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cmo.errors import Finding
from cmo.trail.canonical import canonical

from ..facts.demands import ExceptionFact
from ..facts.values import PRODUCTION
from .gate import Case, Verdict


def waive(verdict: Verdict, case: Case) -> Verdict:
    """The verdict with what approved exceptions of this gate waive; facts changed since then bring the block back, and so
    does a quantity to release beyond the part of the lot that an exception is for."""
    approved = [one for one in case.lot.exceptions if one.code == verdict.gate.code and one.approved]
    if approved:
        verdict.findings = [_waived(verdict, finding, approved, case) for finding in verdict.findings]
    return verdict


def _waived(verdict: Verdict, finding: Finding, approved: Sequence[ExceptionFact], case: Case) -> Finding:
    if not verdict.gate.can_waive(finding):
        return finding
    fitting = widest_for(finding, approved)
    if fitting is None:
        last = approved[-1]
        zh = f"{finding.zh}例外{last.number}批准时的情况已经变化，不再适用。"
        en = f"{finding.en} Exception {last.number} was approved for other facts and no longer counts."
        return replace(finding, zh=zh, en=en)
    part = _part(verdict, finding, fitting, case)
    if case.quantity is not None and not fitting.covers(case.quantity):
        return _beyond(finding, fitting, case)
    return _by_exception(finding, fitting, part, case.lot.unit)


def _part(verdict: Verdict, finding: Finding, fitting: ExceptionFact, case: Case) -> int | None:
    """How many units the exception lets through, noted on the verdict; None for the whole lot."""
    most = case.lot.limit(case.stage) or case.lot.limit(PRODUCTION)
    if fitting.covers(most) or fitting.quantity is None:
        return None
    verdict.waived_in_part.append(finding)
    verdict.waived_up_to = min(fitting.quantity, verdict.waived_up_to or fitting.quantity)
    return fitting.quantity


def _by_exception(finding: Finding, fitting: ExceptionFact, part: int | None, unit: str) -> Finding:
    """The finding as a warning that names its exception."""
    zh_part, en_part = ("", "") if part is None else (f"（仅限{part}{unit}）", f" for at most {part}")
    who, why = fitting.decided_by, fitting.justification
    zh = f"{finding.zh}已由{who}批准例外{fitting.number}{zh_part}：{why}"
    en = f"{finding.en} Waived{en_part} by exception {fitting.number}, approved by {who}: {why}"
    return replace(finding, severity="warns", zh=zh, en=en, todo_zh="", todo_en="", who="")


def _beyond(finding: Finding, fitting: ExceptionFact, case: Case) -> Finding:
    """The finding for a release of more than the exception is for."""
    number, most, unit = fitting.number, fitting.quantity, case.lot.unit
    zh = f"{finding.zh}例外{number}仅批准{most}{unit}，放行数量{case.quantity}{unit}超出例外的范围。"
    en = f"{finding.en} Exception {number} is for {most} only; the quantity {case.quantity} goes beyond it."
    todo_zh = f"放行数量改为不超过{most}{unit}，或为更大的数量申请例外。"
    todo_en = f"Release no more than {most}, or request an exception for more."
    return replace(finding, zh=zh, en=en, todo_zh=todo_zh, todo_en=todo_en)


def widest_for(finding: Finding, exceptions: Iterable[ExceptionFact]) -> ExceptionFact | None:
    """Of the exceptions that waive exactly the facts of this finding the one for most of the lot, the latest of equals."""
    text = waived_text(finding)
    fitting = [one for one in exceptions if one.waived == text]
    return max(fitting, key=lambda one: (one.quantity is None, one.quantity or 0, one.number), default=None)


def waived_text(finding: Finding) -> str:
    """The canonical text of a finding's facts, as an exception keeps it."""
    return canonical(dict(finding.facts))
