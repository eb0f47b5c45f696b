"""The state of this app's records as a tone and a word, for badges in pages, tables and exports. Pure functions."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from cmo.parties.states import State

from .facts import AgreementState, CoverageFact, EntrustmentFacts, RevisionFacts
from .facts.reviews import ReviewFacts
from .models import Hold, Preparation

CAPS = ("term", "certificate", "licence")


def entrustment_state(facts: EntrustmentFacts, on: date) -> State:
    """Active, suspended, ended or not begun."""
    return {
        "active": State("good", _("active")),
        "suspended": State("pending", _("suspended")),
        "ended": State("idle", _("ended")),
        "not_started": State("idle", _("begins later")),
    }[facts.state_on(on)]


def cover_of(facts: EntrustmentFacts, on: date) -> CoverageFact | None:
    """The agreement that covers the entrustment on a day, or the one that covered it last."""
    effective = [c for c in facts.coverage if c.effective_on(on)]
    signed = [c for c in facts.coverage if c.signed and c.starts_on <= c.until]
    return max(effective or signed, key=lambda c: (c.last_day, c.revision_id), default=None)


def cover_state(facts: EntrustmentFacts, on: date) -> State:
    """Whether a quality agreement covers the entrustment on a day."""
    cover = cover_of(facts, on)
    if cover is None:
        waiting = any(not (c.signed_by_registrant and c.signed_by_contractor) for c in facts.coverage)
        return State("pending", _("agreement waits for signatures")) if waiting else State("bad", _("no agreement"))
    if cover.effective_on(on):
        return State("good", _("in force"))
    return State("idle", _("begins later")) if on < cover.starts_on else State("bad", _("over"))


def cap_word(capped_by: str) -> str:
    """What limits an agreement for one entrustment."""
    words = {
        "term": _("agreed term"),
        "certificate": _("certificate"),
        "licence": _("contractor's licence"),
    }
    return words[capped_by]


def agreement_state(state: AgreementState, last_cover: date | None, on: date) -> State:
    """Where an agreement stands; ``last_cover``: the latest own last day of what its shown revision covers."""
    if state.key == "in_force" and last_cover is not None and last_cover < on:
        return State("bad", _("over"))
    return {
        "in_force": State("good", _("in force")),
        "waiting": State("pending", _("waiting for signatures")),
        "terminated": State("idle", _("terminated")),
        "over": State("bad", _("over")),
        "draft": State("active", _("draft")),
    }[state.key]


def revision_state(facts: RevisionFacts, in_force: bool, *, superseded: bool = False) -> State:
    """Where one revision stands; ``in_force``: the effective one, and something it covers has not run out."""
    if facts.closed == "terminated" and in_force:
        return State("pending", _("in force, notice given"))
    if facts.closed:
        words = {"declined": _("declined"), "withdrawn": _("withdrawn"), "terminated": _("terminated")}
        return State("idle", words[facts.closed])
    if not facts.complete:
        paper = facts.route == "paper"
        return State("pending", _("waiting for confirmation") if paper else _("waiting for signatures"))
    if facts.kind == "termination":
        return State("idle", _("concluded"))
    if in_force:
        return State("good", _("in force"))
    return State("idle", _("superseded") if superseded else _("not in force today"))


def preparation_state(row: Preparation, on: date) -> State:
    """Whether a preparation counts; needs ``select_related("answer")`` in lists."""
    answer = getattr(row, "answer", None)
    if answer is None:
        return State("pending", _("waiting for acceptance"))
    if not answer.accepted:
        return State("bad", _("returned"))
    if row.expires_on is not None and row.expires_on < on:
        return State("bad", _("expired"))
    return State("good", _("accepted"))


def hold_state(row: Hold) -> State:
    """Whether a hold still stops releases; needs ``select_related("lift")`` in lists."""
    return State("idle", _("lifted")) if hasattr(row, "lift") else State("bad", _("in force"))


def review_state(facts: ReviewFacts) -> State:
    """Where a yearly review stands."""
    return {
        "waiting": State("pending", _("waiting for signatures")),
        "returned": State("bad", _("returned")),
        "concluded": State("good", _("concluded")),
    }[facts.state]
