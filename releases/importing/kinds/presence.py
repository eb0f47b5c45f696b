"""Lists of check-ins and check-outs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet

from agreements.models import Posting, PresenceEntry
from cmo.clock import day_of
from cmo.errors import Finding
from cmo.parties.access import Can
from cmo.parties.models import Pair, SiteVersion
from cmo.parties.rights import HOLDERS
from cmo.trail.actor import Actor

from ...models import ImportRun
from ..columns import COLUMNS
from ..faults import fault
from ..rows import Row, moment_text
from .base import Values


class Presence:
    """Check-ins and check-outs that stand; everybody imports their own, the registrant's quality those of others too."""

    name = ImportRun.Kind.PRESENCE
    can = Can.IMPORT_PRESENCE
    columns = COLUMNS[ImportRun.Kind.PRESENCE]

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.postings = list(Posting.objects.filter(pair=pair).select_related("pair", "end").order_by("-id"))
        versions = SiteVersion.objects.current_by_subject({posting.site_id for posting in self.postings})
        self.sites = {pk: {version.name_zh, version.name_en} - {""} for pk, version in versions.items()}
        self.names = {pk: version.name_zh for pk, version in versions.items()}
        self.entries: set[tuple[Any, ...]] = set()
        self.by: Actor | None = None

    def load(self, rows: Iterable[Row], by: Actor) -> None:
        self.by = by
        moments = {row.values["event_at"] for row in rows if row.values.get("event_at") is not None}
        found = self._entries().filter(event_at__in=moments)
        self.entries = {(entry.posting_id, entry.kind, entry.event_at) for entry in found}

    def _entries(self) -> QuerySet[PresenceEntry]:
        rows = PresenceEntry.objects.filter(pair=self.pair, corrected_by__isnull=True, void=False)
        return rows.select_related("posting").order_by("event_at", "id")

    def label(self, values: Values) -> str:
        at = values.get("event_at")
        return f"{values.get('person', '')} · {moment_text(at) if at else ''}"

    def posting(self, values: Values) -> Posting | None:
        """The latest posting in force on that day of the one person who bears that name at that site; whoever imports is
        meant before a namesake. None when nobody fits, or more than one."""
        fitting = self._fitting(values)
        own = [posting for posting in fitting if self.by is not None and posting.person_id == self.by.user_id]
        people = {posting.person_id for posting in own or fitting}
        return (own or fitting)[0] if len(people) == 1 else None

    def _fitting(self, values: Values) -> list[Posting]:
        day = day_of(values["event_at"])
        return [
            posting
            for posting in self.postings
            if posting.person_name == values["person"]
            and values["site"] in self.sites.get(posting.site_id, ())
            and _in_force(posting, day)
        ]

    def key(self, values: Values) -> tuple[Any, ...]:
        posting = self.posting(values)
        return (posting.pk if posting else None, values["kind"], values["event_at"])

    def faults(self, values: Values) -> list[Finding]:
        posting = self.posting(values)
        if posting is None:
            code = "posting_of_namesakes" if self._fitting(values) else "posting_unknown"
            return [fault(code, found=values["person"])]
        allowed = self.by is not None and (posting.person_id == self.by.user_id or _for_others(self.by))
        known = self.key(values) in self.entries
        return [] if allowed or known else [fault("presence_of_another", found=values["person"])]

    def known(self, values: Values) -> dict[str, Any] | None:
        return dict(values) if self.key(values) in self.entries else None

    def difference(self, values: Values) -> Finding | None:
        return None

    def content(self, values: Values) -> dict[str, Any]:
        posting, rests_on = self.posting(values), values.get("rests_on", "")
        return {"posting": posting, "kind": values["kind"], "event_at": values["event_at"], "rests_on": rests_on}

    def stands_alone(self, values: Values) -> bool:
        return values.get("kind") != PresenceEntry.Kind.OUT

    def listed(self) -> Iterator[dict[str, Any]]:
        for entry in self._entries().iterator(chunk_size=2000):
            posting = entry.posting
            at_site = {"person": posting.person_name, "site": self.names.get(posting.site_id, "")}
            yield at_site | {"kind": entry.kind, "event_at": entry.event_at, "rests_on": _rests_on(entry)}


def _for_others(by: Actor) -> bool:
    """Whether the post under which somebody imports allows to state the presence of others."""
    return (by.side, by.post) in HOLDERS[Can.STATE_PRESENCE]


def _rests_on(entry: PresenceEntry) -> str:
    """The record that an entry was taken from; the reason of a correction is none."""
    return entry.reason if entry.corrects_id is None else ""


def _in_force(posting: Posting, day: date) -> bool:
    end = getattr(posting, "end", None)
    return posting.starts_on <= day <= min(posting.ends_on, end.last_day if end else posting.ends_on)
