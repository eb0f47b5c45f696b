"""A checklist from plain values, as a file or a kept version holds them: read as far as possible, every fault with its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agreements.templates_data import TemplateError

from .bounds import EVERYTHING, NoBound, read_bound, write_bound
from .plain_values import LONGEST_KEY, LONGEST_TEXT, PlainValues
from .template_shape import (
    COUNT,
    PERCENT,
    SEVERITIES,
    TOPIC,
    USES,
    AuditTemplate,
    Bound,
    Item,
    JudgementTable,
    Note,
    Outcome,
    Row,
    Section,
)

#: Where the product's files keep their judgement tables; a company's own file has a list ``tables``.
RULES = ("audit_rules", "certification_rules", "supervision_rules")
#: Texts of a checklist that may be missing.
OPTIONAL_TEXTS = (
    "issuer_zh",
    "issuer_en",
    "content_note_zh",
    "content_note_en",
    "status_note_zh",
    "status_note_en",
)
MOST_ITEMS, MOST_SECTIONS = 500, 100
MOST_TABLES, MOST_OUTCOMES, MOST_ROWS = 6, 20, 60
LONGEST_TITLE, LONGEST_HEAD, LONGEST_CITATION = 500, 200, 60

#: Keys that a company's own file may hold at each place.
KNOWN = {
    "template": {"use", "title_zh", "title_en", *OPTIONAL_TEXTS, "issued", "applies_to", "sections", "items", "tables"},
    "section": {"key", "title_zh", "title_en"},
    "item": {"serial", "clause", "severity", "section", "title_zh", "title_en", "checks_zh", "checks_en", "citation"},
    "table": {"key", "title_zh", "title_en", "formula", "outcomes", "rows", "reading_zh", "reading"},
    "outcome": {"key", "title_zh", "title_en"},
    "row": {"row", *SEVERITIES, "as_printed", "outcome"},
    "both": {"zh", "en"},
}


class AuditTemplateError(TemplateError):
    """A template file is wrong; ``faults`` names each place and what is wrong there, in both languages."""


def read_content(content: Any, *, own: bool = False) -> AuditTemplate:
    """A checklist from its plain values. ``own``: a company's, which may hold nothing that is not read.

    :raises AuditTemplateError: with every fault and its place.
    """
    reader = _Reader(KNOWN if own else {})
    template = reader.template(content if isinstance(content, dict) else {})
    if reader.faults:
        raise AuditTemplateError(reader.faults)
    return template


class _Reader(PlainValues):
    """The parts of a checklist."""

    def template(self, raw: dict[str, Any]) -> AuditTemplate:
        self.known({key: value for key, value in raw.items() if key != "key"}, "template", "")
        sections = [(place, self.section(row, place)) for place, row in self.rows(raw, "sections", "", MOST_SECTIONS)]
        keys = {section.key for _place, section in sections}
        self.distinct([(place, section.key) for place, section in sections])
        items = tuple(self.item(row, keys, place) for place, row in self.rows(raw, "items", "", MOST_ITEMS))
        named = [(name, row) for name in RULES if isinstance(row := raw.get(name), dict)]
        tables = [
            (place, self.table(row, place))
            for place, row in [*named, *self.rows(raw, "tables", "", MOST_TABLES, required=False)]
        ]
        self.distinct([(place, table.key) for place, table in tables])
        applies = self.both(raw, "applies_to", "")
        return AuditTemplate(
            key=str(raw.get("key", "")),
            use=self.use(raw),
            title_zh=self.text(raw, "title_zh", "", LONGEST_HEAD),
            title_en=self.text(raw, "title_en", "", LONGEST_HEAD),
            **{name: self.text(raw, name, "", LONGEST_TEXT, required=False) for name in OPTIONAL_TEXTS},
            issued=self.text(raw, "issued" if raw.get("issued") else "reported", "", 20, required=False),
            applies_zh=applies[0],
            applies_en=applies[1],
            sections=tuple(section for _place, section in sections),
            items=items,
            tables=tuple(table for _place, table in tables),
            notes=tuple(self.note(row, p) for p, row in self.rows(raw, "source_anomalies", "", 100, required=False)),
        )

    def use(self, raw: dict[str, Any]) -> str:
        """What the checklist is made for; one that does not say so is no checklist of the yearly audit."""
        found = self.text(raw, "use", "", LONGEST_KEY, required=False) or TOPIC
        if found not in USES:
            names = ", ".join(USES)
            self.wrong("use", f"“{found}”不是检查表的用途（{names}）", f"{found!r} is no use of a checklist ({names})")
        return found

    def titles(self, raw: Mapping[str, Any], place: str) -> tuple[str, str]:
        zh, en = (self.text(raw, name, place, LONGEST_TITLE) for name in ("title_zh", "title_en"))
        return zh, en

    def section(self, raw: dict[str, Any], place: str) -> Section:
        self.known(raw, "section", place)
        return Section(self.key(raw, place), *self.titles(raw, place))

    def item(self, raw: dict[str, Any], sections: set[str], place: str) -> Item:
        self.known(raw, "item", place)
        severity = self.text(raw, "severity", place, LONGEST_KEY)
        if severity and severity not in SEVERITIES:
            self.wrong(
                f"{place}.severity",
                f"“{severity}”不是缺陷等级（{'、'.join(SEVERITIES)}）",
                f"{severity!r} is no severity ({', '.join(SEVERITIES)})",
            )
        section = self.text(raw, "section", place, LONGEST_KEY)
        if section and section not in sections:
            self.wrong(f"{place}.section", f"没有章节“{section}”", f"there is no section {section!r}")
        zh, en = (self.texts(raw, name, place) for name in ("checks_zh", "checks_en"))
        if zh and en and len(zh) != len(en):
            self.wrong(
                f"{place}.checks_en",
                f"中文有{len(zh)}条检查要点，英文有{len(en)}条，应一一对应",
                f"there must be as many checks in Chinese as in English, not {len(zh)} and {len(en)}",
            )
        return Item(
            self.serial(raw, place),
            self.text(raw, "clause", place, LONGEST_KEY, required=False),
            severity,
            section,
            *self.titles(raw, place),
            zh,
            en,
            self.text(raw, "citation", place, LONGEST_CITATION, required=False),
        )

    def serial(self, raw: dict[str, Any], place: str) -> int:
        expected = int(place.rpartition("[")[2].rstrip("]")) + 1
        if type(value := raw.get("serial")) is not int or value != expected:
            self.wrong(
                f"{place}.serial",
                f"序号应从1起连续编号，此处应为{expected}",
                f"serials count from 1 without a gap; here it must be {expected}",
            )
        return expected

    def table(self, raw: dict[str, Any], place: str) -> JudgementTable:
        self.known(raw, "table", place)
        outcomes = [(p, self.outcome(row, p)) for p, row in self.rows(raw, "outcomes", place, MOST_OUTCOMES)]
        self.distinct([(p, outcome.key) for p, outcome in outcomes])
        known = {outcome.key for _place, outcome in outcomes}
        rows = [(p, row) for p, row in self.rows(raw, "rows", place, MOST_ROWS)]
        zh, en = self.titles(raw, place)
        formula = self.both(raw, "formula", place)
        return JudgementTable(
            key=self.key(raw, place),
            title_zh=zh,
            title_en=en,
            formula_zh=formula[0],
            formula_en=formula[1],
            outcomes=tuple(outcome for _place, outcome in outcomes),
            rows=tuple(self.row(row, known, number, p) for number, (p, row) in enumerate(rows, start=1)),
            reading_zh=self.texts(raw, "reading_zh", place, required=False),
            reading_en=self.texts(raw, "reading", place, required=False),
        )

    def outcome(self, raw: dict[str, Any], place: str) -> Outcome:
        self.known(raw, "outcome", place)
        return Outcome(self.key(raw, place), *self.titles(raw, place))

    def row(self, raw: dict[str, Any], outcomes: set[str], number: int, place: str) -> Row:
        self.known(raw, "row", place)
        if raw.get("row", number) != number:
            self.wrong(f"{place}.row", f"行号应为{number}", f"it must be row {number}")
        outcome = self.text(raw, "outcome", place, LONGEST_KEY)
        if outcome and outcome not in outcomes:
            self.wrong(f"{place}.outcome", f"本判定表没有结论“{outcome}”", f"{outcome!r} is no outcome of its table")
        bounds = {severity: self.bound(raw.get(severity), f"{place}.{severity}") for severity in SEVERITIES}
        printed = raw.get("as_printed", {})
        if not isinstance(printed, dict):
            self.wrong(f"{place}.as_printed", "应为键值对", "must be a mapping")
            printed = {}
        shown = {
            severity: self.text(printed, severity, f"{place}.as_printed", LONGEST_TITLE, required=False)
            or write_bound(bounds[severity])
            for severity in SEVERITIES
        }
        return Row(number, bounds, shown, outcome)

    def bound(self, raw: Any, place: str) -> Bound:
        if isinstance(raw, dict):
            return self.bound_of_parts(raw, place)
        if raw is None:
            self.wrong(place, "缺少内容", "is missing")
            return EVERYTHING
        try:
            return read_bound(str(raw) if type(raw) in (int, str) else "")
        except NoBound:
            self.wrong(
                place,
                f"“{str(raw)[:40]}”不是可判定的范围；可写 0、1–2、≥3、≤20%、>20%, <30% 或 -（不限）",
                f"{str(raw)[:40]!r} is no bound; write 0, 1–2, ≥3, ≤20%, “>20%, <30%” or - (any)",
            )
        return EVERYTHING

    def bound_of_parts(self, raw: dict[str, Any], place: str) -> Bound:
        """The parts as the product's own files write them."""
        unit, least, most = raw.get("unit"), raw.get("min"), raw.get("max")
        if unit not in (COUNT, PERCENT):
            self.wrong(f"{place}.unit", f"“{unit}”不是计量单位", f"{unit!r} is no unit")
        for name, value in {"min": least, "max": most}.items():
            if type(value) is not int and not (name == "max" and value is None):
                self.wrong(f"{place}.{name}", "应为整数", "must be a whole number")
                least, most = 0, None
        return Bound(str(unit), least, raw.get("min_inclusive") is True, most, raw.get("max_inclusive") is True)  # type: ignore[arg-type]

    def note(self, raw: dict[str, Any], place: str) -> Note:
        serials = raw.get("serials")
        if not isinstance(serials, list) or not all(type(serial) is int for serial in serials):
            self.wrong(f"{place}.serials", "应为序号列表", "must be a list of serials")
            serials = []
        zh, en = (self.text(raw, name, place, LONGEST_TEXT) for name in ("note_zh", "note_en"))
        return Note(self.key(raw, place), tuple(serials), zh, en)
