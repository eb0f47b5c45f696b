"""What the agreement in force obliges a side to do again and again, and what was recorded as done (N38-14)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Func, QuerySet, TextField

from ..models import Agreement, AgreementRevision, ObligationRecord
from .agreement import cover_days
from .coverage import RevisionPeriod, periods_of
from .entrustment_loading import revisions_with_signatures
from .validity import periods_in

Rows = Callable[[AgreementRevision], tuple[dict[str, Any], ...]]


@dataclass(frozen=True, slots=True)
class ObligationFact:
    """One obligation as the covering revision has it. ``since``: first day of its series, over all revisions that kept it."""

    key: str
    position: int
    clause: str
    what_zh: str
    what_en: str
    side: str
    frequency: str
    days_allowed: int
    proof_zh: str
    proof_en: str
    since: date


@dataclass(frozen=True, slots=True)
class Performed:
    """One occurrence that was recorded as done."""

    record_id: int
    done_on: date
    reference: str
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ObligationFacts:
    """Everything about the obligations of one agreement.

    ``until``: last day on which the revision counts and anything is covered; ``in_force``: on the day asked about.
    ``performed``: (key, due day) → its record.
    """

    agreement_id: int
    agreement_number: str
    pair_id: int
    revision_number: int
    in_force: bool
    until: date
    obligations: tuple[ObligationFact, ...] = ()
    performed: dict[tuple[str, date], Performed] = field(default_factory=dict)


def load_obligations(agreement_ids: Iterable[int], on: date) -> dict[int, ObligationFacts]:
    """Agreement id → its obligations on a day, by the revision in force or the latest one that was; agreements that
    nobody has concluded are left out. A constant number of queries."""
    ids = list(agreement_ids)
    by_agreement = _concluded(periods_of(revisions_with_signatures().filter(agreement_id__in=ids)).values())
    chosen = {pk: _counting(periods, on) for pk, periods in by_agreement.items()}
    covers = cover_days(period.revision for period in chosen.values())
    until = {revision: last for revision, (_first, last) in covers.items()}
    performed = _performed(ObligationRecord.objects.filter(agreement_id__in=ids))
    return {
        pk: _facts(period, by_agreement[pk], until.get(period.revision.pk), performed[pk], on, _in_text)
        for pk, period in chosen.items()
    }


def load_obligations_in(
    agreements: QuerySet[Agreement], on: date, covered_until: Mapping[int, date]
) -> dict[int, ObligationFacts]:
    """The same for thousands of agreements in three queries: signatures count as given, no whole text is loaded, and
    ``covered_until`` (revision id → the latest last day of what it covers) is known from the chains of validity."""
    chosen = agreements.order_by().values("pk")
    revisions = AgreementRevision.objects.filter(agreement__in=chosen).annotate(obligations_text=_Obligations("body"))
    by_agreement = _concluded(periods_in(revisions).values())
    performed = _performed(ObligationRecord.objects.filter(agreement__in=chosen))
    found = {}
    for pk, periods in by_agreement.items():
        period = _counting(periods, on)
        covered = covered_until.get(period.revision.pk)
        found[pk] = _facts(period, periods, covered, performed[pk], on, _extracted)
    return found


class _Obligations(Func):
    """The obligations alone, cut out of the canonical text by the database."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="json_extract(%(expressions)s, '$.obligations')", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="((%(expressions)s)::json -> 'obligations')::text", **extra)


def _concluded(periods: Iterable[RevisionPeriod]) -> dict[int, list[RevisionPeriod]]:
    """Agreement id → its texts that both sides signed."""
    found: dict[int, list[RevisionPeriod]] = defaultdict(list)
    for period in periods:
        if period.signed.complete_on is not None and period.revision.kind != AgreementRevision.Kind.TERMINATION:
            found[period.revision.agreement_id].append(period)
    return found


def _counting(periods: Sequence[RevisionPeriod], on: date) -> RevisionPeriod:
    return max(periods, key=lambda period: (period.in_force_on(on), period.revision.number))


def _facts(
    period: RevisionPeriod,
    periods: Sequence[RevisionPeriod],
    covered: date | None,
    performed: dict[tuple[str, date], Performed],
    on: date,
    rows_of: Rows,
) -> ObligationFacts:
    revision = period.revision
    over = [end - timedelta(days=1) for end in (period.ended_on, period.superseded_on) if end is not None]
    until = min([revision.ends_on, covered or revision.ends_on, *over])
    earlier = [p.revision for p in periods if p.revision.number <= revision.number]
    return ObligationFacts(
        agreement_id=revision.agreement_id,
        agreement_number=revision.agreement.number,
        pair_id=revision.agreement.pair_id,
        revision_number=revision.number,
        in_force=period.in_force_on(on) and on <= until,
        until=until,
        obligations=tuple(_obligation(row, earlier, rows_of) for row in rows_of(revision)),
        performed=performed,
    )


def _obligation(row: dict[str, Any], revisions: Sequence[AgreementRevision], rows_of: Rows) -> ObligationFact:
    """The series goes back as long as every revision before had the same key as often."""
    since = max(revision.starts_on for revision in revisions)
    for revision in sorted(revisions, key=lambda r: -r.number):
        same = [r for r in rows_of(revision) if r["key"] == row["key"]]
        if not same or same[0]["frequency"] != row["frequency"]:
            break
        since = revision.starts_on
    names = ("key", "position", "clause", "what_zh", "what_en", "side", "frequency", "days_allowed")
    return ObligationFact(
        **{name: row[name] for name in names}, proof_zh=row["proof_zh"], proof_en=row["proof_en"], since=since
    )


@lru_cache(maxsize=256)
def obligations_of(body: str) -> tuple[dict[str, Any], ...]:
    """The obligations in a frozen text, in order; texts from before there were any have none."""
    return tuple(json.loads(body).get("obligations", []))


def _in_text(revision: AgreementRevision) -> tuple[dict[str, Any], ...]:
    return obligations_of(revision.body)


def _extracted(revision: AgreementRevision) -> tuple[dict[str, Any], ...]:
    return _parsed(revision.obligations_text or "[]")  # type: ignore[attr-defined]


@lru_cache(maxsize=256)
def _parsed(text: str) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(text))


def _performed(records: QuerySet[ObligationRecord]) -> dict[int, dict[tuple[str, date], Performed]]:
    found: dict[int, dict[tuple[str, date], Performed]] = defaultdict(dict)
    for row in records.order_by("due_on"):
        found[row.agreement_id][row.key, row.due_on] = Performed(
            row.pk, row.done_on, row.reference, row.recorded_by_name, row.recorded_at
        )
    return found
