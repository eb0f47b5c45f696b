"""Real processes on PostgreSQL: one signature per side, one revision waiting, one open entrustment, one lift."""

from __future__ import annotations

import pytest

from agreements import actions
from agreements.models import AgreementRevision, Entrustment, HoldLift, RevisionSignature
from cmo.errors import Refused
from cmo.signing.models import Signature
from tests import make
from tests.agreements import build
from tests.agreements.build import AT, TODAY, C, R
from tests.processes import race

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("postgres"), pytest.mark.django_db(transaction=True)]


def attempt(call) -> str:
    try:
        call()
    except Refused as refusal:
        return refusal.codes[0]
    return "done"


def test_eight_signatories_of_both_sides_leave_exactly_one_signature_per_side() -> None:
    world = build.world()
    for firm, side in ((world.relation.registrant, R), (world.relation.contractor, C)):
        for _more in range(3):
            make.post(firm, "signatory", side)
    revision = build.offered(world, [world.entrust()])
    proof = make.proof(revision)
    actors = [world.by(side, "signatory", nth=n) for n in range(4) for side in (R, C)]
    answers = race(
        lambda n: attempt(lambda: actions.sign_agreement(revision=revision, proof=proof, by=actors[n], at=AT))
    )
    assert sorted(answers) == ["done"] * 2 + ["side_signed_already"] * 6
    assert sorted(RevisionSignature.objects.values_list("side", flat=True)) == [C, R]
    assert Signature.objects.filter(record_key=f"agreements.agreementrevision:{revision.pk}").count() == 2


def test_one_of_many_offers_freezes_the_draft() -> None:
    world = build.world()
    agreement = build.agreement(world, [world.entrust()])
    by = world.by()
    answers = race(lambda _n: attempt(lambda: actions.offer_for_signature(agreement=agreement, by=by, at=AT)))
    assert sorted(answers) == ["done"] + ["revision_waiting"] * 7
    assert AgreementRevision.objects.count() == 1


def test_a_signature_and_a_withdrawal_never_both_happen() -> None:
    world = build.world()
    revision = build.offered(world, [world.entrust()])
    build.sign(world, revision, R)
    proof, signatory, quality = make.proof(revision), world.by(C, "signatory"), world.by()

    def step(number: int) -> str:
        if number % 2:
            return attempt(lambda: actions.sign_agreement(revision=revision, proof=proof, by=signatory, at=AT))
        return attempt(lambda: actions.withdraw_revision(revision=revision, reason="x", by=quality, at=AT))

    assert race(step).count("done") == 1


def test_the_same_device_is_entrusted_once_however_many_click() -> None:
    world = build.world()
    by = world.by()
    device, site = world.device.device, world.site

    def click(_number: int) -> str:
        return attempt(
            lambda: actions.open_entrustment(pair=world.pair, device=device, site=site, starts_on=TODAY, by=by, at=AT)
        )

    assert sorted(race(click)) == ["done"] + ["entrustment_open_already"] * 7
    assert Entrustment.objects.count() == 1


def test_a_hold_is_lifted_once() -> None:
    world = build.world()
    hold = build.hold(world)
    by = world.by(C)
    answers = race(lambda _n: attempt(lambda: actions.lift_hold(hold=hold, reason="已查明", by=by, at=AT)))
    assert sorted(answers) == ["done"] + ["hold_lifted_already"] * 7
    assert HoldLift.objects.count() == 1
