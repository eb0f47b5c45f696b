"""Last days that approach or were missed: agreed terms, certificates, yearly reviews, agreed obligations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cmo.duty import Duty, Kind
from cmo.parties.access import Scope, visible_pairs
from cmo.parties.models import Pair
from cmo.web.wording import bilingual

from ..facts.validity import Chain, Link, live, load_validity
from ..models import Entrustment
from ..rules.validity import window_of
from .making import C, R, is_side_of, obligations, owner, pair_duty, renewal_url
from .reviewing import coming_reviews


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Everything of this app that falls due up to ``until``; a constant number of queries."""
    pairs = {pair.pk: pair for pair in visible_pairs(scope).filter(end__isnull=True)}
    if not pairs:
        return []
    chains = load_validity(live(Entrustment.objects.visible_to(scope)), on)
    return [
        *_terms(scope, pairs, chains, on, until),
        *_certificates(scope, pairs, chains, on, until),
        *coming_reviews(scope, pairs, on, until),
        *_performances(scope, pairs, chains, on, until),
    ]


def _terms(scope: Scope, pairs: dict[int, Pair], chains: Iterable[Chain], on: date, until: date) -> Iterator[Duty]:
    """The last day of each agreed term, and the day from which its renewal is due to be begun."""
    for pair, link in _links(pairs, chains, "term"):
        both, window = owner(pair, R, C), window_of(link, on)
        given: dict[str, Any] = {"citation": "N38-12", "owners": both}
        if window.opens_on is not None and on <= window.opens_on <= until:
            title, url = _("Renewal of the quality agreement is due to be begun"), renewal_url(link.subject_id)
            code, due_on = "agreed_term_renewal", window.opens_on
            yield pair_duty(scope, Kind.RENEW, title, link.name, url, pair, code=code, due_on=due_on, **given)
        if link.last_day is not None and link.last_day <= until:
            title, url = (
                _("Term of the quality agreement ends"),
                reverse("agreements:agreement", args=[link.subject_id]),
            )
            code, tone = "agreed_term_ends", _tone(link.last_day, on)
            due_on = link.last_day
            yield pair_duty(
                scope, Kind.RENEW, title, link.name, url, pair, code=code, due_on=due_on, tone=tone, **given
            )


def _certificates(
    scope: Scope, pairs: dict[int, Pair], chains: Iterable[Chain], on: date, until: date
) -> Iterator[Duty]:
    """Certificates on which entrustments rest. The registrant's people hear of their own from the catalogue, except who
    looks at single pairs: of those the catalogue knows nothing."""
    told = scope.registrant_ids if scope.limited_to is None else frozenset()
    for pair, link in _links(pairs, chains, "certificate"):
        if pair.registrant_id not in told and link.last_day is not None and link.last_day <= until:
            title, url = _("The registrant's certificate ends"), reverse("agreements:pair_validity", args=[pair.pk])
            url, code, tone = f"{url}#device-{link.subject_id}", "certificate_ends", _tone(link.last_day, on)
            yield pair_duty(
                *(scope, Kind.RENEW, title, link.name, url, pair),
                code=code,
                citation="O739-22",
                owners=owner(pair, R),
                due_on=link.last_day,
                tone=tone,
            )


def _links(pairs: dict[int, Pair], chains: Iterable[Chain], kind: str) -> Iterator[tuple[Pair, Link]]:
    """Each validity of one kind once."""
    seen: set[int] = set()
    for chain in chains:
        for link in chain.links:
            if link.kind == kind and link.subject_id not in seen and chain.pair_id in pairs:
                seen.add(link.subject_id)
                yield pairs[chain.pair_id], link


def _performances(
    scope: Scope, pairs: dict[int, Pair], chains: Iterable[Chain], on: date, until: date
) -> Iterator[Duty]:
    """The next occurrences of what this person's side is obliged to do, the overdue ones first of all."""
    for facts, obligation, following in obligations(scope, chains, on):
        pair = pairs.get(facts.pair_id)
        if pair is None or not is_side_of(scope, pair, obligation.side) or following.due_on > until:
            continue
        url = f"{reverse('agreements:obligations', args=[facts.agreement_id])}#obligation-{obligation.key}"
        about = f"{bilingual(obligation, 'what')} · {facts.agreement_number}"
        yield pair_duty(
            *(scope, Kind.REPORT, _("An agreed obligation is due"), about, url, pair),
            code="agreed_obligation",
            citation="N38-14",
            owners=owner(pair, obligation.side),
            due_on=following.due_on,
            tone=_tone(following.due_on, on),
        )


def _tone(due_on: date, on: date) -> str:
    return "bad" if due_on < on else "pending"
