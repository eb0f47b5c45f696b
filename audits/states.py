"""States of audits as a tone and a word, and the named steps from plan to closure."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cmo.parties.states import State

from .facts.audit import CANCELLED, CLOSED, CONDUCTED, PLANNED, REPORTED, AuditFacts

WORDS = {
    PLANNED: ("active", gettext_lazy("planned")),
    CONDUCTED: ("active", gettext_lazy("being conducted")),
    REPORTED: ("pending", gettext_lazy("reported, findings open")),
    CLOSED: ("good", gettext_lazy("closed")),
    CANCELLED: ("idle", gettext_lazy("cancelled")),
}


def audit_state(facts: AuditFacts) -> State:
    """Where an audit stands."""
    if facts.state == REPORTED and not facts.finding_ids:
        return State("good", _("reported, without findings"))
    tone, word = WORDS[facts.state]
    return State(tone, str(word))


def audit_steps(facts: AuditFacts) -> list[dict[str, Any]]:
    """The steps of one audit with the days on which they were taken, for ``<c-progress>``; conducting lasts until the report."""
    names = (_("Plan"), _("Conduct"), _("Report"), _("Close"))
    days = (facts.starts_on, facts.begun_on, facts.reported_on, facts.closed_on)
    done = {REPORTED: 3, CLOSED: 4}.get(facts.state, 1)
    here = {PLANNED: "todo", CANCELLED: "blocked"}.get(facts.state, "current")
    return [
        {
            "name": name,
            "state": "done" if number < done else here if number == done else "todo",
            "note": day.isoformat() if day and (number < done or facts.state == CONDUCTED) else "",
        }
        for number, (name, day) in enumerate(zip(names, days, strict=True))
    ]
