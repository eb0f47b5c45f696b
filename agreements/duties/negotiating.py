"""Negotiations that wait for this person's side: proposals to answer, or a draft to look at and hand back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cmo.clock import day_of
from cmo.duty import Duty, Kind
from cmo.parties.access import Can, Scope, may
from cmo.parties.models import Pair

from ..facts.rounds import load_standings
from ..models import Agreement, ProposedChange
from .making import owner, pair_duty

N38 = "N38-11"


def waiting_negotiations(scope: Scope, pairs: Mapping[int, Pair], on: date) -> Iterator[Duty]:
    """One duty for each draft whose turn it is on this person's side; a constant number of queries."""
    rows = [row for row in _negotiated(scope) if row.pair_id in pairs]
    if not rows:
        return
    proposed, standings = _proposed(rows), load_standings(rows)
    for row in rows:
        pair, standing = pairs[row.pair_id], standings[row.pk]
        post = may(scope, Can.DRAFT_AGREEMENT, pair)
        over = standing.waiting or standing.pair_ended_on is not None
        if post is None or over or post.side not in standing.sides_in_turn(on) or standing.handed_at is None:
            continue
        to_answer = sum(number for (pk, side), number in proposed.items() if pk == row.pk and side != post.side)
        title, url = _title(to_answer), reverse("agreements:negotiation", args=[row.pk])
        given: dict[str, Any] = {"code": "negotiation_turn", "citation": N38, "owners": owner(pair, post.side)}
        yield pair_duty(scope, Kind.ANSWER, title, row.number, url, pair, since=day_of(standing.handed_at), **given)


def _title(to_answer: int) -> str | Promise:
    return _answer(to_answer) if to_answer else _("Continue the negotiation of the agreement")


def _answer_now(count: int) -> str:
    return ngettext("Answer %(count)d proposed change", "Answer %(count)d proposed changes", count) % {"count": count}


_answer = lazy(_answer_now, str)


def _negotiated(scope: Scope) -> Iterable[Agreement]:
    return Agreement.objects.visible_to(scope).filter(rounds__isnull=False).distinct().order_by("id")


def _proposed(rows: Iterable[Agreement]) -> Counter[tuple[int, str]]:
    """(Agreement, side) → how many of its proposals nobody answered."""
    open_ones = ProposedChange.objects.filter(agreement__in=list(rows), answer__isnull=True)
    counted = open_ones.values_list("agreement_id", "side").annotate(number=Count("id")).order_by()
    return Counter({(pk, side): number for pk, side, number in counted})
