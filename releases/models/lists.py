"""Columns and filters of lists of lots, derived in the query, so that no status column can disagree with the facts."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When

from cmo.parties.access import TenantQuerySet

#: (market outcome, production outcome) → state; the first fitting line wins. None: no decision stands.
_STATES: tuple[tuple[Q, str], ...] = (
    (Q(market_outcome="rejected"), "market_rejected"),
    (Q(market_outcome__isnull=False), "on_market"),
    (Q(production_outcome="rejected"), "production_rejected"),
    (Q(production_outcome__isnull=False), "production_released"),
)
UNDECIDED = ("registered", "production_released")


class LotQuerySet(TenantQuerySet):
    """Lots with their state (as ``LotFacts.state``), holds and names."""

    def with_state(self) -> LotQuerySet:
        """Adds ``state``, ``held`` (an open hold on the lot itself) and ``device_name_zh`` / ``device_name_en``."""
        versions = apps.get_model("catalogue.DeviceVersion")._default_manager.filter(
            device_id=OuterRef("device_id"), decision__outcome="confirmed"
        )
        latest = versions.order_by("-number")
        rows = self.annotate(production_outcome=_outcome("ProductionRelease"), market_outcome=_outcome("MarketRelease"))
        return rows.annotate(
            state=_state(),
            held=_held(),
            device_name_zh=Subquery(latest.values("name_zh")[:1]),
            device_name_en=Subquery(latest.values("name_en")[:1]),
        )

    def in_state(self, *states: str) -> LotQuerySet:
        """Only lots in one of these states, without adding columns."""
        rows = self.alias(production_outcome=_outcome("ProductionRelease"), market_outcome=_outcome("MarketRelease"))
        return rows.alias(state_of=_state()).filter(state_of__in=states)

    def on_hold(self, held: bool) -> LotQuerySet:
        """Only lots with (or without) an open hold of their own."""
        return self.filter(_held() if held else ~_held())


def _outcome(model: str) -> Subquery:
    """The outcome of the decision of one stage that stands."""
    rows = apps.get_model("releases", model)._default_manager.filter(lot=OuterRef("pk"), withdrawal__isnull=True)
    return Subquery(rows.values("outcome")[:1])


def _state() -> Case:
    lines: list[Any] = [When(condition, then=Value(state)) for condition, state in _STATES]
    return Case(*lines, default=Value("registered"), output_field=models.CharField())


def _held() -> Exists:
    holds = apps.get_model("releases", "LotHold")._default_manager.filter(lot=OuterRef("pk"), lift__isnull=True)
    return Exists(holds.values(one=F("pk")))
