"""A licence or certificate that was not in force on a day: at registration and at both releases, whatever came after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cmo.errors import Refused
from cmo.parties import actions as parties_actions
from cmo.parties.models import LicenceVersion
from cmo.parties.rules import blockers_to_follow
from releases.facts import MARKET, PRODUCTION, RegistrationFacts
from releases.on_day import standing_on
from releases.rules import findings_for, findings_for_registration
from tests import make
from tests.catalogue import build as catalogue
from tests.releases.known import MADE_FROM, MADE_TO, ON, certificate, entrustment, licence, lot, made

DAY = timedelta(days=1)
BEFORE = MADE_FROM - DAY
STOPS = ["suspended", "revoked", "cancelled"]


def stopped(version: Any, since: date, standing: str, again: date | None = None) -> tuple[Any, ...]:
    """One licence or certificate: in force, then not, and in force again from a day."""
    first = version(current=False)
    key = first.version_id
    second = version(version_id=key + 100, standing=standing, first_day=since, current=again is None)
    return (first, second, *((version(version_id=key + 101, first_day=again),) if again is not None else ()))


def said(stage: str, licences: Any = None, certificates: Any = None, on: date = ON) -> set[str]:
    entrusted = {"licences": licences or (licence(),), "certificates": certificates or (certificate(),)}
    facts = (made if stage == MARKET else lot)(entrusted=entrusted)
    return {finding.code for finding in findings_for(stage, facts, on) if finding.blocks}


def registering(**entrusted: Any) -> set[str]:
    facts = RegistrationFacts(
        entrustment=entrustment(**entrusted),
        catalogue="allowed",
        go_live_on=date(2026, 1, 15),
        number="L1",
        number_known=False,
        model="HJ-01",
        produced_from=MADE_FROM,
        produced_to=MADE_TO,
        quantity=10,
        expires_on=None,
        label_fits=True,
        ifu_fits=True,
    )
    return {finding.code for finding in findings_for_registration(facts)}


# ── days of manufacture


@pytest.mark.parametrize("stage", [PRODUCTION, MARKET])
@pytest.mark.parametrize("standing", STOPS)
def test_a_licence_that_was_not_in_force_during_manufacture_stops_although_it_is_again(
    stage: str, standing: str
) -> None:
    assert said(stage, stopped(licence, BEFORE, standing, MADE_TO + DAY)) == {"licence_at_manufacture"}
    assert said(stage, stopped(licence, MADE_TO, standing, MADE_TO + DAY)) == {"licence_at_manufacture"}
    assert said(stage, stopped(licence, BEFORE - DAY, standing, BEFORE)) == set()
    assert said(stage, stopped(licence, MADE_TO + DAY, standing, ON)) == set()
    assert said(stage, stopped(licence, MADE_TO + DAY, standing)) == {"licence_now"}


@pytest.mark.parametrize("stage", [PRODUCTION, MARKET])
@pytest.mark.parametrize("standing", ["revoked", "cancelled"])
def test_a_certificate_that_was_not_in_force_during_manufacture_stops_although_it_is_again(
    stage: str, standing: str
) -> None:
    during = {"certificate_at_manufacture"}
    assert said(stage, certificates=stopped(certificate, BEFORE, standing, MADE_TO + DAY)) == during
    assert said(stage, certificates=stopped(certificate, MADE_TO, standing, ON)) == during
    assert said(stage, certificates=stopped(certificate, BEFORE - DAY, standing, BEFORE)) == set()


def test_a_suspended_filing_stops_a_class_one_device() -> None:
    one: dict[str, Any] = {"certificates": (certificate(device_class="I", last_day=None),)}

    def filing(**changes: Any) -> Any:
        return licence(**{"kind": "filing", "last_day": None, **changes})

    assert said(PRODUCTION, (filing(),), one["certificates"]) == set()
    found = stopped(filing, BEFORE, "suspended", MADE_TO + DAY)
    assert said(PRODUCTION, found, one["certificates"]) == {"licence_at_manufacture"}


def test_what_begins_again_only_later_does_not_release_today() -> None:
    later = stopped(licence, MADE_TO + DAY, "suspended", ON + DAY)
    assert said(PRODUCTION, later) == said(MARKET, later) == {"licence_now"}
    assert said(PRODUCTION, later, on=ON + DAY) == set()
    taken = stopped(certificate, MADE_TO + DAY, "revoked", ON + DAY)
    assert said(MARKET, certificates=taken) == {"certificate_now"}


def test_another_licence_that_is_suspended_today_does_not_stand_in_for_one_that_has_lapsed() -> None:
    lapsed = licence(last_day=ON - DAY)
    other = licence(version_id=12, licence_id=2, standing="suspended")
    assert said(PRODUCTION, (lapsed, other)) == {"licence_now"}


@pytest.mark.parametrize("first_day", [date(2023, 6, 1), BEFORE])
def test_a_version_in_force_for_the_same_or_an_earlier_day_wipes_no_suspension(first_day: date) -> None:
    wiped = stopped(licence, BEFORE, "suspended", first_day)
    assert said(MARKET, wiped) >= {"licence_at_manufacture"}
    assert standing_on(wiped, ON) == "suspended"
    assert standing_on(stopped(licence, BEFORE, "suspended", BEFORE + DAY), BEFORE) == "suspended"
    assert standing_on(stopped(licence, BEFORE, "suspended", BEFORE + DAY), BEFORE + DAY) == "in_force"


def test_a_scope_widened_later_does_not_cover_a_lot_made_before() -> None:
    narrow = licence(scope=("14",), current=False)
    assert said(MARKET, (narrow, licence(version_id=12, first_day=MADE_TO + DAY))) == {"licence_covers_product"}
    assert said(MARKET, (narrow, licence(version_id=12, first_day=MADE_TO))) == {"licence_covers_product"}
    assert said(MARKET, (narrow, licence(version_id=12, first_day=MADE_FROM))) == set()


# ── registration


@pytest.mark.parametrize("standing", STOPS)
def test_no_lot_is_registered_for_days_on_which_the_licence_is_not_in_force(standing: str) -> None:
    assert registering() == set()
    assert registering(licences=(licence(standing=standing),)) == {"site_not_licensed"}
    assert registering(licences=stopped(licence, MADE_TO, standing)) == {"site_not_licensed"}
    assert registering(licences=stopped(licence, MADE_TO + DAY, standing)) == set()
    assert registering(licences=stopped(licence, BEFORE, standing, MADE_FROM)) == set()


def test_no_lot_is_registered_for_days_on_which_the_certificate_is_not_valid() -> None:
    wrong = {"certificate_not_valid"}
    assert registering(certificates=(certificate(standing="revoked"),)) == wrong
    assert registering(certificates=stopped(certificate, MADE_TO, "cancelled")) == wrong
    assert registering(certificates=(certificate(last_day=MADE_TO - DAY),)) == wrong
    assert registering(certificates=(certificate(last_day=MADE_TO),)) == set()


# ── what may be entered


def content(**changes: Any) -> dict[str, Any]:
    plain = {"first_day": MADE_FROM, "standing": "in_force", "scope": ["13"], "site_ids": [1]}
    return plain | changes


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        (None, content(standing="revoked"), set()),
        (content(), content(), set()),
        (content(), content(standing="suspended"), {"standing_backdated"}),
        (content(), content(standing="suspended", first_day=BEFORE), {"standing_backdated"}),
        (content(), content(standing="suspended", first_day=MADE_FROM + DAY), set()),
        (content(standing="suspended"), content(), {"standing_backdated"}),
        (content(standing="suspended"), content(first_day=MADE_FROM + DAY), set()),
        (content(), content(scope=["13", "14"]), {"scope_backdated"}),
        (content(), content(site_ids=[1, 2]), {"scope_backdated"}),
        (content(), content(scope=["13", "14"], site_ids=[2], first_day=MADE_FROM + DAY), set()),
        (content(scope=["13", "14"]), content(), set()),
        (content(), content(standing="revoked", site_ids=[2]), {"standing_backdated", "scope_backdated"}),
        (
            {"first_day": BEFORE, "standing": "in_force"},
            {"first_day": BEFORE, "standing": "revoked"},
            {"standing_backdated"},
        ),
    ],
)
def test_another_standing_and_a_wider_scope_bear_a_later_day(before: Any, after: Any, codes: set[str]) -> None:
    found = blockers_to_follow([before] if before else [], after, make.TODAY)
    assert {finding.code for finding in found} == codes
    assert all(finding.blocks for finding in found)


@pytest.mark.parametrize(
    ("later", "codes"),
    [
        ({"first_day": MADE_FROM}, {"scope_backdated"}),
        ({"first_day": MADE_FROM + DAY}, set()),
        ({"first_day": MADE_FROM, "scope": ["13"]}, set()),
        ({"first_day": MADE_FROM, "site_ids": [1, 2], "scope": ["13"]}, {"scope_backdated"}),
    ],
)
def test_two_steps_do_not_do_what_one_may_not(later: Any, codes: set[str]) -> None:
    narrow, wide = content(), content(first_day=make.TODAY, scope=["13", "14"])
    found = blockers_to_follow([narrow, wide], wide | later, make.TODAY)
    assert {finding.code for finding in found} == codes


@pytest.mark.parametrize(
    ("known", "later", "codes"),
    [
        (make.TODAY - DAY, make.TODAY, {"validity_backdated"}),
        (make.TODAY - DAY, None, {"validity_backdated"}),
        (make.TODAY - DAY, make.TODAY - DAY, set()),
        (make.TODAY - DAY, make.TODAY - 2 * DAY, set()),
        (make.TODAY, make.TODAY + DAY, set()),
        (None, make.TODAY, set()),
    ],
)
def test_what_has_lapsed_is_not_extended_under_its_old_first_day(known: Any, later: Any, codes: set[str]) -> None:
    before, after = content(last_day=known), content(last_day=later)
    assert {finding.code for finding in blockers_to_follow([before], after, make.TODAY)} == codes
    from_a_later_day = after | {"first_day": MADE_FROM + DAY}
    assert blockers_to_follow([before], from_a_later_day, make.TODAY) == []
    assert blockers_to_follow([before], after | {"deemed_renewed": True}, make.TODAY) == []


@pytest.mark.django_db
def test_the_past_of_a_licence_is_not_rewritten_by_its_next_version() -> None:
    firm = make.organisation(posts=())
    first = make.licence(firm)
    refused = {"standing": LicenceVersion.Standing.SUSPENDED, "first_day": first.first_day}
    with pytest.raises(Refused) as problem:
        make.new_licence_version(first, firm, **refused)
    assert [finding.code for finding in problem.value.findings] == ["standing_backdated"]
    assert first.last_day is not None
    waiting = make.new_licence_version(first, firm, confirmed=False, last_day=first.last_day + 30 * DAY)
    assert waiting.number == 2
    make.new_licence_version(first, firm, standing=LicenceVersion.Standing.SUSPENDED)
    third = make.new_licence_version(
        waiting, firm, confirmed=False, standing=LicenceVersion.Standing.IN_FORCE, first_day=make.TODAY + DAY
    )
    assert make.confirm(third, firm, nth=0).standing == LicenceVersion.Standing.IN_FORCE


@pytest.mark.django_db
def test_what_was_confirmed_since_a_proposal_counts_when_it_is_confirmed() -> None:
    firm = make.organisation(posts=())
    first = make.licence(firm)
    kept = {name: getattr(first, name) for name in first.content_fields}
    given = {"licence": first.licence, "reason": "变更", "by": firm.actor(nth=1), "at": make.AT}
    stop = parties_actions.propose_licence_version(
        content=kept | {"standing": "suspended", "first_day": make.TODAY}, **given
    )
    renewed = parties_actions.propose_licence_version(content=kept | {"qms_inspected_on": make.TODAY}, **given)
    make.confirm(stop, firm, nth=0)
    with pytest.raises(Refused) as problem:
        make.confirm(renewed, firm, nth=0)
    assert [finding.code for finding in problem.value.findings] == ["standing_backdated"]


@pytest.mark.django_db
def test_a_certificate_is_revoked_from_a_day_of_its_own() -> None:
    firm = make.organisation(sides=(make.REGISTRANT,), posts=())
    first = catalogue.device(firm)
    with pytest.raises(Refused) as problem:
        catalogue.new_version(first, firm, standing="revoked", first_day=first.first_day)
    assert [finding.code for finding in problem.value.findings] == ["standing_backdated"]
    assert catalogue.new_version(first, firm, standing="revoked").first_day == make.TODAY
