"""All rows of a pair as they stood at one instant, read once: every regulated table is insert-only, so a row belongs to
the past that it was recorded in, and an instant tells which rows there were.

One query for each table, whatever the number of rows. Drafts, accounts, sessions and working papers of audits are no
records of the pair and are not read; an audit belongs to the dossier from the moment it began.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Q, Subquery

from cmo.clock import day_of
from cmo.parties.models import Pair, User
from cmo.parties.versions import Outcome
from cmo.trail.models import Entry
from releases.facts.correcting import said_before
from releases.models import LotCorrection

from .sources import LABELS, PAIR_SOURCES, Source


@dataclass(frozen=True, slots=True)
class Row:
    """One row: label of its model, primary key, and its columns by attribute name (dates and moments as such)."""

    label: str
    pk: int
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def key(self) -> str:
        """``app.model:pk``, as trail, signatures and evidence name it."""
        return f"{self.label}:{self.pk}"

    @property
    def day(self) -> date | None:
        """The legal day on which it was recorded, where it says so."""
        at = self.values.get("recorded_at")
        return day_of(at) if isinstance(at, datetime) else None


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """One entry of the pair's chain: its number, its canonical text and its hash."""

    seq: int
    payload: str
    hash: str


class Snapshot:
    """Rows by table, read at one instant; nothing is read twice and nothing later is seen."""

    def __init__(self, pair: Pair, instant: datetime) -> None:
        """Read everything; a constant number of queries."""
        self.pair, self.instant = pair, instant
        self._rows: dict[str, tuple[Row, ...]] = {}
        self._indexes: dict[tuple[str, str], dict[Any, list[Row]]] = {}
        for source in PAIR_SOURCES:
            self._read(source, Q(**{source.pair: pair.pk}))
        self._restore_lots()
        self._read_audits()
        self._read_parties()
        self._read_devices()
        self._read_signatures_and_files()
        self.entries = self._read_chain()
        held = {row["user_id"] for label in ("parties.post", "parties.grant") for row in self._rows[label]}
        #: Account id → printed name of whoever holds or held a post of either party, or a grant on the pair.
        self.names: dict[int, str] = dict(User.objects.filter(pk__in=held).values_list("pk", "printed_name"))

    @classmethod
    def of_rows(
        cls,
        pair: Pair,
        instant: datetime,
        rows: Iterable[Row],
        names: Mapping[int, str] | None = None,
        entries: Iterable[ChainEntry] = (),
    ) -> Snapshot:
        """A snapshot of given rows and entries; every other table is empty."""
        made = cls.__new__(cls)
        made.entries = tuple(entries)
        made.pair, made.instant, made.names = pair, instant, dict(names or {})
        found: dict[str, list[Row]] = {label: [] for label in LABELS}
        for row in sorted(rows, key=lambda row: row.pk):
            found[row.label].append(row)
        made.__dict__ |= {"_indexes": {}, "_rows": {label: tuple(kept) for label, kept in found.items()}}
        return made

    def holds(self, label: str) -> bool:
        """Whether this table belongs to a snapshot."""
        return label in self._rows

    def rows(self, label: str) -> tuple[Row, ...]:
        """Every row of a table in the order of its keys. :raises KeyError: for a table that is not read."""
        return self._rows[label]

    def one(self, label: str, pk: int | None) -> Row | None:
        """The row with this key, or None."""
        return next(iter(self.of(label, "id", pk)), None)

    def of(self, label: str, name: str, value: Any) -> tuple[Row, ...]:
        """The rows whose column ``name`` has this value; found through an index that is built once."""
        if (label, name) not in self._indexes:
            index: dict[Any, list[Row]] = defaultdict(list)
            for row in self._rows[label]:
                index[row[name]].append(row)
            self._indexes[label, name] = index
        return tuple(self._indexes[label, name].get(value, ()))

    def keys(self) -> frozenset[str]:
        """Keys of all rows, as evidence and signatures name them."""
        return frozenset(row.key for rows in self._rows.values() for row in rows)

    def _read_chain(self) -> tuple[ChainEntry, ...]:
        """The pair's chain up to its last entry of the instant, as ``pinning.chain_at`` counts it."""
        until = self.instant.astimezone(UTC).isoformat(timespec="microseconds")
        chain = Entry.objects.filter(stream=self.pair.stream)
        last = chain.filter(at_utc__lte=until).order_by("-seq").values("seq")[:1]
        found = chain.filter(seq__lte=Subquery(last)).order_by("seq")
        return tuple(ChainEntry(*row) for row in found.values_list("seq", "payload", "hash"))

    def _read(self, source: Source, condition: Q) -> None:
        model = apps.get_model(source.label)
        until = Q(**{f"{source.at}__lte": self.instant})
        found = model._default_manager.filter(condition & until & source.only).order_by("pk").values()
        self._rows[source.label] = tuple(Row(source.label, values["id"], values) for values in found)

    def _restore_lots(self) -> None:
        """A lot's own columns say what counts today: one that was corrected since says what it said at the instant."""
        later = LotCorrection.objects.filter(lot__pair=self.pair, recorded_at__gt=self.instant)
        before = said_before(later)
        self._rows["releases.lot"] = tuple(
            Row(row.label, row.pk, {**row.values, **before.get(row.pk, {})}) for row in self._rows["releases.lot"]
        )

    def _read_audits(self) -> None:
        """Audits that have begun, with their plans and teams; templates that they were conducted with.

        Both sides read a dossier, and what was only planned, perhaps without notice, must stay unknown to the contractor.
        """
        begun = [row["audit_id"] for row in self._rows["audits.auditevent"] if row["kind"] == "begun"]
        self._read(Source("audits.audit"), Q(pk__in=begun))
        known = frozenset(begun)
        for label in ("audits.auditevent", "audits.auditplan"):
            self._rows[label] = tuple(row for row in self._rows[label] if row["audit_id"] in known)
        plans = frozenset(row.pk for row in self._rows["audits.auditplan"])
        members = self._rows["audits.auditmember"]
        self._rows["audits.auditmember"] = tuple(row for row in members if row["plan_id"] in plans)
        templates = {row["template_id"] for row in self._rows["audits.audit"]}
        self._read(Source("audits.templateversion"), Q(pk__in=templates))

    def _read_parties(self) -> None:
        """Both organisations with their sites, licences and posts."""
        ids = [self.pair.registrant_id, self.pair.contractor_id]
        self._read_confirmed("parties.organisation", Q(organisation_id__in=ids))
        self._read_confirmed("parties.site", Q(site__organisation_id__in=ids))
        self._read_confirmed("parties.licence", Q(licence__organisation_id=self.pair.contractor_id))
        for label in ("parties.site", "parties.licence"):
            self._read(Source(label, at="created_at"), Q(pk__in=self._subjects(f"{label}version")))
        self._read(Source("parties.post", at="proposed_at"), Q(organisation_id__in=ids))
        self._read(Source("parties.postdecision", at="decided_at"), Q(post__organisation_id__in=ids))
        self._read(Source("parties.postend"), Q(post__organisation_id__in=ids))

    def _read_confirmed(self, subject: str, condition: Q) -> None:
        """Confirmed versions with their decisions. What one side only proposed, or had turned down, stays its own: the other
        side reads the same dossier."""
        confirmed = condition & Q(decision__outcome=Outcome.CONFIRMED)
        self._read(Source(f"{subject}version", at="decision__decided_at"), confirmed)
        versions = [row.pk for row in self._rows[f"{subject}version"]]
        self._read(Source(f"{subject}decision", at="decided_at"), Q(version_id__in=versions))

    def _subjects(self, label: str) -> set[int]:
        """What the versions of a table are versions of."""
        name = f"{label.rpartition('.')[2].removesuffix('version')}_id"
        return {row[name] for row in self._rows[label]}

    def _read_devices(self) -> None:
        """Devices shared with or entrusted to the contractor of this pair, with everything that hangs on them; of one whose
        share was withdrawn, what was on record until then."""
        shared = {row["device_id"] for row in self._rows["catalogue.deviceshare"]}
        ids = sorted(shared | {row["device_id"] for row in self._rows["agreements.entrustment"]})
        open_until = self._shared_until()
        self._read_confirmed("catalogue.device", _until("device_id", ids, open_until, "decision__decided_at"))
        for label in ("technicaldocument", "labelversion", "deviceidentifier", "screening"):
            self._read(Source(f"catalogue.{label}"), _until("device_id", ids, open_until))
        self._read(Source("catalogue.labelwithdrawal"), _until("label__device_id", ids, open_until))
        self._read(Source("catalogue.identifierevent"), _until("identifier__device_id", ids, open_until))
        self._read(Source("catalogue.determination"), _until("screening__device_id", ids, open_until))

    def _shared_until(self) -> dict[int, datetime]:
        """Device → when the last of its shares was withdrawn; devices with an open share, or none, are left out."""
        ends = {row["share_id"]: row["recorded_at"] for row in self._rows["catalogue.deviceshareend"]}
        shares = self._rows["catalogue.deviceshare"]
        still = {row["device_id"] for row in shares if row.pk not in ends}
        found: dict[int, datetime] = {}
        for row in shares:
            if row["device_id"] not in still:
                found[row["device_id"]] = max(ends[row.pk], found.get(row["device_id"], ends[row.pk]))
        return found

    def _read_signatures_and_files(self) -> None:
        """Signatures under rows read so far, and the files that hang on them."""
        keys = self.keys() | {f"parties.pair:{self.pair.pk}"}
        self._rows["signing.signature"] = self._under("signing.signature", "record_key", "signed_at", keys)
        self._rows["evidence.file"] = self._under("evidence.file", "subject", "uploaded_at", keys)

    def _under(self, label: str, name: str, at: str, keys: Iterable[str]) -> tuple[Row, ...]:
        """Rows that name one of ``keys``; in portions, because databases limit the values of one query."""
        model, ordered, found = apps.get_model(label), sorted(keys), []
        for start in range(0, len(ordered), PORTION):
            chosen = {f"{name}__in": ordered[start : start + PORTION], f"{at}__lte": self.instant}
            found += list(model._default_manager.filter(**chosen).values())
        found.sort(key=lambda values: values["id"])
        return tuple(Row(label, values["id"], values) for values in found)


def _until(name: str, devices: Iterable[int], until: Mapping[int, datetime], at: str = "recorded_at") -> Q:
    """Rows of these devices; of one that ``until`` names only those of that moment and before."""
    condition = Q(**{f"{name}__in": [pk for pk in devices if pk not in until]})
    for pk, moment in sorted(until.items()):
        condition |= Q(**{name: pk, f"{at}__lte": moment})
    return condition


#: Keys asked for in one query.
PORTION = 2_000
