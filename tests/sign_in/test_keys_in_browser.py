"""Signing with a passkey and with a security key in a real browser, whose key is made of software."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cmo.parties import actions
from cmo.signing.models import Signature
from tests import make
from tests.browser import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]


def with_key(person: Person, *, verifies: bool) -> None:
    """Put a key into the machine; one that ``verifies`` asks its owner for a PIN or a finger."""
    session = person.page.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal" if verifies else "usb", "automaticPresenceSimulation": True}
    knows = {"hasResidentKey": verifies, "hasUserVerification": verifies, "isUserVerified": verifies}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, **knows}})


def add_key(person: Person, *, passkey: bool) -> None:
    """Register the key on the page of second factors, which asks for the password once more."""
    person.visit("mfa_add_webauthn")
    person.page.locator("[name=password]").fill(make.PASSWORD)
    person.page.locator("[name=password]").press("Enter")
    if passkey:
        person.page.locator("#id_passwordless").check()
    person.page.locator("#mfa_webauthn_add").click()
    person.page.wait_for_url(lambda url: "/webauthn/add/" not in url)


def proposed(firm: make.Firm) -> Any:
    return actions.propose_organisation_version(
        organisation=firm.organisation,
        content={**firm.data.content(), "contact": "前台"},
        reason="联系方式变更",
        by=firm.actor(),
        at=make.AT,
    )


def confirm(person: Person, version: Any, password: str = "") -> None:
    person.visit("parties:confirm_version", "organisation", version.pk)
    if password:
        person.fill("Your password", password)
    person.page.locator(".btn-sign").click()
    person.page.wait_for_load_state()


def test_a_passkey_signs_at_the_one_button_of_the_panel(people: Callable[..., Person]) -> None:
    firm = make.organisation(posts=())
    version = proposed(firm)
    person = people(firm.user(nth=1).username)
    with_key(person, verifies=True)
    add_key(person, passkey=True)
    person.visit("parties:confirm_version", "organisation", version.pk)
    assert not person.page.locator("[name=password]").count()
    person.page.locator(".btn-sign").click()
    person.page.wait_for_url(lambda url: "/confirm/" not in url)
    assert Signature.objects.get().method == "passkey"


def test_a_security_key_signs_after_the_password(people: Callable[..., Person]) -> None:
    firm = make.organisation(posts=())
    version = proposed(firm)
    person = people(firm.user(nth=1).username)
    with_key(person, verifies=False)
    add_key(person, passkey=False)
    confirm(person, version)
    assert person.page.locator(".field-errors").count()
    person.fill("Your password", make.PASSWORD)
    person.page.locator(".btn-sign").click()
    person.page.wait_for_url(lambda url: "/confirm/" not in url)
    assert Signature.objects.get().method == "password_key"
