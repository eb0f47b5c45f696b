"""The accounts of the demo world, for the command line and for the people who try it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from . import cast


@dataclass(frozen=True, slots=True)
class Account:
    """One account; people with several posts list them all in ``posts`` and the first in ``side`` and ``post``."""

    username: str
    password: str
    name: str
    organisation: str
    side: str
    post: str
    posts: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self) | {"posts": [{"side": str(side), "post": str(post)} for side, post in self.posts]}

    @property
    def words(self) -> tuple[str, str, str]:
        """Side, post and organisation for a printed list."""
        return f"{self.side:12}", f"{self.post:28}", self.organisation


def accounts() -> list[Account]:
    """Every account, the administrator and the outsider last."""
    found = [
        Account(
            person.username,
            cast.PASSWORD,
            person.name,
            organisation.name_zh,
            str(person.posts[0][0]),
            str(person.posts[0][1]),
            person.posts,
        )
        for organisation in cast.ORGANISATIONS
        for person in organisation.people
    ]
    inspector, administrator = cast.INSPECTOR, cast.ADMINISTRATOR
    found.append(Account(inspector.username, cast.PASSWORD, inspector.name, "", "outside", "inspector"))
    found.append(Account(administrator.username, cast.PASSWORD, administrator.name, "", "system", "administrator"))
    return found
