"""May this device be entrusted now: every reason passes, blocks and has its edge day; no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agreements.facts import OpeningFacts, PreparationFact, ScreeningFact
from agreements.models import Preparation
from agreements.rules import blockers_to_open_entrustment
from agreements.wording import SENTENCES
from cmo.errors import blocking
from cmo.regulation.references import all_references
from tests.agreements.known import CERTIFICATE, LICENCE, ON


def prepared(*kinds: str, **changes: object) -> tuple[PreparationFact, ...]:
    """Accepted preparations of these kinds, a month old."""
    facts = [PreparationFact(n, kind, ON - timedelta(days=30), None, True) for n, kind in enumerate(kinds)]
    return tuple(replace(fact, **changes) for fact in facts)  # type: ignore[arg-type]


READY = OpeningFacts(
    pair_id=1,
    device_id=1,
    site_id=7,
    on=ON,
    starts_on=ON,
    pair_ended_on=None,
    device_shared=True,
    site_in_use=True,
    certificate=CERTIFICATE,
    licences=(LICENCE,),
    screening=ScreeningFact("allowed", 1, None, "e" * 64),
    preparations=prepared(*Preparation.Kind.values),
    open_number="",
)


def codes(facts: OpeningFacts) -> list[str]:
    return [finding.code for finding in blockers_to_open_entrustment(facts)]


def without(kind: str) -> OpeningFacts:
    return replace(READY, preparations=tuple(fact for fact in READY.preparations if fact.kind != kind))


def certificate(**changes: object) -> OpeningFacts:
    return replace(READY, certificate=replace(CERTIFICATE, **changes))  # type: ignore[arg-type]


def licence(**changes: object) -> OpeningFacts:
    return replace(READY, licences=(replace(LICENCE, **changes),))  # type: ignore[arg-type]


def test_nothing_stands_against_a_device_for_which_everything_is_in_order_on_the_last_day_of_everything() -> None:
    assert codes(READY) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(READY, pair_ended_on=ON), "pair_ended"),
        (replace(READY, device_shared=False), "device_not_shared"),
        (replace(READY, site_in_use=False), "site_not_in_use"),
        (replace(READY, open_number="ET2026-1"), "entrustment_open_already"),
        (replace(READY, screening=ScreeningFact("allowed", None, None, "")), "not_screened"),
        (replace(READY, screening=ScreeningFact("prohibited", 1, None, "")), "screening_prohibited"),
        (replace(READY, screening=ScreeningFact("undetermined", 1, None, "")), "screening_undetermined"),
        (replace(READY, certificate=None), "certificate_missing"),
        (certificate(standing="revoked"), "certificate_not_in_force"),
        (certificate(last_day=ON - timedelta(days=1)), "certificate_not_valid"),
        (certificate(first_day=ON + timedelta(days=1), last_day=None), "certificate_not_valid"),
        (certificate(contractor_on_certificate=False), "contractor_not_on_certificate"),
        (replace(READY, licences=()), "licence_missing"),
        (licence(site_ids=(8,)), "licence_missing"),
        (licence(current=False), "licence_missing"),
        (licence(accepted=False), "licence_not_accepted"),
        (licence(standing="suspended"), "licence_not_in_force"),
        (licence(last_day=ON - timedelta(days=1)), "licence_not_valid"),
        (licence(scope=("14",)), "licence_out_of_scope"),
        (licence(qms_inspected_on=None), "qms_inspection_unknown"),
        (licence(kind="filing"), "licence_wrong_kind"),
        (without("on_site_evaluation"), "evaluation_missing"),
        (without("credit_statement"), "credit_statement_missing"),
        (without("necessity"), "necessity_missing"),
        (without("entrustment_contract"), "contract_missing"),
        (without("transfer"), "transfer_missing"),
        (without("trial_production"), "trial_production_missing"),
        (without("validation"), "validation_missing"),
        (without("product_reported"), "product_not_reported"),
    ],
)
def test_each_missing_fact_blocks_with_exactly_its_own_reason(facts: OpeningFacts, code: str) -> None:
    found = blockers_to_open_entrustment(facts)
    assert [finding.code for finding in found] == [code]
    assert found[0].blocks


@pytest.mark.parametrize(
    "facts",
    [
        certificate(last_day=ON - timedelta(days=1), deemed_renewed=True),
        certificate(last_day=None),
        licence(last_day=ON - timedelta(days=1), deemed_renewed=True),
        replace(READY, screening=ScreeningFact("allowed", 1, 5, "")),
    ],
    ids=["certificate deemed renewed", "filing without last day", "licence deemed renewed", "determined as allowed"],
)
def test_deemed_renewals_filings_and_determinations_pass(facts: OpeningFacts) -> None:
    assert codes(facts) == []


def test_a_class_one_device_may_be_made_under_a_class_one_production_filing() -> None:
    filing = replace(LICENCE, kind="filing", last_day=None, qms_inspected_on=None)
    facts = replace(certificate(device_class="I", implantable="no"), licences=(filing,))
    assert codes(facts) == []


def test_one_flawless_licence_suffices_beside_a_lapsed_one() -> None:
    lapsed = replace(LICENCE, licence_id=2, last_day=ON - timedelta(days=1))
    assert codes(replace(READY, licences=(lapsed, LICENCE))) == []


def test_necessity_is_asked_of_implantables_and_of_devices_nobody_has_classified() -> None:
    assert codes(replace(without("necessity"), certificate=replace(CERTIFICATE, implantable="no"))) == []
    unknown = replace(without("necessity"), certificate=replace(CERTIFICATE, implantable="unknown"))
    assert codes(unknown) == ["necessity_missing"]


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({"accepted": None}, False),
        ({"accepted": False}, False),
        ({"expires_on": ON}, True),
        ({"expires_on": ON - timedelta(days=1)}, False),
    ],
)
def test_a_preparation_counts_once_accepted_and_up_to_its_last_day(changes: dict, counts: bool) -> None:
    others = tuple(fact for fact in READY.preparations if fact.kind != "credit_statement")
    facts = replace(READY, preparations=others + prepared("credit_statement", **changes))
    assert codes(facts) == ([] if counts else ["credit_statement_missing"])


def test_an_evaluation_older_than_a_year_warns_but_does_not_block() -> None:
    others = tuple(fact for fact in READY.preparations if fact.kind != "on_site_evaluation")
    edge = prepared("on_site_evaluation", event_on=ON - timedelta(days=366))
    old = prepared("on_site_evaluation", event_on=ON - timedelta(days=367))
    assert codes(replace(READY, preparations=others + edge)) == []
    found = blockers_to_open_entrustment(replace(READY, preparations=others + old))
    assert [finding.code for finding in found] == ["evaluation_old"]
    assert not blocking(found)


def test_a_first_day_in_the_past_is_a_takeover_and_said_so() -> None:
    found = blockers_to_open_entrustment(replace(READY, starts_on=ON - timedelta(days=1)))
    assert [(finding.code, finding.blocks) for finding in found] == [("starts_before_today", False)]


def test_all_reasons_come_at_once() -> None:
    empty = replace(READY, device_shared=False, certificate=None, licences=(), preparations=())
    found = codes(replace(empty, screening=ScreeningFact("undetermined", None, None, "")))
    assert {"device_not_shared", "certificate_missing", "licence_missing", "not_screened"} <= set(found)
    assert len(found) == 13


def test_frozen_facts_are_plain_values_with_version_ids_and_hashes() -> None:
    data = READY.as_data()
    assert data["certificate"]["version"] == 1
    assert data["licences"][0]["content_hash"] == "l" * 64
    assert data["screening"]["screening"] == 1
    assert len(data["preparations"]) == len(Preparation.Kind.values)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_finding_speaks_both_languages_and_cites_a_held_reference(code: str) -> None:
    sentence = SENTENCES[code]
    assert sentence.zh.endswith(("。", "{why_zh}"))  # a whole sentence may be quoted at the end
    assert sentence.en.endswith((".", "{why_en}"))
    assert bool(sentence.todo_zh) == bool(sentence.todo_en)
    assert not set(",;!?()") & set(sentence.zh + sentence.todo_zh)
    assert sentence.citation in {reference.key for reference in all_references()}
