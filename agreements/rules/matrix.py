"""The responsibility matrix of a draft: complete, without contradiction, and with the law's duties where they belong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import combinations
from typing import Any

from cmo.errors import Finding

from ..facts.draft import DutyFacts
from ..templates_data import PARTS, TemplateDuty
from ..wording import finding
from .state import SIDE_ZH

#: Letters that say the same thing twice, or the opposite of each other, within one cell.
EXCLUDED = tuple(frozenset(pair) for pair in ("RC", "RI", "AI", "CI"))


def faults_of_matrix(duties: Collection[DutyFacts], clauses: Collection[str]) -> Iterator[Finding]:
    """What is wrong with the rows as they stand; ``clauses``: keys of the draft's clauses."""
    for duty in duties:
        yield from _holders(duty)
        yield from _letters(duty)
        if not (duty.duty_zh.strip() and duty.duty_en.strip()):
            yield finding("duty_not_worded", **_words(duty), anchor=anchor(duty.key))
        if duty.clause and duty.clause not in clauses:
            yield finding("duty_without_clause", clause=duty.clause, **_words(duty), anchor=anchor(duty.key))
    yield from _contradictions(duties)


def _holders(duty: DutyFacts) -> Iterator[Finding]:
    if not duty.holders:
        yield finding("duty_without_holder", **_words(duty), anchor=anchor(duty.key))
    if len(duty.holders) > 1:
        yield finding("duty_with_two_holders", **_words(duty), anchor=anchor(duty.key))


def _letters(duty: DutyFacts) -> Iterator[Finding]:
    parts = (duty.registrant_part, duty.contractor_part)
    known = {**_words(duty), "anchor": anchor(duty.key)}
    if any(is_unknown_part(part) for part in parts):
        yield finding("duty_letters_unknown", **known)
    for part in parts:
        excluded = next((pair for pair in EXCLUDED if pair <= set(part)), None)
        if excluded:
            yield finding("duty_letters_contradict", letters="、".join(sorted(excluded)), **known)
    if all("A" in part for part in parts):
        yield finding("duty_approved_twice", **known)


def is_unknown_part(part: str) -> bool:
    """A cell with other letters than R, A, C and I, or with one twice."""
    return not set(part) <= PARTS or len(set(part)) != len(part)


def _contradictions(duties: Iterable[DutyFacts]) -> Iterator[Finding]:
    for one, other in combinations(duties, 2):
        same = any(a and a == b for a, b in zip(_plain(one), _plain(other), strict=True))
        if same and one.holders != other.holders:
            rows = {"first": one.position, "second": other.position}
            yield finding("duty_held_differently", **_words(other), **rows, anchor=anchor(other.key))


def _plain(duty: DutyFacts) -> tuple[str, str]:
    """Both wordings without what does not change their meaning."""
    zh, en = ("".join(words.split()).casefold() for words in (duty.duty_zh, duty.duty_en))
    return zh, en


def faults_against_law(
    duties: Iterable[DutyFacts], demanded: Iterable[TemplateDuty], fixed: Collection[TemplateDuty]
) -> Iterator[Finding]:
    """Duties that the draft lacks, and duties fixed by law that it moves."""
    held = {duty.key: duty for duty in duties}
    by_law = {law.key for law in fixed}
    for law in fixed:
        yield from _against(held.get(law.key), law)
    for duty in demanded:
        if duty.key not in held and duty.key not in by_law:
            words = {"duty_zh": duty.duty_zh, "duty_en": duty.duty_en}
            yield finding("duty_missing", **words, key=duty.key, anchor="matrix")


def _against(duty: DutyFacts | None, law: TemplateDuty) -> Iterator[Finding]:
    words = {"duty_zh": law.duty_zh, "duty_en": law.duty_en}
    if duty is None:
        yield finding("locked_duty_missing", **words, key=law.key, anchor="matrix")
    elif duty.holders != (law.fixed,):
        holder = {"holder": law.fixed, "holder_zh": SIDE_ZH[law.fixed]}
        yield finding("locked_duty_moved", **holder, **words, anchor=anchor(law.key))


def _words(duty: DutyFacts) -> dict[str, Any]:
    """How a finding names a row, also one that lacks a language."""
    zh, en = duty.duty_zh.strip(), duty.duty_en.strip()
    return {"duty_zh": zh or en or f"#{duty.position}", "duty_en": en or zh or f"#{duty.position}"}


def anchor(key: str) -> str:
    """Where the page shows the row."""
    return f"duty-{key}"


def blockers_to_edit_duty(
    locked: bool, before: tuple[str, str], after: tuple[str, str], clause: str, clauses: Collection[str]
) -> list[Finding]:
    """Reasons against these letters and this clause: unknown ones, or a duty that the law fixes."""
    found = []
    if any(is_unknown_part(part) for part in after):
        found.append(finding("unknown_part"))
    if locked and ["R" in part for part in before] != ["R" in part for part in after]:
        found.append(finding("duty_locked"))
    if clause and clause not in clauses:
        found.append(finding("clause_unknown"))
    return found


def blockers_to_remove_duty(locked: bool) -> list[Finding]:
    """A duty that the law fixes stays in the matrix."""
    return [finding("duty_stays")] if locked else []
