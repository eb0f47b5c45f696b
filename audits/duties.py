"""What the audits app has waiting (for the inbox) and which last days come up (for inbox, calendar and reminders)."""

from __future__ import annotations

from datetime import date

from cmo.duty import Duty
from cmo.parties.access import Scope, visible_pairs

from .audit_duties import audits_coming_up, audits_waiting, yearly_audits
from .finding_duties import findings_coming_up, findings_waiting


def waiting_on(scope: Scope, on: date) -> list[Duty]:
    """Everything of this app that this person can do now; a constant number of queries."""
    pairs = {pair.pk: pair for pair in visible_pairs(scope)}
    return [
        *audits_waiting(scope, pairs, on),
        *findings_waiting(scope, pairs, on),
    ]


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Everything of this app that falls due up to ``until`` or was missed; a constant number of queries."""
    pairs = {pair.pk: pair for pair in visible_pairs(scope)}
    return [
        *yearly_audits(scope, pairs, on, until),
        *audits_coming_up(scope, pairs, on, until),
        *findings_coming_up(scope, pairs, on, until),
    ]
