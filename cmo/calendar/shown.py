"""Duties as the calendar shows them: whose they are, on what they rest, how much time is left; and what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cmo.duty import Duty, Kind
from cmo.parties.access import Scope
from cmo.parties.context import display_names
from cmo.parties.models import Pair
from cmo.regulation.references import UnknownReference, reference
from cmo.workdays import arrangement_announced, working_days_between

from .sources import KIND_WORDS

#: On what a duty rests, as the filter groups it.
LAW, AGREEMENT, POLICY = "law", "agreement", "policy"


@dataclass(frozen=True, slots=True)
class Shown:
    """One duty in the active language. ``ours``: of an organisation in which this person holds a post."""

    duty: Duty
    on: date
    due_on: date
    title: str
    owner: str
    counterpart: str
    ours: bool

    @property
    def about(self) -> str:
        return self.duty.about

    @property
    def pair(self) -> str:
        return self.duty.pair

    @property
    def url(self) -> str:
        return self.duty.url

    @property
    def kind(self) -> Kind:
        return self.duty.kind

    @property
    def kind_word(self) -> str:
        return str(KIND_WORDS[self.duty.kind])

    @property
    def citation(self) -> str:
        return self.duty.citation

    @property
    def overdue(self) -> bool:
        return self.due_on < self.on

    @property
    def today(self) -> bool:
        return self.due_on == self.on

    @property
    def tone(self) -> str:
        """Overdue, within a month, later."""
        if self.overdue:
            return "bad"
        return "pending" if (self.due_on - self.on).days <= 30 else "active"


def shown(duties: Iterable[Duty], scope: Scope) -> list[Shown]:
    """The duties with names; one query for all of them."""
    found = [duty for duty in duties if duty.due_on is not None]
    parties = {pk for duty in found for pk in duty.owner_ids} | {d.counterpart_id for d in found if d.counterpart_id}
    names = display_names(parties)
    return [_shown(duty, names, scope) for duty in found]


def _shown(duty: Duty, names: Mapping[int, str], scope: Scope) -> Shown:
    return Shown(
        duty=duty,
        on=scope.on,
        due_on=duty.due_on or date.max,
        title=capfirst(str(duty.title)),
        owner=_owner(duty, names, scope),
        counterpart=names.get(duty.counterpart_id or 0, ""),
        ours=bool(duty.owner_ids & scope.organisation_ids),
    )


def _owner(duty: Duty, names: Mapping[int, str], scope: Scope) -> str:
    """Ours, both sides', or by name; whoever acts for several organisations reads the name always."""
    ours, others = duty.owner_ids & scope.organisation_ids, duty.owner_ids - scope.organisation_ids
    if ours and others:
        return _("both sides")
    if ours and len(scope.organisation_ids) == 1:
        return _("our own")
    return _(", ").join(names[pk] for pk in sorted(duty.owner_ids) if pk in names)


def basis_of(duty: Duty) -> str:
    """Law (with announcements and guides), agreement, or policy of the house."""
    if duty.code.startswith("agreed_"):
        return AGREEMENT
    try:
        basis = reference(duty.citation).basis
    except UnknownReference:
        return POLICY
    return POLICY if basis == "policy" else LAW


def chosen(duties: Sequence[Duty], asked: Mapping[str, Any], scope: Scope) -> list[Duty]:
    """Those that every filter lets through."""
    return [duty for duty in duties if _fits(duty, asked, scope)]


def _fits(duty: Duty, asked: Mapping[str, Any], scope: Scope) -> bool:
    own = bool(duty.owner_ids & scope.organisation_ids)
    return (
        asked.get("kind") in {None, "", duty.kind}
        and asked.get("party") in {None, "", duty.counterpart_id}
        and asked.get("basis") in {None, "", basis_of(duty)}
        and (asked.get("whose") in {None, ""} or (asked["whose"] == "ours") is own)
        and (not asked.get("overdue") or (duty.due_on is not None and duty.due_on < scope.on))
    )


def narrowed(scope: Scope, pair: Pair) -> Scope:
    """The same person looking at one pair alone."""
    only = frozenset({pair.pk})
    return replace(scope, limited_to=only, granted_pair_ids=scope.granted_pair_ids & only)


def by_posts(scope: Scope) -> Scope:
    """The same person without what was opened to them by name."""
    return replace(scope, granted_pair_ids=frozenset(), dossiers=())


def of_pair(duties: Iterable[Duty], pair: Pair) -> list[Duty]:
    """What concerns the pair: its own duties, and the licence on which it rests."""
    parties = {pair.registrant_id, pair.contractor_id}
    return [
        duty
        for duty in duties
        if duty.pair == pair.number or (duty.code.startswith("licence_") and duty.owner_ids & parties)
    ]


def working_days_left(row: Shown) -> int:
    """Working days up to the last day; negative since it passed."""
    return working_days_between(row.on, row.due_on)


def unannounced(days: Iterable[date]) -> list[int]:
    """The years among these days whose working days the State Council has not announced."""
    return sorted(year for year in {day.year for day in days} if not arrangement_announced(year))
