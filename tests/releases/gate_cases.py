"""What every gate says: for each a case that passes, one that blocks, and the day or value at which the answer turns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from releases.facts import MARKET, PRODUCTION, CheckFact, LotFacts, MaterialFact, ReleaserFact, StepFact
from releases.rules import Case
from tests.releases.known import (
    MADE_FROM,
    MADE_TO,
    ON,
    REGISTRANT,
    at,
    certificate,
    closure,
    coverage,
    decision,
    deviation,
    document,
    hold,
    identifier,
    licence,
    lot,
    lot_hold,
    made,
    market_releaser,
    policy,
    posting,
    production_releaser,
    question,
    stay,
    step,
    supervision,
    supplier,
    window,
)

DAY = timedelta(days=1)
PASS, BLOCK, EDGE = "pass", "block", "edge"


@dataclass(frozen=True)
class Row:
    """One case of one gate. ``state`` None: the gate is not asked."""

    code: str
    kind: str
    state: str | None
    case: Case

    def __str__(self) -> str:
        return f"{self.code}-{self.kind}-{self.state}"


def p(facts: LotFacts | None = None, on: date = ON, by: ReleaserFact | None = None, quantity: int = 1000) -> Case:
    """A production release."""
    return Case(PRODUCTION, facts or lot(), on, by or production_releaser(), quantity)


def m(facts: LotFacts | None = None, on: date = ON, by: ReleaserFact | None = None, quantity: int = 1000) -> Case:
    """A market release."""
    return Case(MARKET, facts or made(), on, by or market_releaser(), quantity)


def turns(good: Case, bad: Case) -> list[tuple[str | None, Case]]:
    """The last case that passes and the first that does not."""
    return [("passed", good), ("blocks", bad)]


def begins(case: Case, first: date) -> list[tuple[str | None, Case]]:
    """Not asked for an act on the day before the rule began to apply, and asked on its first day."""
    return [(None, replace(case, on=first - DAY)), ("blocks", replace(case, on=first))]


def cover(**changes: Any) -> dict[str, Any]:
    return {"entrusted": {"coverage": (coverage(**changes),)}}


def held(**changes: Any) -> dict[str, Any]:
    return {"entrusted": {"licences": (licence(**changes),)}}


def registered(*versions: Any) -> dict[str, Any]:
    return {"entrusted": {"certificates": versions}}


def present(*missing: date, **changes: Any) -> LotFacts:
    """Somebody was there on every production day but these."""
    return lot(supervision=supervision(presence=tuple(stay(d) for d in window() if d not in missing), **changes))


def watched(last_hour: int) -> LotFacts:
    """On the first production day, whose key step ends at twelve, somebody was there until ``last_hour``."""
    stays = (stay(MADE_FROM, 7, last_hour), *(stay(day) for day in window()[1:]))
    return lot(supervision=supervision(presence=stays))


def approved(scope: str, **changes: Any) -> LotFacts:
    """One approval changed, the other as it was."""
    both = [supplier(), supplier(approval_id=2, supplier="示例灭菌公司", scope="sterilisation")]
    return lot(supervision=supervision(suppliers=tuple(replace(s, **changes) if s.scope == scope else s for s in both)))


def sterilised(by: str) -> StepFact:
    return step(name="灭菌", kind="sterilisation", performed_by=by)


def outside(**changes: Any) -> LotFacts:
    """A further key step, on the first production day, done by an approved party."""
    coated = supplier(approval_id=3, supplier="示例涂层公司", scope="other_process", covers="等离子喷涂")
    approvals = (*lot().supervision.suppliers, replace(coated, **changes))
    steps = (*lot().steps, step(step_id=3, name="等离子喷涂", performed_by="示例涂层公司"))
    return lot(steps=steps, supervision=supervision(suppliers=approvals))


def owed(**entrusted: Any) -> LotFacts:
    return made(entrusted=entrusted)


def old(day: date, **changes: Any) -> LotFacts:
    """A lot finished on ``day``, long before the pair's agreement; only the gates on identification look at it."""
    return made(produced_from=day - DAY, produced_to=day, identifiers=(), **changes)


#: A check that found two items missing, one that was complete once, and one of a text that nothing can be compared with.
LACKS = CheckFact(3, 1, date(2026, 2, 1), ("contractor", "licence"))
AGED = replace(LACKS, outdated=("licence",))
BARE = CheckFact(3, 1, date(2026, 2, 1), ("contractor_contact",), unrecorded=("contractor_contact",))
SINCE = CheckFact(3, 1, date(2026, 2, 1), (), confirmed_since=("registrant",))
ENDED = {"states": ((date(2026, 2, 1), "active"), (ON, "ended"))}

TABLE: dict[str, tuple[list[Case], list[Case], list[tuple[str | None, Case]]]] = {
    "decided_already": (
        [p()],
        [p(made())],
        turns(p(lot(production=(decision(withdrawal_id=1),))), m(made(market=(decision(),)))),
    ),
    "production_release_stands": (
        [m()],
        [m(lot())],
        turns(
            m(made(production=(decision(quantity=1),)), quantity=1), m(made(production=(decision(outcome="rejected"),)))
        ),
    ),
    "other_legal_entity": (
        [m()],
        [m(made(production=(decision(organisation_id=REGISTRANT),)))],
        turns(m(lot()), m(made(production=(decision(withdrawal_id=1), decision(organisation_id=REGISTRANT))))),
    ),
    "another_person": (
        [m()],
        [m(by=market_releaser(person_id=71))],
        turns(
            m(made(production=(decision(person_id=72, withdrawal_id=1), decision()))),
            m(made(production=(decision(withdrawal_id=1), decision(person_id=72)))),
        ),
    ),
    "releaser_signature": (
        [m()],
        [m(made(production=(decision(signed=False),)))],
        [
            (None, m(made(production=(decision(signed=False, decided_at=at(date(2026, 10, 31), 23)),)))),
            ("blocks", m(made(production=(decision(signed=False, decided_at=at(date(2026, 11, 1))),)))),
        ],
    ),
    "releaser_post": (
        [p(), m()],
        [p(by=production_releaser(role="viewer"))],
        turns(p(by=production_releaser(ends_on=ON)), p(by=production_releaser(ends_on=ON - DAY))),
    ),
    "releaser_authorised": (
        [p(), m()],
        [p(by=production_releaser(authorisation_reference=""))],
        turns(p(by=production_releaser(authorised_on=ON)), p(by=production_releaser(authorised_on=ON + DAY))),
    ),
    "releaser_trained": (
        [p(), m()],
        [p(by=production_releaser(trained_on=None))],
        [
            *turns(p(by=production_releaser(trained_on=ON)), p(by=production_releaser(trained_on=ON + DAY))),
            *begins(p(by=production_releaser(trained_on=None)), date(2026, 11, 1)),
        ],
    ),
    "releaser_full_time": (
        [p(), m()],
        [p(by=production_releaser(full_time=False))],
        begins(p(by=production_releaser(full_time=False)), date(2026, 11, 1)),
    ),
    "catalogue": (
        [p()],
        [p(lot(catalogue="prohibited"))],
        turns(
            p(lot(catalogue="undetermined", catalogue_determined=("allowed",))),
            p(lot(catalogue="undetermined", catalogue_determined=("",))),
        ),
    ),
    "pair_standing": (
        [p()],
        [p(lot(entrusted={"pair_ended_on": MADE_TO}))],
        turns(p(lot(entrusted={"pair_ended_on": ON + DAY})), p(lot(entrusted={"pair_ended_on": ON}))),
    ),
    "entrustment_at_manufacture": (
        [p()],
        [p(lot(entrusted={"states": ()}))],
        turns(
            p(lot(entrusted={"states": ((MADE_FROM, "active"),)})),
            p(lot(entrusted={"states": ((MADE_FROM + DAY, "active"),)})),
        ),
    ),
    "entrustment_now": (
        [p()],
        [p(lot(entrusted=ENDED))],
        turns(p(lot(entrusted=ENDED), on=ON - DAY), p(lot(entrusted=ENDED))),
    ),
    "agreement_at_manufacture": (
        [p()],
        [p(lot(entrusted={"coverage": ()}))],
        turns(p(lot(**cover(starts_on=MADE_FROM))), p(lot(**cover(starts_on=MADE_FROM + DAY)))),
    ),
    "agreement_now": (
        [p()],
        [p(lot(entrusted={"coverage": ()}))],
        turns(p(lot(**cover(last_day=ON))), p(lot(**cover(last_day=ON - DAY)))),
    ),
    "licence_at_manufacture": (
        [p()],
        [p(lot(entrusted={"licences": ()}))],
        turns(p(lot(**held(last_day=MADE_TO))), p(lot(**held(last_day=MADE_TO - DAY)))),
    ),
    "licence_covers_product": (
        [p()],
        [p(lot(**held(scope=("14",))))],
        turns(
            p(lot(entrusted={"licences": (licence(current=False), licence(first_day=MADE_TO + DAY, scope=("14",)))})),
            p(lot(entrusted={"licences": (licence(current=False), licence(first_day=MADE_TO, scope=("14",)))})),
        ),
    ),
    "licence_names_site": (
        [p()],
        [p(lot(**held(site_ids=(8,))))],
        turns(
            p(lot(entrusted={"licences": (licence(current=False), licence(first_day=MADE_TO + DAY, site_ids=(8,)))})),
            p(lot(entrusted={"licences": (licence(current=False), licence(first_day=MADE_TO, site_ids=(8,)))})),
        ),
    ),
    "licence_accepted": (
        [p()],
        [p(lot(**held(accepted=False)))],
        turns(p(lot(**held(first_day=MADE_FROM))), p(lot(**held(first_day=MADE_FROM, accepted=False)))),
    ),
    "licence_now": (
        [p()],
        [p(lot(**held(standing="revoked")))],
        turns(p(lot(**held(last_day=ON))), p(lot(**held(last_day=ON - DAY)))),
    ),
    "certificate_at_manufacture": (
        [m()],
        [m(made(entrusted={"certificates": ()}))],
        turns(
            m(made(**registered(certificate(last_day=MADE_TO)))),
            m(made(**registered(certificate(last_day=MADE_TO - DAY)))),
        ),
    ),
    "certificate_now": (
        [m()],
        [m(made(**registered(certificate(standing="revoked"))))],
        [
            ("passed", m(made(**registered(certificate(last_day=ON))))),
            ("warns", m(made(**registered(certificate(last_day=ON - DAY))))),
        ],
    ),
    "contractor_on_certificate": (
        [m()],
        [m(made(**registered(certificate(contractor_on_certificate=False))))],
        begins(m(made(**registered(certificate(contractor_on_certificate=False)))), date(2024, 6, 1)),
    ),
    "coverage": (
        [p(), m(), p(lot(supervision=supervision(postings=()), **registered(certificate(implantable="no"))))],
        [p(present(MADE_TO)), p(lot(supervision=supervision(postings=(), presence=())))],
        [
            *turns(p(watched(12)), p(watched(11))),
            *turns(
                p(lot(supervision=supervision(postings=(posting(ends_on=MADE_TO),)))),
                p(lot(supervision=supervision(postings=(posting(ends_on=MADE_TO - DAY),)))),
            ),
            *turns(
                p(lot(supervision=supervision(policies=(policy(minimum_minutes=720),)))),
                p(lot(supervision=supervision(policies=(policy(minimum_minutes=721),)))),
            ),
        ],
    ),
    "suppliers_approved": (
        [p()],
        [p(lot(materials=(MaterialFact("钛合金棒材", "M-1", "他人公司"),)))],
        [
            *turns(p(approved("key_material", last_day=MADE_TO)), p(approved("key_material", last_day=MADE_TO - DAY))),
            *turns(
                p(approved("key_material", first_day=MADE_FROM)),
                p(approved("key_material", first_day=MADE_FROM + DAY)),
            ),
            ("blocks", p(lot(materials=(MaterialFact("钛合金棒材", "M-1", " "),)))),
            ("warns", p(lot(materials=()))),
            ("passed", p(lot(materials=(MaterialFact("棒材", "M-1", " 示例材料公司 "),)))),
        ],
    ),
    "sterilisation_approved": (
        [p(), p(lot(**registered(certificate(sterile=False))))],
        [p(lot(steps=(sterilised("他人公司"),)))],
        [
            *turns(
                p(approved("sterilisation", last_day=MADE_FROM)), p(approved("sterilisation", last_day=MADE_FROM - DAY))
            ),
            ("warns", p(lot(steps=(step(),)))),
            ("blocks", m(made(steps=(step(),)))),
            ("passed", m(made(steps=(step(),), **registered(certificate(sterile=False))))),
            ("blocks", p(lot(steps=(sterilised("他人公司"),), **registered(certificate(sterile=False))))),
        ],
    ),
    "processes_approved": (
        [p(), p(outside())],
        [p(lot(steps=(*lot().steps, step(step_id=3, kind="ordinary", performed_by="他人公司"))))],
        [
            *turns(p(outside(last_day=MADE_FROM)), p(outside(last_day=MADE_FROM - DAY))),
            *turns(p(outside(first_day=MADE_FROM)), p(outside(first_day=MADE_FROM + DAY))),
            *turns(p(outside()), p(outside(scope="sterilisation"))),
        ],
    ),
    "window_finished": ([p()], [p(on=MADE_FROM)], turns(p(on=MADE_TO), p(on=MADE_TO - DAY))),
    "deviations_closed": (
        [p(lot(deviations=(deviation(closure()),))), m(made(deviations=(deviation(closure(True)),)))],
        [p(lot(deviations=(deviation(),))), m(made(deviations=(deviation(),)))],
        [
            *turns(p(lot(deviations=(deviation(closure()),))), m(made(deviations=(deviation(closure()),)))),
            *turns(
                p(lot(deviations=(deviation(closure(False), closure(closure_id=2)),))),
                p(lot(deviations=(deviation(closure(False)),))),
            ),
            *turns(
                p(lot(deviations=(deviation(closure(True), severity="critical"),))),
                p(lot(deviations=(deviation(closure(), severity="critical"),))),
            ),
        ],
    ),
    "use_by_date": ([p()], [p(lot(expires_on=MADE_TO))], turns(p(lot(expires_on=ON)), p(lot(expires_on=ON - DAY)))),
    "label_version": (
        [p()],
        [p(lot(label=None))],
        turns(
            p(lot(label=replace(lot().label, starts_on=MADE_TO))),  # type: ignore[type-var]
            p(lot(label=replace(lot().label, starts_on=MADE_TO + DAY))),  # type: ignore[type-var]
        ),
    ),
    "label_content": (
        [p()],
        [p(lot(label_check=LACKS)), p(lot(label_check=AGED)), p(lot(label_check=BARE))],
        [
            *turns(p(lot(label_check=replace(LACKS, missing=()))), p(lot(label_check=None))),
            ("warns", p(lot(label_check=SINCE))),
        ],
    ),
    "ifu_version": (
        [p()],
        [p(lot(ifu=None))],
        turns(
            p(lot(ifu=replace(lot().ifu, starts_on=MADE_TO))),  # type: ignore[type-var]
            p(lot(ifu=replace(lot().ifu, starts_on=MADE_TO + DAY))),  # type: ignore[type-var]
        ),
    ),
    "ifu_content": (
        [p()],
        [p(lot(ifu_check=LACKS)), p(lot(ifu_check=AGED)), p(lot(ifu_check=BARE))],
        [
            *turns(p(lot(ifu_check=replace(LACKS, missing=()))), p(lot(ifu_check=None))),
            ("warns", p(lot(ifu_check=SINCE))),
        ],
    ),
    "udi_assigned": (
        [p(), m()],
        [p(lot(identifiers=()))],
        [
            *turns(
                p(lot(identifiers=(identifier(assigned_on=MADE_TO),))),
                p(lot(identifiers=(identifier(assigned_on=MADE_TO + DAY),))),
            ),
            *turns(
                p(lot(identifiers=(identifier(retired_on=MADE_TO + DAY),))),
                p(lot(identifiers=(identifier(retired_on=MADE_TO),))),
            ),
            (None, m(old(date(2020, 12, 31)))),
            ("blocks", m(old(date(2021, 1, 1)))),
        ],
    ),
    "udi_uploaded": (
        [m()],
        [m(made(identifiers=(identifier(uploaded_on=None),)))],
        [
            *turns(
                m(made(identifiers=(identifier(uploaded_on=ON),))),
                m(made(identifiers=(identifier(uploaded_on=ON + DAY),))),
            ),
            *turns(
                m(made(identifiers=(identifier(assigned_on=MADE_TO, uploaded_on=ON),))),
                m(made(identifiers=(identifier(assigned_on=MADE_TO + DAY, uploaded_on=ON),))),
            ),
        ],
    ),
    "documents_present": (
        [p()],
        [p(lot(documents=()))],
        turns(p(), p(lot(documents=(document("batch_record", "contractor"),)))),
    ),
    "documents_reviewed": (
        [p(), m()],
        [m(made(documents=(document("batch_record", "contractor"),)))],
        turns(p(), p(lot(documents=(*lot().documents, document("batch_record", document_id=63))))),
    ),
    "returns_answered": ([p()], [p(lot(returns=(question(),)))], turns(m(), m(made(returns=(question(),))))),
    "holds": (
        [p()],
        [p(lot(holds=(lot_hold(),)))],
        turns(m(), m(made(entrusted={"holds": (hold(scope="site"),)}))),
    ),
    "quantity": (
        [p(), m()],
        [p(quantity=1001)],
        [
            *turns(
                p(lot(deviations=(deviation(closure(True)),)), quantity=960),
                p(lot(deviations=(deviation(closure(True)),)), quantity=961),
            ),
            *turns(
                m(made(production=(decision(quantity=600),)), quantity=600),
                m(made(production=(decision(quantity=600),)), quantity=601),
            ),
        ],
    ),
    "audit_not_overdue": (
        [m()],
        [m(owed(audit_due_on=ON - 91 * DAY))],
        [
            ("passed", m(owed(audit_due_on=ON))),
            ("warns", m(owed(audit_due_on=ON - DAY))),
            ("warns", m(owed(audit_due_on=ON - 90 * DAY))),
            ("passed", m(owed(audit_due_on=None, starts_on=date(2025, 11, 20)))),
            ("warns", m(owed(audit_due_on=None, starts_on=date(2025, 11, 19)))),
            ("warns", m(owed(audit_due_on=None, starts_on=date(2025, 8, 22)))),
            ("blocks", m(owed(audit_due_on=None, starts_on=date(2025, 8, 21)))),
        ],
    ),
    "review_not_overdue": (
        [m()],
        [m(owed(review_due_on=ON - 91 * DAY))],
        [
            ("passed", m(owed(review_due_on=ON))),
            ("warns", m(owed(review_due_on=ON - DAY))),
            ("warns", m(owed(review_due_on=ON - 90 * DAY))),
            ("warns", m(owed(review_due_on=None, starts_on=date(2025, 11, 19)))),
            ("blocks", m(owed(review_due_on=None, starts_on=date(2025, 8, 21)))),
        ],
    ),
}


def rows() -> Iterator[Row]:
    """Every case of every gate."""
    for code, (passing, blocking, edges) in TABLE.items():
        yield from (Row(code, PASS, "passed", case) for case in passing)
        yield from (Row(code, BLOCK, "blocks", case) for case in blocking)
        yield from (Row(code, EDGE, state, case) for state, case in edges)
