"""What was entered after decisions about something that a single lot rests on, by the days of manufacture it concerns.

Presence, postings, approvals and checks are entries of the past, and most later ones only add to it. What is collected here
can take something away from a decision that rested on it:

- presence that was corrected, and a check-out entered after the moment that it states: the stay it belongs to;
- a posting ended early: the days after its end; a policy: the day from which it counts;
- an approval of a supplier taken back: the days after its end;
- data of the device that now demand supervision or sterilisation and did not before.

Steps and materials of a lot, and the lot itself, cannot be changed while a decision rests on them. What its label must
say, it shares with others (:mod:`releases.facts.ground`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least

from agreements.facts import EntrustmentFacts
from agreements.models import PairPolicy, PostingEnd, PresenceEntry, SupplierApprovalEnd
from agreements.rules.coverage import LONGEST_OPEN_STAY
from cmo.catalogue.models import DeviceVersion
from cmo.clock import day_of
from cmo.narrow import Columns, united

from ..models import LotHold
from .affected import Group

#: What was turned: presence on site, approved suppliers, what device data demand.
PRESENCE, SUPPLIED, DEMANDED = "presence", "supplied", "demanded"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Since:
    """What single lots have of their own, and what was entered later about what their release rested on.

    Every day given is the last one on which something was entered: decisions taken after it knew of it.
    """

    #: Lots with an open hold of their own.
    held: frozenset[int]
    #: Pair → (what, site or None for all of them, day of manufacture) → day.
    days: Mapping[int, Mapping[tuple[str, int | None, date], date]]
    #: Device → day.
    demanded: Mapping[int, date]

    def causes(self, group: Group, entrustment: EntrustmentFacts) -> frozenset[str]:
        """What was turned about the lots of a group since their decision."""
        found = set()
        if self.demanded.get(entrustment.device_id, date.min) >= group.on:
            found.add(DEMANDED)
        if group.pair_id in self.days:
            found |= set(self._on_days(group, entrustment.site_id))
        return frozenset(found)

    def _on_days(self, group: Group, site: int) -> Iterator[str]:
        turned = self.days[group.pair_id]
        for number in range((group.produced_to - group.produced_from).days + 1):
            day = group.produced_from + number * DAY
            for what, where in ((PRESENCE, site), (PRESENCE, None), (SUPPLIED, None)):
                if turned.get((what, where, day), date.min) >= group.on:
                    yield what


_COLUMNS: Columns = {
    "of": (BigIntegerField(), None),
    "which": (BigIntegerField(), None),
    "at": (DateTimeField(), None),
    "begins": (DateTimeField(), None),
    "ends": (DateTimeField(), None),
    "first": (DateField(), None),
    "last": (DateField(), None),
    "word": (CharField(), ""),
    "flag": (CharField(), ""),
}


def entered_since(groups: Sequence[Group], devices: Collection[int]) -> Since:
    """What single lots of these groups have of their own, and what was turned; one query. ``devices``: ids of theirs."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in united(_COLUMNS, _parts(groups, devices), "at", "row"):
        rows[row["tag"]].append(row)
    return Since(
        held=frozenset(row["of"] for row in rows["lot"]),
        days=_days(rows),
        demanded=_demanded(rows["device"]),
    )


def _parts(groups: Sequence[Group], devices: Collection[int]) -> dict[str, Any]:
    pairs, entrustments = {one.pair_id for one in groups}, {one.entrustment_id for one in groups}
    held = LotHold.objects.filter(lift__isnull=True, lot__entrustment_id__in=entrustments)
    ended, ceased = PostingEnd.objects.filter(posting__pair_id__in=pairs), SupplierApprovalEnd.objects
    recorded = {"at": "recorded_at"}
    return {
        "lot": (held, {"of": "lot_id"}),
        "presence": (_presence(pairs), {"of": "pair_id", "which": "posting__site_id", **_STAY, **recorded}),
        "posting": (ended, {"of": "posting__pair_id", "which": "posting__site_id", **_POSTED, **recorded}),
        "policy": (
            PairPolicy.objects.filter(pair_id__in=pairs),
            {"of": "pair_id", "first": "effective_from", **recorded},
        ),
        "supplier": (
            ceased.filter(approval__pair_id__in=pairs),
            {"of": "approval__pair_id", "first": "last_day", **recorded},
        ),
        "device": (
            DeviceVersion.objects.confirmed().filter(device_id__in=devices),
            {"of": "device_id", "word": "implantable", "flag": _STERILE, "at": "decision__decided_at"},
        ),
    }


_STERILE = Cast("sterile", CharField())
_STAY = {"begins": "begun", "ends": "ended"}
_POSTED = {"first": "last_day", "last": "posting__ends_on"}


def _presence(pairs: Collection[int]) -> QuerySet[Any]:
    """Corrections of presence, and check-outs entered after the moment they state; each with the stay that it is part of,
    from its check-in (``begun``) to its check-out (``ended``)."""
    late = Q(kind=PresenceEntry.Kind.OUT, event_at__lt=F("recorded_at"))
    rows = PresenceEntry.objects.filter(Q(corrects__isnull=False) | late, pair_id__in=pairs)
    was = Coalesce("corrects__event_at", "event_at")
    rows = rows.annotate(first=Least("event_at", was), last=Greatest("event_at", was))
    same = PresenceEntry.objects.filter(posting=OuterRef("posting"))
    came = same.filter(kind=PresenceEntry.Kind.IN, event_at__lte=OuterRef("first")).order_by("-event_at")
    left = same.filter(kind=PresenceEntry.Kind.OUT, event_at__gte=OuterRef("last")).order_by("event_at")
    return rows.annotate(
        begun=Coalesce(Subquery(came.values("event_at")[:1]), "first"),
        ended=Coalesce(Subquery(left.values("event_at")[:1]), "last"),
    )


def _days(rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[int, dict[tuple[str, int | None, date], date]]:
    """Every day of manufacture that something was turned about, none after the day on which that was entered."""
    found: dict[int, dict[tuple[str, int | None, date], date]] = defaultdict(dict)
    for tag, dated in _DATED.items():
        for row in rows[tag]:
            what, first, last = dated(row)
            entered = day_of(row["at"])
            for number in range((min(last, entered) - first).days + 1):
                key = (what, row["which"], first + number * DAY)
                found[row["of"]][key] = max(entered, found[row["of"]].get(key, date.min))
    return found


def _stay(row: Mapping[str, Any]) -> tuple[str, date, date]:
    """A stay that was open counted for some time, so that its end may take away what lies behind it."""
    longest: datetime = row["begins"] + LONGEST_OPEN_STAY
    return PRESENCE, day_of(row["begins"]), day_of(max(row["ends"], longest))


#: Kind of row → what it turned, on which first and last day. Rows come by the time at which they were entered.
_DATED = {
    "presence": _stay,
    "posting": lambda row: (PRESENCE, row["first"] + DAY, row["last"]),
    "policy": lambda row: (PRESENCE, row["first"], row["first"]),
    "supplier": lambda row: (SUPPLIED, row["first"] + DAY, date.max),
}


def _demanded(versions: Iterable[Mapping[str, Any]]) -> dict[int, date]:
    """Device → the last day on which a confirmed version answered otherwise than the one before it."""
    answers: dict[int, tuple[str, str]] = {}
    found = {}
    for row in versions:
        device, answer = row["of"], (row["word"], row["flag"])
        if answers.get(device, answer) != answer:
            found[device] = day_of(row["at"])
        answers[device] = answer
    return found
