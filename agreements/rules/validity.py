"""What expires first, when its renewal is due, and which agreements a renewal lets run longer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from cmo.errors import Finding
from cmo.parties.renewal import certificate_window, licence_window
from cmo.workdays import add_working_days, arrangement_announced

from ..facts.validity import Chain, Link
from ..wording import finding

#: Extending an agreement is begun 60 working days before its last day (our policy).
TERM_OPENS = 60
#: So many days before a window closes it is urgent.
NEAR = timedelta(days=30)
#: A term that ended within a month before the last day of certificate or licence was agreed because of it.
BOUNDED = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Window:
    """When a validity is renewed. ``closes_on`` is the last day (inclusive).

    ``state``: ``none`` (nothing to renew), ``filed``, ``not_open``, ``open``, ``closing``, ``missed`` or ``over``.
    ``announced``: the State Council has announced every year whose working days were counted.
    """

    opens_on: date | None
    closes_on: date | None
    state: str
    announced: bool = True


NO_WINDOW = Window(None, None, "none")


def first_to_expire(links: Iterable[Link]) -> Link | None:
    """The validity that ends first; one without a last day never does."""
    ending = [link for link in links if link.last_day is not None]
    return min(ending, key=lambda link: link.last_day or date.max, default=None)


def counting(chain: Chain) -> tuple[Link, ...]:
    """The links that can end the cover: of several licences only the one that runs longest counts."""
    licences = [link for link in chain.links if link.kind == "licence"]
    longest = max(licences, key=lambda link: link.last_day or date.max, default=None)
    return tuple(link for link in chain.links if link.kind != "licence" or link is longest)


def window_of(link: Link, on: date) -> Window:
    """When this validity is renewed, and where that stands on a day."""
    if link.deemed_renewed or (link.filed_on is not None and link.last_day is not None and on <= link.last_day):
        return Window(None, None, "filed")
    if link.last_day is None or link.kind == "post":
        return NO_WINDOW
    opens_on, closes_on = _days(link.kind, link.last_day)
    in_days = link.kind != "certificate"
    announced = not in_days or all(arrangement_announced(y) for y in range(opens_on.year, link.last_day.year + 1))
    return Window(opens_on, closes_on, _state(opens_on, closes_on, link.last_day, on), announced)


def _days(kind: str, last_day: date) -> tuple[date, date]:
    if kind == "certificate":
        return certificate_window(last_day)
    if kind == "licence":
        return licence_window(last_day)
    return add_working_days(last_day, -TERM_OPENS), last_day


def _state(opens_on: date, closes_on: date, last_day: date, on: date) -> str:
    if on > last_day:
        return "over"
    if on > closes_on:
        return "missed"
    if on < opens_on:
        return "not_open"
    return "closing" if on >= closes_on - NEAR else "open"


def extension_of(chain: Chain) -> tuple[date, date | None] | None:
    """The agreed last day, and until when the agreement could run by now (None: without limit); None: nothing to gain.

    Only where certificate or licence bounded the term when it was agreed and a renewal has moved that bound.
    """
    cover, before, now = chain.cover, chain.earlier_cap, chain.present_cap
    if cover is None or not cover.in_force or before in {None, date.min}:
        return None
    bounded = before is not None and cover.ends_on + BOUNDED >= before
    longer = now is None or (now > before and now > cover.ends_on)
    return (cover.ends_on, now) if bounded and longer else None


def warnings_about(chain: Chain, on: date) -> list[Finding]:
    """What the renewal of each link asks for by now, the earliest end first."""
    links = sorted(counting(chain), key=lambda link: link.last_day or date.max)
    found = [each for link in links for each in _about(link, on)]
    return found + ([_extendable(chain)] if extension_of(chain) else [])


def _extendable(chain: Chain) -> Finding:
    cover, until = chain.cover, chain.present_cap
    return finding(
        "agreement_extendable",
        agreement=cover.agreement_number if cover else "",
        now=cover.ends_on.isoformat() if cover else "",
        until_zh=f"最长可以约定至{until.isoformat()}" if until else "不再受其限制",
        until_en=f"could run until {until.isoformat()}" if until else "is no longer limited by them",
    )


def _about(link: Link, on: date) -> Iterator[Finding]:
    window = window_of(link, on)
    if link.last_day is None or link.kind == "post":
        return
    facts = {"name": link.name, "last_day": link.last_day.isoformat()}
    if window.state in {"open", "closing", "missed"} and window.opens_on and window.closes_on:
        code = f"validity_{link.kind}_{'missed' if window.state == 'missed' else 'open'}"
        yield finding(code, **facts, opens_on=window.opens_on.isoformat(), closes_on=window.closes_on.isoformat())
    if window.state == "over":
        yield finding(f"validity_{link.kind}_over", **facts)
    if not window.announced and window.state in {"open", "closing"}:
        yield finding("window_not_announced", **facts, year=link.last_day.year)
