"""Lots with what each has for itself, on the ground that they share: nothing that the ground holds is loaded again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from agreements.facts.supervision import load_supervision

from ..models import Lot
from .affected import Group, some_at_a_time
from .ground import Ground
from .hanging import Keys, load_hanging
from .hung import facts_of
from .supervising import Supervisions
from .values import LotFacts


def load_on_ground(ground: Ground, lots: Mapping[int, Group]) -> Iterator[tuple[int, LotFacts]]:
    """Facts of any number of lots, each of its group, some at a time; what only pages show of a lot is left out."""
    supervision = Supervisions(load_supervision({group.pair_id for group in lots.values()}))
    alike = {group.lots: ground.lot(group) for group in dict.fromkeys(lots.values())}
    for some in some_at_a_time(sorted(lots)):
        hanging = load_hanging(Keys(lots=some), None)
        quantities = dict(Lot.objects.filter(pk__in=some).values_list("pk", "quantity"))
        for pk in some:
            own = _own(facts_of(pk, hanging), lots[pk], alike[lots[pk].lots].site_id, supervision)
            yield pk, replace(alike[lots[pk].lots], lot_id=pk, quantity=quantities[pk], **own)


def _own(hung: dict[str, Any], group: Group, site: int, supervision: Supervisions) -> dict[str, Any]:
    """What hangs on a lot of the group, with the supervision of its days of manufacture."""
    named = [*(one.supplier for one in hung["materials"]), *(step.performed_by for step in hung["steps"])]
    days = (group.produced_from, group.produced_to)
    return hung | {"supervision": supervision.of_lot(group.pair_id, site, days, hung["steps"], named)}
