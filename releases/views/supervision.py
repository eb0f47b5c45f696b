"""Supervision on site: who is there, which production nobody saw, who must come next; over all pairs and for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from agreements.facts.supervision import PostingFact, load_supervision
from agreements.intervals import Union, length, union, within
from agreements.rules.coverage import counted, production_day
from cmo import clock
from cmo.parties.access import Can, visible_pairs
from cmo.parties.facts import current_sites, names_of
from cmo.parties.models import Pair
from cmo.parties.pages import reasons_against, scope_for
from cmo.parties.views.pairs import pair_context, visible_pair
from cmo.web.charts import HeatMap, HeatRow
from cmo.web.wording import bilingual

from ..facts.planning import DAY, SiteSupervision, Window, load_sites
from ..states import ON_HOLD, STATES

WEEK = timedelta(weeks=1)
#: How many weeks may be looked at, and how many are at first.
FEWEST, MOST, AT_FIRST = 2, 6, 5
#: Hours of presence from which a day is shown darker.
STEPS_OF_HEAT = (timedelta(0), timedelta(hours=2), timedelta(hours=5), timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Period:
    """The weeks that are shown: whole weeks from a Monday on."""

    first: date
    weeks: int

    @property
    def last(self) -> date:
        return self.first + self.weeks * WEEK - DAY

    @property
    def days(self) -> list[date]:
        return [self.first + number * DAY for number in range(self.weeks * 7)]

    def moved(self, weeks: int) -> str:
        """The query string of the same number of weeks, earlier or later."""
        return f"?from={(self.first + weeks * WEEK).isoformat()}&weeks={self.weeks}"

    def widened(self, weeks: int) -> str:
        """The query string with another number of weeks."""
        return f"?from={self.first.isoformat()}&weeks={weeks}"


def period_of(request: HttpRequest, today: date) -> Period:
    """From the address; without one, three weeks back to the end of next week."""
    asked = request.GET.get("weeks", "")
    weeks = min(max(int(asked), FEWEST), MOST) if asked.isdecimal() else AT_FIRST
    try:
        first = date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        first = today - 3 * WEEK
    if not date(2000, 1, 1) <= first <= date(2100, 1, 1):
        first = today - 3 * WEEK
    return Period(first - first.weekday() * DAY, weeks)


@require_safe
def supervision(request: HttpRequest) -> HttpResponse:
    """Every site of every pair of this person; for a resident supervisor their own check-in first."""
    pairs = list(visible_pairs(scope_for(request)).filter(end__isnull=True).order_by("id"))
    return render(request, "releases/supervision.html", _context(request, pairs))


@require_safe
def pair_supervision(request: HttpRequest, pk: int) -> HttpResponse:
    """The sites of one pair, with its policy and postings, as a tab of its page."""
    pair: Pair = visible_pair(request, pk)
    scope, today = scope_for(request), clock.today()
    facts = load_supervision([pk])[pk]
    context = pair_context(request, pair, "supervision") | _context(request, [pair])
    context |= {
        "policy": facts.policy_on(today),
        "policy_later": [policy for policy in facts.policies if policy.effective_from > today],
        "postings": sorted(facts.postings, key=lambda posting: (posting.ends_on < today, posting.starts_on)),
        "against_posting": reasons_against(scope, Can.POST_SUPERVISOR, pair),
        "against_policy": reasons_against(scope, Can.SET_POLICY, pair),
    }
    return render(request, "releases/pair_supervision.html", context)


def _context(request: HttpRequest, pairs: list[Pair]) -> dict[str, Any]:
    """What both pages show; a constant number of queries, whatever the number of pairs."""
    now, today = clock.now(), clock.today()
    period, needed_until = period_of(request, today), end_of_next_week(today)
    first, last = min(period.first, today), max(period.last, needed_until)
    sites = load_sites([pair.pk for pair in pairs], first, last, now)
    words = _Words.of(pairs)
    shown = [_site_shown(site, words, period, now, needed_until) for site in sites]
    own = [card for site, one in zip(sites, shown, strict=True) for card in _own(request, site, one, today)]
    return {
        "today": today,
        "period": period,
        "weeks_offered": [(weeks, period.widened(weeks)) for weeks in range(FEWEST, MOST + 1)],
        "earlier": period.moved(-period.weeks),
        "later": period.moved(period.weeks),
        "sites": shown,
        "own": own,
        "needed_until": needed_until,
        "gaps_in_all": sum(len(site["gaps"]) for site in shown),
        "here": request.get_full_path(),
    }


def end_of_next_week(today: date) -> date:
    """The Sunday of the week after this one."""
    return today + (13 - today.weekday()) * DAY


@dataclass(frozen=True, slots=True)
class _Words:
    """Names of pairs, parties and sites, loaded at once."""

    pairs: dict[int, Pair]
    parties: dict[int, Any]
    sites: dict[int, Any]

    @classmethod
    def of(cls, pairs: Iterable[Pair]) -> _Words:
        rows = {pair.pk: pair for pair in pairs}
        contractors = {pair.contractor_id for pair in rows.values()}
        parties = names_of(contractors | {pair.registrant_id for pair in rows.values()})
        return cls(rows, parties, {site.site_id: site for site in current_sites(contractors)})

    def site(self, pk: int) -> str:
        return bilingual(self.sites.get(pk), "name")

    def party(self, pk: int) -> str:
        return bilingual(self.parties.get(pk), "name")


def _site_shown(
    site: SiteSupervision, words: _Words, period: Period, now: datetime, needed_until: date
) -> dict[str, Any]:
    pair, today = words.pairs[site.pair_id], clock.day_of(now)
    gaps = [
        {"window": window, "gap": gap, "state": _state(window), "minutes": gap.what.split("/")}
        for window, gap in site.gaps
        if period.first <= gap.day <= period.last
    ]
    return {
        "pair": pair,
        "site": words.site(site.site_id),
        "site_id": site.site_id,
        "registrant": words.party(pair.registrant_id),
        "contractor": words.party(pair.contractor_id),
        "grid": _grid(site, period, now),
        "gaps": gaps,
        "inside": site.inside(),
        "needs": [{"need": need, "assign": _assign_url(site, need.day)} for need in site.needs(today, needed_until)],
    }


def _state(window: Window) -> Any:
    return ON_HOLD if window.held else STATES[window.state]


def _assign_url(site: SiteSupervision, day: date) -> str:
    address = reverse("agreements:make_posting", args=[site.pair_id])
    return f"{address}?site={site.site_id}&starts_on={day.isoformat()}"


def _grid(site: SiteSupervision, period: Period, now: datetime) -> HeatMap:
    today = clock.day_of(now)
    people = [
        _person_row(site, posting, period, now)
        for posting in site.postings
        if posting.starts_on <= period.last and period.first <= posting.ends_on
    ]
    windows = [
        _window_row(window, site.present, period, today)
        for window in site.windows
        if window.first_day <= period.last and period.first <= window.last_day
    ]
    return HeatMap(period.first, [*people, *windows], today=today)


def _person_row(site: SiteSupervision, posting: PostingFact, period: Period, now: datetime) -> HeatRow:
    spans = (span for span in site.facts.presence if span.posting_id == posting.posting_id)
    stays = union(counted(span, posting, now) for span in spans)
    levels = [_level(stays, day) if posting.in_force_on(day) else None for day in period.days]
    days = sum(1 for level in levels if level)
    label = _("%(person)s (deputy)") % {"person": posting.person} if posting.deputy_for_id else posting.person
    return HeatRow(label, levels, ngettext("%(n)d day on site", "%(n)d days on site", days) % {"n": days})


def _window_row(window: Window, present: Union, period: Period, today: date) -> HeatRow:
    missed = {gap.day for gap in window.gaps}

    def level(day: date) -> int | None:
        if not window.on(day):
            return None
        return -1 if day in missed else _level(present, day)

    device = bilingual(window, "device")
    label = f"{window.label} · {device}" if device else window.label
    return HeatRow(label, [level(day) for day in period.days], _note(window, today), _gap_word(window))


def _note(window: Window, today: date) -> str:
    if window.planned:
        return _("planned")
    if window.gaps:
        return ngettext("%(n)d gap", "%(n)d gaps", len(window.gaps)) % {"n": len(window.gaps)}
    return _("covered so far") if window.last_day >= today else _("covered")


def _gap_word(window: Window) -> str:
    days = sorted({gap.day for gap in window.gaps})
    return _("%(number)s: gap on %(days)s") % {
        "number": window.label,
        "days": ", ".join(f"{day:%m-%d}" for day in days),
    }


def _level(present: Union, day: date) -> int:
    """How long somebody was there on a day, in five levels."""
    time = length(within(present, *production_day(day)))
    return sum(time > step if step == timedelta(0) else time >= step for step in STEPS_OF_HEAT)


def _own(request: HttpRequest, site: SiteSupervision, shown: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The check-in cards of the signed-in person's own postings at a site, with today's production."""
    windows = [
        {"window": window, "state": None if window.planned else _state(window)}
        for window in site.windows
        if window.on(today)
    ]
    since = {span.posting_id: span.starts_at for span in site.facts.presence if span.ends_at is None}
    return [
        {
            "posting_id": posting.posting_id,
            "place": shown["site"],
            "since": since.get(posting.posting_id),
            "windows": windows,
        }
        for posting in site.postings
        if posting.person_id == request.user.pk and posting.in_force_on(today)
    ]
