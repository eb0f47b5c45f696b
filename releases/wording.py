"""Words for the facts that gates name, and their values as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cmo.parties.models import Role
from cmo.web import wording

from .states import OUTCOMES

FACTS = {
    "agreement": _("Agreement"),
    "agreement_last_day": _("Covers until"),
    "authorisation": _("Written authorisation"),
    "authorised_on": _("Authorised on"),
    "certificate": _("Certificate"),
    "certificate_last_day": _("Certificate's last day"),
    "contractor_on_certificate": _("Contractor marked on it"),
    "day": _("Day of release"),
    "decision": _("Decision"),
    "determination": _("Determination"),
    "due_on": _("Due on"),
    "edition": _("Edition"),
    "entrustment": _("Entrustment"),
    "expires_on": _("Use-by date"),
    "from_day": _("In the post from"),
    "full_time": _("Own full-time employee"),
    "further_not_reviewed": _("Further documents"),
    "holds": _("Open holds"),
    "last_day": _("In the post until"),
    "licence": _("Licence"),
    "licence_last_day": _("Licence's last day"),
    "licence_scope": _("Licence's scope"),
    "limit": _("At most"),
    "lots_made_in_time_clause": _("Clause on lots made in time"),
    "missing": _("Missing"),
    "not_reviewed": _("Not reviewed"),
    "open_returns": _("Open questions"),
    "outcome": _("Outcome"),
    "pair_ended_on": _("Pair ended on"),
    "person": _("Person"),
    "post": _("Post"),
    "produced_from": _("Made from"),
    "produced_to": _("Made until"),
    "production_released_by": _("Production decided by"),
    "quantity": _("Quantity"),
    "required": _("Required documents"),
    "state": _("State"),
    "sub_catalogue": _("Sub-catalogue"),
    "trained_on": _("Trained on"),
    "unit": _("Unit"),
    "version": _("Version"),
    "version_last_day": _("Used until"),
}
#: Facts that only machines read: keys of rows.
SILENT = {"licence_version", "production_organisation", "registrant", "side", "site"}

WORDS = {
    "active": _("active"),
    "suspended": _("suspended"),
    "ended": _("ended"),
    "not_started": _("not begun"),
    "allowed": _("may be entrusted"),
    "prohibited": _("prohibited"),
    "undetermined": _("undetermined"),
}


def fact_rows(facts: Mapping[str, Any], documents: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """Term and value of every fact that says something, in words; ``documents`` names documents by their key."""
    return [
        {"term": str(FACTS.get(name, name)), "value": value_words(value, documents or {})}
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
        return gettext(", ").join(documents.get(str(item), str(item)) for item in value)
    if value in OUTCOMES:
        return str(OUTCOMES[value].word)
    if value in Role.values:
        return str(Role(value).label)
    return str(WORDS.get(value, value))
