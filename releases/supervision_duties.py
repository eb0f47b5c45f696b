"""What supervision on site has waiting: production that the resident should see, days without anybody, postings that end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements.facts.supervision import PostingFact
from agreements.rules.coverage import production_day
from cmo.clock import day_of
from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may, visible_pairs
from cmo.parties.models import Pair

from .facts.planning import DAY, Need, SiteSupervision, load_sites

#: A posting that ends within this time waits on quality; one that ends later only comes up.
SOON = timedelta(days=30)


def waiting_on(scope: Scope, on: date) -> list[Duty]:
    """Check-ins of this person today, needs of this and next week without anybody, postings that end soon; a constant
    number of queries."""
    pairs = _pairs(scope)
    last = on + (13 - on.weekday()) * DAY
    found: list[Duty] = []
    for site in _sites(pairs, on, last):
        pair = pairs[site.pair_id]
        found += _check_ins(scope, site, pair, on)
        if may(scope, Can.POST_SUPERVISOR, pair):
            found += _needs(scope, site, pair, on, last)
            found += _ends(scope, site, pair, on, on + SOON)
    return found


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Postings that end after the next thirty days, up to ``until``."""
    pairs = {pk: pair for pk, pair in _pairs(scope).items() if may(scope, Can.POST_SUPERVISOR, pair)}
    first = on + SOON + DAY
    return [
        duty for site in _sites(pairs, first, until) for duty in _ends(scope, site, pairs[site.pair_id], first, until)
    ]


def _pairs(scope: Scope) -> dict[int, Pair]:
    """The pairs in which this person supervises or posts supervisors."""
    pairs = visible_pairs(scope).filter(end__isnull=True)
    return {p.pk: p for p in pairs if may(scope, Can.LOG_PRESENCE, p) or may(scope, Can.POST_SUPERVISOR, p)}


def _sites(pairs: dict[int, Pair], first: date, last: date) -> tuple[SiteSupervision, ...]:
    _begin, end = production_day(first)
    return load_sites(pairs, first, last, end)


def _check_ins(scope: Scope, site: SiteSupervision, pair: Pair, on: date) -> Iterator[Duty]:
    made = [window.label for window in site.windows if window.on(on)]
    for posting in site.postings:
        if made and posting.person_id == scope.user_id and posting.in_force_on(on) and not _came(site, posting, on):
            title, url = _("Check in: implantables are made today"), reverse("releases:supervision")
            yield _duty(scope, title, " · ".join(made), url, pair, since=on)


def _came(site: SiteSupervision, posting: PostingFact, on: date) -> bool:
    """Whether the person was on site that day or still is."""
    spans = [span for span in site.facts.presence if span.posting_id == posting.posting_id]
    return any(span.ends_at is None or day_of(span.starts_at) <= on <= day_of(span.ends_at) for span in spans)


def _needs(scope: Scope, site: SiteSupervision, pair: Pair, on: date, last: date) -> Iterator[Duty]:
    open_needs: list[Need] = [need for need in site.needs(on, last) if need.nobody]
    if open_needs:
        days = ", ".join(need.day.isoformat() for need in open_needs)
        url = reverse("releases:pair_supervision", args=[pair.pk])
        title = _("Post somebody: nobody is there when implantables are made")
        yield _duty(scope, title, days, url, pair, due_on=open_needs[0].day, tone="bad")


def _ends(scope: Scope, site: SiteSupervision, pair: Pair, first: date, last: date) -> Iterator[Duty]:
    for posting in site.postings:
        if first <= posting.ends_on <= last:
            title, url = (
                _("Posting of a resident supervisor ends"),
                reverse("agreements:posting", args=[posting.posting_id]),
            )
            yield _duty(scope, title, posting.person, url, pair, due_on=posting.ends_on)


def _duty(
    scope: Scope,
    title: str | Promise,
    about: str,
    url: str,
    pair: Pair,
    *,
    since: date | None = None,
    due_on: date | None = None,
    tone: str = "active",
) -> Duty:
    other = pair.contractor_id if pair.registrant_id in scope.organisation_ids else pair.registrant_id
    return Duty(
        Kind.SUPERVISE, title, about, url, since=since, due_on=due_on, pair=pair.number, counterpart_id=other, tone=tone
    )
