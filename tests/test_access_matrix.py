"""Every address × method × persona, generated from the URL resolver; an address without an expectation fails.

What is expected stands in ``tests/matrix/<app>.py``; addresses of third parties have a small table here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
import time_machine
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.test import Client, override_settings
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from cmo.parties.models import User
from cmo.parties.outside import may_send
from tests import make
from tests.matrix import APPS, PERSONAS, Page, World
from tests.matrix.third_parties import ACCOUNTS, PARTS

OURS = set(APPS)
LATER = make.AT + timedelta(hours=1)


def url_names(resolver: Any = None, namespace: str = "") -> Iterator[str]:
    """Every URL name with its namespace."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(part for part in (namespace, pattern.namespace) if part)
            yield from url_names(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name


def our_names() -> list[str]:
    return sorted({name for name in url_names() if name.partition(":")[0] in OURS and ":" in name})


def matrices() -> list[Any]:
    found = [f"tests.matrix.{app}" for app in APPS if find_spec(f"tests.matrix.{app}")]
    return [import_module(name) for name in found]


PAGES: dict[str, Page] = {name: page for module in matrices() for name, page in module.PAGES.items()}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all requests, in a transaction that is rolled back at the end."""
    quick = override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MEDIA_ROOT=str(tmp_path_factory.mktemp("files")),
    )
    with django_db_blocker.unblock(), quick, time_machine.travel(LATER, tick=False), transaction.atomic():
        yield _build()
        transaction.set_rollback(True)


def _build() -> World:
    relation = make.pair()
    outsider, former = make.person(accepts=False), make.person(accepts=False)
    make.grant(relation, outsider)
    early = make.AT - timedelta(days=20)
    make.grant(relation, former, starts_on=early.date(), ends_on=early.date() + timedelta(days=5), at=early)
    leaver = make.post(relation.registrant, "auditor", user=make.person())
    built = World(relation, make.organisation(), outsider, former, leaver)
    for module in matrices():
        if hasattr(module, "build"):
            module.build(built)
    session = _session(built.leaver)
    make.dismissed(built.leaver)
    built.things["ended session"] = session
    return built


def _session(user: User) -> str:
    """A session as signing in leaves it."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def _ask(world: World, page: Page, name: str, method: str, persona: str) -> int:
    user = world.who(persona, page)
    client = Client(raise_request_exception=True)
    with transaction.atomic():
        if user is not None:
            client.cookies["sessionid"] = (
                world.things["ended session"] if persona == "dismissed" else _session(User.objects.get(pk=user.pk))
            )
        address = reverse(name, kwargs=page.kwargs(world))
        data = page.data(world) if method == "POST" else {}
        response = client.generic("GET", address) if method == "GET" else client.post(address, data)
        status = response.status_code
        if hasattr(response, "streaming_content"):
            list(response.streaming_content)
        transaction.set_rollback(True)
    return status


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", our_names())
def test_every_address_answers_each_persona_as_expected(world: World, name: str, method: str) -> None:
    assert name in PAGES, f"{name} has no expectation: add it to tests/matrix/{name.partition(':')[0]}.py"
    page = PAGES[name]
    expected = page.expected(method)
    wrong = []
    for persona in PERSONAS:
        wanted = 403 if _refused_to_outsiders(name, method, persona) else expected[persona]
        status = _ask(world, page, name, method, persona)
        if status not in (wanted if isinstance(wanted, set) else {wanted}):
            wrong.append(f"{persona}: {status} instead of {wanted}")
    assert not wrong, f"{method} {name}: " + "; ".join(wrong)


def _refused_to_outsiders(name: str, method: str, persona: str) -> bool:
    """What an outsider sends is refused before any page is asked, whatever its row says of others."""
    return persona == "granted" and method == "POST" and not may_send(name)


def their_names() -> list[str]:
    return sorted({name for name in url_names() if name not in our_names()})


def _their_address(name: str) -> str:
    for parts in PARTS:
        try:
            return reverse(name, kwargs=parts)
        except NoReverseMatch:
            continue
    raise AssertionError(f"{name} needs parts that tests/matrix/third_parties.py lacks")


def _statuses(address: str, *users: User | None) -> list[tuple[int, int]]:
    """(GET, POST) for each of these people; None is nobody."""
    found = []
    for user in users:
        pair = []
        for method in ("get", "post"):
            client = Client()
            with transaction.atomic():
                if user:
                    client.cookies["sessionid"] = _session(user)
                pair.append(getattr(client, method)(address).status_code)
                transaction.set_rollback(True)
        found.append((pair[0], pair[1]))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in their_names() if not name.startswith("admin:")])
def test_every_address_of_a_third_party_answers_as_expected(world: World, name: str) -> None:
    assert name in ACCOUNTS, f"{name} has no expectation: add it to tests/matrix/third_parties.py"
    people = (None, world.registrant.user(), make.administrator())
    assert tuple(_statuses(_their_address(name), *people)) == ACCOUNTS[name]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["add", "change", "changelist", "delete"])
def test_the_administration_site_shows_rows_to_administrators_and_changes_none(world: World, kind: str) -> None:
    allowed = {"add": {403}, "delete": {403}, "change": {200, 302, 403}, "changelist": {200, 403}}[kind]
    names = [n for n in their_names() if n.startswith("admin:") and n.endswith(f"_{kind}") and "password" not in n]
    for name in names:
        ((read, changed),) = _statuses(_their_address(name), make.administrator())
        assert read in allowed, name
        assert changed in ({403} if kind != "changelist" else allowed), name


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in their_names() if name.startswith("admin:parties_")])
def test_the_administration_site_is_closed_to_people_with_posts(world: World, name: str) -> None:
    nobody, person = _statuses(_their_address(name), None, world.registrant.user())
    assert set(nobody) == {302}
    assert set(person) <= {302, 403}


def test_no_expectation_speaks_of_an_address_that_is_gone() -> None:
    assert not set(PAGES) - set(our_names())
    assert not set(ACCOUNTS) - set(their_names())
