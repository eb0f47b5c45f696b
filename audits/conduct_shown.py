"""The checklist of an audit as its page shows it: sections with their progress, items with what stands, earlier findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cmo.clock import SHANGHAI
from cmo.evidence.facts import files_of
from cmo.evidence.models import File

from . import rules
from .evidence_rights import key_of
from .facts.answers import AnswerFact, ItemFact, load_items
from .facts.findings import EarlierFinding, checklist_of, earlier_findings
from .facts.template import template_of
from .models import Audit
from .progress import Progress, counted
from .templates_data import AuditTemplate, Item, Section


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One item with everything its row shows. ``files``: the evidence that hangs on it."""

    item: Item
    fact: ItemFact
    section: Section
    before: EarlierFinding | None
    files: tuple[File, ...]

    @property
    def state(self) -> str:
        """``differs``, the answer that stands, or ``open``."""
        if self.fact.differs:
            return "differs"
        return self.fact.answer.value if self.fact.answer else "open"

    @property
    def weighs(self) -> str:
        """The severity of the defect as answered, else as the checklist marks the item."""
        answer = self.fact.answer
        return (answer.severity if answer else "") or self.item.severity

    @property
    def evidence_key(self) -> str:
        """Under which its files hang."""
        return key_of(self.fact.item_id)


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with its items."""

    section: Section
    items: tuple[ShownItem, ...]

    @property
    def answered(self) -> int:
        return sum(item.fact.answered for item in self.items)


@dataclass(frozen=True, slots=True)
class Checklist:
    """The whole checklist of one audit."""

    template: AuditTemplate
    sections: tuple[ShownSection, ...]

    @property
    def items(self) -> tuple[ShownItem, ...]:
        """Every item in the order of the page."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def progress(self) -> Progress:
        """How many items are answered, defects, not applicable, and differ."""
        return counted(tuple(shown.fact for shown in self.items))

    def around(self, serial: int) -> tuple[ShownItem | None, ShownItem, ShownItem | None] | None:
        """The item with this serial between its neighbours."""
        items = self.items
        at = next((n for n, shown in enumerate(items) if shown.item.serial == serial), None)
        if at is None:
            return None
        return (items[at - 1] if at else None), items[at], (items[at + 1] if at + 1 < len(items) else None)


def load_checklist(audit: Audit, on: date) -> Checklist:
    """The checklist of an audit (with its template) in four queries, however long it is."""
    template = template_of(audit.template)
    facts = {fact.serial: fact for fact in load_items(audit)}
    earlier = earlier_findings(audit, on)
    compared = rules.Compared(audit.template_id, checklist_of(audit.template))
    before = rules.repeated(earlier, compared, template.items)
    files = files_of(key_of(fact.item_id) for fact in facts.values())
    sections = []
    for section in template.sections:
        items = tuple(
            ShownItem(item, facts[item.serial], section, before.get(item.serial), _files(files, facts[item.serial]))
            for item in template.items_of(section.key)
        )
        sections.append(ShownSection(section, items))
    return Checklist(template, tuple(sections))


def _files(files: Mapping[str, list[File]], fact: ItemFact) -> tuple[File, ...]:
    return tuple(files[key_of(fact.item_id)])


def answer_json(answer: AnswerFact) -> dict[str, Any]:
    """One answer for the script of the page."""
    return {
        "id": answer.answer_id,
        "value": answer.value,
        "severity": answer.severity,
        "note": answer.note,
        "lighter_because": answer.lighter_because,
        "by_id": answer.by_id,
        "by": answer.by_name,
        "stated_at": answer.stated_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
    }


def standing_json(standing: Iterable[AnswerFact]) -> list[dict[str, Any]]:
    """What stands for an item, oldest first."""
    return [answer_json(answer) for answer in standing]


def state_json(checklist: Checklist) -> dict[str, Any]:
    """What the script begins from: what stands by serial, and the latest answer it knows of."""
    standing = {shown.item.serial: standing_json(shown.fact.standing) for shown in checklist.items}
    known = [answer["id"] for answers in standing.values() for answer in answers]
    return {
        "standing": {serial: answers for serial, answers in standing.items() if answers},
        "latest": max(known, default=0),
    }
