"""What supervision on site has waiting: production that the resident should see, days without anybody, postings that end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Least
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements.duties.making import owner, pair_duty
from agreements.facts.supervision import PostingFact
from agreements.facts.validity import live
from agreements.models import Entrustment, Posting
from agreements.rules.coverage import production_day
from cmo.clock import day_of
from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may, visible_pairs
from cmo.parties.models import Pair, Side

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
            soon = (posting for posting in site.postings if on <= posting.ends_on <= on + SOON)
            found += [_end(scope, posting.posting_id, posting.person, posting.ends_on, pair, on) for posting in soon]
    return found


def coming_up(scope: Scope, on: date, until: date) -> list[Duty]:
    """Postings that end up to ``until``, for whoever posts supervisors, and those that ran out while nobody followed at a
    site where something is entrusted; one query besides the pairs."""
    pairs = {pk: pair for pk, pair in _pairs(scope).items() if may(scope, Can.POST_SUPERVISOR, pair)}
    if not pairs:
        return []
    rows = _with_last_day(Posting.objects.visible_to(scope).filter(pair__end__isnull=True))
    rows = rows.filter(Q(last__range=(on, until)) | _missed(on))
    found = rows.order_by("last", "id").values_list("pk", "person_name", "last", "pair_id")
    return [_end(scope, pk, person, last, pairs[pair], on) for pk, person, last, pair in found if pair in pairs]


def _with_last_day(rows: QuerySet[Posting]) -> Any:
    """With ``last``, the day on which a posting ends or was ended."""
    return rows.annotate(last=Least("ends_on", Coalesce("end__last_day", "ends_on")))


def _missed(on: date) -> Q:
    """Ran out before ``on`` by itself, nobody was posted there beyond it, and the site is still needed."""
    place = {"pair_id": OuterRef("pair_id"), "site_id": OuterRef("site_id")}
    beyond = _with_last_day(Posting.objects.filter(**place)).filter(last__gt=OuterRef("last"))
    return Q(Exists(live(Entrustment.objects.filter(**place))), ~Exists(beyond), last__lt=on, end__isnull=True)


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
            yield _duty(scope, title, " · ".join(made), url, pair, code="check_in", since=on)


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
        yield _duty(scope, title, days, url, pair, code="nobody_posted", due_on=open_needs[0].day, tone="bad")


def _end(scope: Scope, posting_id: int, person: str, ends_on: date, pair: Pair, on: date) -> Duty:
    """Named alike before and after its last day, so that lateness is the same duty's."""
    url, title = reverse("agreements:posting", args=[posting_id]), _("Posting of a resident supervisor ends")
    tone = "active"
    if ends_on < on:
        title, tone = _("Posting of a resident supervisor has ended: nobody follows"), "bad"
    return _duty(scope, title, person, url, pair, code="posting_ends", due_on=ends_on, tone=tone)


def _duty(scope: Scope, title: str | Promise, about: str, url: str, pair: Pair, *, code: str, **when: Any) -> Duty:
    """``when``: since, due_on and tone, as :func:`agreements.duties.making.pair_duty` takes them."""
    told = {"code": code, "citation": "N38-08", "owners": owner(pair, Side.REGISTRANT)}
    return pair_duty(scope, Kind.SUPERVISE, title, about, url, pair, **told, **when)  # type: ignore[arg-type]
