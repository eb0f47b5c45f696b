"""People in real browsers: each signs in on a page of their own and speaks the language of the journey.

Everything is found as a reader finds it: by label, name of a button, words on the page; so a journey also proves that
every control can be named. ``people`` (in ``tests/conftest.py``) makes them::

    quality = people("kanglan.qm1")  # signed in, in a browser context of its own
    quality.visit("parties:organisation_sites", firm.pk)
    quality.press("Enter a production site")
    quality.fill("site name (Chinese)", "一厂")
    quality.sign()  # types the password and presses the button of the signing panel

Words are the English ones of the source; in Chinese their translation is looked for.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

CHINESE, ENGLISH = "zh-hans", "en"


def language_of_journey() -> str:
    """Chinese on SQLite, English on PostgreSQL: each journey runs once in either language."""
    return CHINESE if connection.vendor == "sqlite" else ENGLISH


def words(msgid: str, language: str, **values: Any) -> str:
    """A sentence of the product in a language."""
    with translation.override(language):
        return gettext(msgid) % values if values else gettext(msgid)


class Person:
    """One person at one browser. Every page must answer, run its own scripts only and break none of them."""

    def __init__(self, page: Any, address: str, language: str) -> None:
        self.page, self.address, self.language, self.password = page, address, language, ""
        self.complaints: list[str] = []
        page.set_default_timeout(15_000)
        page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._watch)

    def _listen(self, message: Any) -> None:
        if "Content Security" in message.text:
            self.complaints.append(message.text)

    def _watch(self, response: Any) -> None:
        if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
            self.complaints.append(f"{response.status} {response.request.method} {response.url}")

    def say(self, msgid: str, **values: Any) -> str:
        """A sentence of the product in this person's language."""
        return words(msgid, self.language, **values)

    # ── moving ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def sign_in(self, username: str, password: str) -> Person:
        """Sign in on the sign-in page; ends on the inbox."""
        self.password = password
        self.page.goto(self.address + reverse("account_login"))
        self.fill("User name or email", username)
        self.fill("Password", password)
        self.press("Sign in")
        self.page.locator(".identity").wait_for()
        return self

    def visit(self, name: str, *args: Any, query: str = "") -> Person:
        """Open a route."""
        self.page.goto(self.address + reverse(name, args=args) + query)
        return self

    def at(self, name: str, *args: Any) -> bool:
        """Whether the page shown is this route."""
        return self.page.url.split("?", maxsplit=1)[0] == self.address + reverse(name, args=args)

    @property
    def number(self) -> int:
        """The primary key in the address of the page shown."""
        return int(re.findall(r"/(\d+)/", self.page.url)[-1])

    # ── typing ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def fill(self, label: str, value: str | date, **values: Any) -> Person:
        """Type into the field with this label; a date as the calendar of the browser takes it."""
        typed = value.isoformat() if isinstance(value, date) else value
        self._field(label, **values).fill(typed)
        return self

    def choose(self, label: str, *options: str) -> Person:
        """Choose from a list by the words or values of the options."""
        self._field(label).select_option(list(options))
        return self

    def tick(self, *labels: str) -> Person:
        """Tick boxes or one of several buttons. Labels that are nobody's words (a site's name) may begin so only."""
        for label in labels:
            name = re.compile("^" + re.escape(self.say(label)), re.IGNORECASE)
            for kind in ("checkbox", "radio"):
                found = self.page.get_by_role(kind, name=name)
                if found.count():
                    found.first.check()
                    break
            else:
                raise AssertionError(f"no box named {name.pattern} at {self.page.url}")
        return self

    def attach(self, label: str, name: str, content: str) -> Person:
        """Put a text file into a file field."""
        payload = {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
        self._field(label).set_input_files([payload])
        return self

    def _field(self, label: str, **values: Any) -> Any:
        # "optional" follows the label of a field that may stay empty; labels of models begin with a capital in forms.
        optional = re.escape(self.say("optional"))
        exact = re.compile(rf"^{re.escape(self.say(label, **values))}( {optional})?$", re.IGNORECASE)
        return self.page.locator("main").get_by_label(exact).first

    # ── acting ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def press(self, msgid: str, *, within: str = "") -> Person:
        """Press the button or follow the link with these words, in the row that has the text ``within``."""
        place = self.page.locator("tr, li").filter(has_text=within) if within else self.page
        for kind in ("button", "link"):
            found = place.get_by_role(kind, name=self.say(msgid), exact=True)
            if found.count():
                found.first.click()
                self.page.wait_for_load_state()
                return self
        raise AssertionError(f"nothing to press named {self.say(msgid)!r} at {self.page.url}\n{self.text()}")

    def press_entry(self, msgid: str) -> Person:
        """Follow the first entry of the inbox with these words."""
        self.page.locator("a.inbox-entry", has_text=self.say(msgid)).first.click()
        self.page.wait_for_load_state()
        return self

    def sign(self, password: str = "") -> Person:
        """Type the password into the signing panel and press its button; without ``password`` it must be accepted."""
        panel = self.page.locator(".signing-form")
        assert panel.count(), f"no signing panel at {self.page.url}:\n{self.text()}"
        self.fill("Your password", password or self.password)
        panel.locator(".btn-sign").click()
        self.page.wait_for_load_state()
        refused = self.page.locator(".form-errors, .field-errors")
        assert password or not refused.count(), refused.first.inner_text()
        return self

    # ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def text(self) -> str:
        """Everything that the page says."""
        return str(self.page.locator("main").first.inner_text())

    def sees(self, *sentences: str) -> Person:
        """Every sentence (of the product, or typed by somebody) is on the page."""
        shown = " ".join(self.text().split())
        for sentence in sentences:
            assert " ".join(self.say(sentence).split()) in shown, (
                f"{self.say(sentence)!r} not at {self.page.url}:\n{shown}"
            )
        return self

    def picture(self, path: Path, *, width: int = 1280, height: int = 900, full: bool = False) -> None:
        """A picture of the page."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.screenshot(path=str(path), full_page=full)
