"""What a Word file that came back is compared with: the clauses of the draft now, and the texts that the file was made from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from cmo.trail.models import Entry

from ..models import Agreement, AgreementDraft, AgreementRevision, NegotiationRound, ProposedChange
from ..word.known import TEXTS, Base, ClauseNow, Wanted
from .draft import template_of

_MADE_FROM = re.compile(r"(draft e|round |revision )(\d{1,6})")
_EDITED = ("agreement.clause_edited", "agreement.clause_added")


def load_clauses(draft: AgreementDraft) -> tuple[ClauseNow, ...]:
    """The clauses of the draft in their order."""
    rows = draft.clauses.order_by("position", "id")
    return tuple(
        ClauseNow(row.key, number, row.edition, {name: getattr(row, name) for name in TEXTS})
        for number, row in enumerate(rows, 1)
    )


def load_bases(draft: AgreementDraft, made_from: str, wanted: Iterable[Wanted]) -> dict[Wanted, Base]:
    """The texts that clauses of a file were made from, as far as they can be found; a constant number of queries.

    ``made_from``: what the file says it was made from; a clause of a round that the draft has otherwise bears edition 0.
    """
    asked = set(wanted)
    now = {(clause.key, clause.edition): clause.texts for clause in load_clauses(draft)}
    found = {ask: now[ask.key, ask.number] for ask in asked if ask.kind == "e" and (ask.key, ask.number) in now}
    found |= _of_round(draft.agreement, made_from, asked - found.keys())
    found |= _of_revisions(draft.agreement, asked - found.keys())
    left = {ask for ask in asked - found.keys() if ask.kind == "e" and ask.number}
    return found | (_earlier(draft, left) if left else {})


def _texts(row: Mapping[str, Any]) -> Base:
    return {name: str(row.get(name, "")) for name in TEXTS}


def _of_round(agreement: Agreement, made_from: str, asked: set[Wanted]) -> dict[Wanted, Base]:
    said = _MADE_FROM.fullmatch(made_from)
    if said is None or said[1] != "round " or not asked:
        return {}
    row = NegotiationRound.objects.filter(agreement=agreement, number=int(said[2])).first()
    return _among(json.loads(row.body), {ask for ask in asked if ask.kind == "e"}) if row is not None else {}


def _of_revisions(agreement: Agreement, asked: set[Wanted]) -> dict[Wanted, Base]:
    numbers = {ask.number for ask in asked if ask.kind == "r"}
    found: dict[Wanted, Base] = {}
    rows = AgreementRevision.objects.filter(agreement=agreement, number__in=numbers) if numbers else ()
    for row in rows:
        found |= _among(row.content, {ask for ask in asked if (ask.kind, ask.number) == ("r", row.number)})
    return found


def _among(body: Mapping[str, Any], asked: Iterable[Wanted]) -> dict[Wanted, Base]:
    clauses = {row["key"]: row for row in body["clauses"]}
    return {ask: _texts(clauses[ask.key]) for ask in asked if ask.key in clauses}


def _earlier(draft: AgreementDraft, asked: set[Wanted]) -> dict[Wanted, Base]:
    """Earlier editions of clauses: from what was proposed upon them, from the trail, or from the template."""
    keys = {ask.key for ask in asked}
    found: dict[tuple[str, int], Base] = {}
    template = template_of(draft)
    for row in template.clauses if template is not None else ():
        found[row.key, 1] = {name: getattr(row, name) for name in TEXTS}
    entries = Entry.objects.about(f"agreements.agreement:{draft.agreement_id}").filter(verb__in=_EDITED)
    for entry in entries:
        data = entry.content["data"]
        if data.get("clause") in keys:
            found[data["clause"], int(data.get("edition", 1))] = _texts(data)
    proposed = ProposedChange.objects.filter(
        agreement=draft.agreement_id, kind=ProposedChange.Kind.CLAUSE, act=ProposedChange.Act.CHANGE, row_key__in=keys
    )
    for key, edition, before in proposed.values_list("row_key", "base_edition", "before"):
        found[key, edition] = _texts(before)
    return {ask: found[ask.key, ask.number] for ask in asked if (ask.key, ask.number) in found}
