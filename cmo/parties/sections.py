"""What apps above add to the page of a pair, to the moment before a change and to the page of a record: filled in their
``AppConfig.ready()``.

Parties may not import them; they tell parties instead::

    register_pair_tab("lots", _("Lots"), "releases:pair_lots", order=40)  # URL takes the pair's primary key
    register_pair_tile(agreement_tile, order=20)  # (pair, scope, on) -> Tile | None
    register_account_section(feeds)  # (person) -> Panel
    register_change_preview(stopped_lots)  # (row about to be confirmed or inserted, scope, at) -> Preview | None
    register_record_link(affected_link)  # (record) -> RecordLink | None
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models import Model

    from .access import Scope
    from .models import Pair, User


@dataclass(frozen=True, slots=True)
class Tile:
    """One sentence about one side of the relationship, with its tone and where it leads. Text is ready to print."""

    label: str
    tone: str
    sentence: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One section of the pair page."""

    key: str
    label: Any
    url_name: str
    order: int


@dataclass(frozen=True, slots=True)
class Panel:
    """A drawing below the tiles: a template and what it shows."""

    template: str
    context: dict[str, Any]


PanelMaker = Callable[["Pair", "Scope", date], Panel | None]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do, before it is confirmed: sentences with their tone, and some of the records concerned.

    ``links``: (label, address) of the first ones; ``more``: how many there are beyond them.
    """

    title: str
    sentences: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...] = ()
    more: int = 0


AccountMaker = Callable[["User"], Panel]


@dataclass(frozen=True, slots=True)
class RecordLink:
    """Where what rests on a record is listed. Text is ready to print."""

    label: str
    url: str


#: The groups of a pair's tabs: each begins with this order and ends before the next one.
TAB_GROUPS: tuple[tuple[int, Any], ...] = (
    (0, _("Relationship")),
    (30, _("Manufacture and oversight")),
    (80, _("Files and records")),
)

TileMaker = Callable[["Pair", "Scope", date], Tile | None]
PreviewMaker = Callable[["Model", "Scope", datetime], Preview | None]
RecordLinkMaker = Callable[["Model"], RecordLink | None]
_tabs: dict[str, Tab] = {}
_previews: dict[str, PreviewMaker] = {}
_tiles: dict[str, tuple[int, TileMaker]] = {}
_panels: dict[str, tuple[int, PanelMaker]] = {}
_record_links: dict[str, RecordLinkMaker] = {}
_account: dict[str, tuple[int, AccountMaker]] = {}


def register_pair_tab(key: str, label: Any, url_name: str, order: int) -> None:
    """Add a tab to every pair page; registering a key again replaces it. Its order says in which group it stands."""
    _tabs[key] = Tab(key, label, url_name, order)


def register_pair_tile(make: TileMaker, order: int = 50) -> None:
    """Add a state tile to every pair page: a function of (pair, scope, on) that may answer None."""
    _tiles[f"{make.__module__}.{make.__qualname__}"] = (order, make)


def register_pair_panel(make: PanelMaker, order: int = 50) -> None:
    """Add a drawing to the overview of every pair: a function of (pair, scope, on) that may answer None."""
    _panels[f"{make.__module__}.{make.__qualname__}"] = (order, make)


def register_account_section(make: AccountMaker, order: int = 50) -> None:
    """Add a section to everybody's page of the own account: a function of the person."""
    _account[f"{make.__module__}.{make.__qualname__}"] = (order, make)


def account_sections(person: User) -> list[Panel]:
    """The sections that apps above give to the page of the own account, in order."""
    return [make(person) for _order, make in sorted(_account.values(), key=lambda row: row[0])]


def pair_tabs(pair: Pair, current: str) -> list[dict[str, Any]]:
    """The tabs of a pair page in order and in groups, for ``<c-tabs>``."""
    tabs = sorted(_tabs.values(), key=lambda tab: (tab.order, tab.key))
    return [
        {
            "label": tab.label,
            "url": reverse(tab.url_name, args=[pair.pk]),
            "current": tab.key == current,
            "group": _group_of(tab),
        }
        for tab in tabs
    ]


def _group_of(tab: Tab) -> Any:
    return next(name for first, name in reversed(TAB_GROUPS) if tab.order >= first)


def pair_tiles(pair: Pair, scope: Scope, on: date) -> list[Tile]:
    """The state tiles of a pair page in order."""
    makers = [make for _order, make in sorted(_tiles.values(), key=lambda row: row[0])]
    return [tile for make in makers if (tile := make(pair, scope, on)) is not None]


def pair_panels(pair: Pair, scope: Scope, on: date) -> list[Panel]:
    """The drawings of a pair's overview in order."""
    makers = [make for _order, make in sorted(_panels.values(), key=lambda row: row[0])]
    return [panel for make in makers if (panel := make(pair, scope, on)) is not None]


def register_change_preview(make: PreviewMaker) -> None:
    """Say beforehand what confirming a proposed version, or inserting the row of an act, would do."""
    _previews[f"{make.__module__}.{make.__qualname__}"] = make


def change_previews(row: Model, scope: Scope, at: datetime) -> list[Preview]:
    """What would follow from a change, as this person may see it; ``row`` is a proposed version or an unsaved row."""
    return [preview for make in _previews.values() if (preview := make(row, scope, at)) is not None]


def register_record_link(make: RecordLinkMaker) -> None:
    """Lead from the page of a record to what rests on it, or to what it rests on: a function of the record that may answer
    None; without queries for records that stand in lists."""
    _record_links[f"{make.__module__}.{make.__qualname__}"] = make


def record_links(row: Model) -> list[RecordLink]:
    """Where the page of this record leads, without queries."""
    return [link for make in _record_links.values() if (link := make(row)) is not None]
