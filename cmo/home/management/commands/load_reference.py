"""``manage.py load_reference``: check the regulation files and put the built-in editions into the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cmo import clock
from cmo.catalogue.actions import load_builtin_editions
from cmo.regulation.check import LoadError, check_all


class Command(BaseCommand):
    help = "Check the regulation data and load the built-in editions of the prohibited catalogue (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            check_all()
        except LoadError as error:
            raise CommandError(str(error)) from error
        loaded = load_builtin_editions(at=clock.now())
        self.stdout.write(f"editions loaded: {', '.join(loaded) or 'none (all present)'}")
