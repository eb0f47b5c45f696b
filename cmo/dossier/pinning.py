"""Binding a dossier: up to which moment it reads, and how long the pair's chain was and in what it ended then.

Rows and chain must be read in ``one_moment``: otherwise a decision could lie in one of them and not in the other.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from django.conf import settings

from cmo.clock import SHANGHAI, day_of
from cmo.errors import Finding, Refused
from cmo.parties.models import Pair
from cmo.trail.actions import GENESIS
from cmo.trail.models import Entry
from cmo.trail.verify import one_moment

from .sheets import Pin

__all__ = ["one_moment", "pin_for", "product_version"]


@cache
def product_version() -> str:
    """The version of the product, from the one place that states it."""
    stated = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(stated["project"]["version"])


def pin_for(pair: Pair, as_of: date, now: datetime, scope: tuple[str, str] = ("whole", "")) -> Pin:
    """What a dossier as of this day is bound to: today up to now, a past day up to its end in China.

    :raises Refused: for a day to come.
    """
    if as_of > day_of(now):
        raise Refused([_IN_THE_FUTURE])
    instant = now if as_of == day_of(now) else end_of(as_of)
    seq, head = chain_at(pair.stream, instant)
    return Pin(pair.pk, pair.number, as_of, instant, pair.stream, seq, head, scope, product_version())


def end_of(day: date) -> datetime:
    """The last moment of a legal day."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI) - timedelta(microseconds=1)


def chain_at(stream: str, instant: datetime) -> tuple[int, str]:
    """Length and last hash of a chain up to its last entry of that moment; nought and the genesis before its first.

    Two people acting in one moment may be written in the other order: the few entries before the last one that bear a
    later time belong to the chain as it stood, though not to what the dossier shows.
    """
    until = instant.astimezone(UTC).isoformat(timespec="microseconds")
    last = Entry.objects.filter(stream=stream, at_utc__lte=until).order_by("-seq").values_list("seq", "hash").first()
    return last or (0, GENESIS)


_IN_THE_FUTURE = Finding(
    code="dossier_day_to_come",
    severity="blocks",
    basis="policy",
    zh="截至日期晚于今天。档案只能截至今天或者以前的某一天。",
    en="The day lies in the future. A dossier shows the state of today or of a day before.",
)
