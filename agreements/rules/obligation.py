"""The obligations of a draft: worded in both languages, each with its clause and the record that proves it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from cmo.errors import Finding

from ..facts.draft import ObligationFacts
from ..wording import finding


def faults_of_obligations(rows: Iterable[ObligationFacts], clauses: Collection[str]) -> Iterator[Finding]:
    """What is wrong with the rows as they stand; ``clauses``: keys of the draft's clauses."""
    for row in rows:
        known = {**_words(row), "anchor": f"obligation-{row.key}"}
        if not (row.what_zh.strip() and row.what_en.strip()):
            yield finding("obligation_not_worded", **known)
        if row.clause not in clauses:
            yield finding("obligation_without_clause", **known)
        if not (row.proof_zh.strip() and row.proof_en.strip()):
            yield finding("obligation_without_proof", **known)


def _words(row: ObligationFacts) -> dict[str, Any]:
    zh, en = row.what_zh.strip(), row.what_en.strip()
    return {"what_zh": zh or en or f"#{row.position}", "what_en": en or zh or f"#{row.position}"}


def blockers_to_keep_obligation(clause: str, clauses: Collection[str]) -> list[Finding]:
    """Reasons against this row: a clause that the draft does not have (none at all may be filled in later)."""
    return [finding("clause_unknown")] if clause and clause not in clauses else []
