"""The texts of an agreement that can go out to Word: its draft, the rounds of its negotiation, its revisions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from cmo.clock import day_of
from cmo.paper.docx.controls import Change
from cmo.parties.models import Post

from ..facts.frame import draft_body
from ..models import Agreement, AgreementDraft, AgreementRevision, NegotiationRound

Kind = Literal["draft", "round", "revision"]
KINDS: tuple[Kind, ...] = ("draft", "round", "revision")


@dataclass(frozen=True, slots=True)
class Key:
    """Which text: ``draft``, ``round-2``, ``revision-1``."""

    kind: Kind
    number: int = 0

    def __str__(self) -> str:
        return self.kind if self.kind == "draft" else f"{self.kind}-{self.number}"


@dataclass(frozen=True, slots=True)
class Source:
    """One whole text.

    ``edition``: of the draft's terms, 0 for any other text; ``editions``: clause → edition of its row in the draft, where
    the text has the clause as it stands there; ``changes``: clause → who left it as it is in the draft and when, ``change``
    for every other; ``at``: since when the text reads so.
    """

    key: Key
    body: Mapping[str, Any]
    at: datetime
    change: Change
    edition: int = 0
    editions: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, Change] = field(default_factory=dict)

    @property
    def made_from(self) -> str:
        """What the file says it was made from."""
        return f"draft e{self.edition}" if self.key.kind == "draft" else f"{self.key.kind} {self.key.number}"

    def last_change(self, clause: str) -> Change:
        """By whom and when the clause was last changed, as far as is known."""
        return self.changes.get(clause, self.change)


@dataclass(frozen=True, slots=True)
class Listed:
    """A text that there is. ``on``: the day on which it was handed over or offered; None: the draft."""

    key: Key
    on: date | None = None


def listed(agreement: Agreement) -> list[Listed]:
    """Every text there is: the draft first, then rounds and revisions from the latest on."""
    found = [Listed(Key("draft"))] if AgreementDraft.objects.filter(agreement=agreement).exists() else []
    rounds = NegotiationRound.objects.filter(agreement=agreement).order_by("-number")
    revisions = AgreementRevision.objects.filter(agreement=agreement).order_by("-number")
    found += [Listed(Key("round", n), day_of(at)) for n, at in rounds.values_list("number", "recorded_at")]
    found += [Listed(Key("revision", n), day_of(at)) for n, at in revisions.values_list("number", "recorded_at")]
    return found


def load_source(agreement: Agreement, key: Key) -> Source:
    """The whole text; a constant number of queries. ``key`` is one that is ``listed``."""
    return {"draft": _draft, "round": _round, "revision": _revision}[key.kind](agreement, key)


def _draft(agreement: Agreement, key: Key) -> Source:
    draft = AgreementDraft.objects.select_related("agreement").get(agreement=agreement)
    rows = list(draft.clauses.order_by("position", "id"))
    at = max((row.edited_at for row in rows), default=draft.edited_at)
    return Source(
        key,
        draft_body(draft),
        max(at, draft.edited_at),
        Change(draft.edited_by_name, draft.edited_at),
        draft.edition,
        {row.key: row.edition for row in rows},
        {row.key: Change(row.edited_by_name, row.edited_at) for row in rows},
    )


def _round(agreement: Agreement, key: Key) -> Source:
    row = NegotiationRound.objects.get(agreement=agreement, number=key.number)
    body = json.loads(row.body)
    author = written_by(body["parties"][row.side]["name_zh"], row.recorded_by_name)
    return Source(key, body, row.recorded_at, Change(author, row.recorded_at), 0, _editions(agreement, body), {})


def _revision(agreement: Agreement, key: Key) -> Source:
    row = AgreementRevision.objects.select_related("agreement").get(agreement=agreement, number=key.number)
    body = row.content
    author = written_by(_organisation(agreement, body, row.recorded_by_id), row.recorded_by_name)
    return Source(key, body, row.recorded_at, Change(author, row.recorded_at), 0, {}, {})


def written_by(organisation: str, person: str) -> str:
    """An author as Word shows it."""
    return " · ".join(part for part in (organisation, person) if part)


def _editions(agreement: Agreement, body: Mapping[str, Any]) -> dict[str, int]:
    """Clause → edition of its row in the draft, for those that read there as they do here."""
    rows = {row.key: row for row in agreement.draft.clauses.all()}
    names = ("heading_zh", "heading_en", "text_zh", "text_en")
    return {
        clause["key"]: rows[clause["key"]].edition
        for clause in body["clauses"]
        if clause["key"] in rows and all(clause[name] == getattr(rows[clause["key"]], name) for name in names)
    }


def _organisation(agreement: Agreement, body: Mapping[str, Any], user_id: int | None) -> str:
    """The party for which somebody acted in this pair; empty when that is not known."""
    sides = {agreement.registrant_id: "registrant", agreement.contractor_id: "contractor"}
    held = Post.objects.filter(user_id=user_id or 0, organisation_id__in=list(sides)).values_list(
        "organisation_id", flat=True
    )
    found = {sides[pk] for pk in held}
    return str(body["parties"][found.pop()]["name_zh"]) if len(found) == 1 else ""
