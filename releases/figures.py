"""The year's numbers about lots, releases, deviations, exceptions and gaps of supervision, and the rows behind them.

A release counts when its decision stands; a lot counts as made on its last production day, so that it belongs to one
period only. Pages that a figure leads to filter with the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum
from django.urls import reverse

from agreements.figures import (
    Counted,
    Figure,
    Group,
    Line,
    Records,
    counted,
    instants,
    period_query,
    records_url,
    register_figures,
    register_records,
)
from agreements.rules.coverage import Gap, production_day
from cmo.clock import day_of

from .facts.planning import load_sites
from .models import Deviation, Lot, LotException, LotHold, MarketRelease, Outcome, ProductionRelease

Pairs = Collection[int]


def lots_made(pairs: Pairs, first: date, last: date) -> QuerySet[Lot]:
    """Lots whose last production day lies in the period."""
    return Lot.objects.filter(pair_id__in=pairs, produced_to__range=(first, last))


def market_released(pairs: Pairs, first: date, last: date) -> QuerySet[MarketRelease]:
    """Market releases made in the period that stand, with or without conditions."""
    return _decided(MarketRelease, pairs, first, last).exclude(outcome=Outcome.REJECTED)


def market_rejected(pairs: Pairs, first: date, last: date) -> QuerySet[MarketRelease]:
    """Rejections by the registrant made in the period that stand."""
    return _decided(MarketRelease, pairs, first, last).filter(outcome=Outcome.REJECTED)


def production_rejected(pairs: Pairs, first: date, last: date) -> QuerySet[ProductionRelease]:
    """Rejections by the contractor made in the period that stand."""
    return _decided(ProductionRelease, pairs, first, last).filter(outcome=Outcome.REJECTED)


def lot_holds(pairs: Pairs, first: date, last: date) -> QuerySet[LotHold]:
    """Holds placed on single lots in the period, lifted or not."""
    begin, end = instants(first, last)
    return LotHold.objects.filter(lot__pair_id__in=pairs, recorded_at__gte=begin, recorded_at__lt=end)


def lots_held(pairs: Pairs, first: date, last: date) -> QuerySet[Lot]:
    """Lots on which a hold was placed in the period, each once."""
    return _lots_of(lot_holds(pairs, first, last))


def _decided(model: Any, pairs: Pairs, first: date, last: date) -> QuerySet[Any]:
    begin, end = instants(first, last)
    rows = model.objects.filter(lot__pair_id__in=pairs, withdrawal__isnull=True)
    return rows.filter(recorded_at__gte=begin, recorded_at__lt=end)


def _lots_of(rows: QuerySet[Any]) -> QuerySet[Lot]:
    return Lot.objects.filter(pk__in=rows.values("lot_id"))


def deviations(pairs: Pairs, first: date, last: date, severity: str = "") -> QuerySet[Deviation]:
    """Deviations discovered in the period, of one severity where given."""
    rows = Deviation.objects.filter(lot__pair_id__in=pairs, discovered_on__range=(first, last))
    return rows.filter(severity=severity) if severity else rows


def open_deviations(pairs: Pairs, _first: date, last: date) -> QuerySet[Deviation]:
    """Deviations discovered up to the last day whose closure nobody has accepted yet."""
    return not_closed(Deviation.objects.filter(lot__pair_id__in=pairs, discovered_on__lte=last))


def not_closed(rows: QuerySet[Deviation]) -> QuerySet[Deviation]:
    """Those whose closure the registrant has not accepted."""
    return rows.exclude(closures__answer__accepted=True)


def exceptions(pairs: Pairs, first: date, last: date) -> QuerySet[LotException]:
    """Requests for an exception made in the period."""
    begin, end = instants(first, last)
    return LotException.objects.filter(lot__pair_id__in=pairs, recorded_at__gte=begin, recorded_at__lt=end)


def approved_exceptions(pairs: Pairs, first: date, last: date) -> QuerySet[LotException]:
    """Those of them that were approved."""
    return exceptions(pairs, first, last).filter(decision__approved=True)


#: What the lots of a pair can be narrowed to, and which lots these are.
SHOWN: Mapping[str, Callable[[Pairs, date, date], QuerySet[Lot]]] = {
    "made": lots_made,
    "market_released": lambda pairs, first, last: _lots_of(market_released(pairs, first, last)),
    "market_rejected": lambda pairs, first, last: _lots_of(market_rejected(pairs, first, last)),
    "production_rejected": lambda pairs, first, last: _lots_of(production_rejected(pairs, first, last)),
    "held": lots_held,
}


def _lots(shown: str) -> Callable[[int, date, date], str]:
    return lambda pair, first, last: (
        f"{reverse('releases:pair_lots', args=[pair])}?{period_query(first, last, shown=shown)}"
    )


def _deviations(severity: str) -> Callable[[int, date, date], str]:
    return lambda pair, first, last: (
        f"{reverse('releases:deviations')}?{period_query(first, last, pair=pair, severity=severity)}"
    )


def _open_deviations(pair: int, _first: date, last: date) -> str:
    return f"{reverse('releases:deviations')}?pair={pair}&state=open&until={last.isoformat()}"


def _recorded(key: str) -> Callable[[int, date, date], str]:
    return lambda pair, first, last: records_url(key, pair, first, last)


def _severity(severity: str) -> Callable[[Pairs, date, date], QuerySet[Deviation]]:
    return lambda pairs, first, last: deviations(pairs, first, last, severity)


LOT = "lot__pair_id"
COUNTED: tuple[Counted, ...] = (
    Counted("lots_made", Group.LOTS, "生产批次", "Lots made", lots_made, _lots("made")),
    Counted(
        "lots_released",
        Group.LOTS,
        "上市放行批次",
        "Lots released to market",
        market_released,
        _lots("market_released"),
        LOT,
    ),
    Counted(
        "quantity_released",
        Group.LOTS,
        "上市放行数量",
        "Quantity released to market",
        market_released,
        _lots("market_released"),
        LOT,
        Sum("quantity"),
    ),
    Counted(
        "lots_rejected_production",
        Group.LOTS,
        "生产放行不合格批次",
        "Lots rejected by production",
        production_rejected,
        _lots("production_rejected"),
        LOT,
    ),
    Counted(
        "lots_rejected_market",
        Group.LOTS,
        "上市放行不合格批次",
        "Lots rejected for the market",
        market_rejected,
        _lots("market_rejected"),
        LOT,
    ),
    Counted("lots_held", Group.LOTS, "曾被锁定的批次", "Lots put on hold", lots_held, _lots("held")),
    Counted(
        "deviations_critical",
        Group.DEVIATIONS,
        "严重偏差",
        "Critical deviations",
        _severity("critical"),
        _deviations("critical"),
        LOT,
    ),
    Counted(
        "deviations_major",
        Group.DEVIATIONS,
        "主要偏差",
        "Major deviations",
        _severity("major"),
        _deviations("major"),
        LOT,
    ),
    Counted(
        "deviations_minor",
        Group.DEVIATIONS,
        "一般偏差",
        "Minor deviations",
        _severity("minor"),
        _deviations("minor"),
        LOT,
    ),
    Counted(
        "deviations_open",
        Group.DEVIATIONS,
        "尚未关闭的偏差",
        "Deviations not closed yet",
        open_deviations,
        _open_deviations,
        LOT,
    ),
    Counted(
        "exceptions_requested",
        Group.DEVIATIONS,
        "例外申请",
        "Exceptions requested",
        exceptions,
        _recorded("exceptions_requested"),
        LOT,
    ),
    Counted(
        "exceptions_approved",
        Group.DEVIATIONS,
        "批准的例外",
        "Exceptions approved",
        approved_exceptions,
        _recorded("exceptions_approved"),
        LOT,
    ),
)


def release_figures(pair_ids: frozenset[int], first: date, last: date) -> dict[int, list[Figure]]:
    """Lots, releases, deviations and exceptions of the pairs; one query."""
    return counted(COUNTED, pair_ids, first, last)


GAPS = ("coverage_gaps", "派驻在场缺口", "Gaps in supervision")


def gap_figures(pair_ids: frozenset[int], first: date, last: date) -> dict[int, list[Figure]]:
    """What nobody qualified saw of the production of implantables; a constant number of queries."""
    found = dict.fromkeys(pair_ids, 0)
    for pair_id, _lot_id, _label, _gap in _gaps(pair_ids, first, last):
        found[pair_id] += 1
    key, zh, en = GAPS
    return {
        pk: [Figure(key, Group.SUPERVISION, zh, en, number, records_url(key, pk, first, last))]
        for pk, number in found.items()
    }


def _gaps(pair_ids: Collection[int], first: date, last: date) -> list[tuple[int, int, str, Gap]]:
    """(pair, lot, its number, gap) of the days of the period, as at the end of its last day, on stays that are over."""
    sites = load_sites(pair_ids, first, last, production_day(last)[1], shown_only=True)
    return [
        (site.pair_id, window.lot_id or 0, window.label, gap)
        for site in sites
        for window, gap in site.gaps
        if first <= gap.day <= last
    ]


def _gap_lines(pair_id: int, first: date, last: date) -> list[Line]:
    return [
        Line(gap.day, label, gap.what if gap.kind != "day" else "", reverse("releases:lot", args=[lot]))
        for _pair, lot, label, gap in _gaps([pair_id], first, last)
    ]


def _exception_lines(rows: QuerySet[LotException]) -> Sequence[Line]:
    found = rows.select_related("lot").order_by("-recorded_at", "-id")
    return [
        Line(day_of(row.recorded_at), row.lot.number, row.justification, reverse("releases:exception", args=[row.pk]))
        for row in found
    ]


def register() -> None:
    """Called once when the app is ready."""
    register_figures(release_figures, order=20)
    register_figures(gap_figures, order=30)
    register_records(Records(*GAPS, _gap_lines))
    for row in COUNTED:
        if row.key.startswith("exceptions_"):
            register_records(Records(row.key, row.label_zh, row.label_en, _lines_of(row)))


def _lines_of(row: Counted) -> Callable[[int, date, date], Sequence[Line]]:
    return lambda pair, first, last: _exception_lines(row.rows([pair], first, last))
