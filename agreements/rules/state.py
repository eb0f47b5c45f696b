"""The life of an entrustment after it opened: suspended, resumed, ended, and the reports the law asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from cmo.errors import Finding

from ..facts.entrustment import EntrustmentFacts
from ..wording import finding

SIDE_ZH = {"registrant": "委托方", "contractor": "受托方"}
#: Report → the side that makes it (announcement 2024 No. 38 cl. 14, 16).
REPORTER = {
    "start_reported": "registrant",
    "change_reported": "registrant",
    "address_removed": "registrant",
    "end_reported": "contractor",
}
AFTER_THE_END = frozenset({"address_removed", "end_reported"})
ONCE = frozenset({"start_reported", "address_removed", "end_reported"})


def blockers_to_suspend(facts: EntrustmentFacts, event_on: date, today: date, reason: str) -> list[Finding]:
    """Reasons against suspending."""
    found = [*_change(facts, event_on, today, reason)]
    if _state(facts) == "suspended":
        found.append(finding("entrustment_suspended", number=facts.number))
    return found


def blockers_to_resume(
    facts: EntrustmentFacts, event_on: date, today: date, reason: str, outcome: str
) -> list[Finding]:
    """Reasons against resuming: not suspended, or prohibited meanwhile (``outcome`` of screening it for that day).

    Never for a day before it is recorded: what was made while nobody might make it does not become lawful afterwards.
    """
    found = [*_change(facts, event_on, today, reason)]
    if event_on < today:
        found.append(finding("resume_in_past", event_on=event_on.isoformat(), today=today.isoformat()))
    if _state(facts) == "active":
        found.append(finding("entrustment_not_suspended", number=facts.number))
    if outcome == "prohibited":
        found.append(finding("resume_while_prohibited", device=facts.device_id))
    return found


def blockers_to_end(facts: EntrustmentFacts, event_on: date, today: date, reason: str) -> list[Finding]:
    """Reasons against ending; what the law asks for afterwards comes as warnings."""
    found = [*_change(facts, event_on, today, reason)]
    return found or [finding("after_end_remove_address"), finding("after_end_report")]


def _change(facts: EntrustmentFacts, event_on: date, today: date, reason: str) -> Iterator[Finding]:
    last_on, state = facts.states[-1]
    if state == "ended":
        yield finding("entrustment_ended", number=facts.number)
    if event_on < last_on:
        yield finding("event_before_last", event_on=event_on.isoformat(), last_on=last_on.isoformat())
    if event_on > today:
        yield finding("event_in_future", event_on=event_on.isoformat())
    if not reason.strip():
        yield finding("reason_needed")


def blockers_to_report(
    facts: EntrustmentFacts, kind: str, reported: Collection[str], side: str, event_on: date, today: date, proof: str
) -> list[Finding]:
    """Reasons against recording a report: of the other side, too early, twice, in the future, without proof."""
    found = []
    reporter = REPORTER[kind]
    if side != reporter:
        found.append(finding("report_of_other_side", side=reporter, side_zh=SIDE_ZH[reporter]))
    if kind in AFTER_THE_END and _state(facts) != "ended":
        found.append(finding("entrustment_not_ended", number=facts.number))
    if kind in ONCE and kind in reported:
        found.append(finding("reported_already"))
    if event_on > today:
        found.append(finding("event_in_future", event_on=event_on.isoformat()))
    if not proof.strip():
        found.append(finding("proof_needed"))
    return found


def duties_of_entrustment(facts: EntrustmentFacts, reported: Collection[str]) -> list[Finding]:
    """What the law still asks for: the start reported, and after the end the address removed and the end reported."""
    if _state(facts) != "ended":
        return [] if "start_reported" in reported else [finding("start_not_reported")]
    open_ones = {"address_removed": "after_end_remove_address", "end_reported": "after_end_report"}
    return [finding(code) for kind, code in open_ones.items() if kind not in reported]


def _state(facts: EntrustmentFacts) -> str:
    return facts.states[-1][1]
