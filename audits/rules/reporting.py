"""Rules for signing the report of an audit, and which of its findings repeat an earlier one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from cmo.errors import Finding

from ..facts.answers import ItemFact
from ..facts.audit import CANCELLED, CONDUCTED, PLANNED, AuditFacts
from ..facts.findings import EarlierFinding
from ..template_shape import Item
from ..wording import finding
from .scoring import DEFECT


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """A report about to be signed. ``answer_due``: severity → the day by which its findings are to be answered."""

    facts: AuditFacts
    items: tuple[ItemFact, ...]
    marks: Mapping[int, str]
    summary: str
    conclusion: str
    answer_due: Mapping[str, date]
    person_id: int | None
    today: date


def blockers_to_report(asked: ReportAsked) -> list[Finding]:
    """Everything against signing the report."""
    return [*_state(asked), *blockers_in_checklist(asked.items), *_words(asked)]


def _state(asked: ReportAsked) -> Iterator[Finding]:
    state, number = asked.facts.state, asked.facts.number
    if state in {PLANNED, CANCELLED}:
        yield finding("audit_not_begun" if state == PLANNED else "audit_cancelled", number=number)
    elif state != CONDUCTED:
        yield finding("audit_reported_already", number=number)
    yield from blockers_to_lead(asked.facts, asked.person_id)


def blockers_to_lead(facts: AuditFacts, person_id: int | None) -> list[Finding]:
    """Only the leader of the team signs the report."""
    lead = facts.lead
    if lead is not None and lead.person_id == person_id:
        return []
    return [finding("only_the_leader_reports", name=lead.name if lead else "")]


def blockers_in_checklist(items: tuple[ItemFact, ...]) -> list[Finding]:
    """What is still missing in the checklist: unanswered items, and items on which auditors differ."""
    unanswered = [item.serial for item in items if not item.answered]
    differing = [item.serial for item in items if item.differs]
    found = [finding("items_unanswered", n=len(unanswered), serials=_some(unanswered))] if unanswered else []
    if differing:
        found.append(finding("items_differ", n=len(differing), serials=_some(differing)))
    return found


def _some(serials: list[int], most: int = 12) -> str:
    return ", ".join(map(str, serials[:most])) + (" …" if len(serials) > most else "")


def _words(asked: ReportAsked) -> Iterator[Finding]:
    if not asked.summary.strip():
        yield finding("audit_summary_missing")
    if not asked.conclusion.strip():
        yield finding("audit_conclusion_missing")
    for severity in sorted(set(severities_found(asked.items, asked.marks).values())):
        due = asked.answer_due.get(severity)
        if due is None or due <= asked.today:
            yield finding("answer_due_in_past", severity=severity)


def severities_found(items: tuple[ItemFact, ...], marks: Mapping[int, str]) -> dict[int, str]:
    """Serial of each defect → its severity: as the auditor weighed it, else as the checklist marks the item."""
    found = {item.serial: item.answer for item in items if item.answer is not None}
    return {serial: answer.severity or marks[serial] for serial, answer in found.items() if answer.value == DEFECT}


@dataclass(frozen=True, slots=True)
class Compared:
    """The checklist whose items are compared: the version, and what all its versions have in common."""

    template_id: int
    checklist: tuple[int | None, str]


def repeated(
    earlier: tuple[EarlierFinding, ...], compared: Compared, items: Iterable[Item]
) -> dict[int, EarlierFinding]:
    """Serial → the newest earlier finding about the same requirement.

    Within one version that is the same item. Otherwise numbers mean nothing, for one inserted item moves all others: then
    words and basis are the same, and between different checklists there is a basis at all.
    """
    found = {}
    for item in items:
        first = next((fact for fact in earlier if _is_same(fact, compared, item)), None)
        if first is not None:
            found[item.serial] = first
    return found


def _is_same(fact: EarlierFinding, compared: Compared, item: Item) -> bool:
    if fact.template_id == compared.template_id:
        return fact.serial == item.serial
    if fact.citation != item.citation or _words_of(fact.requirement_zh) != _words_of(item.title_zh):
        return False
    return bool(item.citation) or fact.checklist == compared.checklist


def _words_of(text: str) -> str:
    """A text without the blanks and line breaks that people change without meaning anything."""
    return "".join(text.split())
