"""What an inspector would fault in a draft: gaps, moved duties, terms beyond certificate or licence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from cmo.errors import Finding

from ..facts.draft import CoveredFacts, DraftFacts, DutyFacts
from ..templates_data import PARTS, TemplateDuty
from ..wording import finding
from .state import SIDE_ZH

#: Clauses that no agreement may lack.
NO_SUB_ENTRUSTING, RESIDENT = "no_sub_entrusting", "resident_supervisor"


def blockers_to_offer(facts: DraftFacts, today: date) -> list[Finding]:
    """Every reason against offering the draft for signature, and every point to look at."""
    return [
        *_state_of_agreement(facts, today),
        *_clauses(facts),
        *_coverage(facts),
        *_matrix(facts.duties),
        *_fixed(facts.duties, facts.fixed),
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


def _clauses(facts: DraftFacts) -> Iterator[Finding]:
    for clause in facts.clauses:
        if not clause.complete_zh:
            yield finding("clause_incomplete_zh", position=clause.position, clause=clause.key)
        if not clause.complete_en:
            yield finding("clause_incomplete_en", position=clause.position, clause=clause.key)
    complete = {clause.key for clause in facts.clauses if clause.complete_zh and clause.complete_en}
    if NO_SUB_ENTRUSTING not in complete:
        yield finding("sub_entrusting_allowed")
    implantable = next((c for c in facts.covered if c.implantable != "no"), None)
    if implantable is not None and RESIDENT not in complete:
        yield finding("resident_clause_missing", number=implantable.number)


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


def _matrix(duties: Iterable[DutyFacts]) -> Iterator[Finding]:
    for duty in duties:
        holders = ("R" in duty.registrant_part) + ("R" in duty.contractor_part)
        words = {"duty_zh": duty.duty_zh, "duty_en": duty.duty_en}
        if holders == 0:
            yield finding("duty_without_holder", **words)
        if holders > 1:
            yield finding("duty_with_two_holders", **words)
        if not (duty.duty_zh.strip() and duty.duty_en.strip()):
            yield finding("duty_not_worded", duty=duty.duty_zh.strip() or duty.duty_en.strip() or duty.key)


def _fixed(duties: Iterable[DutyFacts], fixed: Iterable[TemplateDuty]) -> Iterator[Finding]:
    held = {duty.key: duty for duty in duties}
    for law in fixed:
        words = {"duty_zh": law.duty_zh, "duty_en": law.duty_en}
        duty = held.get(law.key)
        if duty is None:
            yield finding("locked_duty_missing", **words)
            continue
        part = duty.registrant_part if law.fixed == "registrant" else duty.contractor_part
        other = duty.contractor_part if law.fixed == "registrant" else duty.registrant_part
        if "R" not in part or "R" in other:
            yield finding("locked_duty_moved", holder=law.fixed, holder_zh=SIDE_ZH[law.fixed], **words)


def blockers_to_edit_stale(edition: int, seen_edition: int, name: str) -> list[Finding]:
    """A stale editor is told who changed the text meanwhile, not allowed to overwrite it."""
    return [] if edition == seen_edition else [finding("edited_meanwhile", name=name)]


def blockers_to_edit_duty(locked: bool, before: tuple[str, str], after: tuple[str, str]) -> list[Finding]:
    """Reasons against these letters: unknown ones, or a duty that the law fixes."""
    found = []
    if any(not set(part) <= PARTS or len(set(part)) != len(part) for part in after):
        found.append(finding("unknown_part"))
    if locked and ["R" in part for part in before] != ["R" in part for part in after]:
        found.append(finding("duty_locked"))
    return found


def blockers_to_set_coverage(starts_on: date, ends_on: date, foreign: bool) -> list[Finding]:
    """Reasons against a term and coverage: backwards, or entrustments of another pair."""
    found = [finding("term_backwards")] if ends_on < starts_on else []
    if foreign:
        found.append(finding("coverage_of_other_pair"))
    return found
