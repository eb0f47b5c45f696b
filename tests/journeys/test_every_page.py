"""Every page of the demo world in a real browser: no accessibility fault, nothing wider than the window, no broken
script, on a desktop and on a phone, in both languages. The pages are found by following links from the inbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Response

from cmo import clock
from cmo.home.demo import build, cast
from tests.browser import CHINESE, ENGLISH, Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files are served from where they are written
]

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
OPENED: dict[str, int] = {"releases:lot": 12}
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
    "audits:template",
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
        for route in _pages_of(person):
            seen[route] += 1
            if seen[route] <= EACH.get(route, 1):
                faults += [f"{username} {route} {person.page.url}: {fault}" for fault in _faults_of(person)]
    assert "\n".join(faults) == ""
    assert EXPECTED - seen.keys() == set()


def _pages_of(person: Person) -> Iterator[str]:
    """Open page after page by following links."""
    waiting, met, looked = ["/"], {"/"}, Counter[str]()
    while waiting:
        path = waiting.pop(0)
        route = _route(path)
        if not route or looked[route] >= OPENED.get(route, 1):
            continue
        looked[route] += 1
        answer = _opened(person, path)
        if answer is None or answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield route
        for link in person.page.eval_on_selector_all("a[href]", "found => found.map(one => one.href)"):
            parts = urlsplit(link)
            address = parts.path + (f"?{parts.query}" if parts.query else "")
            if link.startswith(person.address) and address not in met and "_export" not in parts.query:
                met.add(address)
                waiting.append(address)


def _opened(person: Person, path: str) -> Response | None:
    """The answer to opening a page; None for a file that the browser takes instead of showing it."""
    try:
        return person.page.goto(person.address + path)
    except Error as error:
        if "Download is starting" not in error.message:
            raise
        return None


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
