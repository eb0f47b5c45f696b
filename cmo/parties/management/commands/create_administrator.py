"""``manage.py create_administrator NAME``: the first account of an installation; everybody else is made on pages."""

from __future__ import annotations

import os
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cmo import clock
from cmo.parties.actions import create_administrator


class Command(BaseCommand):
    help = "Create an administrator account. The password is asked for, or read from ADMINISTRATOR_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--printed-name", required=True, help="the name as it is printed on the trail")
        parser.add_argument("--email", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("ADMINISTRATOR_PASSWORD") or getpass("Password: ")
        try:
            user = create_administrator(
                username=options["username"],
                printed_name=options["printed_name"],
                email=options["email"],
                password=password,
                at=clock.now(),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"created administrator {user.username}")
