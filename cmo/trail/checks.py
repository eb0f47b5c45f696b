"""System check: every append-only table really has its triggers (``manage.py check --database default``)."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from .append_only import missing_triggers


@register(Tags.database)
def append_only_triggers(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Report each append-only table without its trigger."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        for name in missing_triggers(connections[alias]):
            found.append(
                Error(
                    f"{name} has no append-only trigger.",
                    hint="Run manage.py migrate: it reinstalls all triggers.",
                    id="trail.E001",
                )
            )
    return found
