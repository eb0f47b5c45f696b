"""Makes the table of the shared cache after every ``migrate``: sign-in and signing limits live in it."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.dispatch import receiver


@receiver(post_migrate, dispatch_uid="parties.shared_cache")
def make_after_migrate(sender: Any, using: str = "default", **_: Any) -> None:
    """Runs once per ``migrate``; does nothing when the table exists or another kind of cache is configured."""
    if sender.label == "parties":
        call_command("createcachetable", database=using, verbosity=0)
