"""The answers of one audit as a small graph: what stands for each item, and where two auditors differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from ..models import Audit, AuditItem, ItemAnswer


@dataclass(frozen=True, slots=True)
class AnswerFact:
    """One answer. ``severity``: as the auditor weighed a defect, empty for the checklist's own mark;
    ``lighter_because``: why less than marked.
    """

    answer_id: int
    serial: int
    value: str
    severity: str
    note: str
    by_id: int | None
    by_name: str
    stated_at: datetime
    recorded_at: datetime
    lighter_because: str = ""

    @property
    def content(self) -> tuple[str, ...]:
        """What it says; two answers that say the same do not differ."""
        return self.value, self.severity, self.lighter_because, self.note


@dataclass(frozen=True, slots=True)
class ItemFact:
    """One item with the answers that nobody replaced: none, one, or several that were given without knowing each other."""

    item_id: int
    serial: int
    standing: tuple[AnswerFact, ...]

    @property
    def answered(self) -> bool:
        return bool(self.standing)

    @property
    def differs(self) -> bool:
        """Whether auditors say different things, which one of them must settle."""
        return len({answer.content for answer in self.standing}) > 1

    @property
    def answer(self) -> AnswerFact | None:
        """The latest answer that stands."""
        return self.standing[-1] if self.standing else None


def load_items(audit: Audit) -> tuple[ItemFact, ...]:
    """Every item of an audit in its order, with what stands; two queries."""
    items = list(AuditItem.objects.filter(audit=audit).order_by("serial").values_list("pk", "serial"))
    standing: dict[int, list[AnswerFact]] = {pk: [] for pk, _serial in items}
    for row in standing_answers(audit):
        standing[row.item_id].append(answer_fact(row))
    return tuple(ItemFact(pk, serial, tuple(standing[pk])) for pk, serial in items)


def standing_answers(audit: Audit) -> QuerySet[ItemAnswer]:
    """The answers of an audit that no later one replaced or settled, oldest first."""
    rows = ItemAnswer.objects.filter(item__audit=audit, replaced_by__isnull=True, settled_by__isnull=True)
    return rows.select_related("item").order_by("id")


def answer_fact(row: ItemAnswer) -> AnswerFact:
    """A row, with its item loaded, as a fact."""
    return AnswerFact(
        answer_id=row.pk,
        serial=row.item.serial,
        value=row.value,
        severity=row.severity,
        note=row.note,
        by_id=row.recorded_by_id,
        by_name=row.recorded_by_name,
        stated_at=row.stated_at,
        recorded_at=row.recorded_at,
        lighter_because=row.lighter_because,
    )


def agreed(items: Iterable[ItemFact]) -> dict[int, AnswerFact]:
    """Serial → the answer, for items on which nobody differs."""
    return {item.serial: item.answer for item in items if item.answer is not None and not item.differs}
