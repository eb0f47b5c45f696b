"""Who may sign a revision when: once per side, two people, within the term, the route that was chosen."""

from __future__ import annotations

from datetime import date

from cmo.errors import Finding

from ..facts.agreement import RevisionFacts
from ..wording import finding

PAPER = "paper"


def blockers_to_sign(facts: RevisionFacts, side: str, user_id: int | None, today: date) -> list[Finding]:
    """Reasons against signing here for ``side`` (the hash that was seen is judged by the signature itself)."""
    found = _blockers_of_side(facts, side, user_id)
    if facts.route == PAPER:
        found.append(finding("signed_on_paper"))
    if facts.ends_on < today:
        found.append(finding("term_over", ends_on=facts.ends_on.isoformat()))
    return found


def blockers_to_confirm_paper(facts: RevisionFacts, side: str, user_id: int | None) -> list[Finding]:
    """Reasons against confirming for ``side`` that this is the agreement signed on paper."""
    found = _blockers_of_side(facts, side, user_id)
    if facts.route != PAPER:
        found.append(finding("not_on_paper"))
    return found


def _blockers_of_side(facts: RevisionFacts, side: str, user_id: int | None) -> list[Finding]:
    found = []
    if facts.event:
        found.append(finding("revision_closed", event=facts.event))
    if facts.pair_ended_on is not None:
        found.append(finding("pair_ended", ended_on=facts.pair_ended_on.isoformat()))
    if side in facts.signers:
        found.append(finding("side_signed_already"))
    if any(signer == user_id for other, signer in facts.signers.items() if other != side):
        found.append(finding("same_person_both_sides"))
    return found


def blockers_to_close_revision(facts: RevisionFacts, reason: str) -> list[Finding]:
    """Reasons against declining or withdrawing: closed already, signed by both, no reason."""
    found = []
    if facts.event:
        found.append(finding("revision_closed", event=facts.event))
    if len(facts.signers) > 1:
        found.append(finding("signed_by_both"))
    if not reason.strip():
        found.append(finding("reason_needed"))
    return found


def blockers_to_terminate(facts: RevisionFacts, ended_on: date, today: date, reason: str) -> list[Finding]:
    """Reasons against terminating: closed already, never signed by both, back-dated, no reason."""
    found = []
    if facts.event:
        found.append(finding("revision_closed", event=facts.event))
    elif len(facts.signers) < 2:
        found.append(finding("not_signed_by_both"))
    if ended_on < today:
        found.append(finding("termination_in_past", ended_on=ended_on.isoformat()))
    if not reason.strip():
        found.append(finding("reason_needed"))
    return found


def blockers_to_register_paper(
    signed_on: date, today: date, signatories: tuple[str, str], seals: tuple[bool, bool], covered: int
) -> list[Finding]:
    """Reasons against registering an agreement signed on paper: future date, missing signatory or seal (QA-49)."""
    found = [] if covered else [finding("nothing_covered")]
    if signed_on > today:
        found.append(finding("paper_in_future", signed_on=signed_on.isoformat()))
    if not all(name.strip() for name in signatories):
        found.append(finding("signatory_missing"))
    if not all(seals):
        found.append(finding("seal_missing"))
    return found
