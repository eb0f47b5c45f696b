"""Rules for answering one item of a checklist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cmo.errors import Finding

from ..facts.audit import CANCELLED, PLANNED, REPORTED
from ..facts.conduct import AnswerAsked, AnswerSaid
from ..templates_data import SEVERITIES
from ..wording import finding
from .scoring import DEFECT, NOT_APPLICABLE, VALUES, lighter

#: How far the clock of a device may run ahead.
CLOCKS_DIFFER = timedelta(minutes=5)


def blockers_to_answer(asked: AnswerAsked) -> list[Finding]:
    """Everything against keeping an answer."""
    found = [] if asked.on_team else [finding("not_on_audit_team")]
    if asked.reported or asked.cancelled:
        found.append(finding("audit_reported_meanwhile" if asked.reported else "audit_cancelled_meanwhile"))
    elif not asked.begun:
        found.append(finding("audit_not_begun"))
    if asked.said.stated_at > asked.at + CLOCKS_DIFFER:
        found.append(finding("answer_from_the_future"))
    return [*found, *_content(asked.said), *_weight(asked)]


def _weight(asked: AnswerAsked) -> Iterator[Finding]:
    """A lighter weight spares the contractor a hold or an early answer, so it says why besides what was found."""
    said = asked.said
    if said.value != DEFECT and said.severity:
        yield finding("severity_without_defect")
    elif said.severity in SEVERITIES and lighter(said.severity, asked.mark) and not said.lighter_because.strip():
        yield finding("lighter_weight_unreasoned")


def _content(said: AnswerSaid) -> Iterator[Finding]:
    if said.value not in VALUES or said.severity not in {"", *SEVERITIES}:
        yield finding("answer_unknown")
    if said.value == DEFECT and not said.note.strip():
        yield finding("defect_not_described")
    if said.value == NOT_APPLICABLE and not said.note.strip():
        yield finding("not_applicable_unreasoned")
    if said.settles and not said.note.strip():
        yield finding("settlement_unreasoned")


def blockers_on_page(number: str, course: str, on_team: bool) -> list[Finding]:
    """Why somebody whose post conducts audits cannot fill in this checklist now."""
    found = [] if on_team else [finding("not_on_audit_team")]
    codes = {PLANNED: "audit_not_begun", CANCELLED: "audit_cancelled", REPORTED: "audit_reported_already"}
    if course in codes:
        found.insert(0, finding(codes[course], number=number))
    return found
