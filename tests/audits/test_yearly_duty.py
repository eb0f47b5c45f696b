"""Which audits meet the yearly duty of a pair, and until when the hold of a critical finding stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agreements import actions as agreements
from agreements.models import Hold, HoldLift, PairDuty
from cmo.errors import Refused
from cmo.parties.models import Site
from tests.agreements import build as agreed
from tests.audits import build, build_capa
from tests.audits.build import AT, TODAY, at

pytestmark = pytest.mark.django_db


def dates() -> list[tuple[str, str]]:
    return [(row.done_on.isoformat(), row.next_due_on.isoformat()) for row in PairDuty.objects.order_by("id")]


@pytest.fixture
def made() -> tuple[build.World, Site]:
    """A pair with one entrustment, and the site where its device is made."""
    posts = ("auditor", "management_representative", "viewer", "signatory")
    registrant = agreed.make.organisation(sides=(build.R,), posts=posts)
    contractor = agreed.make.organisation(sides=(build.C,), posts=posts)
    entrusting = agreed.world(agreed.make.pair(registrant, contractor))
    entrusting.entrust()
    return build.World(entrusting.relation), entrusting.site


def second_site(built: build.World) -> Site:
    """Another site of the contractor, where a second device is made."""
    site = agreed.make.site(built.relation.contractor, name_zh="二厂")
    agreed.make.accepted_licence(built.relation, agreed.make.licence(built.relation.contractor, sites=[site]))
    device = agreed.catalogue.device(
        built.relation.registrant,
        production_addresses=agreed.marked(built.relation.contractor),
        name_zh="膝关节假体",
        **agreed.HIP,
    )
    agreed.catalogue.share(built.relation, device.device)
    agreed.catalogue.screening(built.relation.registrant, device.device)
    other = agreed.World(built.relation, site, None, device)  # type: ignore[arg-type]
    for kind in agreed.KINDS:
        agreed.accepted(other, kind)
    other.entrust()
    return site


def test_an_audit_of_the_only_site_where_the_pairs_devices_are_made_meets_the_duty(
    made: tuple[build.World, Site],
) -> None:
    built, site = made
    build.reported(built, site=site)
    assert dates() == [("2026-06-01", "2027-06-01")]


def test_an_audit_of_a_site_where_nothing_of_the_pair_is_made_does_not(made: tuple[build.World, Site]) -> None:
    built, _site = made
    build.reported(built, site=agreed.make.site(built.relation.contractor, name_zh="二厂"))
    assert dates() == []


def test_audits_of_single_sites_meet_it_once_every_site_was_audited_within_a_year(
    made: tuple[build.World, Site],
) -> None:
    built, site = made
    other = second_site(built)
    build.reported(built, site=site)
    assert dates() == [], "the other site was not audited"
    late = build.plan_said(built, starts_on=TODAY + timedelta(days=30), ends_on=TODAY + timedelta(days=31))
    build.reported(built, site=other, plan=late, moment=at(30))
    assert dates() == [("2026-06-01", "2027-06-01")], "due a year after the site that was audited first"


def test_an_audit_of_the_whole_contractor_meets_it_whatever_was_audited_before(made: tuple[build.World, Site]) -> None:
    built, site = made
    second_site(built)
    build.reported(built, site=site)
    build.reported(built)
    assert dates() == [("2026-06-01", "2027-06-01")]
    build.reported(built, site=site)
    assert len(dates()) == 1, "nothing newer is known of the other site"


# ── the hold of a critical finding ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("answer_owed", "answer_owed_first"),
        ("plan_proposed", "plan_waits"),
        ("action_owed", "action_under_way"),
        ("check_owed", None),
        ("closed", None),
        ("withdrawn", None),
    ],
)
def test_the_hold_of_a_critical_finding_stays_until_its_action_is_done(state: str, code: str | None) -> None:
    built, row = build.with_findings()
    found = build.finding(row, 1)
    build_capa.brought_to(built, found, state)
    lift = {"hold": found.hold, "reason": "整改已完成", "by": built.by(), "at": AT}
    if code is None:
        agreements.lift_hold(**lift)
        assert HoldLift.objects.count() == 1
        return
    with pytest.raises(Refused) as refusal:
        agreements.lift_hold(**lift)
    assert refusal.value.codes == [code]
    assert not HoldLift.objects.exists()


def test_a_plan_that_was_returned_or_did_not_work_leaves_its_hold_standing() -> None:
    built, row = build.with_findings()
    found = build.finding(row, 1)
    build_capa.send_back(built, build_capa.plan(built, found))
    lift = {"hold": found.hold, "reason": "整改已完成", "by": built.by(), "at": AT}
    with pytest.raises(Refused) as refusal:
        agreements.lift_hold(**lift)
    assert refusal.value.codes == ["answer_owed_first"]


def test_another_hold_of_the_pair_waits_for_no_finding() -> None:
    built, _row = build.with_findings()
    placed = agreements.place_hold(pair=built.pair, reason="待查", by=built.by(), at=AT)
    agreements.lift_hold(hold=placed, reason="已查明", by=built.by(), at=AT)
    assert Hold.objects.filter(lift__isnull=True).get().kind == Hold.Kind.CRITICAL_FINDING
