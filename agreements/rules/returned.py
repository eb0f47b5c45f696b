"""Word files that came back: whether one is taken, and whether what was chosen of it can be taken over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cmo.errors import Finding

from ..word.known import ClauseNow
from ..word.locating import Located
from ..word.planning import Plan
from ..wording import finding

LONGEST_HEADING = 200
#: Of one clause in one language, as it stands in a file.
MOST_CHARACTERS = 50_000
#: Pieces of text outside of the clauses.
MOST_LOOSE = 300
LANGUAGES = {"zh": ("中文", "Chinese"), "en": ("英文", "English")}


def blockers_to_take_file(
    said_number: str, number: str, located: Located, clauses: Sequence[ClauseNow]
) -> list[Finding]:
    """Reasons against a file that could be read: of another agreement (by ``said_number``), without any clause of this
    one, or with more than could be laid beside it."""
    if said_number and said_number != number:
        return [finding("word_other_agreement", number=said_number[:60])]
    if not located.found:
        return [finding("word_no_clauses")]
    if len(located.loose) > MOST_LOOSE:
        return [finding("word_too_many_loose", limit=MOST_LOOSE)]
    named = {clause.key: _heading(clause) for clause in clauses}
    long = dict.fromkeys(key for (key, _language), found in located.found.items() if found.text.size > MOST_CHARACTERS)
    return [finding("word_clause_too_long", **_named(named, key), limit=MOST_CHARACTERS) for key in long]


def blockers_to_end_file(ended: bool) -> list[Finding]:
    """A file ends once."""
    return [finding("returned_ended")] if ended else []


def blockers_to_put_aside(ended: bool, reason: str) -> list[Finding]:
    """Reasons against putting a file aside."""
    return blockers_to_end_file(ended) + ([] if reason.strip() else [finding("reason_needed")])


def blockers_to_take_over(
    plan: Plan, remarks: int, clauses: Sequence[ClauseNow], names: Mapping[str, tuple[str, str]]
) -> list[Finding]:
    """Reasons against a plan as it was made from the choice; ``names``: headings of the clauses of the file."""
    held = {**names, **{clause.key: _heading(clause) for clause in clauses}}
    found = [finding("returned_unknown", what=what[:60]) for what in plan.unknown]
    found += [finding("returned_clause_gone", **_named(held, key)) for key in plan.gone]
    for key, language in plan.claimed:
        zh, en = LANGUAGES[language]
        found.append(finding("returned_claimed", **_named(held, key), language_zh=zh, language_en=en))
    if not plan.steps and not remarks and not found:
        found.append(finding("returned_nothing_chosen"))
    return [*found, *_long_headings(plan, held)]


def _long_headings(plan: Plan, held: Mapping[str, tuple[str, str]]) -> Iterable[Finding]:
    for step in plan.steps:
        if any(len(text) > LONGEST_HEADING for name, text in step.after.items() if name.startswith("heading")):
            yield finding("returned_long_heading", **_named(held, step.key), limit=LONGEST_HEADING)


def step_refused(why: Finding, key: str, names: Mapping[str, tuple[str, str]]) -> Finding:
    """Why one of several changes could not be made, with the clause that it was for."""
    return finding("returned_step", **_named(names, key), why_zh=why.zh, why_en=why.en)


def _heading(clause: ClauseNow) -> tuple[str, str]:
    return clause.texts["heading_zh"], clause.texts["heading_en"]


def _named(held: Mapping[str, tuple[str, str]], key: str) -> dict[str, Any]:
    zh, en = held.get(key, ("新条款", "new clause"))
    return {"clause": key, "clause_zh": zh or en or key, "clause_en": en or zh or key}
