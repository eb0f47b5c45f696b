"""What the pages of a negotiation show: the round, every place with its state, proposals marked in the text, the whole line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cmo.parties.models import Side
from cmo.parties.states import State
from cmo.web.wording import bilingual

from .facts.columns import ADD, CHANGE, CLAUSE, DUTY, MOVE, OBLIGATION, REMOVE, TERMS
from .facts.negotiation import ACCEPTED, NegotiationFacts, PlaceFacts, ProposalFacts, RoundFacts, Step, load_negotiation
from .facts.rounds import Standing, load_standing
from .labels import Labels, labels_for
from .models import Agreement, AgreementRevision, DraftClause, DraftDuty, DraftRemark
from .negotiation_pieces import Piece, Words, marked, pieces_of

TITLES: Mapping[str, Any] = {
    TERMS: gettext_lazy("Term, coverage and order of signing"),
    CLAUSE: gettext_lazy("Clauses"),
    DUTY: gettext_lazy("Responsibility matrix"),
    OBLIGATION: gettext_lazy("Obligations"),
}
#: Kind → the column by which a row is called.
NAMED = {CLAUSE: "heading", DUTY: "duty", OBLIGATION: "what"}
#: Who has to act on a place, seen from the reader: this side, the other one, nobody.
US, THEM, NOBODY = "us", "them", ""
#: Which places the page shows.
SHOWS = ("all", US, THEM, "changed", "remarks")


@dataclass(frozen=True, slots=True)
class RemarkShown:
    """One remark; ``word_author``: of a comment in a Word file."""

    text: str
    by: str
    side: str
    at: datetime
    word_author: str


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """An open proposal as this person sees it. ``pieces``: the text with the change marked in it."""

    pk: int
    act: str
    title: str
    by: str
    organisation: str
    side: str
    at: datetime
    reason: str
    replaces: bool
    word_authors: Sequence[Mapping[str, Any]]
    pieces: Sequence[Piece]
    remarks: Sequence[RemarkShown]
    mine: bool


@dataclass(frozen=True, slots=True)
class RowShown:
    """One place. ``present``: its text as it stands; ``marked``: a proposal shows it already, with its changes in it."""

    kind: str
    key: str
    slug: str
    anchor: str
    number: int
    name: str
    state: State
    waits: str
    stands: bool
    locked: bool
    citation: str
    touched: bool
    changed: bool
    marked: bool
    present: Sequence[Piece]
    open: Sequence[ProposalShown]
    remarks: Sequence[RemarkShown]
    steps: int
    link: str

    def within(self, show: str) -> bool:
        """Whether the page shows the place under this choice."""
        return {
            US: self.waits == US,
            THEM: self.waits == THEM,
            "changed": self.changed,
            "remarks": bool(self.remarks) or any(one.remarks for one in self.open),
        }.get(show, True)


@dataclass(frozen=True, slots=True)
class NegotiationShown:
    """The negotiation for one reader; ``side`` is theirs, empty for an outsider."""

    facts: NegotiationFacts
    standing: Standing
    side: str
    turn: State
    rows: Sequence[RowShown]

    @property
    def is_open(self) -> bool:
        return self.facts.open

    @property
    def round(self) -> int:
        return self.facts.round

    @property
    def rounds(self) -> Sequence[RoundFacts]:
        return self.facts.rounds

    @property
    def last(self) -> RoundFacts:
        """The round at hand; there is one while the negotiation is open."""
        return self.facts.rounds[-1]

    @property
    def both_from(self) -> date | None:
        """From when either side may act, while only one may."""
        return self.facts.both_from if len(self.facts.sides_in_turn) == 1 else None

    @property
    def open_registrant(self) -> int:
        return self.facts.open_for(Side.CONTRACTOR.value)

    @property
    def open_contractor(self) -> int:
        return self.facts.open_for(Side.REGISTRANT.value)

    @property
    def closed(self) -> str:
        """Why nothing is negotiated now."""
        if self.facts.waiting:
            return _("Revision %(number)s waits for signatures.") % {"number": self.facts.waiting}
        if self.standing.concluded:
            return _("Concluded: revision %(number)s was signed by both sides.") % {"number": self.standing.concluded}
        return _("not begun")

    def tree(self) -> list[dict[str, Any]]:
        """The places by kind, for the list on the left."""
        titles = {**TITLES, TERMS: _("Term and coverage")}
        return [
            {"title": titles[kind], "rows": rows, "touched": any(row.touched or row.remarks for row in rows)}
            for kind in TITLES
            if (rows := self.of(kind))
        ]

    def of(self, kind: str, show: str = "all") -> list[RowShown]:
        """The places of a kind under a choice."""
        return [row for row in self.rows if row.kind == kind and row.within(show)]

    def count(self, show: str) -> int:
        """How many places a choice shows."""
        return sum(row.within(show) for row in self.rows)


def shown_negotiation(agreement: Agreement, on: date, side: str) -> NegotiationShown:
    """The negotiation of an agreement for a reader on ``side``; a constant number of queries."""
    facts = load_negotiation(agreement, on)
    standing = load_standing(agreement)
    begun, labels = _begun(facts), labels_for([agreement])
    since = begun if facts.rounds and not facts.open else _concluded_at(agreement, standing.concluded)
    view = _View(agreement, side, words_in(facts), begun, since, labels, _citations(agreement))
    rows = [view.row(place) for kind in TITLES for place in facts.rows[kind]]
    return NegotiationShown(facts, standing, side, _turn(facts, side), rows)


def _concluded_at(agreement: Agreement, number: int) -> datetime | None:
    """Since when a text is worked on that is not concluded: the last one that was went out for signature."""
    rows = AgreementRevision.objects.filter(agreement=agreement, number=number)
    return rows.values_list("recorded_at", flat=True).first() if number else None


def remarked_rows(agreement: Agreement, on: date, side: str) -> list[RowShown]:
    """The places of the text at hand of which somebody remarked something; one query where nobody ever did."""
    if not DraftRemark.objects.filter(agreement=agreement).exists():
        return []
    return [row for row in shown_negotiation(agreement, on, side).rows if row.remarks]


def words_in(facts: NegotiationFacts) -> Words:
    """What the keys of clauses stand for."""
    return Words({place.key: f"{place.position} {name_of(place)}" for place in facts.rows[CLAUSE] if place.position})


def name_of(place: PlaceFacts) -> str:
    """What a place is called in the reader's language."""
    if place.kind == TERMS:
        return str(TITLES[TERMS])
    return bilingual(place.values, NAMED[place.kind]) or "—"


def _citations(agreement: Agreement) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for kind, model in ((CLAUSE, DraftClause), (DUTY, DraftDuty)):
        rows = model._default_manager.filter(draft__agreement=agreement).exclude(citation="")  # type: ignore[attr-defined]
        found |= {(kind, key): citation for key, citation in rows.values_list("key", "citation")}
    return found


def _begun(facts: NegotiationFacts) -> datetime | None:
    """When the negotiation at hand, or the last one, was opened."""
    last = facts.rounds[-1] if facts.rounds else None
    return next((row.at for row in facts.rounds if last and row.after_revision == last.after_revision), None)


def _turn(facts: NegotiationFacts, side: str) -> State:
    if len(facts.sides_in_turn) != 1:
        return State("pending", _("either side may act"))
    (turn,) = facts.sides_in_turn
    if side:
        return State("pending", _("our turn")) if turn == side else State("active", _("the other side's turn"))
    words = {Side.REGISTRANT: _("the registrant's turn"), Side.CONTRACTOR: _("the contractor's turn")}
    return State("active", words[Side(turn)])


@dataclass(frozen=True, slots=True)
class _View:
    """Everything that rows need of the whole; ``since``: from when on remarks are about the text at hand, also those made
    before its first round (None: from the beginning)."""

    agreement: Agreement
    side: str
    words: Words
    begun: datetime | None
    since: datetime | None
    labels: Labels
    citations: Mapping[tuple[str, str], str]

    def row(self, place: PlaceFacts) -> RowShown:
        waits, state = self.state(place)
        history = [step for step in place.history if self.begun and step.at >= self.begun]
        said = [step for step in place.history if self.since is None or step.at >= self.since]
        remarks = [step for step in said if step.what == "remarked"]
        own = [step for step in remarks if step.proposal is None or not step.proposal.open]
        pieces = [
            one for one in pieces_of(place.kind, place.values, place.values, self.words) if one.name != "elements"
        ]
        return RowShown(
            kind=place.kind,
            key=place.key,
            slug=place.key or TERMS,
            anchor=place.anchor,
            number=place.position if place.kind != TERMS else 0,
            name=name_of(place),
            state=state,
            waits=waits,
            stands=bool(place.position),
            locked=place.locked,
            citation=self.citations.get((place.kind, place.key), ""),
            touched=place.state != "untouched",
            changed=any(step.what == ACCEPTED for step in history),
            marked=any(one.act != MOVE for one in place.open),
            present=pieces,
            open=[self.proposal(one, remarks) for one in place.open],
            remarks=[_remark(step) for step in own],
            steps=len(place.history),
            link=f"{reverse('agreements:negotiation', args=[self.agreement.pk])}#{place.anchor}",
        )

    def state(self, place: PlaceFacts) -> tuple[str, State]:
        """On whom the place waits, and its state in a word."""
        waits_on = place.state.removeprefix("waits_on_") if place.state.startswith("waits_on_") else ""
        if waits_on and waits_on == self.side:
            return US, State("pending", _("waits on us"))
        if waits_on and self.side:
            return THEM, State("active", _("waits on them"))
        if waits_on:
            registrant = waits_on == Side.REGISTRANT
            return THEM, State("active", _("waits on the registrant") if registrant else _("waits on the contractor"))
        return NOBODY, {
            "agreed": State("good", _("agreed")),
            "changed_in_round": State("good", _("changed in this round")),
            "removed": State("idle", _("removed")),
            "not_added": State("idle", _("not added")),
        }.get(place.state, State("idle", _("unchanged")))

    def proposal(self, row: ProposalFacts, remarks: Iterable[Step]) -> ProposalShown:
        return ProposalShown(
            pk=row.id,
            act=row.act,
            title=act_word(row),
            by=row.name,
            organisation=self.labels.organisation(row.organisation_id),
            side=row.side,
            at=row.at,
            reason=row.reason,
            replaces=row.replaces is not None,
            word_authors=row.word_authors,
            pieces=marked(row.kind, row.act, row.before, row.after, self.words),
            remarks=[_remark(step) for step in remarks if step.proposal is not None and step.proposal.id == row.id],
            mine=row.side == self.side,
        )


def act_word(row: ProposalFacts) -> str:
    """What a proposal is."""
    return {
        CHANGE: _("proposed change"),
        ADD: _("proposed addition"),
        REMOVE: _("proposed removal"),
        MOVE: _("proposed move"),
    }[row.act]


def _remark(step: Step) -> RemarkShown:
    return RemarkShown(step.text, step.name, step.side, step.at, step.word_author)
