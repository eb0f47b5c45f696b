"""The agreement templates: dated data in ``data/quality_agreement.yaml``, checked precisely when they are read.

A draft is made from the template in force on the day it is begun and keeps its key and version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from .guide import guide_elements

DATA = Path(__file__).parent / "data" / "quality_agreement.yaml"
SIDES = ("registrant", "contractor")
MOST_DAYS = 366
PARTS = frozenset("RACI")
FREQUENCIES = ("once", "monthly", "quarterly", "half_yearly", "yearly")
#: When a clause, duty or obligation belongs into an agreement: always, or with a covered device of that kind.
VARIANTS = ("always", "implantable", "sterile", "animal_derived", "ivd")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of a template file, in both languages."""

    place: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.place}: {self.en}"


class TemplateError(ValueError):
    """The file is wrong; ``faults`` names each place and what is wrong there."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class TemplateClause:
    """One clause of a template."""

    key: str
    heading_zh: str
    heading_en: str
    text_zh: str
    text_en: str
    citation: str
    elements: tuple[str, ...]
    when: str


@dataclass(frozen=True, slots=True)
class TemplateDuty:
    """One row of a template's responsibility matrix; ``fixed``: the side to which the law fixes it, or empty."""

    key: str
    duty_zh: str
    duty_en: str
    registrant: str
    contractor: str
    fixed: str
    citation: str
    clause: str
    when: str


@dataclass(frozen=True, slots=True)
class TemplateObligation:
    """What a side does again and again, and the record that proves it; due ``days_allowed`` days after each period."""

    key: str
    clause: str
    what_zh: str
    what_en: str
    side: str
    frequency: str
    days_allowed: int
    proof_zh: str
    proof_en: str
    when: str


TemplateRow = TemplateClause | TemplateDuty | TemplateObligation


@dataclass(frozen=True, slots=True)
class Template:
    """One dated template."""

    key: str
    version: str
    effective_from: date
    title_zh: str
    title_en: str
    clauses: tuple[TemplateClause, ...]
    duties: tuple[TemplateDuty, ...]
    obligations: tuple[TemplateObligation, ...] = ()

    def clauses_for(self, variants: Iterable[str]) -> tuple[TemplateClause, ...]:
        """The clauses for devices of these kinds."""
        wanted = {"always", *variants}
        return tuple(clause for clause in self.clauses if clause.when in wanted)

    def duties_for(self, variants: Iterable[str]) -> tuple[TemplateDuty, ...]:
        """The duties for devices of these kinds."""
        wanted = {"always", *variants}
        return tuple(duty for duty in self.duties if duty.when in wanted)

    def obligations_for(self, variants: Iterable[str]) -> tuple[TemplateObligation, ...]:
        """The obligations for devices of these kinds."""
        wanted = {"always", *variants}
        return tuple(row for row in self.obligations if row.when in wanted)

    def rows_for(self, kind: str, variants: Iterable[str]) -> tuple[TemplateRow, ...]:
        """The rows of a kind (clause, duty, obligation) for devices of these kinds; none of any other kind."""
        if kind == "clause":
            return self.clauses_for(variants)
        if kind == "duty":
            return self.duties_for(variants)
        return self.obligations_for(variants) if kind == "obligation" else ()

    @property
    def fixed_duties(self) -> tuple[TemplateDuty, ...]:
        """The duties whose holder the law fixes."""
        return tuple(duty for duty in self.duties if duty.fixed)


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    """Every template of the product, by key and first day.

    :raises TemplateError: when the file is wrong.
    """
    return read_templates(DATA.read_text(encoding="utf-8"))


def template_on(key: str, day: date) -> Template | None:
    """The version of a template in force on a day; before the first one was issued, the first. None: no such key."""
    versions = [t for t in templates() if t.key == key]
    begun = [t for t in versions if t.effective_from <= day]
    return begun[-1] if begun else next(iter(versions), None)


def template_version(key: str, version: str) -> Template | None:
    """The template a draft was made from, or None."""
    return next((t for t in templates() if (t.key, t.version) == (key, version)), None)


def read_templates(text: str) -> tuple[Template, ...]:
    """All templates of a file. :raises TemplateError: with every fault and its place."""
    reader = _Reader()
    data = yaml.safe_load(text)
    rows = reader.rows(data if isinstance(data, dict) else {}, "templates", "file")
    found = [reader.template(row, f"templates[{n}]") for n, row in enumerate(rows)]
    reader.distinct([f"{t.key} {t.version}" for t in found], "templates")
    if reader.faults:
        raise TemplateError(reader.faults)
    return tuple(sorted(found, key=lambda t: (t.key, t.effective_from)))


def read_template(raw: Mapping[str, Any]) -> Template:
    """One template, as a company keeps its own. :raises TemplateError: with every fault and its place."""
    reader = _Reader()
    found = reader.template(dict(raw), "template")
    if reader.faults:
        raise TemplateError(reader.faults)
    return found


class _Reader:
    """Reads what it can and collects what is wrong."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def wrong(self, place: str, zh: str, en: str) -> None:
        self.faults.append(Fault(place, zh, en))

    def rows(self, raw: Mapping[str, Any], key: str, place: str) -> list[dict[str, Any]]:
        rows = raw.get(key)
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            self.wrong(
                f"{place}.{key}", "应为至少含一项的列表，每项为键值对", "must be a list of mappings with at least one"
            )
            return []
        return rows

    def text(self, raw: Mapping[str, Any], key: str, place: str) -> str:
        value = raw.get(key)
        if not isinstance(value, str) or not value.strip():
            self.wrong(f"{place}.{key}", "缺少内容", "is missing")
            return ""
        return value.strip()

    def known_keys(self, raw: Mapping[str, Any], known: set[str], place: str) -> None:
        for key in sorted(set(raw) - known):
            self.wrong(f"{place}.{key}", "不是已知的键", "is not a known key")

    def distinct(self, keys: list[str], place: str) -> None:
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            self.wrong(place, f"{key!r}出现两次", f"{key!r} stands twice")

    def when(self, raw: Mapping[str, Any], place: str) -> str:
        return self.one_of({"when": "always", **raw}, "when", VARIANTS, place)

    def template(self, raw: dict[str, Any], place: str) -> Template:
        texts = {key: self.text(raw, key, place) for key in ("key", "version", "title_zh", "title_en")}
        first = raw.get("effective_from")
        if not isinstance(first, date):
            self.wrong(f"{place}.effective_from", "应为日期", "must be a date")
            first = date.min
        clauses = tuple(
            self.clause(row, f"{place}.clauses[{n}]") for n, row in enumerate(self.rows(raw, "clauses", place))
        )
        keys = {clause.key for clause in clauses}
        duties = tuple(
            self.duty(row, keys, f"{place}.duties[{n}]") for n, row in enumerate(self.rows(raw, "duties", place))
        )
        obligations = self.obligations(raw, keys, place)
        for name, rows in {"clauses": clauses, "duties": duties, "obligations": obligations}.items():
            self.distinct([row.key for row in rows], f"{place}.{name}")  # type: ignore[attr-defined]
        return Template(**texts, effective_from=first, clauses=clauses, duties=duties, obligations=obligations)

    def clause(self, raw: dict[str, Any], place: str) -> TemplateClause:
        names = ("key", "heading_zh", "heading_en", "text_zh", "text_en", "citation")
        self.known_keys(raw, {*names, "elements", "when"}, place)
        elements = raw.get("elements", [])
        if not isinstance(elements, list) or not all(isinstance(item, str) for item in elements):
            self.wrong(f"{place}.elements", "应为指南要素编号的列表", "must be a list of element ids")
            elements = []
        for unknown in sorted(set(elements) - guide_elements().keys()):
            self.wrong(f"{place}.elements", f"指南没有要素{unknown!r}", f"the guide has no element {unknown!r}")
        texts = {name: self.text(raw, name, place) for name in names}
        return TemplateClause(**texts, elements=tuple(elements), when=self.when(raw, place))

    def duty(self, raw: dict[str, Any], clauses: set[str], place: str) -> TemplateDuty:
        names = ("key", "duty_zh", "duty_en", "citation", "clause")
        self.known_keys(raw, {*names, *SIDES, "fixed", "when"}, place)
        texts = {name: self.text(raw, name, place) for name in names}
        self.linked(texts["clause"], clauses, place)
        parts = {side: str(raw.get(side, "")) for side in SIDES}
        fixed = str(raw.get("fixed", ""))
        self._parts(parts, fixed, place)
        return TemplateDuty(**texts, **parts, fixed=fixed, when=self.when(raw, place))

    def obligations(self, raw: Mapping[str, Any], clauses: set[str], place: str) -> tuple[TemplateObligation, ...]:
        """The obligations; a template may have none."""
        rows = self.rows(raw, "obligations", place) if raw.get("obligations") else []
        return tuple(self.obligation(row, clauses, f"{place}.obligations[{n}]") for n, row in enumerate(rows))

    def obligation(self, raw: dict[str, Any], clauses: set[str], place: str) -> TemplateObligation:
        names = ("key", "clause", "what_zh", "what_en", "proof_zh", "proof_en")
        self.known_keys(raw, {*names, "side", "frequency", "days_allowed", "when"}, place)
        texts = {name: self.text(raw, name, place) for name in names}
        self.linked(texts["clause"], clauses, place)
        side = self.one_of(raw, "side", SIDES, place)
        frequency = self.one_of(raw, "frequency", FREQUENCIES, place)
        days = raw.get("days_allowed", 0)
        if type(days) is not int or not 0 <= days <= MOST_DAYS:
            self.wrong(
                f"{place}.days_allowed", f"应为0至{MOST_DAYS}的整数", f"must be a whole number from 0 to {MOST_DAYS}"
            )
            days = 0
        when = self.when(raw, place)
        return TemplateObligation(**texts, side=side, frequency=frequency, days_allowed=days, when=when)

    def linked(self, clause: str, clauses: set[str], place: str) -> None:
        if clause and clause not in clauses:
            self.wrong(f"{place}.clause", f"没有条款{clause!r}", f"there is no clause {clause!r}")

    def one_of(self, raw: Mapping[str, Any], key: str, known: tuple[str, ...], place: str) -> str:
        value = str(raw.get(key, ""))
        if value not in known:
            self.wrong(
                f"{place}.{key}", f"{value!r}不是{'、'.join(known)}之一", f"{value!r} is none of {', '.join(known)}"
            )
        return value

    def _parts(self, parts: dict[str, str], fixed: str, place: str) -> None:
        for side, letters in parts.items():
            if not set(letters) <= PARTS or len(set(letters)) != len(letters):
                self.wrong(
                    f"{place}.{side}",
                    f"{letters!r}：只能用R、A、C、I，每个字母至多一次",
                    f"{letters!r}: letters of RACI, each at most once",
                )
        holders = [side for side, letters in parts.items() if "R" in letters]
        if len(holders) != 1:
            self.wrong(place, "应恰好一方负责（R）", "exactly one side is responsible (R)")
        if fixed and fixed not in SIDES:
            self.wrong(f"{place}.fixed", f"{fixed!r}不是任何一方", f"{fixed!r} is no side")
        elif fixed and holders != [fixed]:
            self.wrong(
                f"{place}.fixed",
                "该行与fixed所示的负责方不一致",
                f"the law fixes it to the {fixed}, but the row says otherwise",
            )
