"""Readers from outside: auditors and inspectors who see a pair only because it was opened to them by name.

They read and ask for a dossier, nothing else. Every page bears a mark with their name, and what was shown to them and what they
took is kept on their stream, each entry under the invitation (or grant) that opened the pair it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.functional import Promise

from cmo.trail.actor import Actor
from cmo.web.tables import RecordTable
from cmo.web.wording import is_chinese

from .access import Scope, scope_of
from .models import DossierScope, Grant, Pair, User

#: What a marked page says in front of who reads it; the same in every language, because the mark of one reader is one.
FOREWORD = "仅供查阅 For inspection only"
LONGEST_MARK = 300
#: What an outsider may send: signing in and out, the own account, the language, questions that change nothing.
_MAY_SEND_PREFIXES = ("account_", "mfa_", "usersessions_")
_MAY_SEND = frozenset(
    {
        *("web:language", "parties:change_language", "parties:verify_chain", "parties:join"),
        *("parties:accept_invitation", "regulation:codes", "releases:lot_udi", "signing:verify"),
    }
)
#: Apps whose own rights judge what outsiders send: asking for a dossier and calling it off.
_MAY_SEND_IN = frozenset({"dossier"})
#: Rows of a list that are looked at; a page shows fewer.
_MOST_ROWS = 500


def may_send(name: str) -> bool:
    """Whether an outsider may send anything (other than a question to read) to the address of this name."""
    own = name.startswith(_MAY_SEND_PREFIXES) or name in _MAY_SEND
    return own or name.partition(":")[0] in _MAY_SEND_IN


@dataclass(frozen=True, slots=True)
class Opened:
    """One pair as it is opened to an outsider. ``subject``: key of the invitation or grant behind it."""

    pair_id: int
    number: str
    registrant_id: int
    contractor_id: int
    subject: str
    employer: str
    purpose: str
    ends_on: date


def opened_to(user: User, on: date) -> dict[int, Opened]:
    """Pair id → how it is opened to this person by name today, by the invitation or grant given last; one query. In pairs where
    they hold a post at a party they are no outsiders."""
    scope = scope_of(user, on)
    rows = Grant.objects.effective(on).filter(user=user).exclude(permission=Grant.Permission.LIMITED_TO_PAIR)
    found = rows.select_related("pair", "invitation").order_by("id")
    return {row.pair_id: _opened(row) for row in found if not scope.stands_in(row.pair)}


def _opened(row: Grant) -> Opened:
    invitation = row.invitation
    return Opened(
        pair_id=row.pair_id,
        number=row.pair.number,
        registrant_id=row.pair.registrant_id,
        contractor_id=row.pair.contractor_id,
        subject=subject_of(row),
        employer=invitation.employer if invitation else "",
        purpose=str(invitation.get_purpose_display()) if invitation else "",
        ends_on=row.ends_on,
    )


def limit_words(kind: str, key: str) -> str:
    """What a dossier is limited to, in the active language: ``a period: 2026-01-01 – 2026-06-30``; empty for the whole pair."""
    if not key:
        return ""
    said = key.replace("/", " – ") if kind == DossierScope.PERIOD else key
    return f"{DossierScope(kind).label}{'：' if is_chinese() else ': '}{said}"


def subject_of(grant: Grant) -> str:
    """Under which key what a grant shows is kept: its invitation, or itself where nobody was invited."""
    if grant.invitation_id is not None:
        return f"parties.invitation:{grant.invitation_id}"
    return f"parties.grant:{grant.pk}"


def mark_for(user: Any, pair: Pair, on: date) -> str:
    """What pages of a paper made for this person bear; empty for people with a post at a party."""
    reading = Reading(user, scope_of(user, on))
    reading.see(pair)
    return reading.mark


class Reading:
    """One question of somebody to whom pairs are open by name: which of them the answer is about, and the mark that it bears.

    ``whole``: the answer is a page of its own and not a part that a page fetches. Who has posts elsewhere is an outsider in
    those pairs alone.
    """

    def __init__(self, user: Any, scope: Scope) -> None:
        self.user, self.scope, self.whole = user, scope, False
        self._seen: set[int] = set()
        self._listed: set[int] = set()

    @cached_property
    def opened(self) -> dict[int, Opened]:
        """The pairs opened to this person."""
        return opened_to(self.user, self.scope.on)

    @property
    def pairs(self) -> list[Opened]:
        """The pairs the answer is about: those of its records, else those of the rows it lists; none of a general page."""
        found = self._seen or self._listed
        return [opened for pk, opened in sorted(self.opened.items()) if pk in found]

    @property
    def applies(self) -> bool:
        """Whether the answer is marked and kept: every one for people without a post, else those about a pair opened by name."""
        return self.scope.outside or bool(self.pairs)

    @property
    def actor(self) -> Actor:
        """The reader, for the log."""
        return Actor(user_id=self.user.pk, name=self.user.printed_name, side="outside", organisation=self.employer)

    @property
    def employer(self) -> str:
        """Authority or firm, as invited for the pairs in question or else for any."""
        named = [opened.employer for opened in self.pairs or self.opened.values() if opened.employer]
        return " / ".join(dict.fromkeys(named))

    @property
    def purpose(self) -> str:
        """As what the person was invited, in the active language."""
        return next((opened.purpose for opened in self.pairs or self.opened.values() if opened.purpose), "")

    @property
    def until(self) -> date | None:
        """The last day on which these pairs are open."""
        return max((opened.ends_on for opened in self.pairs or self.opened.values()), default=None)

    @property
    def mark(self) -> str:
        """Name, authority, pairs and day; empty where the answer needs none."""
        if not self.applies:
            return ""
        numbers = " ".join(opened.number for opened in self.pairs)
        parts = (FOREWORD, self.user.printed_name, self.employer, numbers, self.scope.on.isoformat())
        return " · ".join(part for part in parts if part)[:LONGEST_MARK]

    def see(self, *records: Any) -> None:
        """The answer is about these records."""
        for record in records:
            self._seen |= self._pairs_of(record)

    def look(self, context: Mapping[str, Any]) -> None:
        """Find what a page is about in what its template was given: records first, rows of lists behind them."""
        for value in context.values():
            if isinstance(value, models.Model):
                self.see(value)
            elif _is_record(value):
                self._seen |= _pair_ids(value)
            elif isinstance(value, RecordTable):
                self.list_rows(row.record for row in _rows_of(value))
            elif isinstance(value, list | tuple):
                self.list_rows(value)
            elif isinstance(value, models.QuerySet) and value._result_cache is not None:  # type: ignore[attr-defined] # noqa: SLF001 - reading again would ask the database again
                self.list_rows(value._result_cache)  # type: ignore[attr-defined] # noqa: SLF001

    def list_rows(self, rows: Iterable[Any]) -> None:
        """The answer lists these rows; none of them is asked from the database again."""
        for _place, row in zip(range(_MOST_ROWS), rows, strict=False):
            for value in row.values() if isinstance(row, dict) else (row,):
                # What a person may read is not yet what they read.
                self._listed |= set() if isinstance(value, Grant) else _pair_ids(value)

    def _pairs_of(self, record: Any) -> set[int]:
        direct = _pair_ids(record)
        if direct or not isinstance(record, models.Model) or isinstance(record, User):
            return direct
        return _through_parents(record) or self._through_children(record) or self._through_families(record)

    def _through_children(self, record: models.Model) -> set[int]:
        """Pairs of the rows that point at a record which belongs to several, such as a device that was shared."""
        found: set[int] = set()
        for relation in record._meta.related_objects:
            model = relation.related_model
            if any(field.name == "pair" for field in model._meta.fields):
                rows = model._default_manager.filter(**{relation.field.name: record, "pair__in": sorted(self.opened)})
                found |= set(rows.values_list("pair_id", flat=True).distinct())
        return found

    def _through_families(self, record: models.Model) -> set[int]:
        """Pairs of what a record belongs to, where that belongs to several: a screening is of a device that was shared."""
        fields = [field for field in record._meta.fields if isinstance(field, models.ForeignKey)]
        parents = [getattr(record, field.name) for field in fields if field.related_model is not User]
        return {pk for parent in parents if parent is not None for pk in self._through_children(parent)}


def _is_record(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)


def _pair_ids(value: Any) -> set[int]:
    """The pair of a row, without a query: its own key, its pair's, or that of a row it holds."""
    if isinstance(value, Pair):
        return {value.pk}
    direct = None if isinstance(value, str | Promise) else getattr(value, "pair_id", None)
    if isinstance(direct, int):
        return {direct}
    return _of_loaded(value) if isinstance(value, models.Model) else set()


def _of_loaded(row: models.Model) -> set[int]:
    """The pair of a parent that was loaded along with the row."""
    parents = row._state.fields_cache.values()
    return {parent.pair_id for parent in parents if isinstance(getattr(parent, "pair_id", None), int)}


def _through_parents(record: models.Model) -> set[int]:
    """The pair of a record that a further record belongs to, such as the agreement of a revision."""
    found: set[int] = set()
    for field in record._meta.fields:
        if isinstance(field, models.ForeignKey) and any(f.name == "pair" for f in field.related_model._meta.fields):
            parent = getattr(record, field.name)
            found |= _pair_ids(parent) if parent is not None else set()
    return found


def _rows_of(table: RecordTable) -> Iterable[Any]:
    page = getattr(table, "page", None)
    return page.object_list if page is not None else table.rows


def reading_of(request: HttpRequest) -> Reading | None:
    """The outsider's reading of this request, None for everybody else."""
    return getattr(request, "reading", None)
