"""Who changed a clause between two texts: direct edits by the trail, accepted proposals of the negotiation, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cmo.paper.docx.controls import Change
from cmo.trail.actions import subject_key
from cmo.trail.models import Entry

from ..models import Agreement, ChangeAnswer, ProposedChange
from .known import TEXTS
from .sources import Source, written_by

_REMOVED = "agreement.clause_removed"
_EDITS = ("agreement.clause_edited", "agreement.clause_added", _REMOVED)


@dataclass(frozen=True, slots=True)
class Made:
    """Something that became part of the draft: by whom and when, and the columns it gave the clause (none: removed).

    ``before``: the columns that it found, where that is known.
    """

    change: Change
    columns: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Against:
    """The earlier text, and clause → what was made of it since, in order."""

    earlier: Source
    made: Mapping[str, Sequence[Made]] = field(default_factory=dict)


def load_against(agreement: Agreement, earlier: Source, later: Source) -> Against:
    """What was edited and accepted between two texts; two queries."""
    until = None if later.key.kind == "draft" else later.at
    steps = [*_edited(agreement, earlier.at, until, later), *_accepted(agreement, earlier.at, until, later)]
    found: dict[str, list[Made]] = {}
    for key, step in sorted(steps, key=lambda one: one[1].change.at):
        found.setdefault(key, []).append(step)
    return Against(earlier, found)


def _edited(agreement: Agreement, since: datetime, until: datetime | None, later: Source) -> Iterator[tuple[str, Made]]:
    """Direct edits, which there are outside of a negotiation only."""
    rows = Entry.objects.about(subject_key(agreement)).filter(verb__in=_EDITS, at_utc__gt=_text(since))
    if until is not None:
        rows = rows.filter(at_utc__lte=_text(until))
    for entry in rows.order_by("id"):
        said = entry.content
        party = later.body["parties"].get(said["by_side"])
        author = written_by(party["name_zh"] if party else said["by_organisation"], said["by_name"])
        columns = {} if entry.verb == _REMOVED else {name: said["data"][name] for name in TEXTS if name in said["data"]}
        yield said["data"].get("clause", ""), Made(Change(author, datetime.fromisoformat(said["at"])), columns)


def _text(moment: datetime) -> str:
    """The moment as the trail keeps it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _accepted(
    agreement: Agreement, since: datetime, until: datetime | None, later: Source
) -> Iterator[tuple[str, Made]]:
    rows = ProposedChange.objects.filter(
        agreement=agreement,
        kind=ProposedChange.Kind.CLAUSE,
        answer__outcome=ChangeAnswer.Outcome.ACCEPTED,
        answer__recorded_at__gt=since,
    )
    if until is not None:
        rows = rows.filter(answer__recorded_at__lte=until)
    for row in rows.select_related("answer").order_by("answer__recorded_at", "answer__id"):
        author = written_by(later.body["parties"][row.side]["name_zh"], row.recorded_by_name)
        yield row.row_key, Made(Change(author, row.answer.recorded_at), row.after, row.before)
