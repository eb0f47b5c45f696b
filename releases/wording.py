"""Words for the facts that gates name, and their values as people read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cmo.parties.models import Role
from cmo.web import wording

from .labels import ITEMS
from .states import OUTCOMES

FACTS = {
    "agreement": _("Agreement"),
    "agreement_last_day": _("Covers until"),
    "approved_for": _("Approved by the registrant for"),
    "authorisation": _("Written authorisation"),
    "authorised_on": _("Authorised on"),
    "blocks_after_days": _("Overdue days after which it blocks"),
    "certificate": _("Certificate"),
    "certificate_last_day": _("Certificate's last day"),
    "checked_on": _("Checked on"),
    "contractor_on_certificate": _("Contractor marked on it"),
    "day": _("Day of release"),
    "decision": _("Decision"),
    "determination": _("Determination"),
    "delivered": _("Delivered"),
    "deviations": _("Deviations"),
    "di": _("UDI-DI"),
    "done_outside": _("Done outside by"),
    "due_on": _("Due on"),
    "edition": _("Edition"),
    "entrustment": _("Entrustment"),
    "expires_on": _("Use-by date"),
    "from_day": _("In the post from"),
    "full_time": _("Own full-time employee"),
    "further_not_reviewed": _("Further documents"),
    "gaps": _("Gaps"),
    "implantable": _("Implantable"),
    "last_day": _("In the post until"),
    "licence": _("Licence"),
    "licence_last_day": _("Licence's last day"),
    "licence_scope": _("Licence's scope"),
    "limit": _("At most"),
    "lots_made_in_time_clause": _("Clause on lots made in time"),
    "missing": _("Missing"),
    "missing_items": _("Missing items"),
    "model": _("Model / specification"),
    "not_reviewed": _("Not reviewed"),
    "on_record": _("On record"),
    "open_returns": _("Open questions"),
    "outcome": _("Outcome"),
    "pair_ended_on": _("Pair ended on"),
    "person": _("Person"),
    "post": _("Post"),
    "posted": _("Somebody posted"),
    "doubtful": _("Doubtful observations"),
    "goods_from": _("Made from"),
    "goods_model": _("Model / specification"),
    "goods_to": _("Made until"),
    "produced_from": _("Made from"),
    "produced_to": _("Made until"),
    "production_released_by": _("Production decided by"),
    "quantity": _("Quantity"),
    "required": _("Required documents"),
    "signed": _("Signed"),
    "state": _("State"),
    "sterile": _("Sterile"),
    "sterilised_by": _("Sterilised by"),
    "sub_catalogue": _("Sub-catalogue"),
    "supervised_steps": _("Key and special steps"),
    "suppliers": _("Suppliers"),
    "trained_on": _("Trained on"),
    "udi_due": _("UDI needed"),
    "unit": _("Unit"),
    "unnamed": _("Without supplier"),
    "unsettled": _("Not settled"),
    "uploaded_on": _("Uploaded on"),
    "version": _("Version"),
    "version_last_day": _("Used until"),
}
#: Facts that only machines read: keys of rows.
SILENT = {"holds", "licence_version", "production_organisation", "registrant", "side", "site"}

WORDS = {
    "active": _("active"),
    "suspended": _("suspended"),
    "ended": _("ended"),
    "not_started": _("not begun"),
    "allowed": _("may be entrusted"),
    "prohibited": _("prohibited"),
    "undetermined": _("undetermined"),
    "yes": _("yes"),
    "no": _("no"),
    "unknown": _("unknown"),
}

#: Units that are known, in English; every other one stands as it was typed.
UNITS = {
    "件": "pieces",
    "个": "pieces",
    "支": "pieces",
    "只": "pieces",
    "枚": "pieces",
    "根": "pieces",
    "片": "pieces",
    "套": "sets",
    "盒": "boxes",
    "箱": "cartons",
    "袋": "bags",
    "瓶": "bottles",
    "台": "units",
}


def unit_words(unit: str) -> str:
    """A unit as the reader knows it: ``件`` is ``pieces`` in English."""
    return unit if wording.is_chinese() else UNITS.get(unit, unit)


def gate_fact_rows(facts: Mapping[str, Any], documents: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """As :func:`fact_rows` beside the lot itself, without what only tells which goods an exception is for."""
    return fact_rows({name: value for name, value in facts.items() if not name.startswith("goods_")}, documents)


def fact_rows(facts: Mapping[str, Any], documents: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """Term and value of every fact that says something, in words; ``documents`` names documents by their key."""
    return [
        {"term": str(FACTS.get(name, name)), "value": _VALUES.get(name, value_words)(value, documents or {})}
        for name, value in facts.items()
        if name not in SILENT and value not in (None, [], "")
    ]


def value_words(value: Any, documents: Mapping[str, str]) -> str:
    """One value as people read it."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int):
        return wording.number(value)
    if isinstance(value, list):
        return gettext(", ").join(documents.get(str(item), str(WORDS.get(item, item))) for item in value)
    if value in OUTCOMES:
        return str(OUTCOMES[value].word)
    if value in Role.values:
        return str(Role(value).label)
    return str(WORDS.get(value, value))


def _gaps(value: list[str], _documents: Mapping[str, str]) -> str:
    """Gaps of presence by their beginning and end, as ``day 0/60 …/…`` and ``step welding …/…`` say them."""
    return gettext(", ").join(_gap(item) for item in value)


def _gap(text: str) -> str:
    head, _blank, times = text.rpartition(" ")
    kind, what = head.split(" ", 1)
    starts, _slash, ends = times.partition("/")
    if kind == "day":
        present, needed = what.split("/")
        said = gettext("%(present)s of %(needed)s minutes") % {"present": present, "needed": needed}
        return gettext("%(day)s (%(said)s)") % {"day": starts[:10], "said": said}
    return f"{starts[:10]} {starts[11:16]}–{ends[11:16]} {what}"


def _items(value: list[str], _documents: Mapping[str, str]) -> str:
    """Items that a label lacks, by their names."""
    return gettext(", ").join(wording.in_language(ITEMS[key]) if key in ITEMS else key for key in value)


#: Facts whose values are said in their own way.
_VALUES: dict[str, Callable[[Any, Mapping[str, str]], str]] = {"gaps": _gaps, "missing_items": _items}
