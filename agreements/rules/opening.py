"""May this device be entrusted to this site now? Every reason against it (Order 739 art. 34, GMP 2025 arts 109, 111)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cmo.errors import Finding

from ..facts.entrustment import CertificateFact, LicenceFact
from ..facts.opening import OpeningFacts
from ..wording import finding

#: Preparation kind → the finding when no accepted record of it counts.
NEEDED: dict[str, str] = {
    "on_site_evaluation": "evaluation_missing",
    "credit_statement": "credit_statement_missing",
    "entrustment_contract": "contract_missing",
    "transfer": "transfer_missing",
    "trial_production": "trial_production_missing",
    "validation": "validation_missing",
    "product_reported": "product_not_reported",
}
EVALUATION_YEAR = timedelta(days=366)
CLASS_I = "I"


def blockers_to_open_entrustment(facts: OpeningFacts) -> list[Finding]:
    """Every reason against opening the entrustment on ``facts.on``, and every point to look at."""
    return [
        *_relation(facts),
        *_screening(facts),
        *_certificate(facts, facts.certificate),
        *_licences(facts),
        *_preparations(facts),
    ]


def _relation(facts: OpeningFacts) -> Iterator[Finding]:
    if facts.pair_ended_on is not None:
        yield finding("pair_ended", ended_on=facts.pair_ended_on.isoformat())
    if not facts.device_shared:
        yield finding("device_not_shared")
    if not facts.site_in_use:
        yield finding("site_not_in_use")
    if facts.open_number:
        yield finding("entrustment_open_already", number=facts.open_number)
    if facts.starts_on < facts.on:
        yield finding("starts_before_today", starts_on=facts.starts_on.isoformat())


def _screening(facts: OpeningFacts) -> Iterator[Finding]:
    state = facts.screening
    if state.screening_id is None:
        yield finding("not_screened")
    if state.outcome == "prohibited":
        yield finding("screening_prohibited", screening=state.screening_id, determination=state.determination_id)
    elif state.outcome != "allowed":
        yield finding("screening_undetermined", screening=state.screening_id)


def _certificate(facts: OpeningFacts, certificate: CertificateFact | None) -> Iterator[Finding]:
    if certificate is None:
        yield finding("certificate_missing")
        return
    known = {"number": certificate.number, "version": certificate.version_id}
    if certificate.standing != "in_force":
        yield finding("certificate_not_in_force", **known)
    if not certificate.covers(facts.on):
        yield finding("certificate_not_valid", on=facts.on.isoformat(), **known)
    if not certificate.contractor_on_certificate:
        yield finding("contractor_not_on_certificate", **known)


def _licences(facts: OpeningFacts) -> list[Finding]:
    """One flawless licence suffices; otherwise the faults of the one with the fewest."""
    if not facts.licences_at_site:
        return [finding("licence_missing")]
    faults = [_licence(facts, licence) for licence in facts.licences_at_site]
    return min(faults, key=len)


def _licence(facts: OpeningFacts, licence: LicenceFact) -> list[Finding]:
    known = {"number": licence.number, "version": licence.version_id}
    found = []
    if not licence.accepted:
        found.append(finding("licence_not_accepted", **known))
    if licence.standing != "in_force":
        found.append(finding("licence_not_in_force", **known))
    if not licence.covers(facts.on):
        found.append(finding("licence_not_valid", on=facts.on.isoformat(), **known))
    if licence.qms_inspected_on is None and licence.kind == "licence":
        found.append(finding("qms_inspection_unknown", **known))
    if facts.certificate is not None:
        found += _licence_for(facts.certificate, licence, known)
    return found


def _licence_for(certificate: CertificateFact, licence: LicenceFact, known: dict) -> Iterator[Finding]:
    if certificate.sub_catalogue not in licence.scope:
        yield finding("licence_out_of_scope", sub_catalogue=certificate.sub_catalogue, **known)
    if licence.kind == "filing" and certificate.device_class != CLASS_I:
        yield finding("licence_wrong_kind", device_class=certificate.device_class, **known)


def _preparations(facts: OpeningFacts) -> Iterator[Finding]:
    counting = [fact for fact in facts.preparations if fact.counts_on(facts.on)]
    kinds = {fact.kind for fact in counting}
    yield from (finding(code) for kind, code in NEEDED.items() if kind not in kinds)
    implantable = facts.certificate.implantable if facts.certificate else "unknown"
    if implantable != "no" and "necessity" not in kinds:
        yield finding("necessity_missing")
    evaluated = [fact.event_on for fact in counting if fact.kind == "on_site_evaluation"]
    if evaluated and facts.on - max(evaluated) > EVALUATION_YEAR:
        yield finding("evaluation_old", event_on=max(evaluated).isoformat())
