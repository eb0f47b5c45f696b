"""Loading entrustment facts for any number of entrustments: one query per fact table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, DateField, DateTimeField, OuterRef, Prefetch, Q, Subquery

from cmo.clock import day_of
from cmo.narrow import Columns, united
from cmo.parties.models import LicenceAcceptance, PairEnd

from ..models import (
    AgreementReview,
    AgreementRevision,
    Entrustment,
    EntrustmentEvent,
    Hold,
    PairDuty,
    RevisionCoverage,
    RevisionSignature,
)
from .base_data import Certificates, Licences, ScreeningState, load_certificates, load_licences, load_screenings
from .coverage import RevisionPeriod, coverage_fact, periods_of
from .entrustment import CoverageFact, EntrustmentFacts, HoldFact, ReviewedFact

STATE_OF = {"suspended": "suspended", "resumed": "active", "ended": "ended"}


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Every row the facts are made of, indexed."""

    events: Mapping[int, Sequence[Mapping[str, Any]]]
    licences: Licences
    certificates: Certificates
    coverage: Mapping[int, Sequence[int]]
    periods: Mapping[int, RevisionPeriod]
    holds: Mapping[int, Sequence[Hold]]
    screenings: Mapping[int, ScreeningState]
    pair_ends: Mapping[int, date]
    due: Mapping[tuple[int, str], date]
    reviews: Mapping[int, Sequence[Mapping[str, Any]]]


def load_entrustment_facts(
    entrustments: Iterable[Entrustment], known_at: datetime | None = None, *, on: date | None = None
) -> dict[int, EntrustmentFacts]:
    """Entrustment id → facts, in a constant number of queries (eight, whatever the number of entrustments).

    ``known_at``: only what was on record before that moment; default everything on record. ``on``: the day of the act,
    for the screening that counts then (a new edition is screened against before it is in force).
    """
    rows = list(entrustments)
    if not rows:
        return {}
    loaded = _load(rows, known_at, on)
    return {row.pk: _facts(row, loaded) for row in rows}


def _load(rows: list[Entrustment], known_at: datetime | None, on: date | None) -> _Loaded:
    pairs = {row.pair_id for row in rows}
    narrow = _narrow([row.pk for row in rows], pairs, known_at)
    coverage: dict[int, list[int]] = defaultdict(list)
    for row in narrow["coverage"]:
        coverage[row["of"]].append(row["other"])
    accepted = {(row["of"], row["other"]) for row in narrow["accepted"]}
    due = sorted(narrow["due"], key=lambda row: (row["done"], row["row"]))
    return _Loaded(
        events=_grouped(narrow["event"], "of"),
        licences=load_licences({(row.pair_id, row.contractor_id) for row in rows}, known_at, accepted),
        certificates=load_certificates({(row.device_id, row.contractor_id) for row in rows}, known_at),
        coverage=coverage,
        periods=periods_of(_revisions(coverage, known_at)),
        holds=_holds(pairs, known_at),
        screenings=load_screenings({row.device_id for row in rows}, known_at, on),
        pair_ends={row["of"]: row["day"] for row in narrow["pair_end"]},
        due={(row["of"], row["word"]): row["day"] for row in due},
        reviews=_grouped([row for row in due if row["word"] == PairDuty.Kind.REVIEW], "of"),
    )


def _narrow(ids: list[int], pairs: set[int], known_at: datetime | None) -> dict[str, list[Mapping[str, Any]]]:
    """Coverage, state events, accepted licences, ends of pairs and yearly duties by kind, oldest first: one union of
    narrow rows, because a round trip costs more than they do."""
    events = EntrustmentEvent.objects.filter(entrustment_id__in=ids, kind__in=EntrustmentEvent.STATE_KINDS)
    covered = _known(RevisionCoverage.objects.filter(entrustment_id__in=ids), known_at, "revision__recorded_at")
    accepted = _known(LicenceAcceptance.objects.filter(pair_id__in=pairs), known_at, "accepted_at")
    ends, duties = PairEnd.objects.filter(pair_id__in=pairs), PairDuty.objects.filter(pair_id__in=pairs)
    parts: dict[str, tuple[Any, Any]] = {
        "coverage": (covered, {"of": "entrustment_id", "other": "revision_id"}),
        "event": (
            _known(events, known_at),
            {"of": "entrustment_id", "word": "kind", "day": "event_on", "made": "recorded_at"},
        ),
        "accepted": (accepted, {"of": "pair_id", "other": "version_id"}),
        "pair_end": (_known(ends, known_at), {"of": "pair_id", "day": "ended_on"}),
        "due": (_known(duties, known_at), _DUE),
    }
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in united(_COLUMNS, parts, "row", "other"):
        found[row["tag"]].append(row)
    return found


#: The agreement whose review met the duty; none for one recorded by hand, which counts for every agreement.
_REVIEWED = AgreementReview.objects.filter(pair=OuterRef("pair"), number=OuterRef("reference")).order_by()
_DUE = {
    "of": "pair_id",
    "word": "kind",
    "day": "next_due_on",
    "done": "done_on",
    "other": Subquery(_REVIEWED.values("agreement_id")[:1]),
}
#: Columns of the union.
_COLUMNS: Columns = {
    "of": (BigIntegerField(), None),
    "other": (BigIntegerField(), None),
    "word": (CharField(), ""),
    "day": (DateField(), None),
    "done": (DateField(), None),
    "made": (DateTimeField(), None),
}


def _known(rows: Any, known_at: datetime | None, field: str = "recorded_at") -> Any:
    return rows if known_at is None else rows.filter(**{f"{field}__lt": known_at})


def _revisions(coverage: Mapping[int, Sequence[int]], known_at: datetime | None) -> list[AgreementRevision]:
    """Every revision of the agreements involved: a later one supersedes, whether it covers the entrustment or not."""
    ids = {revision for revisions in coverage.values() for revision in revisions}
    agreements = AgreementRevision.objects.filter(pk__in=ids).values("agreement_id")
    rows = revisions_with_signatures(known_at).filter(agreement_id__in=agreements)
    return list(_known(rows, known_at))


def revisions_with_signatures(known_at: datetime | None = None) -> Any:
    """Revisions with agreement, event, paper and signatures: two queries."""
    signatures = RevisionSignature.objects.select_related("signature").order_by("id")
    signatures = _known(signatures, known_at, "signature__signed_at")
    rows = AgreementRevision.objects.select_related("agreement", "event", "paper")
    return rows.prefetch_related(Prefetch("signatures", queryset=signatures))


def _holds(pairs: set[int], known_at: datetime | None) -> dict[int, list[Hold]]:
    rows = Hold.objects.filter(pair_id__in=pairs)
    open_ones = rows.filter(lift__isnull=True)
    if known_at is not None:
        open_ones = rows.filter(Q(lift__isnull=True) | Q(lift__recorded_at__gte=known_at), recorded_at__lt=known_at)
    return _grouped(open_ones.order_by("id"), "pair_id")


def _grouped(rows: Iterable[Any], field: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[field] if isinstance(row, Mapping) else getattr(row, field)].append(row)
    return found


def _facts(row: Entrustment, loaded: _Loaded) -> EntrustmentFacts:
    licences = loaded.licences[row.pair_id, row.contractor_id]
    certificates = loaded.certificates[row.device_id, row.contractor_id]
    screening = loaded.screenings[row.device_id]
    coverage = _covered(row, loaded, licences, certificates)
    return EntrustmentFacts(
        entrustment_id=row.pk,
        number=row.number,
        pair_id=row.pair_id,
        registrant_id=row.registrant_id,
        contractor_id=row.contractor_id,
        device_id=row.device_id,
        site_id=row.site_id,
        starts_on=row.starts_on,
        states=_states(row, loaded.events.get(row.pk, ())),
        licences=licences,
        certificates=certificates,
        coverage=coverage,
        holds=tuple(_hold(h) for h in loaded.holds.get(row.pair_id, ()) if in_scope(h, row)),
        screening_outcome=screening.outcome,
        screening_id=screening.screening_id,
        determination_id=screening.determination_id,
        determinations=_determinations(screening, certificates),
        determined=tuple((d.facts, d.edition_key, d.outcome) for d in screening.determined),
        pair_ended_on=loaded.pair_ends.get(row.pair_id),
        audit_due_on=loaded.due.get((row.pair_id, PairDuty.Kind.AUDIT)),
        review_due_on=loaded.due.get((row.pair_id, PairDuty.Kind.REVIEW)),
        reviewed=_reviewed(coverage, loaded.reviews.get(row.pair_id, ())),
    )


def _reviewed(coverage: Iterable[CoverageFact], reviews: Sequence[Mapping[str, Any]]) -> tuple[ReviewedFact, ...]:
    """Each agreement that both sides signed and that covers anything, with its latest review on record."""
    days: dict[int, tuple[date, date]] = {}
    for cover in coverage:
        if cover.signed and cover.starts_on <= cover.until:
            first, last = days.get(cover.agreement_id, (date.max, date.min))
            days[cover.agreement_id] = min(first, cover.starts_on), max(last, cover.until)
    due = {pk: [row["day"] for row in reviews if row["other"] in {None, pk}] for pk in days}
    return tuple(ReviewedFact(pk, *held, max(due[pk], default=None)) for pk, held in days.items())


def _determinations(screening: ScreeningState, certificates: Any) -> tuple[tuple[str, str, int], ...]:
    """Those made of the facts that the device has now; a determination does not outlive a change of them."""
    facts = next((c.screening_facts for c in certificates if c.current), None)
    return tuple((d.edition_key, d.outcome, d.determination_id) for d in screening.determined if d.facts == facts)


def _states(row: Entrustment, events: Sequence[Mapping[str, Any]]) -> tuple[tuple[date, str], ...]:
    return ((row.starts_on, "active"), *((_begins(event), STATE_OF[event["word"]]) for event in events))


def _begins(event: Mapping[str, Any]) -> date:
    """From which day a change of state counts; what lifts a suspension never before the day on which it was recorded."""
    day: date = event["day"]
    return max(day, day_of(event["made"])) if event["word"] == EntrustmentEvent.Kind.RESUMED else day


def _covered(row: Entrustment, loaded: _Loaded, licences: Any, certificates: Any) -> tuple[CoverageFact, ...]:
    current = next((c for c in certificates if c.current), None)
    periods = [loaded.periods[revision] for revision in loaded.coverage.get(row.pk, ())]
    return tuple(coverage_fact(period, current, licences, row.site_id) for period in periods)


def in_scope(hold: Hold, entrustment: Entrustment) -> bool:
    """Whether a hold of the same pair stops this entrustment: its own, its site's, or the whole pair's."""
    if hold.entrustment_id is not None:
        return hold.entrustment_id == entrustment.pk
    return hold.site_id is None or hold.site_id == entrustment.site_id


def _hold(row: Hold) -> HoldFact:
    scope = "entrustment" if row.entrustment_id else "site" if row.site_id else "pair"
    return HoldFact(row.pk, row.kind, scope, row.side, row.reason, day_of(row.recorded_at), row.recorded_by_name)
