"""The signing form asks who is there every time, and believes nothing it did not check itself."""

import html
import json
import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import translation

from cmo.parties.access import plain_actor
from cmo.signing.actions import Proof, has_accepted
from cmo.signing.forms import SigningForm
from cmo.trail.models import Entry
from tests.signing.records import PASSWORD, signer
from tests.software_key import FLAG, SoftwareKey

pytestmark = pytest.mark.django_db

HASH, OTHER = "a" * 64, "b" * 64
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _request(rf: RequestFactory):
    cache.clear()
    with request_context(rf.get("/")), translation.override("en"):
        yield


@pytest.fixture
def user():
    return signer()


def form(user, data=None, record_hash=HASH, **kwargs):
    return SigningForm(data, user=user, by=plain_actor(user), record_hash=record_hash, **kwargs)


def post(user, *, shown=None, record_hash=HASH, **typed):
    """Open the page and send it back filled in."""
    page = shown or form(user)
    data = {"seen_hash": page.initial["seen_hash"], "token": page.initial["token"], **typed}
    return form(user, data, record_hash)


def errors(filled):
    assert not filled.is_valid()
    return [str(error) for field in filled.errors.values() for error in field]


def code_now(shift=0):
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(SECRET, counters[len(counters) // 2] + shift))


def failures():
    return [entry.content for entry in Entry.objects.filter(verb="signature.failed")]


def test_the_password_proves_who_signs(user):
    filled = post(user, password=PASSWORD)
    assert filled.is_valid(), filled.errors
    assert filled.proof == Proof("password", HASH)
    assert not failures()


def test_a_wrong_password_signs_nothing_and_is_on_the_trail(user):
    assert errors(post(user, password="wrong")) == ["The password is not correct. Nothing was signed."]
    [entry] = failures()
    assert (entry["stream"], entry["by_name"], entry["data"]) == (
        f"user:{user.pk}",
        "林知夏",
        {"method": "password"},
    )


def test_a_failure_is_kept_on_the_stream_and_under_the_record_named_by_the_page(user):
    page = form(user)
    data = {"seen_hash": HASH, "token": page.initial["token"], "password": "wrong"}
    assert not form(user, data, subject="releases.lot:3", stream="pair:9").is_valid()
    assert (failures()[0]["stream"], failures()[0]["subject"]) == ("pair:9", "releases.lot:3")


def test_nothing_typed_is_told_at_the_field_and_costs_no_attempt(user):
    for _ in range(7):
        filled = post(user)
        assert errors(filled) == ["Type your password to sign."]
        assert list(filled.errors) == ["password"]
    assert post(user, password=PASSWORD).is_valid()
    assert not failures()


def test_the_password_is_never_sent_back_to_the_page(user):
    filled = post(user, password="wrong-and-secret")
    assert not filled.is_valid()
    assert "wrong-and-secret" not in filled.as_div()


def test_after_five_failures_even_the_right_password_must_wait(user):
    for _ in range(5):
        assert "Nothing was signed" in errors(post(user, password="wrong"))[0]
    assert errors(post(user, password=PASSWORD)) == [
        "Too many failed attempts. Nothing was signed. Wait five minutes, then try again."
    ]
    assert len(failures()) == 5
    assert post(signer("周以宁", username="zhou"), password=PASSWORD).is_valid()


def test_successes_cost_no_attempts(user):
    for _ in range(8):
        assert post(user, password=PASSWORD).is_valid()


def test_the_same_form_sent_twice_signs_once(user):
    page = form(user)
    assert post(user, shown=page, password=PASSWORD).is_valid()
    assert "Open it again" in errors(post(user, shown=page, password=PASSWORD))[0]


def test_a_form_shown_again_after_a_mistake_works(user):
    wrong = post(user, password="wrong")
    assert not wrong.is_valid()
    token = re.search(r'name="token" value="([^"]+)"', wrong.as_div())[1]
    data = {"seen_hash": HASH, "token": html.unescape(token), "password": PASSWORD}
    assert form(user, data).is_valid()


def test_a_form_shown_for_another_person_is_worth_nothing(user):
    page = form(signer("周以宁", username="zhou"))
    assert "Open it again" in errors(post(user, shown=page, password=PASSWORD))[0]


def test_a_page_shown_half_an_hour_ago_is_worth_nothing(user, time_machine):
    time_machine.move_to("2026-06-01T09:00:00+08:00", tick=False)
    page = form(user)
    time_machine.move_to("2026-06-01T09:30:01+08:00", tick=False)
    assert "Open it again" in errors(post(user, shown=page, password=PASSWORD))[0]


def test_a_hash_that_was_not_the_one_shown_is_refused(user):
    page = form(user)
    page.initial["seen_hash"] = OTHER
    assert "Open it again" in errors(post(user, shown=page, password=PASSWORD))[0]


def test_a_record_that_changed_meanwhile_is_told_before_anything_is_asked(user):
    filled = post(user, record_hash=OTHER, password=PASSWORD)
    assert "content changed" in errors(filled)[0]
    assert OTHER in filled.as_div()


def test_a_person_with_one_time_codes_needs_password_and_code(user):
    TOTP.activate(user, SECRET)
    assert errors(post(user, password=PASSWORD)) == ["Type the one-time code that your app shows now."]
    wrong = ["Password or one-time code is not correct. Nothing was signed."]
    assert errors(post(user, password=PASSWORD, code="000000")) == wrong
    assert errors(post(user, password="wrong", code=code_now())) == wrong
    filled = post(user, password=PASSWORD, code=code_now())
    assert filled.is_valid(), filled.errors
    assert filled.proof.method == "password_totp"
    assert Authenticator.objects.get(user=user).last_used_at


def test_a_one_time_code_signs_once(user):
    TOTP.activate(user, SECRET)
    code = code_now()
    assert post(user, password=PASSWORD, code=code).is_valid()
    assert not post(user, password=PASSWORD, code=code).is_valid()


def with_passkey(user):
    key = SoftwareKey()
    WebAuthn.add(user, "key", json.loads(key.register("AAAA")))
    return key


def challenge_of(page):
    return json.loads(page.fields["assertion"].widget.options)["publicKey"]["challenge"]


def test_a_passkey_signs_without_a_password(user):
    key = with_passkey(user)
    page = form(user)
    filled = post(user, shown=page, assertion=key.answer(challenge_of(page)))
    assert filled.is_valid(), filled.errors
    assert filled.proof == Proof("passkey", HASH)


def test_a_person_without_a_password_signs_with_the_passkey_only(user):
    user.set_unusable_password()
    user.save()
    key = with_passkey(user)
    page = form(user)
    assert "password" not in page.fields
    assert "passkey" in errors(post(user))[0]
    assert post(user, shown=page, assertion=key.answer(challenge_of(page))).is_valid()


def test_a_passkey_answer_is_bound_to_page_record_owner_and_key(user):
    key, stranger = with_passkey(user), SoftwareKey()
    page, other = form(user), form(user)
    answers = {
        "to another page": key.answer(challenge_of(other)),
        "without PIN or finger": key.answer(challenge_of(page), flags=FLAG.UP),
        "by a stranger's key": stranger.answer(challenge_of(page)),
        "nonsense": '{"id": 1}',
        "a list": "[1]",
        "for another site": SoftwareKey("evil.example").answer(challenge_of(page)),
    }
    for why, answer in answers.items():
        cache.clear()
        filled = post(user, shown=page, assertion=answer)
        assert errors(filled) == [
            "The passkey was not recognised. Nothing was signed. Try again or use your password."
        ], why
    assert len(failures()) == len(answers)


def test_the_statement_is_accepted_on_the_first_signature(user):
    newcomer = signer("周以宁", username="zhou", accepts=False)
    page = form(newcomer)
    assert "article 13" in page.fields["accepts_statement"].help_text
    assert "Tick the box" in errors(post(newcomer, shown=page, password=PASSWORD))[0]
    assert not has_accepted(newcomer.pk)
    assert post(newcomer, shown=page, password=PASSWORD, accepts_statement="on").is_valid()
    assert has_accepted(newcomer.pk)
    assert "accepts_statement" not in form(newcomer).fields


def test_a_failed_proof_accepts_nothing(user):
    newcomer = signer("周以宁", username="zhou", accepts=False)
    assert not post(newcomer, password="wrong", accepts_statement="on").is_valid()
    assert not has_accepted(newcomer.pk)


def test_the_passkey_button_carries_its_challenge_and_no_inline_script(user):
    with_passkey(user)
    page = str(form(user)["assertion"])
    assert "data-passkey-sign" in page
    assert "publicKey" in html.unescape(page)
    assert re.findall(r"<script[^>]*>", page) == ['<script src="/static/js/passkey-sign.js" defer>']


def test_sentences_are_chinese_for_chinese_readers(user):
    with translation.override("zh-hans"):
        assert errors(post(user, password="wrong")) == ["密码不正确，未作任何签署。"]


def test_the_adapter_is_the_products_own():
    assert type(get_adapter()).__module__ == "cmo.parties.sign_in"
