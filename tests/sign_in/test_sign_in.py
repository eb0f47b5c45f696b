"""Signing in: who gets in, who does not and why, and what the trail keeps of it."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache, caches
from django.test import Client
from django.urls import reverse

from cmo.parties.sign_in import end_sessions, has_second_factor
from cmo.trail.models import Entry
from tests import make
from tests.software_key import SoftwareKey

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"
WRONG = "Name or password is not correct. Check both and try again."
LOCKED = "Too many failed attempts. Wait five minutes, then try again."


@pytest.fixture(autouse=True)
def _english_and_unlimited(settings, client):
    settings.LANGUAGE_CODE = "en"
    cache.clear()


@pytest.fixture
def user():
    return make.person("林知夏", username="lin")


def sign_in(client, name="lin", password=make.PASSWORD, **more):
    return client.post(LOGIN, {"login": name, "password": password, **more})


def inside(client):
    return client.get(reverse("signing:mine")).status_code == 200


def sentences(answer):
    return [str(error) for errors in answer.context["form"].errors.values() for error in errors]


def events(stream):
    return [(e.verb, e.content["reason"], e.content["data"]) for e in Entry.objects.of_stream(stream)]


def test_name_or_address_and_password_let_in(user):
    for name in ("lin", "LIN", user.email):
        client = Client()
        answer = sign_in(client, name)
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert inside(client)
    verb, _reason, data = events(f"user:{user.pk}")[-1]
    assert (verb, data) == ("account.signed_in", {"methods": ["password"], "address": "127.0.0.1"})


def test_signing_in_leads_back_to_the_page_asked_for(user, client):
    answer = client.get(reverse("signing:mine"))
    assert answer["Location"] == f"{LOGIN}?next=/signatures/"
    assert sign_in(client, next="/signatures/")["Location"] == "/signatures/"
    assert sign_in(Client(), next="https://evil.example/")["Location"] == "/"


def test_wrong_password_and_unknown_name_get_the_same_answer(user, client):
    known, unknown = sign_in(client, password="wrong"), sign_in(client, "nobody")
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert sentences(known) == sentences(unknown) == [WRONG]

    def anonymous(page):
        text = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', "", page.content.decode())
        return text.replace("nobody", "lin")

    assert anonymous(known) == anonymous(unknown)


def test_a_failure_is_kept_on_the_persons_stream(user, client):
    sign_in(client, password="wrong")
    assert events(f"user:{user.pk}")[-1] == (
        "account.sign_in_failed",
        "name or password not correct",
        {"address": "127.0.0.1"},
    )


def test_a_failure_under_an_unknown_name_keeps_nothing_that_was_typed(client):
    sign_in(client, "my-secret-password-in-the-wrong-field", "x")
    [entry] = Entry.objects.of_stream("sign-in")
    assert entry.verb == "account.sign_in_failed"
    assert "secret" not in entry.payload


def test_five_failures_lock_the_name_for_five_minutes(user, client, time_machine):
    time_machine.move_to("2026-06-01T09:00:00+08:00", tick=False)
    for _ in range(5):
        assert sentences(sign_in(client, password="wrong")) == [WRONG]
    assert sentences(sign_in(client)) == [LOCKED]
    assert sentences(sign_in(Client())) == [LOCKED]
    time_machine.move_to("2026-06-01T09:05:01+08:00", tick=False)
    assert sign_in(client).status_code == 302


def test_an_unknown_name_is_locked_just_the_same(client):
    answers = [sentences(sign_in(client, "nobody", "wrong")) for _ in range(6)]
    assert answers == [[WRONG]] * 5 + [[LOCKED]]


def test_limits_live_in_a_cache_that_all_processes_share(settings):
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
    cache.set("shared", 1)
    assert caches.create_connection("default").get("shared") == 1


def test_a_flood_of_other_entries_does_not_lift_a_lock(user, client):
    for _ in range(5):
        sign_in(client, password="wrong")
    for number in range(400):
        cache.add(f"flood:{number}", 1, 300)
    assert sentences(sign_in(client)) == [LOCKED]


def test_a_closed_account_is_told_only_to_who_knows_its_password(user, client):
    make.dismissed(user)
    assert sentences(sign_in(client, password="wrong")) == [WRONG]
    assert sentences(sign_in(client)) == ["This account has been closed. Ask the administrator of your organisation."]
    assert not inside(client)
    assert events(f"user:{user.pk}")[-1][:2] == ("account.sign_in_failed", "account closed")


def test_nobody_signs_up(client):
    for name in ("account_signup",):
        answer = client.post(
            reverse(name),
            {"username": "eve", "email": "e@example.org", "password1": make.PASSWORD, "password2": make.PASSWORD},
        )
        assert answer.status_code == 200
        assert "signup_closed" in answer.templates[0].name
    assert not type(make.person())._default_manager.filter(username="eve").exists()


def test_resetting_a_password_does_not_tell_who_is_known(user, client):
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    answers = [client.post(reverse("account_reset_password"), {"email": e}) for e in (user.email, "no@example.org")]
    assert len({(a.status_code, a["Location"]) for a in answers}) == 1
    assert {m.to[0] for m in mail.outbox} <= {user.email, "no@example.org"}


def test_signing_out_ends_the_session_and_is_on_the_trail(user, client):
    sign_in(client)
    assert client.post("/account/logout/").status_code == 302
    assert not inside(client)
    assert events(f"user:{user.pk}")[-1][0] == "account.signed_out"


def test_changing_the_password_is_on_the_trail_and_ends_other_sessions(user, client):
    other = Client()
    sign_in(other)
    sign_in(client)
    new = "Ein-anderer-Satz-9"
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": make.PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    assert "account.password_changed" in [verb for verb, *_ in events(f"user:{user.pk}")]
    assert inside(client)
    assert not inside(other)


def test_pages_of_a_person_are_never_stored(user, client):
    assert client.get(LOGIN)["Cache-Control"] != "no-store"
    assert sign_in(client)["Cache-Control"] == "no-store"
    assert client.get(reverse("signing:mine"))["Cache-Control"] == "no-store"


# ── ends of sessions ──


def test_an_idle_session_ends_with_a_sentence_why(user, client, settings, time_machine):
    settings.SESSION_IDLE_SECONDS = 600
    time_machine.move_to("2026-06-01T09:00:00+08:00", tick=False)
    sign_in(client)
    assert inside(client)
    time_machine.move_to("2026-06-01T09:09:59+08:00", tick=False)
    assert inside(client)
    time_machine.move_to("2026-06-01T09:19:58+08:00", tick=False)
    assert inside(client)
    time_machine.move_to("2026-06-01T09:29:58+08:00", tick=False)
    page = client.get(reverse("signing:mine"), follow=True)
    assert "because nothing happened for a while" in page.content.decode()
    assert not inside(client)
    assert events(f"user:{user.pk}")[-1][:2] == ("account.signed_out", "idle")


def test_a_session_in_use_ends_at_its_full_age(user, client, settings, time_machine):
    settings.SESSION_IDLE_SECONDS, settings.SESSION_ABSOLUTE_SECONDS = 3600, 7200
    time_machine.move_to("2026-06-01T09:00:00+08:00", tick=False)
    sign_in(client)
    for moment in ("09:00:01", "09:50:00", "10:40:00", "10:59:59"):
        time_machine.move_to(f"2026-06-01T{moment}+08:00", tick=False)
        assert inside(client), moment
    time_machine.move_to("2026-06-01T11:00:02+08:00", tick=False)
    assert not inside(client)
    assert events(f"user:{user.pk}")[-1][:2] == ("account.signed_out", "age")


def test_dismissal_ends_every_session_at_once_and_for_good(user, client):
    other = Client()
    sign_in(client)
    sign_in(other)
    make.dismissed(user)
    assert not inside(client)
    assert not UserSession.objects.filter(user=user).exists()
    type(user)._default_manager.filter(pk=user.pk).update(is_active=True)
    assert not inside(client)
    assert not inside(other)


def test_a_dismissed_person_is_out_even_where_the_session_was_not_known(user, client):
    sign_in(client)
    UserSession.objects.all().delete()
    make.dismissed(user)
    assert not inside(client)
    type(user)._default_manager.filter(pk=user.pk).update(is_active=True)
    assert not inside(client)


def test_ending_sessions_spares_other_people(user, client):
    neighbour = make.person(username="zhou")
    sign_in(client)
    other = Client()
    sign_in(other, "zhou")
    assert end_sessions(user) == 1
    assert (inside(client), inside(other)) == (False, True)
    assert Session.objects.count() >= 1
    assert UserSession.objects.filter(user=neighbour).count() == 1


def test_reading_pages_writes_the_last_use_twice_a_minute_at_most(
    user, client, time_machine, django_assert_num_queries
):
    time_machine.move_to("2026-06-01T09:00:00+08:00", tick=False)
    sign_in(client)
    inside(client)
    with django_assert_num_queries(6):  # session, person, signatures and acceptance, posts, grants
        inside(client)
    time_machine.move_to("2026-06-01T09:00:40+08:00", tick=False)
    inside(client)
    assert UserSession.objects.get(user=user).last_seen_at.isoformat() == "2026-06-01T01:00:40+00:00"


# ── second factor ──


def prove_again(client):
    """Changing how one signs in asks for the password once more."""
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})


def secret_of(client):
    prove_again(client)
    page = client.get(reverse("mfa_activate_totp"))
    return page.context["form"].secret


def code(secret, step=0):
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2] + step))


def with_codes(client):
    """Switch one-time codes on the way a person does; returns the secret."""
    secret = secret_of(client)
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return secret


def test_one_time_codes_work_from_set_up_to_sign_in(user, client, time_machine, django_capture_on_commit_callbacks):
    time_machine.move_to("2026-06-01T09:00:00+08:00", tick=False)
    sign_in(client)
    with django_capture_on_commit_callbacks(execute=True):
        secret = with_codes(client)
    assert has_second_factor(user)
    assert ("account.second_factor_changed", "", {"added": "totp"}) in events(f"user:{user.pk}")
    time_machine.move_to("2026-06-01T09:02:00+08:00", tick=False)
    other = Client()
    assert sign_in(other)["Location"] == reverse("mfa_authenticate")
    assert not inside(other)
    wrong = other.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "not correct or has been used" in sentences(wrong)[0]
    assert events(f"user:{user.pk}")[-1][:2] == ("account.sign_in_failed", "second factor not correct")
    assert other.post(reverse("mfa_authenticate"), {"code": code(secret)}).status_code == 302
    assert inside(other)
    assert events(f"user:{user.pk}")[-1][2]["methods"] == ["password", "totp"]


def test_guessing_codes_is_locked_after_five(user, client):
    sign_in(client)
    secret = with_codes(client)
    cache.clear()
    other = Client()
    sign_in(other)
    for _ in range(5):
        other.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert sentences(other.post(reverse("mfa_authenticate"), {"code": code(secret)})) == [LOCKED]
    assert not inside(other)


def test_each_recovery_code_opens_once(user, client):
    sign_in(client)
    with_codes(client)
    client.post(reverse("mfa_generate_recovery_codes"))
    first = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]
    for expected in (True, False):
        cache.clear()
        other = Client()
        sign_in(other)
        other.post(reverse("mfa_authenticate"), {"code": first})
        assert inside(other) is expected


def js_data(page):
    return page.context["js_data"]


def test_a_passkey_signs_in_without_a_password(user, client):
    sign_in(client)
    key = SoftwareKey()
    assert client.get(reverse("mfa_add_webauthn")).status_code == 302
    prove_again(client)
    page = client.get(reverse("mfa_add_webauthn"))
    challenge = js_data(page)["creation_options"]["publicKey"]["challenge"]
    handle = js_data(page)["creation_options"]["publicKey"]["user"]["id"]
    answer = client.post(
        reverse("mfa_add_webauthn"), {"name": "电脑", "passwordless": "on", "credential": key.register(challenge)}
    )
    assert answer.status_code == 302
    assert ("account.second_factor_changed", "", {"added": "webauthn"}) in events(f"user:{user.pk}")

    other = Client()
    options = other.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"}).json()[
        "request_options"
    ]["publicKey"]
    credential = key.answer(options["challenge"], user_handle=handle)
    assert other.post(reverse("mfa_login_webauthn"), {"credential": credential}).status_code == 302
    assert inside(other)
    assert events(f"user:{user.pk}")[-1][2]["methods"] == ["webauthn"]


def test_a_passkey_nobody_registered_lets_nobody_in_and_is_on_the_trail(user, client):
    url = reverse("mfa_login_webauthn")
    options = client.get(url, headers={"Accept": "application/json"}).json()["request_options"]["publicKey"]
    credential = SoftwareKey().answer(options["challenge"], user_handle="MQ")
    for answer in (credential, '{"id": "x"}'):
        assert client.post(url, {"credential": answer})["Location"] == LOGIN
    assert not inside(client)
    assert [(e.verb, e.content["reason"]) for e in Entry.objects.of_stream("sign-in")] == [
        ("account.sign_in_failed", "passkey not correct")
    ] * 2


def test_where_a_second_factor_is_required_nothing_else_opens_first(user, client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    sign_in(client)
    answer = client.get(reverse("signing:mine"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))
    assert "requires a second factor" in client.get(reverse("mfa_index")).content.decode()
    prove_again(client)
    for open_page in ("mfa_activate_totp", "mfa_add_webauthn", "account_change_password", "account_logout"):
        assert client.get(reverse(open_page)).status_code == 200
    assert client.post(reverse("web:language"), {"language": "en"}).status_code == 302
    with_codes(client)
    assert inside(client)


def test_recovery_codes_alone_are_no_second_factor(user):
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert not has_second_factor(user)


def test_where_it_is_not_required_a_password_is_enough(user, client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    sign_in(client)
    assert inside(client)


def test_visitors_are_not_asked_for_a_second_factor(client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert client.get(LOGIN).status_code == 200
    assert client.get(reverse("signing:mine"))["Location"].startswith(LOGIN)


def test_removing_the_second_factor_is_on_the_trail(user, client):
    sign_in(client)
    with_codes(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert not has_second_factor(user)
    assert ("account.second_factor_changed", "", {"removed": "totp"}) in events(f"user:{user.pk}")


def test_the_admin_has_no_door_of_its_own(user, client):
    boss = make.administrator()
    answer = client.post("/admin/login/", {"username": boss.username, "password": make.PASSWORD})
    assert answer["Location"].startswith(LOGIN)
    assert not inside(client)


def test_recovery_codes_are_shown_each_on_a_line_with_what_they_are_for(user, client):
    sign_in(client)
    with_codes(client)
    prove_again(client)
    client.post(reverse("mfa_generate_recovery_codes"))
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    assert "\n".join(codes) in page
    assert "They sign nothing" in page


def test_the_account_page_shows_the_address_and_whether_a_second_factor_is_set_up(user, client):
    sign_in(client)
    page = client.get(reverse("parties:account")).content.decode()
    assert user.email in page
    assert "not set up" in page
    make.second_factor(user)
    assert "not set up" not in client.get(reverse("parties:account")).content.decode()
