"""What every test may use."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as product
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation

from cmo.trail import append_only
from tests import replay
from tests.browser import Person, language_of_journey
from tests.make import PASSWORD


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the machine's own Chromium (or the one CHROMIUM names); nothing is downloaded."""
    # Playwright keeps an event loop in the test's thread; Django would refuse the database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    return {**browser_type_launch_args, "executable_path": chromium, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite is tested as it is served: from a file, where one connection reads while another writes. Django's own
    choice, a database in memory, locks whole tables between threads."""
    if connection.vendor == "sqlite" and not connection.settings_dict.get("TEST", {}).get("NAME"):
        name = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        connection.settings_dict.setdefault("TEST", {})["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """At the end nobody else is in the database: a thread that served a browser may hold its connection a moment longer, and
    PostgreSQL drops no database that somebody is in."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True, scope="session")
def _files_of_tests_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Stored files and kept sections of tests lie apart from those of a product that runs in this folder."""
    product.MEDIA_ROOT = str(tmp_path_factory.mktemp("files"))
    product.CACHES["sections"]["LOCATION"] = str(tmp_path_factory.mktemp("sections"))


@pytest.fixture
def people(browser: Any, live_server: Any, settings: Any) -> Iterator[Callable[..., Person]]:
    """``people("username", password)``: somebody signed in, in a browser context of their own, in the journey's
    language. What their pages complained of fails the test at its end."""
    settings.ALLOWED_HOSTS = ["*"]
    language = language_of_journey()
    known: list[Person] = []

    def sign_in(username: str, password: str = PASSWORD, *, language: str = language, width: int = 1280) -> Person:
        context = browser.new_context(viewport={"width": width, "height": 900}, timezone_id="Asia/Shanghai")
        known.append(Person(context.new_page(), live_server.url, language))
        return known[-1].sign_in(username, password)

    yield sign_in
    for person in known:
        person.page.context.close()
    assert [complaint for person in known for complaint in person.complaints] == []


@pytest.fixture(autouse=True)
def _fast_and_quiet(settings: Any) -> None:
    """Real password hashing would take most of the time of the tests; static files need not be collected for them. No test speaks
    the language that the one before it chose."""
    translation.activate(product.LANGUAGE_CODE)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True
    replay.forget_calls()


@pytest.fixture(autouse=True, scope="session")
def _flush_despite_append_only() -> Iterator[None]:
    """Tests with real commits are cleaned up by Django's flush, which the append-only triggers refuse: they are taken
    away for its length. The shared cache is no model's table and is emptied beside it."""
    flush = TransactionTestCase._fixture_teardown

    def flush_without_triggers(case: TransactionTestCase) -> None:
        with append_only.suspended(connection):
            flush(case)
        cache.clear()

    TransactionTestCase._fixture_teardown = flush_without_triggers
    yield
    TransactionTestCase._fixture_teardown = flush


@pytest.fixture
def postgres() -> None:
    """For what only PostgreSQL can show: real processes, row locks."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
