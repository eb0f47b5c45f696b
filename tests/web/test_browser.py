"""The look in a real browser: accessible in both languages, sizes and themes; keyboard, menus and kept text work."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]

PAGES = ["web:gallery", "account_login", "mfa_index", "usersessions_list", "account_change_password"]


@pytest.fixture
def open_page(page: Any, live_server: Any, settings: Any) -> Any:
    """Opens a route as a signed-in administrator in a language; any refused script or style fails the test."""
    settings.ALLOWED_HOSTS = ["*"]
    user = get_user_model()(username="staff", is_staff=True, email="staff@example.com")
    user.set_password("a-long-password-1")
    user.save()
    client = Client()
    client.force_login(user)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def visit(name: str, language: str = "zh-hans", width: int = 1280, scheme: str = "light") -> Any:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        cookies = {"django_language": language}
        if name != "account_login":
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.clear_cookies()
        page.context.add_cookies([{"name": k, "value": v, "url": live_server.url} for k, v in cookies.items()])
        page.goto(live_server.url + reverse(name))
        return page

    yield visit
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_have_no_accessibility_fault_and_fit_their_width(open_page: Any, language: str, width: int) -> None:
    for name in PAGES:
        for scheme in ("light", "dark"):
            page = open_page(name, language, width, scheme)
            found = Axe().run(page).response["violations"]
            assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == [], (name, scheme)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_the_keyboard_walks_through_a_list_opens_a_row_and_searches(open_page: Any) -> None:
    page = open_page("web:gallery")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.locator("tr.is-current").get_attribute("data-href") == "#HT2611002"
    page.keyboard.press("Enter")
    page.wait_for_url("**#HT2611002")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("jk/")
    assert page.locator("input[name=q]").input_value() == "jk/"


def test_a_menu_closes_on_escape_and_gives_the_focus_back(open_page: Any) -> None:
    page = open_page("web:gallery", "en")
    summary = page.locator(".identity .menu summary")
    summary.click()
    assert page.get_by_text("Change password").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_text("Change password").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_navigation_folds_away_on_a_phone(open_page: Any) -> None:
    page = open_page("web:gallery", "en", 390)
    assert not page.locator("#navigation").is_visible()
    page.get_by_role("button", name="Menu").click()
    assert page.locator("#navigation").is_visible()


def test_the_chosen_theme_is_kept(open_page: Any) -> None:
    page = open_page("web:gallery")
    page.locator("[data-theme-toggle]").click()
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_typed_text_survives_leaving_the_page_but_secrets_do_not(open_page: Any) -> None:
    page = open_page("web:gallery")
    form = page.locator("form[data-keep]")
    form.locator("[name=number]").fill("HT2611099")
    form.locator("[name=outcome][value=part]").check()
    page.locator(".signing-form [name=password]").fill("secret")
    page = open_page("mfa_index")
    page = open_page("web:gallery")
    assert form.locator("[name=number]").input_value() == "HT2611099"
    assert form.locator("[name=outcome][value=part]").is_checked()
    assert "secret" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_the_wait_for_a_second_click_sends_nothing_twice(open_page: Any) -> None:
    page = open_page("web:gallery")
    sent = page.evaluate(
        """() => {
            const form = document.querySelector('form[data-keep]'); let count = 0;
            window.addEventListener('submit', event => { if (!event.defaultPrevented) { count += 1; } event.preventDefault(); });
            form.requestSubmit(); form.requestSubmit(); return count;
        }"""
    )
    assert sent == 1


def test_dates_stay_on_one_line(open_page: Any) -> None:
    page = open_page("web:gallery", "zh-hans", 390)
    split = page.evaluate(
        """() => [...document.querySelectorAll('main .unbroken')].filter(e => e.getClientRects().length > 1).length"""
    )
    assert split == 0


def test_the_site_language_follows_the_switch(open_page: Any) -> None:
    page = open_page("account_login", "zh-hans")
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    assert page.locator("html").get_attribute("lang") == "en"
    assert dict(settings.LANGUAGES).keys() == {"zh-hans", "en"}
