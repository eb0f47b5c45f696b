"""What differs between two versions of a checklist: parts added, removed and changed, with every changed text.

An item is the same one when its words are, else when its title is, else when its clause is; a serial says nothing,
because one item put in at the top moves all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from .template_shape import SEVERITIES, AuditTemplate, Item, JudgementTable

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True, slots=True)
class Text:
    """One text before and after. ``name``: field without its language; ``bilingual``: whether it has two languages."""

    name: str
    zh_before: str
    zh_after: str
    en_before: str = ""
    en_after: str = ""
    bilingual: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One part that differs. ``part``: text, section, item, table; ``number``: serial of an item, else 0."""

    part: str
    kind: str
    number: int
    title_zh: str
    title_en: str
    texts: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs, in the order of the checklist, and how many items stay word for word."""

    changes: tuple[Change, ...]
    same_items: int

    def count(self, kind: str) -> int:
        """How many items were added, removed or changed."""
        return sum(1 for change in self.changes if (change.part, change.kind) == ("item", kind))


def difference(before: AuditTemplate, after: AuditTemplate) -> Difference:
    """From one version to the next."""
    pairs, removed, added = _matched(before.items, after.items)
    items = [change for old, new in pairs if (change := _item(old, new))]
    items += [Change("item", ADDED, new.serial, new.title_zh, new.title_en) for new in added]
    gone = [Change("item", REMOVED, old.serial, old.title_zh, old.title_en) for old in removed]
    changes = (
        *_heads(before, after),
        *_keyed("section", before.sections, after.sections, _titled),
        *sorted(items, key=lambda change: change.number),
        *gone,
        *_keyed("table", before.tables, after.tables, _table),
    )
    return Difference(changes, len(pairs) - sum(1 for change in items if change.kind == CHANGED))


def _matched(before: Sequence[Item], after: Sequence[Item]) -> tuple[list[tuple[Item, Item]], list[Item], list[Item]]:
    """Pairs of the same item, what has no counterpart any more, and what has none yet."""
    pairs: list[tuple[Item, Item]] = []
    old, new = list(before), list(after)
    for same in (_words, lambda item: item.title_zh, lambda item: item.clause):
        waiting: dict[Any, list[Item]] = {}
        for item in old:
            if key := same(item):
                waiting.setdefault(key, []).append(item)
        found = [(waiting[same(item)].pop(0), item) for item in new if waiting.get(same(item))]
        pairs += found
        gone, come = {first.serial for first, _ in found}, {second.serial for _, second in found}
        old = [item for item in old if item.serial not in gone]
        new = [item for item in new if item.serial not in come]
    return pairs, old, new


def _words(item: Item) -> tuple[Any, ...]:
    return tuple(getattr(item, field.name) for field in fields(item) if field.name != "serial")


def _item(old: Item, new: Item) -> Change | None:
    texts = [_both("title", old, new), _lines("checks", old, new)]
    texts += [
        _plain(name, getattr(old, name), getattr(new, name)) for name in ("clause", "severity", "section", "citation")
    ]
    changed = tuple(text for text in texts if text)
    return Change("item", CHANGED, new.serial, new.title_zh, new.title_en, changed) if changed else None


def _heads(before: AuditTemplate, after: AuditTemplate) -> list[Change]:
    texts = [_both(name, before, after) for name in ("title", "issuer", "applies", "content_note", "status_note")]
    found = tuple(
        text
        for text in [*texts, _plain("issued", before.issued, after.issued), _plain("use", before.use, after.use)]
        if text
    )
    return [Change("text", CHANGED, 0, after.title_zh, after.title_en, found)] if found else []


def _keyed(
    part: str, before: Iterable[Any], after: Iterable[Any], texts: Callable[[Any, Any], Iterable[Text | None]]
) -> list[Change]:
    """Changes of parts that have a key of their own."""
    old, new = {row.key: row for row in before}, {row.key: row for row in after}
    found = [Change(part, ADDED, 0, row.title_zh, row.title_en) for key, row in new.items() if key not in old]
    for key, row in new.items():
        if key in old and (changed := tuple(text for text in texts(old[key], row) if text)):
            found.append(Change(part, CHANGED, 0, row.title_zh, row.title_en, changed))
    return found + [Change(part, REMOVED, 0, row.title_zh, row.title_en) for key, row in old.items() if key not in new]


def _titled(old: Any, new: Any) -> list[Text | None]:
    return [_both("title", old, new)]


def _table(old: JudgementTable, new: JudgementTable) -> list[Text | None]:
    rows = _text("rows", [_rows(table, language) for language in ("zh", "en") for table in (old, new)])
    return [_both("title", old, new), _both("formula", old, new), _lines("reading", old, new), rows]


def _rows(table: JudgementTable, language: str) -> str:
    lines = [
        " · ".join([str(row.number), *(row.printed[severity] for severity in SEVERITIES)])
        + f" → {getattr(table.outcome(row.outcome), f'title_{language}')}"
        for row in table.rows
    ]
    return "\n".join(lines)


def _both(name: str, old: Any, new: Any) -> Text | None:
    values = [getattr(row, f"{name}_{language}") for language in ("zh", "en") for row in (old, new)]
    return _text(name, values)


def _lines(name: str, old: Any, new: Any) -> Text | None:
    values = ["\n".join(getattr(row, f"{name}_{language}")) for language in ("zh", "en") for row in (old, new)]
    return _text(name, values)


def _text(name: str, values: list[str]) -> Text | None:
    """``values``: Chinese before and after, English before and after."""
    zh_before, zh_after, en_before, en_after = values
    if zh_before == zh_after and en_before == en_after:
        return None
    return Text(name, zh_before, zh_after, en_before, en_after, bilingual=True)


def _plain(name: str, old: str, new: str) -> Text | None:
    return Text(name, old, new) if old != new else None
