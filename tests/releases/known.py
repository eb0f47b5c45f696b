"""Facts of one lot that everything is in order with, and how to change single facts of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from agreements.facts import CertificateFact, CoverageFact, EntrustmentFacts, HoldFact, LicenceFact
from agreements.facts.supervision import PolicyFact, PostingFact, PresenceSpan, SupervisionFacts, SupplierFact
from cmo.clock import SHANGHAI
from cmo.trail.canonical import canonical
from releases.facts import (
    CheckFact,
    ClosureFact,
    DecisionFact,
    DeviationFact,
    DocumentFact,
    ExceptionFact,
    IdentifierFact,
    LabelFact,
    LotFacts,
    LotHoldFact,
    MaterialFact,
    ReleaserFact,
    RequiredDocument,
    ReturnFact,
    ReviewFact,
    StepFact,
)

REGISTRANT, CONTRACTOR, SITE = 1, 2, 7
#: Under the GMP of 2025, which is in force from 2026-11-01 on.
MADE_FROM, MADE_TO, ON = date(2026, 11, 2), date(2026, 11, 6), date(2026, 11, 20)
PLANNED_AT = datetime(2026, 11, 12, 9, 0, tzinfo=SHANGHAI)


def licence(**changes: Any) -> LicenceFact:
    return replace(
        LicenceFact(
            version_id=11,
            content_hash="l" * 64,
            licence_id=1,
            current=True,
            accepted=True,
            kind="licence",
            number="浙药监械生产许20230001号",
            first_day=date(2023, 6, 1),
            last_day=date(2028, 5, 31),
            deemed_renewed=False,
            scope=("13",),
            site_ids=(SITE,),
            standing="in_force",
            qms_inspected_on=date(2025, 6, 1),
        ),
        **changes,
    )


def certificate(**changes: Any) -> CertificateFact:
    return replace(
        CertificateFact(
            version_id=21,
            content_hash="c" * 64,
            current=True,
            number="国械注准20243130001",
            first_day=date(2024, 1, 10),
            last_day=date(2029, 1, 9),
            deemed_renewed=False,
            standing="in_force",
            device_class="III",
            sub_catalogue="13",
            classification_code="13-04-01",
            implantable="yes",
            sterile=True,
            contractor_on_certificate=True,
        ),
        **changes,
    )


def coverage(**changes: Any) -> CoverageFact:
    return replace(
        CoverageFact(
            agreement_id=1,
            agreement_number="ZLXY-1",
            revision_id=31,
            revision_number=1,
            body_hash="b" * 64,
            starts_on=date(2026, 1, 1),
            ends_on=date(2027, 12, 31),
            last_day=date(2027, 12, 31),
            capped_by="term",
            signed_by_registrant=True,
            signed_by_contractor=True,
            ended_on=None,
            superseded_on=None,
            lots_made_in_time_clause="第9条：在有效期内生产的批次按本协议放行。",
        ),
        **changes,
    )


def hold(**changes: Any) -> HoldFact:
    return replace(HoldFact(1, "hold", "pair", "registrant", "原料可疑", date(2026, 11, 18), "林知夏"), **changes)


def lot_hold(**changes: Any) -> LotHoldFact:
    return replace(LotHoldFact(1, "hold", "contractor", "包装破损", date(2026, 11, 18), 91, "陆明远"), **changes)


def entrustment(**changes: Any) -> EntrustmentFacts:
    return replace(
        EntrustmentFacts(
            entrustment_id=5,
            number="WTSC-5",
            pair_id=3,
            registrant_id=REGISTRANT,
            contractor_id=CONTRACTOR,
            device_id=4,
            site_id=SITE,
            starts_on=date(2026, 2, 1),
            states=((date(2026, 2, 1), "active"),),
            licences=(licence(),),
            certificates=(certificate(),),
            coverage=(coverage(),),
            holds=(),
            screening_outcome="allowed",
            screening_id=41,
            determination_id=None,
            pair_ended_on=None,
            audit_due_on=date(2026, 12, 31),
            review_due_on=date(2026, 12, 31),
        ),
        **changes,
    )


def decision(**changes: Any) -> DecisionFact:
    return replace(
        DecisionFact(51, 1, "released", 1000, "", CONTRACTOR, 71, "顾清和", PLANNED_AT, signed=True),
        **changes,
    )


def document(kind: str = "batch_record", *sides: str, **changes: Any) -> DocumentFact:
    reviews = tuple(ReviewFact(side, 61, "许见山", date(2026, 11, 11)) for side in sides)
    return replace(DocumentFact(61, kind, f"{kind}-001", date(2026, 11, 10), reviews), **changes)


def at(day: date, hour: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def step(**changes: Any) -> StepFact:
    """A key step on the first production day, from eight to twelve."""
    return replace(StepFact(1, 6, "焊接", "key", at(MADE_FROM, 8), at(MADE_FROM, 12), ""), **changes)


def identifier(**changes: Any) -> IdentifierFact:
    sold = IdentifierFact(1, "06901234567892", "HJ-01", None, date(2026, 1, 20), date(2026, 2, 1))
    return replace(sold, **changes)


def posting(**changes: Any) -> PostingFact:
    days = {"starts_on": date(2026, 2, 1), "ends_on": date(2027, 1, 31)}
    made = {"trained_on": date(2026, 1, 10), "appointed_on": date(2026, 1, 15), "deputy_for_id": None}
    return replace(PostingFact(posting_id=1, person_id=91, person="周以宁", site_id=SITE, **days, **made), **changes)


def stay(day: date, first: int = 7, last: int = 19) -> PresenceSpan:
    """One stay of the resident supervisor."""
    return PresenceSpan(1, "周以宁", SITE, at(day, first), at(day, last), True)


def window() -> list[date]:
    """Every production day."""
    return [date.fromordinal(number) for number in range(MADE_FROM.toordinal(), MADE_TO.toordinal() + 1)]


def supplier(**changes: Any) -> SupplierFact:
    approved = SupplierFact(1, "示例材料公司", "key_material", "钛合金棒材", date(2026, 1, 1), date(2027, 12, 31))
    return replace(approved, **changes)


def policy(**changes: Any) -> PolicyFact:
    return replace(PolicyFact(date(2026, 1, 1), "every_day", 60, 90), **changes)


def supervision(**changes: Any) -> SupervisionFacts:
    """A person posted to the site who was there on every production day, and approved suppliers."""
    facts = SupervisionFacts(
        policies=(policy(),),
        postings=(posting(),),
        presence=tuple(stay(day) for day in window()),
        suppliers=(supplier(), supplier(approval_id=2, supplier="示例灭菌公司", scope="sterilisation")),
    )
    return replace(facts, **changes)


def deviation(*closures: ClosureFact, **changes: Any) -> DeviationFact:
    days = {"occurred_on": MADE_FROM, "discovered_on": MADE_FROM, "recorded_on": MADE_FROM}
    plain = {"kind": "deviation", "severity": "major", "reference": "PC-1", "description": "温度超限", "quantity": 40}
    return DeviationFact(**{"deviation_id": 1, "lot_id": 6, **days, **plain, "closures": closures, **changes})


def closure(accepted: bool | None = None, **changes: Any) -> ClosureFact:
    return replace(ClosureFact(1, 92, date(2026, 11, 9), "sorted", 40, accepted), **changes)


def waiver(code: str, facts: dict[str, Any], **changes: Any) -> ExceptionFact:
    """An approved exception that waives exactly these facts of a finding."""
    requested = ExceptionFact(
        exception_id=8,
        number=1,
        code=code,
        waived=canonical(facts),
        justification="派驻人员当日突发疾病，已由注册人复核全部过程记录。",
        effect="无影响",
        quantity=None,
        requested_by_id=81,
        requested_by="许见山",
        requested_at=PLANNED_AT,
        approved=True,
        decided_by="林知夏",
        decided_at=PLANNED_AT,
        reason="同意",
    )
    return replace(requested, **changes)


REQUIRED = (
    RequiredDocument("batch_record", "批生产记录", "batch production record"),
    RequiredDocument("inspection_report", "成品检验报告", "finished product inspection report"),
)


def lot(*, entrusted: dict[str, Any] | None = None, **changes: Any) -> LotFacts:
    """A lot ready for production release; ``entrusted`` changes facts of its entrustment."""
    return replace(
        LotFacts(
            lot_id=6,
            number="L261102",
            pair_id=3,
            registrant_id=REGISTRANT,
            contractor_id=CONTRACTOR,
            device_id=4,
            device_name_zh="髋关节假体",
            device_name_en="Hip prosthesis",
            site_id=SITE,
            entrustment=entrustment(**(entrusted or {})),
            go_live_on=date(2026, 1, 15),
            model="HJ-01",
            produced_from=MADE_FROM,
            produced_to=MADE_TO,
            quantity=1000,
            unit="件",
            expires_on=date(2031, 5, 7),
            taken_over=False,
            taken_over_note="",
            registered_by_id=81,
            label=LabelFact(1, "L-2", date(2025, 1, 1), None),
            ifu=LabelFact(2, "I-3", date(2025, 1, 1), None),
            catalogue="allowed",
            catalogue_editions=("2022",),
            required_documents=REQUIRED,
            documents=(
                document("batch_record", "contractor", "registrant"),
                document("inspection_report", "contractor", "registrant", document_id=62),
            ),
            materials=(MaterialFact("钛合金棒材", "M-1", "示例材料公司"),),
            steps=(step(), step(step_id=2, name="灭菌", kind="sterilisation", performed_by="示例灭菌公司")),
            label_check=CheckFact(1, 1, date(2026, 2, 1), ()),
            ifu_check=CheckFact(2, 2, date(2026, 2, 1), ()),
            udi_listed="yes",
            identifiers=(identifier(),),
            supervision=supervision(),
        ),
        **changes,
    )


def made(*, entrusted: dict[str, Any] | None = None, **changes: Any) -> LotFacts:
    """A lot ready for market release: its production release stands."""
    return lot(entrusted=entrusted, **{"production": (decision(),), **changes})


def production_releaser(**changes: Any) -> ReleaserFact:
    return replace(
        ReleaserFact(
            person_id=71,
            person="顾清和",
            account_open=True,
            role="production_releaser",
            side="contractor",
            organisation_id=CONTRACTOR,
            starts_on=date(2026, 1, 1),
            authorised_on=date(2025, 12, 20),
            authorisation_reference="RM-1",
            trained_on=date(2025, 12, 10),
            full_time=True,
        ),
        **changes,
    )


def market_releaser(**changes: Any) -> ReleaserFact:
    own = {"person_id": 72, "person": "唐若溪", "role": "market_releaser", "side": "registrant"}
    return replace(production_releaser(), **{**own, "organisation_id": REGISTRANT, **changes})


def question(**changes: Any) -> ReturnFact:
    return replace(ReturnFact(1, "请补充灭菌记录。", date(2026, 11, 14), "唐若溪"), **changes)
