"""Whoever sends a form after the session ran out signs in and comes back to the page the form stood on."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"
#: An address that takes forms only.
ACT = "/me/language/"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/lots/new/?entrustment=3", "/lots/new/%3Fentrustment%3D3"),
        ("http://testserver/lots/new/#top", "/lots/new/"),
        ("", ACT),
        ("/lots/new/", ACT),
        ("https://evil.example/lots/", ACT),
        ("http://testserver@evil.example/lots/", ACT),
    ],
)
def test_a_form_sent_too_late_leads_back_to_the_page_it_stood_on(referer: str, back: str) -> None:
    answer = Client().post(reverse("parties:change_language"), {"language": "en"}, headers={"referer": referer})
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next={back}")


def test_a_page_asked_for_and_a_part_of_a_page_lead_back_to_themselves() -> None:
    referer = {"referer": "http://testserver/lots/"}
    address = reverse("signing:mine")
    assert Client().get(address, headers=referer)["Location"] == f"{LOGIN}?next={address}"
    answer = Client().post(address, headers={**referer, "hx-request": "true"})
    assert answer["Location"] == f"{LOGIN}?next={address}"
