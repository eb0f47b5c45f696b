"""Deviations that wait: on the contractor's quality to be closed, on the registrant's to have their closure answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cmo.clock import day_of
from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may
from cmo.parties.models import Pair

from .models import Deviation, DeviationClosure, Lot

#: The inbox shows at most this many, the longest waiting first.
MOST_SHOWN = 200
_CLOSURES = DeviationClosure.objects.filter(deviation=OuterRef("pk"))


def deviations_waiting(scope: Scope, pairs: Mapping[int, Pair]) -> Iterator[Duty]:
    """Duties about deviations that are not closed, over released lots as well; one query. ``pairs``: the visible ones."""
    rows = (
        Deviation.objects.filter(lot__in=Lot.objects.visible_to(scope))
        .exclude(Exists(_CLOSURES.filter(answer__accepted=True)))
        .annotate(proposed=Exists(_CLOSURES.filter(answer__isnull=True)))
        .select_related("lot")
        .order_by("discovered_on", "id")[:MOST_SHOWN]
    )
    for row in rows:
        pair = pairs[row.lot.pair_id]
        if may(scope, Can.ANSWER_CLOSURE if row.proposed else Can.CLOSE_DEVIATION, pair):
            yield _duty(row, pair, scope)


def _duty(row: Deviation, pair: Pair, scope: Scope) -> Duty:
    proposed = row.proposed  # type: ignore[attr-defined]
    return Duty(
        Kind.REVIEW if proposed else Kind.ANSWER,
        _("Answer the proposed closure of a deviation") if proposed else _("Propose to close a deviation"),
        f"{row.lot.number} · {row.reference} · {row.get_severity_display()}",
        reverse("releases:deviation", args=[row.pk]),
        since=day_of(row.recorded_at),
        pair=pair.number,
        counterpart_id=pair.contractor_id if pair.registrant_id in scope.organisation_ids else pair.registrant_id,
        code="deviation_closure_answer" if proposed else "deviation_closure_propose",
        citation="GMP25-86",
        owner_ids=frozenset({pair.registrant_id if proposed else pair.contractor_id}),
    )
