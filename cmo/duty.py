"""What waits on somebody, or comes due: one value that every app produces and the inbox and calendar collect.

Duties are derived from facts each time and never stored. An app's ``duties.py`` offers two functions with the same
signature: ``waiting_on(scope, on)`` — what this person can and should do now — and ``coming_up(scope, on, until)`` — last
days that approach or were missed. Both load set-wise: the number of queries does not depend on the number of rows.

Last days counted in working days follow the State Council's calendar alone, so that both sides of a pair and the authority
read the same day; what an organisation sets otherwise for itself moves its own reminders, never a last day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise


class Kind(StrEnum):
    """The groups of the inbox, most urgent first."""

    RELEASE = "release"
    SIGN = "sign"
    AUDIT = "audit"
    ANSWER = "answer"
    SUPERVISE = "supervise"
    REVIEW = "review"
    CONFIRM = "confirm"
    RENEW = "renew"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do or one last day. ``since`` is when it began to wait, ``due_on`` the last day (inclusive).

    ``title`` says what to do (translated when shown), ``about`` names the record, ``url`` leads to the place of action.
    ``pair`` is the pair's number, ``counterpart_id`` the organisation on the other side, for the inbox filter.
    ``code`` names the duty for good (``"licence_window_closes"``), ``citation`` is the key of the legal reference that
    demands it, ``owner_ids`` the organisations whose duty it is.
    """

    kind: Kind
    title: str | Promise
    about: str
    url: str
    since: date | None = None
    due_on: date | None = None
    pair: str = ""
    counterpart_id: int | None = None
    tone: str = field(default="active")
    code: str = ""
    citation: str = ""
    owner_ids: frozenset[int] = frozenset()

    @property
    def key(self) -> str:
        """What this duty is called in reminders and feeds: the same each time it is derived, in every language."""
        return f"{self.code or self.kind}|{self.url}|{self.due_on or ''}"
