"""Which records the chapters of a limited dossier show, by key: their frozen texts and files come with them and no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..sheets import Pin
from ..snapshot import Row, Snapshot
from .agreements import agreements_within
from .audits.chapter import audits_within
from .audits.findings import completion_of, findings_of, plans_of
from .confirmed import decisions_on, lots_within
from .performed import performed_within
from .preparing import entrustments_within, preparations_within
from .reach import Reach, reach
from .reviews import duties_within, reviews_within
from .supervision.chapter import suppliers_within
from .supervision.posting import postings_within

#: Tables whose records a scope may leave out; what hangs on any other record is never left out.
LIMITED = (
    "agreements.agreement",
    "agreements.agreementrevision",
    "agreements.agreementreview",
    "agreements.entrustment",
    "agreements.obligationrecord",
    "agreements.pairduty",
    "agreements.posting",
    "agreements.preparation",
    "agreements.supplierapproval",
    "audits.auditfinding",
    "audits.auditreport",
    "audits.capacompletion",
    "audits.capaplan",
    "releases.deviation",
    "releases.deviationclosure",
    "releases.lot",
    "releases.lotdocument",
    "releases.lotexception",
    "releases.marketrelease",
    "releases.productionrelease",
)


def left_out_keys(snapshot: Snapshot, pin: Pin) -> frozenset[str]:
    """Keys of the records that no chapter shows because the scope leaves them out; none of a whole dossier."""
    if pin.scope[0] == "whole":
        return frozenset()
    reached = reach(snapshot, pin)
    found = (
        _agreed(snapshot, reached),
        _supervised(snapshot, reached),
        _audited(snapshot, reached),
        _made(snapshot, pin),
    )
    shown = {row.key for rows in found for row in rows}
    return frozenset(row.key for label in LIMITED for row in snapshot.rows(label) if row.key not in shown)


def of_lot(snapshot: Snapshot, lot: Row) -> Iterator[Row]:
    """The lot and what signatures, files and frozen texts of it hang on."""
    yield lot
    yield from decisions_on(snapshot, lot)
    yield from snapshot.of("releases.lotdocument", "lot_id", lot.pk)
    for deviation in snapshot.of("releases.deviation", "lot_id", lot.pk):
        yield deviation
        yield from snapshot.of("releases.deviationclosure", "deviation_id", deviation.pk)
    for request in snapshot.of("releases.lotexception", "lot_id", lot.pk):
        yield request
        yield from snapshot.of("releases.exceptiondecision", "exception_id", request.pk)


def _made(snapshot: Snapshot, pin: Pin) -> Iterator[Row]:
    for lot in lots_within(snapshot, pin)[0]:
        yield from of_lot(snapshot, lot)


def _agreed(snapshot: Snapshot, reached: Reach) -> Iterator[Row]:
    yield from preparations_within(snapshot, reached)[0]
    yield from entrustments_within(snapshot, reached)[0]
    yield from reviews_within(snapshot, reached)[0]
    yield from duties_within(snapshot, reached)[0]
    for agreement in agreements_within(snapshot, reached)[0]:
        yield agreement
        yield from snapshot.of("agreements.agreementrevision", "agreement_id", agreement.pk)
        yield from performed_within(snapshot, agreement, reached)[0]


def _supervised(snapshot: Snapshot, reached: Reach) -> Iterable[Row]:
    return (*postings_within(snapshot, reached)[0], *suppliers_within(snapshot, reached)[0])


def _audited(snapshot: Snapshot, reached: Reach) -> Iterator[Row]:
    for audit in audits_within(snapshot, reached)[0]:
        yield from snapshot.of("audits.auditreport", "audit_id", audit.pk)
        for finding in findings_of(snapshot, audit):
            yield finding
            for plan in plans_of(snapshot, finding):
                yield plan
                completion = completion_of(snapshot, plan)
                yield from (completion,) if completion is not None else ()
