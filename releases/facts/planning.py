"""Production of implantable devices by site and day, with the presence that covers it, what is missing, and who must come.

Only implantables need coverage; where a device's facts do not settle that it is none, it counts as one. Everything is
loaded in a constant number of queries, whatever the number of pairs, sites and lots.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F

from agreements.facts.supervision import PostingFact, SupervisionFacts, load_supervision
from agreements.intervals import Union
from agreements.rules.coverage import Gap, gaps_in, presence_at
from cmo.catalogue.models import DeviceVersion
from cmo.clock import day_of

from ..models import Lot, PlannedProduction
from ..rules.supervised import judged_from, supervised
from .making import StepFact, effective_steps

DAY = timedelta(days=1)
#: Lots in these states are decided: their days are history, nobody must come for them any more.
DECIDED = frozenset({"on_market", "market_rejected", "production_rejected"})


@dataclass(frozen=True, slots=True)
class Window:
    """Days on which an implantable device is made at a site: a lot's production window, or planned production.

    ``lot_id`` None: planned; ``label`` is the lot's number or what was planned. ``judged_from``: the first day whose
    presence is judged, as for its release (None: planned). ``gaps``: what nobody qualified saw.
    """

    lot_id: int | None
    label: str
    pair_id: int
    site_id: int
    device_zh: str
    device_en: str
    first_day: date
    last_day: date
    state: str = ""
    held: bool = False
    judged_from: date | None = None
    gaps: tuple[Gap, ...] = ()

    @property
    def planned(self) -> bool:
        return self.lot_id is None

    @property
    def open(self) -> bool:
        """Whether somebody still has to come for it."""
        return self.state not in DECIDED

    def on(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Need:
    """A day on which implantables are made, and who is posted then; ``nobody``: nobody qualified is."""

    day: date
    labels: tuple[str, ...]
    posted: tuple[PostingFact, ...]

    @property
    def nobody(self) -> bool:
        return not any(posting.qualified_on(self.day) for posting in self.posted)


@dataclass(frozen=True, slots=True)
class SiteSupervision:
    """One site of one pair: its policy and postings, the qualified presence up to now, and the windows looked at."""

    pair_id: int
    site_id: int
    facts: SupervisionFacts
    present: Union
    windows: tuple[Window, ...] = field(default=())

    @property
    def postings(self) -> tuple[PostingFact, ...]:
        return tuple(posting for posting in self.facts.postings if posting.site_id == self.site_id)

    @property
    def gaps(self) -> tuple[tuple[Window, Gap], ...]:
        """Every gap with its window, the latest first."""
        found = [(window, gap) for window in self.windows for gap in window.gaps]
        return tuple(sorted(found, key=lambda pair: (pair[1].starts_at, pair[0].label), reverse=True))

    def inside(self) -> tuple[PostingFact, ...]:
        """Who is on site and has not checked out."""
        open_ones = {span.posting_id for span in self.facts.presence if span.ends_at is None}
        return tuple(posting for posting in self.postings if posting.posting_id in open_ones)

    def needs(self, first: date, last: date) -> Iterator[Need]:
        """The days from ``first`` to ``last`` on which somebody must be there."""
        for number in range((last - first).days + 1):
            day = first + number * DAY
            labels = tuple(window.label for window in self.windows if window.open and window.on(day))
            if labels:
                posted = tuple(posting for posting in self.postings if posting.in_force_on(day))
                yield Need(day, labels, posted)


def load_sites(
    pair_ids: Iterable[int], first: date, last: date, now: datetime, *, shown_only: bool = False
) -> tuple[SiteSupervision, ...]:
    """Every site of these pairs where implantables are made between two days or somebody is posted then; seven queries
    at most.

    Whoever is still there counts up to ``now``; with ``shown_only`` only stays that are over count, as for a release.
    """
    ids = set(pair_ids)
    if not ids:
        return ()
    made = Lot.objects.filter(pair_id__in=ids).with_state().annotate(recorded_at_go_live=F("entrustment__recorded_at"))
    lots = list(_within(made, first, last, "produced_from", "produced_to"))
    plans = PlannedProduction.objects.filter(pair_id__in=ids, end__isnull=True).select_related("entrustment")
    planned = list(_within(plans, first, last, "starts_on", "ends_on"))
    devices = DeviceVersion.objects.current_by_subject(
        {lot.device_id for lot in lots} | {plan.entrustment.device_id for plan in planned}
    )
    steps = effective_steps([lot.pk for lot in lots])
    facts = load_supervision(ids)
    windows: dict[tuple[int, int], list[Window]] = defaultdict(list)
    for window in (*_of_lots(lots, devices), *_of_plans(planned, devices)):
        windows[window.pair_id, window.site_id].append(window)
    for pair_id, known in facts.items():
        for posting in known.postings:
            if posting.starts_on <= last and first <= posting.ends_on:
                windows[pair_id, posting.site_id].extend(())
    until = None if shown_only else now
    return tuple(
        _site(*key, facts[key[0]], presence_at(facts[key[0]], key[1], until), rows, steps, now)
        for key, rows in sorted(windows.items())
    )


def _within(rows: Any, first: date, last: date, begins: str, ends: str) -> Any:
    return rows.filter(**{f"{begins}__lte": last, f"{ends}__gte": first}).order_by(begins, "id")


def _implantable(devices: Mapping[int, DeviceVersion], device_id: int) -> bool:
    return device_id not in devices or devices[device_id].implantable != "no"


def _of_lots(lots: Iterable[Any], devices: Mapping[int, DeviceVersion]) -> Iterator[Window]:
    for lot in lots:
        if _implantable(devices, lot.device_id):
            yield Window(
                lot_id=lot.pk,
                label=lot.number,
                pair_id=lot.pair_id,
                site_id=lot.site_id,
                device_zh=lot.device_name_zh or "",
                device_en=lot.device_name_en or "",
                first_day=lot.produced_from,
                last_day=lot.produced_to,
                state=lot.state,
                held=lot.held,
                judged_from=judged_from(lot.produced_from, lot.taken_over, day_of(lot.recorded_at_go_live)),
            )


def _of_plans(plans: Iterable[PlannedProduction], devices: Mapping[int, DeviceVersion]) -> Iterator[Window]:
    for plan in plans:
        device = devices.get(plan.entrustment.device_id)
        if _implantable(devices, plan.entrustment.device_id):
            yield Window(
                lot_id=None,
                label=plan.note or plan.entrustment.number,
                pair_id=plan.pair_id,
                site_id=plan.site_id,
                device_zh=device.name_zh if device else "",
                device_en=device.name_en if device else "",
                first_day=plan.starts_on,
                last_day=plan.ends_on,
            )


def _site(
    pair_id: int,
    site_id: int,
    facts: SupervisionFacts,
    present: Union,
    windows: Iterable[Window],
    steps: Mapping[int, tuple[StepFact, ...]],
    now: datetime,
) -> SiteSupervision:
    judged = tuple(_judged(window, facts, present, steps.get(window.lot_id or 0, ()), now) for window in windows)
    return SiteSupervision(pair_id, site_id, facts, present, judged)


def _judged(
    window: Window, facts: SupervisionFacts, present: Union, steps: Iterable[StepFact], now: datetime
) -> Window:
    """With its gaps: from the same day and in the same steps as its release is judged; what is planned is not."""
    first = window.judged_from
    if first is None or first > window.last_day:
        return window
    own = supervised(steps, facts.suppliers, first)
    return replace(window, gaps=gaps_in(first, window.last_day, own, facts, present, now))
