"""Who may sign a revision when: authorised in writing, in turn, once per side, two people, within the term."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from cmo.errors import Finding

from ..facts.agreement import Authorisation, ConcludedFacts, RevisionFacts
from ..termination import Arrangement
from ..wording import finding
from .state import SIDE_ZH

PAPER, TERMINATION = "paper", "termination"
SIDES = ("registrant", "contractor")


def sides_in_turn(signing_order: str, signed: Collection[str]) -> tuple[str, ...]:
    """The sides that may sign next: whoever has not, and the second only after the first where an order was agreed."""
    first = signing_order.removesuffix("_first")
    if first in SIDES and first not in signed:
        return (first,)
    return tuple(side for side in SIDES if side not in signed)


def blockers_to_sign(
    facts: RevisionFacts, side: str, user_id: int | None, today: date, authorisation: Authorisation | None
) -> list[Finding]:
    """Reasons against signing here for ``side`` (the hash that was seen is judged by the signature itself)."""
    found = [*_blockers_of_side(facts, side, user_id), *not_authorised(authorisation, today)]
    turn = sides_in_turn(facts.signing_order, facts.signers)
    if side not in turn and side not in facts.signers:
        found.append(finding("not_your_turn", first=turn[0], first_zh=SIDE_ZH[turn[0]]))
    if facts.route == PAPER:
        found.append(finding("signed_on_paper"))
    if facts.ends_on < today:
        code = "termination_day_over" if facts.kind == TERMINATION else "term_over"
        found.append(finding(code, ends_on=facts.ends_on.isoformat()))
    return found


def not_authorised(authorisation: Authorisation | None, today: date) -> list[Finding]:
    """Reasons against a signatory: no written authorisation on record, or none yet on that day (QA-49)."""
    if authorisation is None or not authorisation.reference:
        return [finding("signatory_not_authorised")]
    if authorisation.authorised_on > today:
        return [finding("signatory_not_authorised_yet", authorised_on=authorisation.authorised_on.isoformat())]
    return []


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
    elif facts.notice_on is not None:
        found.append(finding("notice_given", ended_on=facts.notice_on.isoformat()))
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


def blockers_to_terminate(
    facts: RevisionFacts,
    ended_on: date,
    today: date,
    words: tuple[str, str, str],
    authorisation: Authorisation | None,
) -> list[Finding]:
    """Reasons against one side's notice; ``words``: reason, post-market duties, return of documents."""
    found = not_authorised(authorisation, today)
    if facts.event:
        found.append(finding("revision_closed", event=facts.event))
    elif len(facts.signers) < 2:
        found.append(finding("not_signed_by_both"))
    if facts.kind == TERMINATION:
        found.append(finding("termination_not_terminated"))
    if ended_on < today:
        found.append(finding("termination_in_past", ended_on=ended_on.isoformat()))
    codes = ("reason_needed", "post_market_needed", "documents_return_needed")
    return found + [finding(code) for code, text in zip(codes, words, strict=True) if not text.strip()]


def blockers_to_end_together(
    facts: ConcludedFacts, ended_on: date, today: date, arrangements: Iterable[Arrangement]
) -> list[Finding]:
    """Reasons against offering a termination: nothing to end, a wrong day, a matter that is not settled (QA-40)."""
    found = blockers_to_begin_the_end(facts)
    if ended_on < today:
        found.append(finding("termination_in_past", ended_on=ended_on.isoformat()))
    if facts.last_day is not None and ended_on > facts.last_day:
        last_day = facts.last_day.isoformat()
        found.append(finding("termination_after_end", ended_on=ended_on.isoformat(), last_day=last_day))
    for row in arrangements:
        if not row.complete:
            found.append(finding("arrangement_missing", heading_zh=row.heading_zh, heading_en=row.heading_en))
    return found


def blockers_to_begin_the_end(facts: ConcludedFacts) -> list[Finding]:
    """Reasons against offering any termination now, whatever it would say."""
    waiting = [finding("revision_waiting", number=facts.waiting)] if facts.waiting else []
    return [*blockers_to_follow(facts), *waiting]


def blockers_after_the_end(facts: ConcludedFacts) -> list[Finding]:
    """After both sides signed the end of an agreement nothing follows under its number."""
    if facts.terminated_on is None:
        return []
    return [finding("agreement_terminated", ended_on=facts.terminated_on.isoformat())]


def blockers_to_follow(facts: ConcludedFacts) -> list[Finding]:
    """Reasons against renewing, amending or ending: nothing was concluded, or its end is."""
    found = blockers_after_the_end(facts)
    if facts.pair_ended_on is not None:
        found.append(finding("pair_ended", ended_on=facts.pair_ended_on.isoformat()))
    if not facts.last:
        found.append(finding("nothing_concluded"))
    return found


def blockers_to_restore(facts: ConcludedFacts, revision: RevisionFacts, *, has_text: bool) -> list[Finding]:
    """Reasons against setting the draft to a revision: not concluded, on paper, itself the end, or all is over."""
    found = blockers_after_the_end(facts)
    if not revision.complete or revision.kind == TERMINATION:
        found.append(finding("not_concluded"))
    elif not has_text:
        found.append(finding("paper_has_no_text"))
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
