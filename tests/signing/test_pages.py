"""Pages of signing: anybody may check a printed signature, everybody sees their own, the statement can be accepted."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from cmo.parties.access import plain_actor
from cmo.signing.actions import Proof, has_accepted, sign
from tests import make
from tests.signing.records import change, record, signer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"
    cache.clear()


def signed(user=None, row=None):
    row = row or record()
    by = plain_actor(user or signer())
    return sign(row, meaning="approves", proof=Proof("password"), by=by, at=make.AT, stream="organisation:1")


def test_anybody_with_the_printed_address_sees_who_signed_but_not_what(client):
    row = record()
    signature = signed(row=row)
    assert signature.get_absolute_url() == f"/verify/{signature.pk}/{signature.record_hash[:16]}/"
    page = client.get(signature.get_absolute_url())
    text = page.content.decode()
    assert page.status_code == 200
    assert "林知夏" in text
    assert signature.record_hash in text
    assert "2026-06-01 09:00 (UTC+8)" in text
    assert "organisation data" in text
    assert "Void" not in text
    assert row.name_zh not in text
    assert row.address_zh not in text


def test_the_check_says_when_the_record_differs(client):
    row = record()
    signature = signed(row=row)
    change(row)
    assert "Void: the record differs" in client.get(signature.get_absolute_url()).content.decode()


@pytest.mark.parametrize("path", ["{pk}/0000000000000000", "999/{mark}", "{pk}/{mark}0", "{pk}/", "{pk}"])
def test_addresses_that_do_not_belong_together_find_nothing(client, path):
    signature = signed()
    path = path.format(pk=signature.pk, mark=signature.mark)
    assert client.get(f"/verify/{path}/").status_code == 404


def test_checking_is_limited_to_thirty_a_minute_per_address(client, time_machine):
    time_machine.move_to("2026-06-01T09:00:00+08:00", tick=False)
    url = signed().get_absolute_url()
    assert [client.get(url).status_code for _ in range(31)] == [200] * 30 + [429]
    assert client.get(url, REMOTE_ADDR="192.0.2.7").status_code == 200
    time_machine.move_to("2026-06-01T09:01:00+08:00", tick=False)
    assert client.get(url).status_code == 200


def test_everybody_sees_the_signatures_they_gave_and_no_others(client):
    user, other = signer(), signer("周以宁", username="zhou")
    own, foreign = signed(user), signed(other)
    client.force_login(user)
    page = client.get(reverse("signing:mine")).content.decode()
    assert own.get_absolute_url() in page
    assert foreign.get_absolute_url() not in page


def test_who_signed_nothing_is_told_so(client):
    client.force_login(signer())
    assert "You have signed nothing yet." in client.get(reverse("signing:mine")).content.decode()


def test_the_statement_is_shown_in_both_languages_and_accepted_once(client):
    user = signer(accepts=False)
    client.force_login(user)
    page = client.get(reverse("signing:statement")).content.decode()
    assert "本人确认" in page
    assert "I confirm that" in page
    for _ in range(2):
        assert client.post(reverse("signing:statement")).status_code == 302
    assert has_accepted(user.pk)
    assert "Accepted by 林知夏" in client.get(reverse("signing:statement")).content.decode()


@pytest.mark.parametrize("name", ["mine", "statement"])
def test_own_pages_are_for_people_signed_in(client, name):
    assert client.get(reverse(f"signing:{name}")).status_code == 302
