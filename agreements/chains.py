"""The chain of validity as drawings, badges and words in the active language. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from cmo.parties.access import post_with_side
from cmo.parties.states import State
from cmo.web.charts import Bar

from .facts import CoverageFact
from .facts.validity import Chain, Link
from .rules.validity import Window, counting, first_to_expire, window_of


def kind_word(kind: str) -> str:
    """Certificate, licence, agreement or post."""
    words = {
        "certificate": _("certificate or filing"),
        "licence": _("contractor's licence"),
        "term": _("quality agreement"),
        "post": _("authorised post"),
    }
    return words[kind]


def link_name(link: Link) -> str:
    """The printed number or the post, without saying what it is."""
    return post_with_side(link.side, link.name) if link.kind == "post" else link.name


def link_label(link: Link) -> str:
    """What it is and which."""
    return link_name(link) if link.kind == "post" else f"{kind_word(link.kind)} {link.name}"


def renewal_state(window: Window) -> State:
    """Where the renewal stands."""
    words = {
        "none": State("idle", _("nothing to renew")),
        "filed": State("good", _("renewal applied for")),
        "not_open": State("idle", _("not yet open")),
        "open": State("active", _("window open")),
        "closing": State("pending", _("closes soon")),
        "missed": State("bad", _("missed")),
        "over": State("bad", _("over")),
    }
    return words[window.state]


def window_words(link: Link, window: Window) -> str:
    """When the renewal is due, as a sentence; empty when nothing is to be renewed."""
    if window.state == "filed":
        return (
            _("deemed renewed") if link.deemed_renewed else _("renewal applied for on %(day)s") % {"day": link.filed_on}
        )
    if window.opens_on is None or window.closes_on is None or window.state == "over":
        return ""
    sentences = {
        "not_open": _("renewal opens on %(opens)s, at the latest by %(closes)s"),
        "open": _("renewal open since %(opens)s, at the latest by %(closes)s"),
        "closing": _("renewal at the latest by %(closes)s"),
        "missed": _("renewal was due by %(closes)s and is not on record"),
    }
    days = {"opens": window.opens_on.isoformat(), "closes": window.closes_on.isoformat()}
    sentence = sentences[window.state] % days
    return sentence if window.announced else sentence + _(" (holidays not all announced yet)")


def under(chain: Chain, cover: CoverageFact) -> Chain:
    """The chain as one revision of an agreement has it, whichever covers the entrustment now."""
    name = f"{cover.agreement_number}/{cover.revision_number}"
    term = Link("term", name, cover.starts_on, cover.ends_on, cover.agreement_id, "")
    links = [link for link in chain.links if link.kind != "term"]
    place = next((n for n, link in enumerate(links) if link.kind == "post"), len(links))
    return replace(chain, links=(*links[:place], term, *links[place:]))


def bars_of(chain: Chain, on: date) -> list[Bar]:
    """The chain as bars to a common axis; posts only where they end."""
    drawn = (link for link in chain.links if link.kind != "post" or link.last_day is not None)
    return [_bar(link, on) for link in drawn]


def _bar(link: Link, on: date) -> Bar:
    window = window_of(link, on)
    renewal = None if window.opens_on is None or window.closes_on is None else (window.opens_on, window.closes_on)
    words = {"certificate": _("certificate"), "licence": _("licence"), "term": _("agreement")}
    label = f"{words[link.kind]} {link.name}" if link.kind in words else link_name(link)
    return Bar(label, link.first_day, link.last_day, window_words(link, window), renewal)


def first_of(chain: Chain) -> Link | None:
    """What expires first for this entrustment; of several licences only the longest counts."""
    return first_to_expire(counting(chain))


def earliest(chains: Iterable[Chain]) -> Chain | None:
    """The chain in which something expires first."""
    ending = [(link.last_day, chain) for chain in chains if (link := first_of(chain)) and link.last_day]
    return min(ending, key=lambda item: item[0], default=(None, None))[1]
