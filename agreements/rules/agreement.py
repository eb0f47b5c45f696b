"""What an inspector would fault in a draft: gaps, moved duties, terms beyond certificate or licence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date

from cmo.errors import Finding

from ..facts.draft import CoveredFacts, DraftFacts
from ..wording import finding
from .matrix import faults_against_law, faults_of_matrix
from .obligation import faults_of_obligations
from .state import SIDE_ZH
from .sub_entrusting import faults_of_sub_entrusting

#: Of the text of a clause in one language, in characters: some fifteen pages.
LONGEST_TEXT = 20_000
#: The clause that no agreement about an implantable device may lack.
RESIDENT = "resident_supervisor"


def blockers_to_offer(facts: DraftFacts, today: date) -> list[Finding]:
    """Every reason against offering the draft for signature, and every point to look at.

    A finding about a row says in ``facts["anchor"]`` where the page shows it.
    """
    clauses = {clause.key for clause in facts.clauses}
    return [
        *_state_of_agreement(facts, today),
        *_proposals(facts),
        *_clauses(facts),
        *_elements(facts),
        *faults_of_sub_entrusting(facts),
        *_coverage(facts),
        *faults_against_law(facts.duties, facts.demanded, facts.fixed),
        *faults_of_matrix(facts.duties, clauses),
        *faults_of_obligations(facts.obligations, clauses),
    ]


def _state_of_agreement(facts: DraftFacts, today: date) -> Iterator[Finding]:
    if facts.pair_ended_on is not None:
        yield finding("pair_ended", ended_on=facts.pair_ended_on.isoformat())
    if facts.waiting_revision:
        yield finding("revision_waiting", number=facts.waiting_revision)
    if facts.ends_on < today:
        yield finding("term_in_past", ends_on=facts.ends_on.isoformat())
    if not facts.covered:
        yield finding("nothing_covered")
    if not facts.clauses:
        yield finding("no_clauses")


def _proposals(facts: DraftFacts) -> Iterator[Finding]:
    """What is proposed and not answered; without any, the text is what both sides agreed (see ``negotiation``)."""
    for row in facts.proposals:
        words = {"row_zh": row.words_zh, "row_en": row.words_en, "change": row.id}
        sides = {"side": row.side, "side_zh": SIDE_ZH[row.side]}
        anchor = f"{row.kind}-{row.key}" if row.key else row.kind
        yield finding("proposal_open", **words, **sides, anchor=anchor)


def _clauses(facts: DraftFacts) -> Iterator[Finding]:
    for clause in facts.clauses:
        known = {"position": clause.position, "clause": clause.key, "anchor": f"clause-{clause.key}"}
        if not clause.complete_zh:
            yield finding("clause_incomplete_zh", **known)
        if not clause.complete_en:
            yield finding("clause_incomplete_en", **known)
    complete = {clause.key for clause in facts.clauses if clause.complete}
    implantable = next((c for c in facts.covered if c.implantable != "no"), None)
    if implantable is not None and RESIDENT not in complete:
        yield finding("resident_clause_missing", number=implantable.number, anchor="clauses")


def _elements(facts: DraftFacts) -> Iterator[Finding]:
    covered = {element for clause in facts.clauses if clause.complete for element in clause.elements}
    for element in facts.elements:
        if element.key not in covered:
            names = {"element": element.key, "name_zh": element.name_zh, "name_en": element.name_en}
            found = finding("element_missing", **names, anchor=f"element-{element.key}")
            yield replace(found, citation=element.key)


def _coverage(facts: DraftFacts) -> Iterator[Finding]:
    for covered in facts.covered:
        yield from _covered(covered, facts)


def _covered(covered: CoveredFacts, facts: DraftFacts) -> Iterator[Finding]:
    known = {"number": covered.number}
    if covered.state == "ended":
        yield finding("covered_ended", **known)
    if covered.last_day == date.min:
        yield finding("covered_without_base_data", **known)
    elif covered.last_day < facts.starts_on:
        yield finding("covered_lapsed_before_start", last_day=covered.last_day.isoformat(), **known)
    elif covered.last_day < facts.ends_on:
        days = {"ends_on": facts.ends_on.isoformat(), "last_day": covered.last_day.isoformat()}
        yield finding("term_beyond_base_data", capped_by=covered.capped_by, **known, **days)
    if covered.other_agreement:
        yield finding("covered_elsewhere", agreement=covered.other_agreement, **known)


def blockers_to_edit_stale(edition: int, seen_edition: int, name: str) -> list[Finding]:
    """A stale editor is told who changed the text meanwhile, not allowed to overwrite it."""
    return [] if edition == seen_edition else [finding("edited_meanwhile", name=name)]


def blockers_to_keep_clause(
    elements: Iterable[str], known: Collection[str], texts: Iterable[str] = ()
) -> list[Finding]:
    """Reasons against a clause: it claims to cover elements that the guide does not have, or one of its ``texts`` that are
    new is longer than people can compare."""
    unknown = sorted(set(elements) - set(known))
    return [*(finding("element_unknown", element=element) for element in unknown), *blockers_to_keep_texts(texts)]


def blockers_to_keep_texts(texts: Iterable[str]) -> list[Finding]:
    """Reasons against texts of clauses: every view and every file compares them sign by sign."""
    return [finding("text_too_long", limit=LONGEST_TEXT)] if any(len(text) > LONGEST_TEXT for text in texts) else []


def blockers_to_move_clause(position: int, clauses: int) -> list[Finding]:
    """Reasons against a place in the order: there is none with that number."""
    return [] if 1 <= position <= clauses else [finding("position_unknown", clauses=clauses)]


def blockers_to_take_from_template(known: bool, held: bool) -> list[Finding]:
    """Reasons against taking a row from the template: it has none with this key for these devices, or it is there."""
    if not known:
        return [finding("template_row_unknown")]
    return [finding("template_row_held")] if held else []


def blockers_to_set_coverage(starts_on: date, ends_on: date, foreign: bool) -> list[Finding]:
    """Reasons against a term and coverage: backwards, or entrustments of another pair."""
    found = [finding("term_backwards")] if ends_on < starts_on else []
    if foreign:
        found.append(finding("coverage_of_other_pair"))
    return found
