"""What speaks against assigning, submitting, uploading and retiring a UDI device identifier, what a device lacks, and
from which day of manufacture a UDI is needed.

The day of manufacture decides, as the date on the label does (UDI-LABEL-DATE), and the batches of regulations 8.4:

=====  =============================  ==========================================================================
class  from this day on every lot     before that day, from this day on, when the product is listed (batch 1 or 3)
=====  =============================  ==========================================================================
III    2022-06-01 (UDI-B2)            2021-01-01 (UDI-B1)
II     2027-06-01 (UDI-B4)            2024-06-01 (UDI-B3)
I      2029-06-01 (UDI-B5), IVD       never: no batch before lists class I
       2027-06-01 (UDI-B4)
=====  =============================  ==========================================================================

In the second column the device's fact ``udi_listed`` answers: ``yes`` needs one, ``no`` does not, ``unknown`` leaves it
open until somebody has answered; what is open is demanded. Before both days nothing is due. A device without confirmed
class counts as unknown. The seven exempt situations (UDI-EXEMPT) are no fact of a device here; such a product is entered
as not listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cmo.codes.gs1 import parse_gtin
from cmo.errors import Finding
from cmo.regulation.classification import IVD

from .. import wording_identifiers as words
from ..facts_identifiers import AssignmentFacts, IdentifierFact

USE_UNIT, SALES_UNIT = "use_unit", "sales_unit"
#: Package levels from the piece that is used to the carton.
LEVELS = (USE_UNIT, SALES_UNIT, "inner_pack", "carton")
UNITS = (USE_UNIT, SALES_UNIT)
GS1, MA, AHM = "gs1", "ma", "ahm"
_CHINESE_PREFIXES = range(690, 700)
_MA_FORM = re.compile(r"MA\.(?P<country>[0-9]{3})\.M0\.[0-9A-Z]{6}\.[0-9A-Z]{8}")
_PRINTABLE = re.compile(r"[!-~]{4,80}")


def kept_code(code: str, agency: str) -> str:
    """A DI in the one form in which it is kept: GTIN with 14 digits, MA in capitals, no blanks."""
    compact = "".join(code.split())
    if agency == GS1:
        return compact.zfill(14) if compact.isascii() and compact.isdigit() and len(compact) == 13 else compact
    return compact.upper() if agency == MA else compact


def findings_to_assign(content: Mapping[str, Any], facts: AssignmentFacts, today: date) -> list[Finding]:
    """Every reason against, and doubt about, assigning this DI; ``content`` has the code in its kept form."""
    return [
        *_about_model(content, facts),
        *findings_about_code(content["code"], content["agency"], content["level"]),
        *([words.ASSIGNED_BEFORE] if facts.code_known else []),
        *_about_day(content["assigned_on"], None, today),
        *_about_site(content, facts),
        *_about_earlier(content, facts),
        *_about_reason(content),
        *_about_package(content, facts),
    ]


def findings_about_code(code: str, agency: str, level: str) -> list[Finding]:
    """What is wrong with, or doubtful about, the code itself by its agency's rules."""
    if agency == GS1:
        return _about_gtin(code, level)
    if agency == MA:
        return _about_ma(code)
    return [words.AHM_NOT_JUDGED] if _PRINTABLE.fullmatch(code) else [words.AHM_FORM]


def _about_gtin(code: str, level: str) -> list[Finding]:
    if not (code.isascii() and code.isdigit() and len(code) == 14):
        return [words.GTIN_LENGTH]
    parsed = parse_gtin(code)
    found = [words.finding(m.code, m.zh, m.en) for m in parsed.errors]
    found += [words.finding(m.code, m.zh, m.en, severity="warns") for m in parsed.warnings]
    if int(code[1:4]) not in _CHINESE_PREFIXES:
        found.append(words.foreign_prefix(code[1:4]))
    if level in UNITS and code[0] != "0":
        found.append(words.UNIT_INDICATOR)
    if level not in UNITS and code[0] == "0":
        found.append(words.PACK_INDICATOR)
    return found


def _about_ma(code: str) -> list[Finding]:
    form = _MA_FORM.fullmatch(code)
    if form is None:
        return [words.MA_STRUCTURE]
    return [words.MA_NOT_JUDGED] if form["country"] == "156" else [words.MA_COUNTRY, words.MA_NOT_JUDGED]


def _about_model(content: Mapping[str, Any], facts: AssignmentFacts) -> list[Finding]:
    if facts.models is None:
        return [words.NOT_CONFIRMED]
    return [] if content["model"] in facts.models else [words.MODEL_UNKNOWN]


def _about_site(content: Mapping[str, Any], facts: AssignmentFacts) -> list[Finding]:
    site = content.get("site")
    return [] if site is None or site.pk in facts.site_ids else [words.SITE_UNKNOWN]


def _about_earlier(content: Mapping[str, Any], facts: AssignmentFacts) -> list[Finding]:
    """One DI per model, level and place (E4); the same product keeps its DI unless something demands another (E6, E7)."""
    site, replaces = content.get("site"), content.get("replaces")
    product = (content["model"], content["level"], site.pk if site else None)
    earlier = [fact for fact in facts.existing if fact.product == product]
    if not earlier:
        return [words.REPLACES_ANOTHER] if replaces else []
    latest = earlier[-1]
    if replaces is not None:
        return [] if replaces.pk == latest.identifier_id else [words.REPLACES_ANOTHER]
    return [words.RETIRED_NOT_NAMED if latest.retired_on else words.di_stands(latest)]


def _about_reason(content: Mapping[str, Any]) -> list[Finding]:
    if content.get("replaces") is not None:
        return [] if content.get("new_because") else [words.REASON_MISSING]
    return [words.REASON_WITHOUT_EARLIER] if content.get("new_because") else []


def _about_package(content: Mapping[str, Any], facts: AssignmentFacts) -> list[Finding]:
    level, contains, quantity = content["level"], content.get("contains"), content.get("contained_quantity")
    if level == USE_UNIT:
        return [words.USE_UNIT_CONTAINS] if contains or quantity else []
    if contains is None:
        if level == SALES_UNIT:
            return [words.USE_UNIT_MISSING] if (quantity or 0) > 1 else [words.QUANTITY_ALONE] if quantity else []
        return [words.PACK_EMPTY]
    inner = facts.get(contains.pk)
    found = [] if quantity and quantity >= 1 else [words.QUANTITY_MISSING]
    return found if inner and _fits_inside(inner, content) else [*found, words.PACK_CHAIN]


def _fits_inside(inner: IdentifierFact, content: Mapping[str, Any]) -> bool:
    """Whether the inner DI is a standing one of the same model, of a lower level, for this or for every place."""
    site = content.get("site")
    lower = LEVELS.index(inner.level) < LEVELS.index(content["level"])
    of_place = inner.site_id in {None, site.pk if site else None}
    return inner.model == content["model"] and lower and of_place and inner.retired_on is None


def _about_day(day: date, not_before: date | None, today: date) -> list[Finding]:
    if day > today:
        return [words.IN_FUTURE]
    return [words.before_last_step(not_before)] if not_before and day < not_before else []


def blockers_to_submit(identifier: IdentifierFact, event_on: date, reference: str, today: date) -> list[Finding]:
    """A DI is submitted once, after it was assigned and while it stands."""
    return [
        *([words.RETIRED] if identifier.retired_on else []),
        *([words.SUBMITTED_ALREADY] if identifier.submitted_on else []),
        *_about_day(event_on, identifier.assigned_on, today),
        *_about_reference(reference),
    ]


def blockers_to_upload(identifier: IdentifierFact, event_on: date, reference: str, today: date) -> list[Finding]:
    """A DI is uploaded once, after it was submitted in the registration system (E1)."""
    return [
        *([words.RETIRED] if identifier.retired_on else []),
        *([words.UPLOADED_ALREADY] if identifier.uploaded_on else []),
        *([] if identifier.submitted_on else [words.NOT_SUBMITTED]),
        *_about_day(event_on, identifier.submitted_on or identifier.assigned_on, today),
        *_about_reference(reference),
    ]


def blockers_to_retire(
    identifier: IdentifierFact, existing: Iterable[IdentifierFact], event_on: date, reason: str, today: date
) -> list[Finding]:
    """A DI is retired once, for good, with a reason, and not while a standing package DI still contains it."""
    holds = [f for f in existing if f.contains_id == identifier.identifier_id and f.retired_on is None]
    return [
        *([words.RETIRED] if identifier.retired_on else []),
        *([words.contained_in(holds[0])] if holds else []),
        *_about_day(event_on, identifier.last_step_on, today),
        *_about_reference(reason),
    ]


def _about_reference(text: str) -> list[Finding]:
    return [] if text.strip() else [words.REFERENCE_MISSING]


@dataclass(frozen=True, slots=True)
class Due:
    """Whether a product needs a UDI (``yes``, ``no``, ``unknown``) and the notice that says so."""

    answer: str
    citation: str

    @property
    def demanded(self) -> bool:
        """Whether a UDI is looked for: it is needed, or nobody has answered yet."""
        return self.answer != "no"


@dataclass(frozen=True, slots=True)
class _Begins:
    """The first day of manufacture from which a kind of product needs a UDI, and the notice that says so."""

    on: date
    citation: str


_EVERY = {
    "III": _Begins(date(2022, 6, 1), "UDI-B2"),
    "II": _Begins(date(2027, 6, 1), "UDI-B4"),
    IVD: _Begins(date(2027, 6, 1), "UDI-B4"),
    "I": _Begins(date(2029, 6, 1), "UDI-B5"),
}
_LISTED = {"III": _Begins(date(2021, 1, 1), "UDI-B1"), "II": _Begins(date(2024, 6, 1), "UDI-B3")}

#: Every day of manufacture from which more products need a UDI.
UDI_TURNS = frozenset(begins.on for begins in (*_EVERY.values(), *_LISTED.values()))


def _every(device_class: str, sub_catalogue: str) -> _Begins | None:
    return _EVERY.get(IVD if (device_class, sub_catalogue) == ("I", IVD) else device_class)


def udi_due(device_class: str, sub_catalogue: str, udi_listed: str, made_on: date) -> Due:
    """Whether a product of this kind made on ``made_on`` needs a UDI; see the module's table."""
    every, listed = _every(device_class, sub_catalogue), _LISTED.get(device_class)
    if every is None:
        return Due("unknown", "UDI-LABEL-DATE")
    if made_on >= every.on:
        return Due("yes", every.citation)
    if listed is None or made_on < listed.on:
        return Due("no", every.citation)
    return Due(udi_listed if udi_listed in {"yes", "no"} else "unknown", listed.citation)


def udi_due_from(device_class: str, sub_catalogue: str, udi_listed: str) -> date | None:
    """The first day of manufacture from which a UDI is needed by what is on record; None without a known class."""
    listed = _LISTED.get(device_class) if udi_listed == "yes" else None
    begins = listed or _every(device_class, sub_catalogue)
    return begins.on if begins else None


def identifier_for(
    facts: Iterable[IdentifierFact], model: str, site_id: int | None, day: date, level: str = SALES_UNIT
) -> IdentifierFact | None:
    """The DI that a product of this model made at this place carries on ``day``; None without one.

    A DI of the place goes before one for every place, and one that is uploaded by then before one that is not yet:
    a new DI is printed once its data are in the national database.
    """
    standing = [f for f in facts if (f.model, f.level) == (model, level) and f.stands_on(day)]
    fitting = [f for f in standing if f.site_id in {None, site_id}]
    return max(fitting, key=lambda f: (f.site_id is not None, _done_by(f, day), f.identifier_id), default=None)


def _done_by(fact: IdentifierFact, day: date) -> int:
    return sum(step is not None and step <= day for step in (fact.submitted_on, fact.uploaded_on))


def findings_about_device(
    models: Iterable[str], facts: Iterable[IdentifierFact], is_due: bool, today: date
) -> list[Finding]:
    """What the registry of a device lacks: DIs of models, submissions and uploads, DIs of the units inside (E5, E9)."""
    standing = [fact for fact in facts if fact.stands_on(today)]
    found = _models_without(models, standing) if is_due else []
    return [*found, *_units_without(standing)]


def _units_without(standing: list[IdentifierFact]) -> list[Finding]:
    """Sales units without a DI for the units inside although other models of the device have one (E5)."""
    sales = [fact for fact in standing if fact.level == SALES_UNIT]
    if not any(fact.contains_id for fact in sales):
        return []
    return [words.unit_missing(fact) for fact in sales if not fact.contains_id]


def _models_without(models: Iterable[str], standing: list[IdentifierFact]) -> list[Finding]:
    """A warning for every model of a device whose UDI is due and whose sales unit has no DI, or none submitted."""
    found = []
    for model in models:
        of_model = [f for f in standing if (f.model, f.level) == (model, SALES_UNIT)]
        if not of_model:
            found.append(words.no_di(model))
        elif not any(f.submitted_on for f in of_model):
            found.append(words.di_not_submitted(model))
        elif not any(f.uploaded_on for f in of_model):
            found.append(words.di_not_uploaded(model))
    return found
