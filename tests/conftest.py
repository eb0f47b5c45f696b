"""What every test may use."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase

from cmo.trail import append_only


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the machine's own Chromium (or the one CHROMIUM names); nothing is downloaded."""
    # Playwright keeps an event loop in the test's thread; Django would refuse the database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    return {**browser_type_launch_args, "executable_path": chromium, "args": ["--no-sandbox"]}


@pytest.fixture(autouse=True)
def _fast_and_quiet(settings: Any) -> None:
    """Real password hashing would take most of the time of the tests; static files need not be collected for them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True


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
