"""Proposing a change of a draft under negotiation, and taking a proposal back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from cmo.clock import day_of
from cmo.errors import refuse_if_any
from cmo.parties.access import Can, still_allowed
from cmo.parties.tenancy import tenant
from cmo.trail.actor import Actor

from .. import rules
from ..facts.columns import ADD, CHANGE, COLUMNS, EMPTY, LETTERS, MODELS, MOVE, OPEN, REMOVE, TERMS
from ..facts.places import Place, load_place
from ..guide import guide_elements
from ..models import Agreement, AgreementDraft, ChangeAnswer, Entrustment, ProposedChange, ReturnedFile
from .answering import insert_answer, record_change
from .applying import clean_row, clean_terms
from .draft_rows import own_key
from .recording import recorded
from .revision import lock_draft
from .rounds import lock_for_negotiating, side_of

Outcome = ChangeAnswer.Outcome
#: So many rows before a place are remembered, in case the nearest ones are removed meanwhile.
_MOST_BEHIND = 8


@transaction.atomic
def propose_change(
    *,
    agreement: Agreement,
    kind: str,
    act: str,
    row_key: str = "",
    seen_edition: int = 0,
    after: Mapping[str, Any],
    reason: str = "",
    by: Actor,
    at: datetime,
    replaces: ProposedChange | None = None,
    file: ReturnedFile | None = None,
    word_authors: Iterable[Mapping[str, Any]] = (),
) -> ProposedChange:
    """Propose a change of a row or of the terms; what ``after`` does not name stays as it is.

    ``after``: columns of :data:`agreements.facts.columns.COLUMNS` (terms: dates, entrustments or their numbers); of a
    removal nothing; of a move ``{"position": n}``, which an addition may name too, both with ``behind``: keys of rows
    behind which it stands, nearest first (otherwise those that stand there now). An added row gets a key of its own, unless ``row_key`` is one of the template or of an earlier proposal. ``replaces``: the other side's proposal
    that this one answers; the own earlier one about the same row is withdrawn by itself.

    :raises Refused: out of turn, stale, without difference, or against the rules of a direct edit.
    :raises ValidationError: for a value that the column cannot hold. :raises PermissionDenied:
    """
    draft, side, standing = lock_for_negotiating(agreement, by, at)
    refuse_if_any(rules.blockers_to_act(standing, side, day_of(at)))
    _own_file(file, agreement, by)
    place, wanted = _judged(draft, kind, act, row_key, seen_edition, after, replaces, side)
    own = rules.replaced_by_own(act, side, place.open)
    _end_replaced(agreement, own, replaces, reason, side, by=by, at=at)
    row = ProposedChange(
        agreement=agreement,
        **_what(place, act, wanted),
        side=side,
        organisation_id=by.organisation_id or 0,
        reason=reason.strip(),
        replaces_id=replaces.pk if replaces is not None else max(own, default=None),
        file=file,
        word_authors=[dict(author) for author in word_authors],
        **tenant(agreement.pair),
        **recorded(by, at),
    )
    row.save(force_insert=True)
    record_change("negotiation.proposed", row, reason=row.reason, by=by, at=at)
    return row


def _judged(
    draft: AgreementDraft,
    kind: str,
    act: str,
    row_key: str,
    seen_edition: int,
    after: Mapping[str, Any],
    replaces: ProposedChange | None,
    side: str,
) -> tuple[Place, dict[str, Any]]:
    """The place as it stands and everything it would hold. :raises Refused: :raises ValidationError:"""
    place = load_place(draft, kind, row_key)
    wanted = _completed(place, act, after)
    found = rules.blockers_to_propose(place, act, wanted, seen_edition, guide_elements())
    if replaces is not None:
        found += rules.blockers_to_counter(place, replaces.pk, side, act)
    refuse_if_any(found)
    _clean(draft, place, act, wanted)
    return place, wanted


def _what(place: Place, act: str, after: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a proposal that say what is proposed where."""
    return {
        "kind": place.kind,
        "act": act,
        "row_key": place.key or (own_key() if act == ADD else ""),
        "base_edition": place.edition,
        "before": _before(place, act),
        "after": after,
    }


@transaction.atomic
def withdraw_change(*, change: ProposedChange, reason: str = "", by: Actor, at: datetime) -> ChangeAnswer:
    """Take back an open proposal of the own side, whoever's turn it is.

    :raises Refused: answered already, or the other side's. :raises PermissionDenied:
    """
    agreement = change.agreement
    still_allowed(by, Can.DRAFT_AGREEMENT, agreement.pair, day_of(at))
    lock_draft(agreement)
    side = side_of(agreement.pair, by)
    held = ChangeAnswer.objects.filter(change=change).first()
    outcome, name = (held.outcome, held.recorded_by_name) if held else ("", "")
    refuse_if_any(rules.blockers_to_withdraw_change(change.side == side, outcome, name))
    return insert_answer(change, Outcome.WITHDRAWN, side, reason, by=by, at=at)


def _end_replaced(
    agreement: Agreement,
    own: Iterable[int],
    countered: ProposedChange | None,
    reason: str,
    side: str,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Answer the other side's proposal by this one, and withdraw the own earlier ones."""
    for row in ProposedChange.objects.filter(agreement=agreement, pk__in=list(own)).order_by("id"):
        insert_answer(row, Outcome.WITHDRAWN, side, "", by=by, at=at)
    if countered is not None:
        row = ProposedChange.objects.get(agreement=agreement, pk=countered.pk)
        insert_answer(row, Outcome.COUNTERED, side, reason, by=by, at=at)


def _completed(place: Place, act: str, after: Mapping[str, Any]) -> dict[str, Any]:
    """Everything the place would hold, JSON-ready."""
    if act == REMOVE:
        return {}
    if act == MOVE:
        return _placed(place, after, after["position"])
    base = {**{name: EMPTY.get(name, "") for name in COLUMNS[place.kind]}, **place.values}
    named = LETTERS if place.locked and act == CHANGE else COLUMNS[place.kind]
    values = {**base, **{name: after[name] for name in named if name in after}}
    if act == ADD:
        wished = after.get("position")
        position = place.position if wished is None else wished
        return {**_plain(place.kind, values), **place.given, **_placed(place, after, position)}
    return _plain(place.kind, values)


def _placed(place: Place, after: Mapping[str, Any], position: int) -> dict[str, Any]:
    """A place by its number, and by the keys that stand before it, nearest first: numbers change with what else is accepted."""
    others = [key for key in place.order if key != place.key]
    before = others[: max(position - 1, 0)][::-1]
    return {"position": position, "behind": list(after.get("behind", before))[:_MOST_BEHIND]}


def _plain(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(values)
    if kind == TERMS:
        numbers = {row.number if isinstance(row, Entrustment) else str(row) for row in found["entrustments"]}
        days = {name: _day(found[name]) for name in ("starts_on", "ends_on")}
        return {**found, **days, "entrustments": sorted(numbers)}
    return found | ({"elements": [str(key) for key in found["elements"]]} if "elements" in found else {})


def _day(value: date | str) -> str:
    return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()


def _before(place: Place, act: str) -> dict[str, Any]:
    if act == ADD:
        return {}
    return {"position": place.position} if act == MOVE else dict(place.values)


def _clean(draft: AgreementDraft, place: Place, act: str, after: Mapping[str, Any]) -> None:
    """Refuse now what the columns could not hold once it is accepted. :raises ValidationError:"""
    if place.kind == TERMS:
        clean_terms(draft, after)
    elif act in {CHANGE, ADD}:
        row = MODELS[place.kind](draft=draft, key=place.key or own_key(), position=1, edited_by_name="-")
        clean_row(row, after, OPEN[place.kind])


def _own_file(file: ReturnedFile | None, agreement: Agreement, by: Actor) -> None:
    if file is not None and (file.agreement_id, file.organisation_id) != (agreement.pk, by.organisation_id):
        raise ValueError("the file belongs to another agreement or organisation")
