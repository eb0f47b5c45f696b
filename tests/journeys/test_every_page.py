"""Every page of the demo world in a real browser: no accessibility fault, nothing wider than the window, no broken
script, on a desktop and on a phone, in both languages. The pages are found by following links from the inbox."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve

from cmo import clock
from cmo.home.demo import build, cast
from cmo.parties.models import User
from tests.browser import CHINESE, ENGLISH, Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LINK = re.compile(r"""<a\b[^>]*?\bhref="([^"]*)\"""")
#: Between them they may open every page.
READERS = (
    "kanglan.qm1",
    "kanglan.market",
    "kanglan.rep",
    "hengzhu.qm2",
    "hengzhu.sign",
    "runnuo.qm2",
    "runnuo.release",
    "admin",
)
#: How often a route is examined; lots in several states.
EACH: dict[str, int] = {"releases:lot": 4}
#: How many pages of a route one person opens to follow their links.
OPENED: dict[str, int] = {"audits:audit": 6, "releases:lot": 12}
#: Addresses that are no page of ours: files, Django's own admin site, and what needs a state that the demo leaves out.
NO_PAGES = ("admin:", "evidence:download", "web:")
#: What a crawl must have seen, whatever else it finds.
EXPECTED = {
    "home:inbox",
    "parties:pair",
    "parties:pair_trail",
    "parties:propose_pair",
    "parties:organisation_licences",
    "parties:confirm_version",
    "parties:accounts",
    "catalogue:may_entrust",
    "catalogue:device",
    "catalogue:open_device",
    "agreements:open_entrustment",
    "agreements:entrustment",
    "agreements:draft",
    "agreements:revision",
    "agreements:sign",
    "agreements:compare",
    "agreements:obligations",
    "agreements:templates",
    "agreements:validity",
    "agreements:review",
    "audits:audit",
    "audits:conduct",
    "audits:finding",
    "audits:programme",
    "audits:report",
    "audits:template",
    "calendar:list",
    "calendar:month",
    "calendar:reminders",
    "calendar:reports",
    "calendar:timeline",
    "dossier:pair",
    "releases:conditions",
    "releases:lot_udi",
    "releases:pair_supervision",
    "releases:planned",
    "releases:supervision",
    "releases:lots",
    "releases:lot",
    "releases:register_lot",
    "releases:release_production",
    "releases:release_to_market",
    "releases:market_release",
    "regulation:classification",
    "signing:mine",
}


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
def test_no_page_has_an_accessibility_fault_or_is_wider_than_its_window(
    people: Callable[..., Person], language: str
) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("how a page looks does not depend on the database")
    assert build(clock.today())
    faults: list[str] = []
    seen: Counter[str] = Counter()
    for username in READERS:
        person = people(username, cast.PASSWORD, language=language)
        for route, path in _pages_of(username, language):
            seen[route] += 1
            if seen[route] <= EACH.get(route, 1):
                person.page.goto(person.address + path)
                faults += [f"{username} {route} {path}: {fault}" for fault in _faults_of(person)]
    assert "\n".join(faults) == ""
    assert EXPECTED - seen.keys() == set()


def _pages_of(username: str, language: str) -> Iterator[tuple[str, str]]:
    """Routes and addresses of the pages found by following links, read without a browser, which only looks at the pages."""
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    waiting, met, looked = ["/"], {"/"}, Counter[str]()
    while waiting:
        path = waiting.pop(0)
        route = _route(path)
        if not route or looked[route] >= OPENED.get(route, 1):
            continue
        looked[route] += 1
        answer = client.get(path)
        if answer.status_code == 200 and "text/html" in answer.headers.get("content-type", ""):
            yield route, path
        for address in _links(path, answer):
            if address not in met:
                met.add(address)
                waiting.append(address)


def _links(path: str, answer: Any) -> Iterator[str]:
    """Where a page leads to, or where it sends on to."""
    if answer.status_code in {301, 302}:
        found = [answer.headers["location"]]
    elif answer.status_code == 200 and "text/html" in answer.headers.get("content-type", ""):
        found = LINK.findall(answer.content.decode())
    else:
        found = []
    for link in found:
        address = urljoin(path, unescape(link)).partition("#")[0]
        if address.startswith("/") and "_export" not in address:
            yield address


def _route(path: str) -> str:
    """The name of the route of an address; empty where it is no page of ours."""
    try:
        name = resolve(urlsplit(path).path).view_name
    except Resolver404:
        return ""
    return "" if name.startswith(NO_PAGES) else name


def _faults_of(person: Person) -> list[str]:
    page = person.page
    found = []
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            found.append(f"{wide} px too wide at {width}")
    violations = Axe().run(page).response["violations"]
    return found + [f"{fault['id']} {fault['nodes'][0]['html'][:200]}" for fault in violations]
