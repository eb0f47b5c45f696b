"""Rules of parties at their edges, without a database."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from cmo.parties import rules
from cmo.parties.facts import DecisionFacts, LicenceFacts, PostFacts
from cmo.parties.rights import ROLES_OF_SIDE

DAY = date(2026, 6, 1)
GOOD_CODE = "91330106M00000019B"


def codes(findings: list[Any]) -> list[str]:
    return [finding.code for finding in findings]


def post(role: str = "viewer", side: str = "registrant", **changes: Any) -> PostFacts:
    facts = PostFacts(
        organisation_id=1, side=side, role=role, starts_on=DAY, authorised_on=DAY, trained_on=DAY, full_time=True
    )
    return replace(facts, **changes)


def against(facts: PostFacts, *others: PostFacts) -> list[str]:
    return codes(rules.blockers_to_hold_post(facts, others, ROLES_OF_SIDE[facts.side]))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (post(), []),
        (post("market_releaser"), []),
        (post("market_releaser", "contractor"), ["role_not_on_side"]),
        (post("production_releaser", "registrant"), ["role_not_on_side"]),
        (post(authorised_on=DAY + timedelta(days=1)), ["authorised_after_start"]),
        (post("market_releaser", full_time=False), ["releaser_not_full_time"]),
        (post("market_releaser", trained_on=None), ["releaser_not_trained"]),
        (post("market_releaser", trained_on=DAY + timedelta(days=1)), ["releaser_not_trained"]),
        (post("production_releaser", "contractor", trained_on=None, full_time=False), [
            "releaser_not_full_time",
            "releaser_not_trained",
        ]),
        (post("auditor", trained_on=None, full_time=False), []),
    ],
)  # fmt: skip
def test_an_appointment_is_judged_by_role_authorisation_training_and_employment(
    facts: PostFacts, expected: list[str]
) -> None:
    if "role_not_on_side" in expected:
        assert "role_not_on_side" in against(facts)
    else:
        assert against(facts) == expected


def test_one_person_serves_one_legal_entity_only() -> None:
    assert against(post(), post(organisation_id=2)) == ["post_at_other_entity"]
    assert against(post(), post("auditor")) == []


@pytest.mark.parametrize(
    ("one", "other", "compatible"),
    [
        ("market_releaser", "production_releaser", False),
        ("production_releaser", "market_releaser", False),
        ("quality_manager", "production_planner", False),
        ("production_releaser", "production_planner", False),
        ("quality_manager", "management_representative", True),
        ("quality_manager", "production_releaser", True),
    ],
)
def test_incompatible_posts_are_refused_whichever_comes_first(one: str, other: str, compatible: bool) -> None:
    side = "contractor" if one in ROLES_OF_SIDE["contractor"] else "registrant"
    held = post(other, "contractor" if other in ROLES_OF_SIDE["contractor"] else "registrant")
    assert ("incompatible_posts" in against(post(one, side), held)) is not compatible


DECISION = DecisionFacts(proposed_by_id=1, decided=False, number=2, last_confirmed_number=1)


@pytest.mark.parametrize(
    ("facts", "decider", "expected"),
    [
        (DECISION, 2, []),
        (DECISION, 1, ["own_proposal"]),
        (replace(DECISION, decided=True), 2, ["already_decided"]),
        (replace(DECISION, concerns_user_id=2), 2, ["own_appointment"]),
        (replace(DECISION, last_confirmed_number=2), 2, ["overtaken"]),
        (replace(DECISION, last_confirmed_number=3, decided=True), 1, ["already_decided", "own_proposal", "overtaken"]),
    ],
)
def test_a_proposal_is_decided_once_by_somebody_else(facts: DecisionFacts, decider: int, expected: list[str]) -> None:
    assert codes(rules.blockers_to_decide(facts, decider)) == expected


def test_the_credit_code_is_checked_and_never_changed_by_the_organisation() -> None:
    assert codes(rules.blockers_to_propose_organisation({"uscc": GOOD_CODE}, GOOD_CODE)) == []
    assert codes(rules.blockers_to_propose_organisation({"uscc": GOOD_CODE}, "91330106M00000107R")) == ["uscc_fixed"]
    wrong_last = GOOD_CODE[:-1] + "C"
    assert any(c.startswith("code_") for c in codes(rules.blockers_to_propose_organisation({"uscc": wrong_last}, None)))
    assert codes(rules.blockers_to_propose_organisation({"uscc": "苏药监械生产许20230001号"}, None)) == ["code_kind"]


def test_the_administrator_learns_that_a_code_is_entered_already() -> None:
    assert codes(rules.blockers_to_found(True, {"uscc": GOOD_CODE})) == ["uscc_taken"]
    assert rules.blockers_to_found(False, {"uscc": GOOD_CODE}) == []


@pytest.mark.parametrize(
    ("role", "managers", "allowed"),
    [
        ("quality_manager", 0, True),
        ("quality_manager", 1, True),
        ("quality_manager", 2, False),
        ("signatory", 0, False),
    ],
)
def test_the_administrator_appoints_the_first_two_quality_managers_only(
    role: str, managers: int, allowed: bool
) -> None:
    assert (rules.blockers_to_found_posts(role, managers) == []) is allowed


def licence(**changes: Any) -> dict[str, Any]:
    return {
        "number_printed": "苏药监械生产许20230001号",
        "first_day": date(2023, 6, 1),
        "last_day": date(2028, 5, 31),
        "scope": ["13"],
        "site_ids": [1],
        "deemed_renewed": False,
        "renewal_filed_on": None,
        "renewal_proof": "",
        **changes,
    }


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("licence", {}, []),
        ("licence", {"scope": ["22", "IVD"]}, []),
        ("licence", {"scope": []}, ["scope_unknown"]),
        ("licence", {"scope": ["23"]}, ["scope_unknown"]),
        ("licence", {"last_day": None}, ["last_day_missing"]),
        ("filing", {}, ["code_kind", "filing_has_no_last_day"]),
        ("filing", {"number_printed": "苏苏药监械生产备20230001号", "last_day": None}, []),
        ("licence", {"number_printed": "苏苏药监械生产备20230001号"}, ["code_kind"]),
        ("licence", {"deemed_renewed": True}, ["renewal_proof_missing"]),
        ("licence", {"deemed_renewed": True, "renewal_filed_on": date(2028, 3, 1)}, ["renewal_proof_missing"]),
    ],
)
def test_licence_data_are_judged_by_number_scope_and_days(
    kind: str, changes: dict[str, Any], expected: list[str]
) -> None:
    assert codes(rules.blockers_to_propose_licence(kind, licence(**changes))) == expected


@pytest.mark.parametrize(("days_before", "in_time"), [(90, True), (40, True), (39, False), (0, False), (-1, False)])
def test_a_renewal_is_deemed_granted_only_when_applied_for_in_time(days_before: int, in_time: bool) -> None:
    last = date(2028, 5, 31)
    content = licence(deemed_renewed=True, renewal_filed_on=last - timedelta(days=days_before), renewal_proof="受理123")
    assert (rules.blockers_to_propose_licence("licence", content) == []) is in_time


def test_nobody_forms_a_pair_with_themselves() -> None:
    assert codes(rules.blockers_to_propose_pair(GOOD_CODE, GOOD_CODE)) == ["same_enterprise"]
    assert rules.blockers_to_propose_pair(GOOD_CODE, "91330106M00000107R") == []


ACCEPTABLE = LicenceFacts(confirmed=True, accepted=False, overtaken=False, in_force=True, pair_ended=False)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"confirmed": False}, ["licence_not_confirmed"]),
        ({"accepted": True}, ["licence_already_accepted"]),
        ({"overtaken": True}, ["licence_overtaken"]),
        ({"in_force": False}, ["licence_not_in_force"]),
        ({"pair_ended": True}, ["pair_ended"]),
    ],
)
def test_a_licence_is_accepted_only_confirmed_current_and_in_force(
    changes: dict[str, bool], expected: list[str]
) -> None:
    assert codes(rules.blockers_to_accept_licence(replace(ACCEPTABLE, **changes))) == expected


@pytest.mark.parametrize(
    ("starts", "ends", "is_party", "permission", "expected"),
    [
        (0, 0, False, "read_pair", []),
        (0, 366, False, "read_pair", []),
        (0, 367, False, "read_pair", ["grant_too_long"]),
        (0, -1, False, "read_pair", ["grant_period"]),
        (-5, -1, False, "read_pair", ["grant_period"]),
        (-5, 0, False, "read_pair", []),
        (0, 5, True, "read_pair", ["grant_needless"]),
        (0, 5, False, "limited_to_pair", ["limit_needs_post"]),
        (0, 5, True, "limited_to_pair", []),
        (0, 5, False, "take_dossier", []),
    ],
)
def test_a_grant_is_dated_short_and_fits_the_person(
    starts: int, ends: int, is_party: bool, permission: str, expected: list[str]
) -> None:
    first, last = DAY + timedelta(days=starts), DAY + timedelta(days=ends)
    assert codes(rules.blockers_to_grant(first, last, DAY, is_party, permission)) == expected


@pytest.mark.parametrize(
    ("ended", "offset", "expected"),
    [
        (False, 0, []),
        (False, -10, []),
        (False, -11, ["pair_end_day"]),
        (False, 1, ["pair_end_day"]),
        (True, 0, ["pair_ended"]),
    ],
)
def test_a_pair_ends_once_within_its_life(ended: bool, offset: int, expected: list[str]) -> None:
    began = DAY - timedelta(days=10)
    assert codes(rules.blockers_to_end_pair(ended, DAY + timedelta(days=offset), began, DAY)) == expected


def test_turning_down_needs_a_reason() -> None:
    assert codes(rules.blockers_to_turn_down("  ")) == ["reason_missing"]
    assert rules.blockers_to_turn_down("住所有误") == []


def test_nobody_closes_their_own_account_or_a_closed_one() -> None:
    assert rules.blockers_to_dismiss(own=False, active=True) == []
    assert codes(rules.blockers_to_dismiss(own=True, active=False)) == ["own_account", "account_closed_already"]
