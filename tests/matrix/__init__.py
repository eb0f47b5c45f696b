"""Who gets what from which address: one file per app, read by ``tests/test_access_matrix.py``.

An app's file ``tests/matrix/<app>.py`` holds ``PAGES``, one :class:`Page` for each of its URL names, and may hold
``build(world)``, which adds the records that its addresses need (files are built in ``APPS`` order, so a later one finds
what an earlier one left in ``world.things``)::

    PAGES = {
        "releases:lots": Page(get=ANYBODY),
        "releases:lot": Page(get=SEES_PAIR, kwargs=lambda w: {"pk": w.things["lot"].pk}),
        "releases:release_production": Page(
            get=DOES_IN_PAIR,
            post=DOES_IN_PAIR,
            kwargs=...,
            right=("contractor", "production_releaser"),
        ),
        "releases:lock": Page(post={**DOES_IN_PAIR, "right": 302}, data=lambda w: {...}, kwargs=...),
    }

A row gives one status (or a set of them) for each persona of :data:`PERSONAS`. ``get`` or ``post`` left out means that the
method is not offered: 405 to whoever is signed in. Requests run one by one and are rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cmo.parties.models import Pair, User
from tests import make

#: Apps with a file here, in the order in which their records are built.
APPS = (
    *("parties", "signing", "evidence", "regulation", "catalogue", "agreements", "releases", "audits"),
    *("calendar", "dossier", "home", "web"),
)

#: anonymous: nobody · right, wrong: people of the pair whose post may or may not do it · foreign: quality manager of
#: another organisation · granted: outsider who may read the pair · expired: outsider whose grant is over ·
#: dismissed: had the right post and a session · administrator: organisations and accounts.
PERSONAS = ("anonymous", "right", "wrong", "foreign", "granted", "expired", "dismissed", "administrator")

Status = int | set[int]
Row = Mapping[str, Status]


def row(
    right: Status, wrong: Status, foreign: Status, granted: Status, expired: Status, administrator: Status
) -> dict[str, Status]:
    """A row in which nobody and the dismissed are sent to the sign-in."""
    return {
        "anonymous": 302,
        "right": right,
        "wrong": wrong,
        "foreign": foreign,
        "granted": granted,
        "expired": expired,
        "dismissed": 302,
        "administrator": administrator,
    }


#: A page of a record of the pair.
SEES_PAIR = row(right=200, wrong=200, foreign=404, granted=200, expired=404, administrator=404)
#: An act on a record of the pair: the form is shown (again).
DOES_IN_PAIR = row(right=200, wrong=403, foreign=404, granted=403, expired=404, administrator=404)
#: A page of a record of the own organisation alone.
SEES_OWN = row(right=200, wrong=200, foreign=404, granted=404, expired=404, administrator=404)
#: An act on a record of the own organisation.
DOES_FOR_OWN = row(right=200, wrong=403, foreign=404, granted=404, expired=404, administrator=404)
#: A page for everybody who is signed in; it shows each person only what is theirs.
ANYBODY = row(right=200, wrong=200, foreign=200, granted=200, expired=200, administrator=200)
#: An act that needs a post but no record: a foreign quality manager may do it at home.
DOES_AT_HOME = row(right=200, wrong=403, foreign=200, granted=403, expired=403, administrator=403)
#: For administrators.
ADMINISTERS = row(right=403, wrong=403, foreign=403, granted=403, expired=403, administrator=200)
#: For everybody, signed in or not.
PUBLIC: dict[str, Status] = dict.fromkeys(PERSONAS, 200)
#: The method is not offered.
NOT_OFFERED = row(right=405, wrong=405, foreign=405, granted=405, expired=405, administrator=405)


@dataclass
class World:
    """The records that the addresses of the matrix need. ``things`` belongs to the apps' ``build`` functions."""

    relation: make.Relation
    foreign: make.Firm
    outsider: User
    former_outsider: User
    leaver: User
    things: dict[str, Any] = field(default_factory=dict)

    @property
    def pair(self) -> Pair:
        return self.relation.pair

    @property
    def registrant(self) -> make.Firm:
        return self.relation.registrant

    @property
    def contractor(self) -> make.Firm:
        return self.relation.contractor

    def who(self, persona: str, page: Page) -> User | None:
        """The account behind a persona on a page; None for nobody."""
        if persona in {"right", "wrong"}:
            side, role = page.right if persona == "right" else page.wrong
            return getattr(self, side).user(role, side)
        return {
            "anonymous": None,
            "foreign": self.foreign.user(),
            "granted": self.outsider,
            "expired": self.former_outsider,
            "dismissed": self.leaver,
            "administrator": make.administrator(),
        }[persona]


@dataclass(frozen=True)
class Page:
    """What one URL name answers. ``right`` and ``wrong`` are (side, role); ``data`` is what a POST carries."""

    get: Row | None = None
    post: Row | None = None
    kwargs: Callable[[World], dict[str, Any]] = lambda _world: {}
    data: Callable[[World], dict[str, Any]] = lambda _world: {}
    right: tuple[str, str] = ("registrant", "quality_manager")
    wrong: tuple[str, str] = ("registrant", "viewer")

    def expected(self, method: str) -> Row:
        """The row for a method."""
        return (self.get if method == "GET" else self.post) or NOT_OFFERED
