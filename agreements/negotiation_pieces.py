"""A proposed change as the page prints it: each value before and after, in both languages and in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from cmo.parties.models import Side

from .models import Frequency, SigningOrder

Columns = Mapping[str, Any]

#: Kind → its values in the order of the page: name, and the columns that hold it (Chinese and English, or one).
VALUES: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "clause": (
        ("heading", ("heading_zh", "heading_en")),
        ("text", ("text_zh", "text_en")),
        ("elements", ("elements",)),
    ),
    "duty": (
        ("duty", ("duty_zh", "duty_en")),
        ("registrant", ("registrant_part",)),
        ("contractor", ("contractor_part",)),
        ("clause", ("clause_key",)),
    ),
    "obligation": (
        ("what", ("what_zh", "what_en")),
        ("side", ("side",)),
        ("frequency", ("frequency",)),
        ("days_allowed", ("days_allowed",)),
        ("clause", ("clause_key",)),
        ("proof", ("proof_zh", "proof_en")),
    ),
    "terms": (
        ("starts_on", ("starts_on",)),
        ("ends_on", ("ends_on",)),
        ("entrustments", ("entrustments",)),
        ("signing_order", ("signing_order",)),
    ),
}
NAMES: Mapping[str, Any] = {
    "heading": _("heading"),
    "text": _("text"),
    "elements": _("elements of the guide"),
    "duty": _("duty"),
    "registrant": _("registrant"),
    "contractor": _("contractor"),
    "clause": _("clause"),
    "what": _("what"),
    "side": _("who"),
    "frequency": _("how often"),
    "days_allowed": _("days allowed after each period"),
    "proof": _("record that proves it"),
    "starts_on": _("term: first day"),
    "ends_on": _("term: last day"),
    "entrustments": _("entrustments covered"),
    "signing_order": _("order of signing"),
    "position": _("place"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What keys stand for in one draft: clause key → number and heading."""

    clauses: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str, value: Any) -> str:
        """A stored value in words."""
        if value is None or value == "":
            return ""
        if isinstance(value, list | tuple):
            return " ".join(str(item) for item in value)
        known = {
            "side": lambda: str(Side(value).label),
            "frequency": lambda: str(Frequency(value).label),
            "signing_order": lambda: str(SigningOrder(value).label),
            "clause": lambda: self.clauses.get(value, str(value)),
        }
        return known[name]() if name in known else str(value)


@dataclass(frozen=True, slots=True)
class Piece:
    """One value of a row before and after; ``bilingual``: in Chinese and English, otherwise only ``zh_…`` is filled."""

    name: str
    label: Any
    bilingual: bool
    zh_before: str
    zh_after: str
    en_before: str = ""
    en_after: str = ""

    @property
    def changed(self) -> bool:
        return (self.zh_before, self.en_before) != (self.zh_after, self.en_after)

    @property
    def changed_languages(self) -> list[str]:
        """``zh``, ``en`` or both: where a text in two languages differs."""
        found = {"zh": self.zh_before != self.zh_after, "en": self.en_before != self.en_after}
        return [language for language, differs in found.items() if differs]


def pieces_of(kind: str, before: Columns, after: Columns, words: Words) -> list[Piece]:
    """Every value of a row before and after; what neither holds is left out."""
    found = [_piece(name, columns, before, after, words) for name, columns in VALUES[kind]]
    return [one for one in found if one.zh_before or one.zh_after or one.en_before or one.en_after]


def marked(kind: str, act: str, before: Columns, after: Columns, words: Words) -> list[Piece]:
    """The text of a proposal with its changes marked: of an addition or removal everything, of a move the place."""
    if act == "move":
        return [_place(before.get("position", ""), after["position"])]
    if act == "add":
        return [*pieces_of(kind, {}, after, words), _place("", after["position"])]
    if act == "remove":
        return pieces_of(kind, before, {}, words)
    return [one for one in pieces_of(kind, before, after, words) if one.changed or one.name != "elements"]


def _place(before: Any, after: Any) -> Piece:
    return Piece("position", NAMES["position"], False, str(before), str(after))


def _piece(name: str, columns: tuple[str, ...], before: Columns, after: Columns, words: Words) -> Piece:
    values = [words.of(name, row.get(column)) for column in columns for row in (before, after)]
    return Piece(name, NAMES[name], len(columns) == 2, *values)
