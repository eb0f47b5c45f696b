"""One judged number as the page shows it: a verdict in words, named parts, and what is wrong or doubtful."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cmo.codes import CodeResult, Message
from cmo.codes.uscc import DEPARTMENTS
from cmo.regulation.lookup import judge
from cmo.web.wording import bilingual, is_chinese

KINDS = {
    "gs1": _("UDI (GS1 element string)"),
    "gtin": _("GTIN"),
    "uscc": _("Unified social credit code"),
    "registration": _("Registration certificate number"),
    "filing": _("Class I filing number"),
    "production_licence": _("Production licence number"),
    "production_filing": _("Class I production filing number"),
    "classification": _("Classification code"),
    "unknown": _("Not recognised"),
}
#: Named parts in the order in which people read them; parts that are not listed are not shown.
TERMS = {
    "number": _("Number"),
    "code": _("Code"),
    "name": _("Name"),
    "gtin": _("GTIN (UDI-DI)"),
    "lot": _("Lot number"),
    "production_date": _("Made on"),
    "packaging_date": _("Packed on"),
    "best_before_date": _("Best before"),
    "expiry_date": _("Use by"),
    "category": _("Category code"),
    "sub_catalogue": _("Sub-catalogue"),
    "implantable_default": _("Implantable by default"),
    "authority": _("Issuing authority"),
    "city": _("City (short name)"),
    "province": _("Province"),
    "department": _("Registering department"),
    "division": _("Administrative division"),
    "organisation_code": _("Organisation code"),
    "origin": _("Origin of the product"),
    "management_class": _("Management class"),
    "first_registration_year": _("First registered in"),
    "year": _("Year"),
    "serial": _("Running number"),
    "additional_id": _("Additional identification"),
    "sscc": _("Shipping unit (SSCC)"),
    "prefix_usage": _("GS1 prefix"),
    "company_prefix": _("Company prefix"),
    "hri": _("Printed form"),
}
ORIGINS = {
    "domestic": _("domestic"),
    "imported": _("imported"),
    "hk_mo_tw": _("Hong Kong, Macao or Taiwan"),
}
IMPLANTABLE = {"yes": _("yes"), "no": _("no"), "ask": _("to be decided for the product")}
CLASSES = {1: _("class I"), 2: _("class II"), 3: _("class III")}
#: Parts set in tabular figures.
FIGURES = {"number", "code", "gtin", "lot", "serial", "hri", "organisation_code", "division", "company_prefix"}


@dataclass(frozen=True, slots=True)
class Card:
    """What the page shows of one text."""

    text: str
    kind: str
    tone: str
    verdict: str
    facts: list[dict[str, Any]]
    errors: list[Message]
    warnings: list[Message]


def card(text: str, *, today: dt.date) -> Card:
    """Judge one text and put the answer into words of the active language."""
    result = judge(text, today=today)
    tone, verdict = _verdict(result)
    return Card(_shown(text), str(KINDS[result.kind]), tone, verdict, _facts(result), result.errors, result.warnings)


def _verdict(result: CodeResult) -> tuple[str, str]:
    if not result.valid:
        return "bad", gettext("not valid")
    return ("pending", gettext("valid, please check")) if result.warnings else ("good", gettext("valid"))


def _shown(text: str) -> str:
    """The text as typed, with the GS1 separator made visible and length bounded."""
    visible = "".join("␝" if sign == "\x1d" else sign for sign in text if sign == "\x1d" or sign.isprintable())
    return visible if len(visible) <= 120 else visible[:120] + "…"


def _facts(result: CodeResult) -> list[dict[str, Any]]:
    rows = [(name, term, _value(result, name)) for name, term in TERMS.items()]
    return [
        {"term": _term(result, name, term), "value": value, "figures": "yes" if name in FIGURES else ""}
        for name, term, value in rows
        if value
    ]


def _term(result: CodeResult, name: str, term: Any) -> str:
    return gettext("Serial number") if name == "serial" and result.kind == "gs1" else str(term)


def _value(result: CodeResult, name: str) -> str:
    """One part in words; empty when the number has no such part."""
    fields = result.fields
    words: dict[str, dict[Any, Any]] = {
        "origin": ORIGINS,
        "implantable_default": IMPLANTABLE,
        "management_class": CLASSES,
    }
    if name in words:
        return str(words[name].get(fields.get(name), ""))
    if name == "department":
        return " ".join([fields[name], *_department(fields[name])]) if name in fields else ""
    if name == "province" and "authority" in fields:
        return ""
    named = bilingual(fields, name)
    number = str(fields.get({"category": "category_code", "prefix_usage": "prefix"}.get(name, name), ""))
    if name in ("category", "sub_catalogue"):
        return f"{number} {named}".strip()
    return f"{number} {fields[name]}" if name == "prefix_usage" and name in fields else named or number


def _department(letter: str) -> list[str]:
    return [DEPARTMENTS[letter][0 if is_chinese() else 1]] if letter in DEPARTMENTS else []
