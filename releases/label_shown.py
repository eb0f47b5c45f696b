"""Labels, checks and scans as rows to read, in the active language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import Entrustment
from cmo.catalogue.models import DeviceIdentifier, DeviceVersion, LabelVersion
from cmo.catalogue.views.documents import label_state
from cmo.parties.models import Pair
from cmo.parties.states import State
from cmo.web.wording import bilingual, in_language, is_chinese

from .facts import CheckFact
from .facts.labels import load_label_checks
from .labels import ITEMS, SMALL_LABEL, LabelFacts, demanded, entered_in, expected_for, find_items
from .models import LabelCheck
from .rules.scanning import MATCH, MISMATCH, Compared

_ELEMENTS = {
    "di": gettext_lazy("Device identifier (DI)"),
    "model": gettext_lazy("Model / specification"),
    "level": gettext_lazy("Package level"),
    "lot": gettext_lazy("Lot number"),
    "made_on": gettext_lazy("Production date"),
    "use_by": gettext_lazy("Use-by date"),
    "serial": gettext_lazy("Serial number"),
}


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One label or IFU version of an entrustment with its latest check, judged for one day."""

    label: LabelVersion
    entrustment_id: int
    check: CheckFact | None
    state: State
    lacks: str
    in_use: State | None = None


def check_shown(
    label: LabelVersion, entrustment_id: int, check: CheckFact | None, in_use: State | None = None
) -> VersionShown:
    """A version with its latest check."""
    lacks = names_of_items(check.missing) if check else ""
    return VersionShown(label, entrustment_id, check, check_state(check), lacks, in_use)


def check_state(check: CheckFact | None) -> State:
    """Whether a version was checked and has everything that the day demands."""
    if check is None:
        return State("pending", _("not checked yet"))
    if check.outdated:
        return State("bad", _("outdated"))
    return State("good", _("complete")) if check.complete else State("bad", _("incomplete"))


def names_of_items(keys: Iterable[str]) -> str:
    """Demanded items by their keys."""
    return _(", ").join(in_language(ITEMS[key]) for key in keys)


@dataclass(frozen=True, slots=True)
class Group:
    """The versions of one entrusted device."""

    entrustment: Entrustment
    device: str
    versions: tuple[VersionShown, ...]


def labels_of_pair(pair: Pair, on: date) -> list[Group]:
    """Entrustments of a pair with the versions of their devices; a constant number of queries."""
    entrustments = list(Entrustment.objects.filter(pair=pair).order_by("id"))
    devices = DeviceVersion.objects.current_by_subject({row.device_id for row in entrustments})
    checks = load_label_checks(entrustments, on)
    found: dict[int, list[LabelVersion]] = defaultdict(list)
    rows = LabelVersion.objects.filter(device_id__in=devices).select_related("withdrawal")
    for label in rows.order_by("kind", "-effective_from", "-id"):
        found[label.device_id].append(label)
    return [
        Group(
            row,
            bilingual(devices.get(row.device_id), "name"),
            tuple(
                check_shown(label, row.pk, checks.get((row.pk, label.pk)), label_state(label, on))
                for label in found[row.device_id]
            ),
        )
        for row in entrustments
    ]


def item_rows(check: LabelCheck) -> list[dict[str, Any]]:
    """Every item that a check looked for: its name, what was looked for, and where it stands in the text."""
    kind = SMALL_LABEL if "see_ifu" in check.expected else check.label.kind
    items = {item.key: item for item in demanded(kind)}
    places = find_items(check.text, check.expected)
    return [
        {
            "item": items.get(key, ITEMS[key]),
            "looked_for": " / ".join(values),
            "place": places[key],
            "found": key not in check.missing,
        }
        for key, values in check.expected.items()
    ]


def unknown_facts(kind: str, facts: LabelFacts) -> str:
    """What a check will miss because nothing confirmed is on record; a sentence for the page, or empty."""
    unknown = [key for key, values in expected_for(kind, facts).items() if not values]
    if not unknown:
        return _(
            "The words are compared with the data confirmed today; widths, blanks, case and punctuation are overlooked."
        )
    said = _(
        "Nothing confirmed is on record for: %(items)s. These items will count as missing; enter them in %(places)s."
    )
    places = entered_in(unknown)[0 if is_chinese() else 1]
    return said % {"items": names_of_items(unknown), "places": places}


def compared_rows(found: Iterable[Compared]) -> list[dict[str, Any]]:
    """Elements of a scan with their names, tones and words."""
    states = {MATCH: State("good", _("match")), MISMATCH: State("bad", _("mismatch"))}
    return [
        {
            "name": _ELEMENTS[one.key],
            "scanned": DeviceIdentifier.Level(one.scanned).label if one.key == "level" else one.scanned,
            "expected": one.expected,
            "state": states.get(one.verdict, State("idle", _("to note"))),
            "said": in_language(one),
        }
        for one in found
    ]
