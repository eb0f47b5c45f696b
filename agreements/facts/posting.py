"""What making a posting rests on: the agreement that states the duties, the person's post, other postings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cmo.parties.models import Pair, PairEnd, Post, Role, Side, Site, User

from ..models import AgreementRevision, Entrustment, Posting
from .entrustment import CoverageFact
from .entrustment_loading import load_entrustment_facts
from .supervision import PostingFact, load_supervision

#: The clause that states the resident person's duties.
DUTIES_CLAUSE = "resident_supervisor"


@dataclass(frozen=True, slots=True)
class Duties:
    """The duties as the agreement in force states them, and until when it covers the site."""

    revision_id: int
    zh: str
    en: str
    last_day: date


@dataclass(frozen=True, slots=True)
class PostingRequest:
    """A posting that somebody wants to make. ``on_paper``: the agreement in force is on paper, so that its words on the
    duties must be quoted. ``others``: the person's postings at this and other sites, with whether
    they are at this site of this pair."""

    person: str
    starts_on: date
    ends_on: date
    trained_on: date
    appointed_on: date
    judged_on: date
    holds_post: bool
    duties: Duties | None
    on_paper: bool
    others: tuple[tuple[bool, PostingFact], ...]
    deputy_fits: bool
    pair_ended_on: date | None


def load_posting_request(pair: Pair, site: Site, person: User, content: dict[str, Any], today: date) -> PostingRequest:
    """Everything that posting ``person`` at ``site`` is judged by; ``content``: see ``actions.make_posting``."""
    day = max(content["starts_on"], today)
    covers = _covers(pair, site, day)
    return PostingRequest(
        person=person.printed_name,
        starts_on=content["starts_on"],
        ends_on=content["ends_on"],
        trained_on=content["trained_on"],
        appointed_on=content["appointed_on"],
        judged_on=day,
        holds_post=_holds_post(pair, person, day),
        duties=_stated(covers, content.get("duties_zh", ""), content.get("duties_en", "")),
        on_paper=bool(_on_paper(covers)),
        others=_others(pair, site, person),
        deputy_fits=_deputy_fits(pair, site, person, content.get("deputy_for"), content["starts_on"]),
        pair_ended_on=PairEnd.objects.filter(pair=pair).values_list("ended_on", flat=True).first(),
    )


def _holds_post(pair: Pair, person: User, on: date) -> bool:
    held = Post.objects.effective(on).filter(user=person, organisation_id=pair.registrant_id, side=Side.REGISTRANT)
    return bool(held.filter(role=Role.RESIDENT_SUPERVISOR).exists())


def _covers(pair: Pair, site: Site, on: date) -> list[tuple[CoverageFact, dict[str, Any]]]:
    """What covers entrustments at the site on a day, with the text of each agreement; the longest cover first."""
    rows = Entrustment.objects.filter(pair=pair, site=site)
    found = [cover for fact in load_entrustment_facts(rows).values() for cover in fact.coverage]
    by_length = sorted(
        (cover for cover in found if cover.effective_on(on)), key=lambda c: (c.last_day, c.revision_id), reverse=True
    )
    bodies = AgreementRevision.objects.in_bulk([cover.revision_id for cover in by_length])
    return [(cover, json.loads(bodies[cover.revision_id].body)) for cover in by_length]


def _stated(covers: Iterable[tuple[CoverageFact, dict[str, Any]]], quoted_zh: str, quoted_en: str) -> Duties | None:
    """The duties by the clause of an agreement signed here; else as quoted from the one on paper."""
    covering = list(covers)
    for cover, body in covering:
        for clause in body["clauses"]:
            if clause["key"] == DUTIES_CLAUSE:
                return Duties(cover.revision_id, clause["text_zh"], clause["text_en"], cover.last_day)
    if quoted_zh.strip() and quoted_en.strip():
        for cover in _on_paper(covering):
            return Duties(cover.revision_id, quoted_zh.strip(), quoted_en.strip(), cover.last_day)
    return None


def _on_paper(covers: Iterable[tuple[CoverageFact, dict[str, Any]]]) -> list[CoverageFact]:
    return [cover for cover, body in covers if body["paper"]]


def _others(pair: Pair, site: Site, person: User) -> tuple[tuple[bool, PostingFact], ...]:
    pairs = set(Posting.objects.filter(person=person).values_list("pair_id", flat=True))
    return tuple(
        (pair_id == pair.pk and fact.site_id == site.pk, fact)
        for pair_id, facts in load_supervision(pairs).items()
        for fact in facts.postings
        if fact.person_id == person.pk
    )


def _deputy_fits(pair: Pair, site: Site, person: User, other: Posting | None, starts_on: date) -> bool:
    if other is None:
        return True
    fact = next((p for p in load_supervision([pair.pk])[pair.pk].postings if p.posting_id == other.pk), None)
    return fact is not None and fact.site_id == site.pk and fact.person_id != person.pk and starts_on <= fact.ends_on
