"""Races between real processes: exactly one wins, everybody else is told why."""

from collections import Counter
from typing import Any

import pytest
from django.db import connection

from cmo.errors import Refused
from cmo.parties import actions
from cmo.parties.models import (
    LicenceAcceptance,
    Organisation,
    OrganisationDecision,
    OrganisationVersion,
    Pair,
    PostEnd,
    ProposalAnswer,
)
from cmo.signing.models import Signature
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make
from tests.processes import race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("postgres")]


def outcome(call: Any) -> str:
    try:
        call()
    except Refused as refusal:
        return "+".join(sorted(refusal.codes))
    return "done"


def run(call: Any) -> Counter[str]:
    return Counter(race(lambda _number: outcome(call), 8))


def test_one_confirmation_per_version() -> None:
    firm = make.organisation(posts=())
    version = actions.propose_organisation_version(
        organisation=firm.organisation, content=firm.data.content(), reason="复核", by=firm.actor(), at=make.AT
    )
    by, proof = firm.actor(nth=1), make.proof(version)
    found = run(lambda: actions.confirm_version(version=version, proof=proof, by=by, at=make.AT))
    assert found == {"done": 1, "already_decided+overtaken": 7}
    assert OrganisationDecision.objects.filter(version=version).count() == 1
    assert Signature.objects.filter(record_key=f"parties.organisationversion:{version.pk}").count() == 1
    assert Entry.objects.filter(stream=firm.stream, verb="organisation.version_confirmed").count() == 1
    assert verify().ok


def test_versions_proposed_at_once_get_numbers_of_their_own() -> None:
    firm = make.organisation(posts=())
    content, by = firm.data.content(), firm.actor()
    found = run(
        lambda: actions.propose_organisation_version(
            organisation=firm.organisation, content=content, reason="复核", by=by, at=make.AT
        )
    )
    assert found == {"done": 8}
    numbers = OrganisationVersion.objects.filter(organisation=firm.organisation).values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, 10))
    assert verify().ok


def test_one_answer_per_proposal() -> None:
    registrant, contractor = make.organisation(posts=()), make.organisation(sides=("contractor",), posts=())
    proposal, by = make.proposal(registrant, contractor), contractor.actor()
    found = run(
        lambda: actions.accept_proposal(proposal=proposal, organisation=contractor.organisation, by=by, at=make.AT)
    )
    assert found == {"done": 1, "proposal_not_open": 7}
    assert (ProposalAnswer.objects.count(), Pair.objects.count()) == (1, 1)


def test_two_proposals_accepted_at_once_make_one_pair() -> None:
    registrant, contractor = make.organisation(posts=()), make.organisation(sides=("contractor",), posts=())
    proposals = [make.proposal(registrant, contractor) for _ in range(8)]
    by = contractor.actor()

    def accept(number: int) -> str:
        return outcome(
            lambda: actions.accept_proposal(
                proposal=proposals[number], organisation=contractor.organisation, by=by, at=make.AT
            )
        )

    assert Counter(race(accept, 8)) == {"done": 1, "pair_exists": 7}
    assert Pair.objects.count() == 1


def test_one_organisation_per_credit_code() -> None:
    make.organisation(posts=())
    content, by = make.organisation_content(), make.administrator_actor()
    found = run(lambda: actions.found_organisation(content=content, by=by, at=make.AT))
    assert found == {"done": 1, "uscc_taken": 7}
    assert Organisation.objects.count() == 2


def test_one_confirmation_per_appointment_and_one_end_per_post() -> None:
    firm = make.organisation(posts=())
    post, by = make.open_post(firm, "signatory"), firm.actor(nth=0)
    assert run(lambda: actions.confirm_post(post=post, by=by, at=make.AT)) == {"done": 1, "already_decided": 7}
    end = lambda: actions.end_post(post=post, ended_on=make.TODAY, reason="离职", by=by, at=make.AT)  # noqa: E731
    assert run(end) == {"done": 1, "post_ended_already": 7}
    assert PostEnd.objects.count() == 1


def test_two_entities_cannot_appoint_one_person_at_the_same_moment() -> None:
    firms = [make.organisation(posts=()) for _ in range(2)]
    person = make.person()
    posts = [make.open_post(firm, "viewer", user=person) for firm in firms]
    actors = [firm.actor(nth=0) for firm in firms]

    def confirm(number: int) -> str:
        return outcome(lambda: actions.confirm_post(post=posts[number], by=actors[number], at=make.AT))

    assert Counter(race(confirm, 2)) == {"done": 1, "post_at_other_entity": 1}


def test_one_acceptance_per_licence_version_and_one_end_per_pair() -> None:
    world = make.pair()
    version, by = make.licence(world.contractor), world.registrant.actor()
    accept = lambda: actions.accept_licence(pair=world.pair, version=version, by=by, at=make.AT)  # noqa: E731
    assert run(accept) == {"done": 1, "licence_already_accepted": 7}
    assert LicenceAcceptance.objects.count() == 1
    end = lambda: actions.end_pair(pair=world.pair, ended_on=make.TODAY, reason="到期", by=by, at=make.AT)  # noqa: E731
    assert run(end) == {"done": 1, "pair_ended": 7}
    assert connection.vendor == "postgresql"
    assert verify().ok
