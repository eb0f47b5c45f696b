"""The signing form asks who is there every time, and believes nothing it did not check itself."""

import html
import json
import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import translation

from cmo.parties.access import plain_actor
from cmo.signing.actions import Proof, accept_electronic_signatures, has_accepted
from cmo.signing.forms import SigningForm
from cmo.trail.models import Entry
from tests import make
from tests.signing.records import PASSWORD, signer
from tests.software_key import FLAG, SoftwareKey

pytestmark = pytest.mark.django_db

HASH, OTHER = "a" * 64, "b" * 64
SECRET = "JBSWY3DPEHPK3PXP"
NO_KEY = "The password alone signs nothing, because a key is set up for your account. Nothing was signed. Use the key."
WRONG_PASSKEY = "The passkey was not recognised. Nothing was signed. Try again."
WRONG_KEY = "Password or security key is not correct. Nothing was signed."
CHANGED = (
    "Your second factor was changed after this page was shown. Nothing was signed. Confirm as the page asks for it now."
)


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


def with_passkey(user, *, passkey=True):
    key = SoftwareKey()
    WebAuthn.add(user, "key", json.loads(key.register("AAAA", passkey=passkey)))
    return key


def with_security_key(user):
    return with_passkey(user, passkey=False)


def cut_short(answer):
    """The answer with half of what the key signed."""
    content = json.loads(answer)
    content["response"]["authenticatorData"] = content["response"]["authenticatorData"][:20]
    return json.dumps(content)


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
    assert errors(post(user)) == [NO_KEY]
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
        "cut short": cut_short(key.answer(challenge_of(page))),
        "of an unverified key with the right password": key.answer(challenge_of(page), flags=FLAG.UP),
        "for another site": SoftwareKey("evil.example").answer(challenge_of(page)),
    }
    for why, answer in answers.items():
        cache.clear()
        filled = post(user, shown=page, assertion=answer, password=PASSWORD)
        assert errors(filled) == [WRONG_PASSKEY], why
    assert len(failures()) == len(answers)


# ── whoever has a second factor uses one at every signature ──


def test_whoever_has_a_passkey_does_not_sign_with_the_password_alone(user):
    with_passkey(user)
    assert "password" not in form(user).fields
    assert errors(post(user, password=PASSWORD)) == [NO_KEY]
    assert not failures()


def test_a_security_key_signs_together_with_the_password_alone_neither(user):
    key = with_security_key(user)
    page = form(user)
    assert list(page.fields) == ["seen_hash", "token", "password", "assertion"]
    assert errors(post(user, password=PASSWORD)) == [NO_KEY]
    touched = lambda shown: key.answer(challenge_of(shown), flags=FLAG.UP)  # noqa: E731
    assert errors(post(user, shown=page, assertion=touched(page))) == ["Type your password to sign."]
    assert errors(post(user, shown=page, assertion=touched(page), password="wrong")) == [WRONG_KEY]
    page = form(user)
    filled = post(user, shown=page, assertion=touched(page), password=PASSWORD)
    assert filled.is_valid(), filled.errors
    assert filled.proof == Proof("password_key", HASH)
    assert [entry["data"] for entry in failures()] == [{"method": "password_key"}]


def test_a_security_key_that_knows_its_owner_is_still_asked_for_with_the_password(user):
    key = with_security_key(user)
    page = form(user)
    assert errors(post(user, shown=page, assertion=key.answer(challenge_of(page)), password="wrong")) == [WRONG_KEY]
    page = form(user)
    filled = post(user, shown=page, assertion=key.answer(challenge_of(page)), password=PASSWORD)
    assert filled.is_valid()
    assert filled.proof.method == "password_key"


def test_beside_a_passkey_a_security_key_asks_for_the_password_after_it_was_touched(user):
    with_passkey(user)
    key = with_security_key(user)
    page = form(user)
    filled = post(user, shown=page, assertion=key.answer(challenge_of(page), flags=FLAG.UP))
    assert "Type your password as well" in errors(filled)[0]
    assert list(filled.errors) == ["password"]
    assert not failures()
    token = html.unescape(re.search(r'name="token" value="([^"]+)"', filled.as_div())[1])
    again = form(user)
    again.initial["token"] = token
    challenge = json.loads(filled.fields["assertion"].widget.options)["publicKey"]["challenge"]
    answer = key.answer(challenge, flags=FLAG.UP)
    assert post(user, shown=again, assertion=answer, password=PASSWORD).is_valid()


def test_with_app_and_passkey_either_signs_and_the_password_alone_neither(user):
    TOTP.activate(user, SECRET)
    key = with_passkey(user)
    assert errors(post(user, password=PASSWORD)) == ["Type the one-time code that your app shows now."]
    filled = post(user, password=PASSWORD, code=code_now())
    assert filled.is_valid()
    assert filled.proof.method == "password_totp"
    page = form(user)
    filled = post(user, shown=page, assertion=key.answer(challenge_of(page)))
    assert filled.is_valid()
    assert filled.proof.method == "passkey"


def test_a_recovery_code_signs_nothing(user):
    TOTP.activate(user, SECRET)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    assert "Recovery codes" in str(form(user).fields["code"].help_text)
    assert errors(post(user, password=PASSWORD, code=codes[0])) == [
        "Password or one-time code is not correct. Nothing was signed."
    ]
    assert RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes() == codes


def test_the_passkey_of_somebody_else_signs_nothing(user):
    with_passkey(user)
    other = signer("周以宁", username="zhou")
    theirs = with_passkey(other)
    page = form(user)
    assert errors(post(user, shown=page, assertion=theirs.answer(challenge_of(page)))) == [WRONG_PASSKEY]
    theirs_page = form(other)
    answer = theirs.answer(challenge_of(theirs_page))
    assert "Open it again" in errors(post(user, shown=theirs_page, assertion=answer))[0]
    assert post(other, shown=theirs_page, assertion=answer).is_valid()


def test_an_answer_of_the_passkey_signs_once(user):
    key = with_passkey(user)
    page = form(user)
    answer = key.answer(challenge_of(page))
    assert post(user, shown=page, assertion=answer).is_valid()
    assert "Open it again" in errors(post(user, shown=page, assertion=answer))[0]
    assert errors(post(user, shown=form(user), assertion=answer)) == [WRONG_PASSKEY]


@pytest.mark.parametrize(("moment", "good"), [("09:29:59", True), ("09:30:01", False)])
def test_a_challenge_lasts_half_an_hour(user, time_machine, moment, good):
    time_machine.move_to("2026-06-01T09:00:00+08:00", tick=False)
    key = with_passkey(user)
    page = form(user)
    answer = key.answer(challenge_of(page))
    time_machine.move_to(f"2026-06-01T{moment}+08:00", tick=False)
    filled = post(user, shown=page, assertion=answer)
    assert filled.is_valid() is good
    assert good or "Open it again" in errors(filled)[0]


def test_an_answer_given_to_another_content_of_the_record_signs_nothing(user):
    key = with_passkey(user)
    page = form(user)
    filled = post(user, shown=page, record_hash=OTHER, assertion=key.answer(challenge_of(page)))
    assert "content changed" in errors(filled)[0]


def test_a_passkey_removed_after_the_page_was_shown_signs_nothing(user):
    key = with_passkey(user)
    page = form(user)
    answer = key.answer(challenge_of(page))
    Authenticator.objects.filter(user=user).delete()
    assert errors(post(user, shown=page, assertion=answer)) == ["Type your password to sign."]
    assert errors(post(user, shown=page, assertion=answer, password=PASSWORD)) == [CHANGED]


def test_a_factor_removed_or_added_after_the_page_was_shown_is_told_and_nothing_is_signed(user):
    TOTP.activate(user, SECRET)
    page = form(user)
    Authenticator.objects.filter(user=user).delete()
    filled = post(user, shown=page, password=PASSWORD, code=code_now())
    assert errors(filled) == [CHANGED]
    assert not failures()
    page = form(user)
    key = with_passkey(user)
    assert errors(post(user, shown=page, password=PASSWORD)) == [CHANGED]
    page, _other = form(user), with_passkey(user)
    assert errors(post(user, shown=page, assertion=key.answer(challenge_of(page)))) == [CHANGED]


def test_any_number_of_keys_and_persons_fits_into_the_token(user):
    type(user).objects.filter(pk=user.pk).update(id=2**52)
    person = type(user).objects.get(pk=2**52)
    accept_electronic_signatures(by=plain_actor(person), at=make.FOUNDED)
    held = [with_passkey(person) for _ in range(12)]
    page = form(person)
    assert post(person, shown=page, assertion=held[7].answer(challenge_of(page))).is_valid()


def test_guesses_with_a_foreign_key_are_counted_like_guesses_of_a_password(user):
    key, stranger = with_passkey(user), SoftwareKey()
    for _ in range(5):
        page = form(user)
        assert errors(post(user, shown=page, assertion=stranger.answer(challenge_of(page)))) == [WRONG_PASSKEY]
    page = form(user)
    assert "Too many" in errors(post(user, shown=page, assertion=key.answer(challenge_of(page))))[0]


@pytest.mark.parametrize(
    ("set_up", "said"),
    [
        ([], []),
        ([lambda user: TOTP.activate(user, SECRET)], ["Asked for at every signature since you set up the app."]),
        ([with_passkey], ["the password alone signs nothing"]),
        ([with_security_key], ["Asked for together with the password"]),
        (
            [lambda user: TOTP.activate(user, SECRET), with_passkey],
            ["Password and one-time code together, or the passkey."],
        ),
        ([lambda user: TOTP.activate(user, SECRET), with_security_key], ["instead of the one-time code"]),
    ],
)
def test_the_form_says_what_it_asks_for(user, set_up, said):
    for step in set_up:
        step(user)
    helps = " ".join(str(field.help_text) for field in form(user).fields.values())
    assert all(words in helps for words in said)
    assert bool(helps.strip()) is bool(said)


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
    assert "data-passkey-only" in page
    TOTP.activate(user, SECRET)
    page = str(form(user)["assertion"])
    assert "data-passkey-sign" in page
    assert "publicKey" in html.unescape(page)
    assert re.findall(r"<script[^>]*>", page) == ['<script src="/static/js/passkey-sign.js" defer>']


def test_sentences_are_chinese_for_chinese_readers(user):
    with translation.override("zh-hans"):
        assert errors(post(user, password="wrong")) == ["密码不正确，未作任何签署。"]


def test_the_adapter_is_the_products_own():
    assert type(get_adapter()).__module__ == "cmo.parties.sign_in"
