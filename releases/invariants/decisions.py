"""Decisions on lots: their frozen reasons, their order, their people, their quantities, their signatures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from cmo.signing.facts import signatures_under

from ..facts import MARKET, PRODUCTION, load_lot_facts
from ..models import DeviationAnswer, DeviationClosure, MarketRelease, Outcome, ProductionRelease
from ..rules import Case, judge
from .broken import Broken, row

T = TypeVar("T")
CHUNK = 500
MODELS: tuple[tuple[str, Any], ...] = ((PRODUCTION, ProductionRelease), (MARKET, MarketRelease))
#: Gates that judge the days of manufacture: a standing release must still pass them by what is known today, except
#: where a warning was accepted with the decision.
AT_MANUFACTURE = {
    "entrustment_at_manufacture",
    "agreement_at_manufacture",
    "licence_at_manufacture",
    "certificate_at_manufacture",
}


def chunks(rows: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Lists of at most ``size`` rows."""
    source = iter(rows)
    while chunk := list(islice(source, size)):
        yield chunk


def _all(model: Any) -> Iterator[Any]:
    return model.objects.select_related("lot", "withdrawal").order_by("id").iterator(CHUNK)


def standing(model: Any) -> Any:
    """Decisions that let something through and were not withdrawn."""
    return model.objects.filter(withdrawal__isnull=True).exclude(outcome=Outcome.REJECTED)


def released_against_reasons(_on: date) -> Iterator[Broken]:
    """Every release rests on frozen findings, none of which blocks."""
    for _stage, model in MODELS:
        for decision in model.objects.exclude(outcome=Outcome.REJECTED).select_related("lot").iterator(CHUNK):
            codes = _blocking_codes(decision.findings)
            if codes is None:
                yield row(decision, "固定的判断理由无法读取。", "The frozen reasons cannot be read.")
            elif codes:
                said = ", ".join(codes)
                yield row(
                    decision, f"固定的判断理由中有阻止项：{said}。", f"The frozen reasons contain a blocker: {said}."
                )


def _blocking_codes(findings: str) -> list[str] | None:
    """Codes of the blocking findings in a frozen text; None when it is not one."""
    try:
        return [one["code"] for one in json.loads(findings)["findings"] if one["severity"] == "blocks"]
    except (ValueError, KeyError, TypeError):
        return None


def two_stand(_on: date) -> Iterator[Broken]:
    """At most one decision of a stage stands."""
    for _stage, model in MODELS:
        twice = (
            model.objects.filter(withdrawal__isnull=True)
            .values("lot")
            .annotate(number=Count("pk"))
            .filter(number__gt=1)
            .values("lot")
        )
        for decision in model.objects.filter(lot__in=twice, withdrawal__isnull=True).select_related("lot"):
            yield row(
                decision, "同一批同一阶段有多个有效决定。", "More than one decision of this stage stands for the lot."
            )


def market_without_production(_on: date) -> Iterator[Broken]:
    """A standing market release rests on a standing production release of the same lot."""
    wrong = (
        Q(production_release__withdrawal__isnull=False)
        | Q(production_release__outcome=Outcome.REJECTED)
        | ~Q(production_release__lot=F("lot"))
    )
    for decision in standing(MarketRelease).filter(wrong).select_related("lot"):
        zh = "该上市放行没有同一批有效的生产放行。"
        yield row(decision, zh, "This market release rests on no standing production release of the same lot.")


def same_person_or_entity(_on: date) -> Iterator[Broken]:
    """Each release is by its own legal entity, and the two by different people."""
    for decision in ProductionRelease.objects.exclude(organisation_id=F("lot__contractor_id")).select_related("lot"):
        yield row(decision, "生产放行不是由受托方作出。", "This production decision is not the contractor's.")
    wrong = Q(recorded_by_id=F("production_release__recorded_by_id")) | ~Q(organisation_id=F("lot__registrant_id"))
    for market in MarketRelease.objects.filter(wrong).select_related("lot"):
        zh = "上市放行不是由注册人作出，或与生产放行为同一人。"
        en = "This market decision is not the registrant's, or by the person who decided on production."
        yield row(market, zh, en)


def not_judged_at_manufacture(on: date) -> Iterator[Broken]:
    """Releases that, by what is known today, were made on days without entrustment, agreement, licence, certificate."""
    for stage, model in MODELS:
        for some in chunks(standing(model).select_related("lot").order_by("id").iterator(CHUNK)):
            facts = load_lot_facts([decision.lot_id for decision in some])
            for decision in some:
                verdicts = judge(Case(stage, facts[decision.lot_id], on))
                for verdict in verdicts:
                    if verdict.gate.code in AT_MANUFACTURE and verdict.state == "blocks":
                        said = verdict.findings[0]
                        yield row(decision, f"按现有记录：{said.zh}", f"By what is on record today: {said.en}")


def _left(model: Any) -> Any:
    """Decisions with what was ``left`` of their lot: made without what the latest closure of every deviation took out,
    unless the registrant had returned it, by what was on record before the decision."""
    before = {"recorded_at__lt": OuterRef(OuterRef("recorded_at"))}
    later = DeviationClosure.objects.filter(deviation=OuterRef("deviation"), pk__gt=OuterRef("pk"), **before)
    returned = DeviationAnswer.objects.filter(closure=OuterRef("pk"), accepted=False, **before)
    taken = DeviationClosure.objects.filter(deviation__lot=OuterRef("lot"), recorded_at__lt=OuterRef("recorded_at"))
    total = taken.filter(~Exists(later), ~Exists(returned)).order_by().values("deviation__lot")
    out = Subquery(total.annotate(total=Sum("quantity_out")).values("total"))
    return model.objects.annotate(left=F("lot__quantity") - Coalesce(out, 0))


def quantity_exceeded(_on: date) -> Iterator[Broken]:
    """Produced without what closures had taken out by then ≥ released by production, and to market; released by
    production ≥ released to market."""
    for _stage, model in MODELS:
        for decision in _left(model).filter(quantity__gt=F("left")).select_related("lot"):
            zh = f"放行数量{decision.quantity}大于当时可放行的{decision.left}。"
            yield row(decision, zh, f"{decision.quantity} were released of the {decision.left} that were left then.")
    sold = MarketRelease.objects.filter(quantity__gt=F("production_release__quantity"))
    for decision in sold.select_related("lot"):
        yield row(decision, "上市放行数量大于生产放行数量。", "More was released to market than production released.")


def unsigned_or_void(_on: date) -> Iterator[Broken]:
    """Every decision carries the standing signature of the person who took it."""
    for _stage, model in MODELS:
        for some in chunks(_all(model)):
            signed = signatures_under(some)
            for decision in some:
                states = signed[f"{decision._meta.label_lower}:{decision.pk}"]
                own = [s for s in states if s.signature.signer_id == decision.recorded_by_id]
                if not own:
                    yield row(decision, "该决定没有放行人的签名。", "This decision has no signature of its releaser.")
                elif any(state.void for state in own):
                    zh = "签名与记录不符，签名无效。"
                    yield row(decision, zh, "The record differs from what was signed; the signature is void.")
