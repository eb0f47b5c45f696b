"""Real processes on PostgreSQL: one signature per side, one revision waiting, one open entrustment, one lift."""

from __future__ import annotations

import pytest

from agreements import actions
from agreements.actions.ending import notice_of
from agreements.facts import load_revision_facts
from agreements.models import AgreementRevision, Entrustment, HoldLift, RevisionSignature
from agreements.termination import proposed
from cmo.errors import Refused
from cmo.signing.models import Signature
from cmo.trail.models import Entry
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


def test_both_sides_sign_at_once_and_the_agreement_is_concluded() -> None:
    world = build.world()
    revision = build.offered(world, [world.entrust()])
    proof, actors = make.proof(revision), [world.by(side, "signatory") for side in (R, C)]
    answers = race(
        lambda n: attempt(lambda: actions.sign_agreement(revision=revision, proof=proof, by=actors[n % 2], at=AT))
    )
    assert answers.count("done") == 2
    assert load_revision_facts(revision).complete
    entries = Entry.objects.filter(verb="agreement.signed").order_by("seq")
    assert [entry.content["data"]["concluded"] for entry in entries] == [False, True]


def test_nobody_signs_out_of_turn_however_close_the_first_signature_is() -> None:
    world = build.world()
    row = build.agreement(world, [world.entrust()])
    row.draft.signing_order = "contractor_first"
    row.draft.save()
    revision = actions.offer_for_signature(agreement=row, by=world.by(), at=AT)
    proof, actors = make.proof(revision), [world.by(side, "signatory") for side in (R, C)]
    race(lambda n: attempt(lambda: actions.sign_agreement(revision=revision, proof=proof, by=actors[n % 2], at=AT)))
    assert list(revision.signatures.order_by("id").values_list("side", flat=True))[:1] == [C]


def test_of_a_termination_and_a_next_revision_one_waits() -> None:
    world = build.world()
    row = build.concluded(world, [world.entrust()]).agreement
    by, matters = world.by(), proposed()[1]

    def step(number: int) -> str:
        if number % 2:
            return attempt(lambda: actions.offer_for_signature(agreement=row, by=by, at=AT))
        return attempt(
            lambda: actions.offer_termination(agreement=row, ended_on=TODAY, arrangements=matters, by=by, at=AT)
        )

    assert sorted(race(step)) == ["done"] + ["revision_waiting"] * 7


def test_of_two_notices_one_ends_the_agreement() -> None:
    world = build.world()
    revision = build.concluded(world, [world.entrust()])
    proof = make.proof(notice_of(revision=revision, ended_on=TODAY, **build.NOTICE))
    actors = [world.by(side, "signatory") for side in (R, C)]
    answers = race(
        lambda n: attempt(
            lambda: actions.terminate_revision(
                revision=revision, ended_on=TODAY, **build.NOTICE, proof=proof, by=actors[n % 2], at=AT
            )
        )
    )
    assert sorted(answers) == ["done"] + ["revision_closed"] * 7
    assert Signature.objects.filter(meaning="terminates").count() == 1
