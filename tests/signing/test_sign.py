"""A signature binds one person, meaning and time to one exact record."""

from dataclasses import replace

import pytest

from cmo.errors import Refused
from cmo.parties.access import plain_actor
from cmo.signing.actions import Proof, accept_electronic_signatures, record_hash, sign
from cmo.signing.facts import kind_of_record, signatures_under, state_of
from cmo.signing.models import Acceptance, Meaning, Method, Signature
from cmo.trail.actor import SYSTEM, Actor
from cmo.trail.models import Entry
from cmo.trail.verify import verify
from tests import make
from tests.processes import race
from tests.signing.records import change, record, signer

pytestmark = pytest.mark.django_db


def actor(user, side="registrant"):
    return replace(plain_actor(user), post="quality_manager", side=side, organisation_id=3, organisation="甲公司")


def give(row, by, **changes):
    values = {"meaning": Meaning.APPROVES, "proof": Proof(Method.PASSWORD), "stream": "organisation:1", **changes}
    return sign(row, by=by, at=make.AT, **values)


def test_a_signature_states_who_what_when_and_under_which_record():
    row, user = record(), signer()
    signature = give(row, actor(user), proof=Proof(Method.PASSKEY, record_hash(row)), reason="核对无误")
    assert signature.record_hash == record_hash(row)
    assert (signature.signer_name, signature.post, signature.side) == ("林知夏", "quality_manager", "registrant")
    assert (signature.organisation, signature.method, signature.signed_at) == ("甲公司", "passkey", make.AT)
    content = Entry.objects.of_stream("organisation:1").get().content
    assert content["verb"] == "signature.given"
    assert content["data"]["record_hash"] == record_hash(row)
    assert content["reason"] == "核对无误"


def test_a_signature_is_void_as_soon_as_the_record_differs():
    row, user = record(), signer()
    signature = give(row, actor(user))
    assert not state_of(signature).void
    change(row)
    assert state_of(signature).void
    states = signatures_under([row])[f"parties.organisationversion:{row.pk}"]
    assert [(state.signature, state.void, state.valid) for state in states] == [(signature, True, False)]


def test_a_signature_under_a_record_that_is_gone_is_void():
    signature = Signature(record_key="parties.organisationversion:999", record_hash="0" * 64)
    assert state_of(signature).void
    gone = Signature(record_key="gone.app:1", record_hash="0" * 64)
    assert state_of(gone).void
    assert kind_of_record(gone) == "gone.app"


def test_nobody_signs_what_changed_after_it_was_shown():
    row, user = record(), signer()
    seen = record_hash(row)
    change(row)
    with pytest.raises(Refused) as refusal:
        give(row, actor(user), proof=Proof(Method.PASSWORD, seen))
    assert refusal.value.codes == ["record_changed"]
    assert not Signature.objects.exists()


def test_nobody_signs_before_accepting_the_statement():
    row, user = record(), signer(accepts=False)
    with pytest.raises(Refused) as refusal:
        give(row, actor(user))
    assert refusal.value.codes == ["statement_not_accepted"]


def test_nobody_signs_the_same_record_twice_for_the_same_side():
    row, user = record(), signer()
    give(row, actor(user))
    with pytest.raises(Refused) as refusal:
        give(row, actor(user))
    assert refusal.value.codes == ["already_signed"]
    give(row, actor(user, "contractor"))
    assert Signature.objects.count() == 2


def test_the_system_signs_nothing():
    with pytest.raises(ValueError, match="only a person"):
        give(record(), SYSTEM)


def test_the_system_accepts_nothing():
    with pytest.raises(ValueError, match="only a person"):
        accept_electronic_signatures(by=SYSTEM, at=make.AT)


def test_accepting_the_statement_twice_is_one_acceptance():
    user = signer(accepts=False)
    first = accept_electronic_signatures(by=plain_actor(user), at=make.AT)
    assert accept_electronic_signatures(by=plain_actor(user), at=make.AT) == first
    assert Acceptance.objects.count() == 1
    assert [e.verb for e in Entry.objects.of_stream(f"user:{user.pk}")] == ["signature.accepted_electronically"]


def test_signatures_under_many_records_take_one_query(django_assert_num_queries):
    rows, by = [record() for _ in range(5)], actor(signer())
    for row in rows:
        give(row, by)
    with django_assert_num_queries(1):
        found = signatures_under(rows)
    assert [len(states) for states in found.values()] == [1] * 5


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_processes_leave_one_signature_per_record_side_and_signer(postgres):
    row, user = record(), signer()
    by = Actor(user.pk, "林知夏", "quality_manager", "registrant", 3, "甲公司")

    def work(_number):
        try:
            return give(row, by).pk
        except Refused as refusal:
            return refusal.codes

    results = race(work)
    assert sorted(map(str, results))[1:] == ["['already_signed']"] * 7
    assert Signature.objects.count() == 1
    assert verify().ok


def test_an_action_given_the_password_alone_refuses_whoever_has_a_second_factor():
    user, row = signer(), record()
    make.second_factor(user)
    with pytest.raises(Refused) as caught:
        give(row, actor(user), proof=Proof(Method.PASSWORD))
    assert caught.value.codes == ["second_factor_missing"]
    assert not Signature.objects.exists()
    for number, method in enumerate((Method.PASSWORD_AND_TOTP, Method.PASSWORD_AND_KEY, Method.PASSKEY), 1):
        give(record(), actor(user), proof=Proof(method))
        assert Signature.objects.count() == number
