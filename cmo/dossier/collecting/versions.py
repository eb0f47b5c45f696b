"""Base data with all their confirmed versions: what each says, who proposed and confirmed it, which one applied at the pin.

What was only proposed, or was turned down, is known to the side that proposed it alone; both sides read one dossier.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.apps import apps

from cmo.paper.words import Words, same
from cmo.parties.versions import Version

from ..sheets import Block, Caution, Section
from ..snapshot import Row, Snapshot
from .saying import NONE, by, capital, choice, facts, facts_of, joined, numbered, reason, table
from .signatures import hash_of, signatures_of, standing, voids

#: Row → words of columns that need more than the field itself.
Told = Callable[[Row], Mapping[str, Words]]
CURRENT = Words("本档案时点的现行版本", "in force at the moment of this dossier")
EARLIER = Words("已确认，后被取代", "confirmed, replaced since")
NO_VERSION = Words("无已确认的版本。", "No confirmed version.")
_COLUMNS = (
    ("number", Words("版本", "No."), 7.0),
    ("state", Words("状态", "State"), 15.0),
    ("proposed", Words("提出人、时间", "Proposed by, at"), 16.0),
    ("reason", Words("本版理由", "Reason for this version"), 18.0),
    ("decided", Words("确认人、时间", "Decided by, at"), 16.0),
    ("decision", Words("决定及理由", "Decision and reason"), 14.0),
    ("signature", Words("确认签名", "Signature of the decision"), 14.0),
)
_HEADING = Words("版本与确认", "Versions and their confirmation")
_SIGNED = Words("已签名，与现记录一致", "signed, equal to the record")
_VOID = Words("签名与现记录不一致，无效", "signed, but the record differs: void")
_UNSIGNED = Words("无电子签名", "no electronic signature")


@dataclass(frozen=True, slots=True)
class Kind:
    """One table of versions: ``subject``: column that names the subject; ``decision``: table of the decisions."""

    label: str
    decision: str
    subject: str

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of the content, in order."""
        return cast("type[Version]", apps.get_model(self.label)).content_fields


ORGANISATION = Kind("parties.organisationversion", "parties.organisationdecision", "organisation_id")
SITE = Kind("parties.siteversion", "parties.sitedecision", "site_id")
LICENCE = Kind("parties.licenceversion", "parties.licencedecision", "licence_id")
DEVICE = Kind("catalogue.deviceversion", "catalogue.devicedecision", "device_id")


def versions_of(snapshot: Snapshot, kind: Kind, subject: int) -> tuple[Row, ...]:
    """Every confirmed version of a subject, oldest first."""
    return tuple(sorted(snapshot.of(kind.label, kind.subject, subject), key=lambda row: row["number"]))


def decision_on(snapshot: Snapshot, kind: Kind, version: Row) -> Row | None:
    """The decision on a version, once there is one."""
    return next(iter(snapshot.of(kind.decision, "version_id", version.pk)), None)


def current(snapshot: Snapshot, kind: Kind, subject: int | None) -> Row | None:
    """The latest confirmed version: what was in force at the pin."""
    found = versions_of(snapshot, kind, subject) if subject is not None else ()
    return found[-1] if found else None


def version_blocks(snapshot: Snapshot, kind: Kind, subject: int) -> tuple[Block, ...]:
    """Who proposed and who confirmed which version, and cautions where a hash no longer fits."""
    found = versions_of(snapshot, kind, subject)
    now = current(snapshot, kind, subject)
    rows = [_cells(snapshot, kind, row, now) for row in found]
    blocks: list[Block] = [table("versions", _COLUMNS, rows, _HEADING, NO_VERSION)]
    for row in found:
        blocks += _cautions(snapshot, kind, row)
    return tuple(blocks)


def content_sections(snapshot: Snapshot, kind: Kind, subject: int, key: str, told: Told) -> tuple[Section, ...]:
    """What each version says, the latest first."""
    found = versions_of(snapshot, kind, subject)
    now = current(snapshot, kind, subject)
    return tuple(_content(kind, row, now, key, told) for row in reversed(found))


def state_of(version: Row, now: Row | None) -> Words:
    """Where a version stands."""
    return CURRENT if now is not None and now.pk == version.pk else EARLIER


def _content(kind: Kind, row: Row, now: Row | None, key: str, told: Told) -> Section:
    state = state_of(row, now)
    title = Words(f"第 {row['number']} 版内容（{state.zh}）", f"Version {row['number']} ({state.en})")
    return Section(f"{key}.v{row['number']}", title, (facts(facts_of(row, kind.names, **told(row))),))


def _cells(snapshot: Snapshot, kind: Kind, row: Row, now: Row | None) -> tuple[Words, ...]:
    decision = decision_on(snapshot, kind, row)
    return (
        same(str(row["number"])),
        capital(state_of(row, now)),
        by(row, "proposed_by_name", "proposed_at"),
        reason(row["reason"]),
        by(decision, "decided_by_name", "decided_at") if decision else NONE,
        _decided(decision) if decision else NONE,
        _signature(snapshot, row),
    )


def _decided(decision: Row) -> Words:
    outcome = choice(decision.label, "outcome", decision["outcome"])
    return joined([outcome, *([same(decision["reason"])] if decision["reason"] else [])])


def _signature(snapshot: Snapshot, row: Row) -> Words:
    found = signatures_of(snapshot, row)
    if not found:
        return _UNSIGNED
    word = _SIGNED if len(standing(snapshot, row)) == len(found) else _VOID
    names = [joined([same(one["signer_name"]), numbered(one.pk)], " ") for one in found]
    return joined([word, *names])


def _cautions(snapshot: Snapshot, kind: Kind, row: Row) -> list[Block]:
    found = list(voids(signatures_of(snapshot, row), {one.pk for one in standing(snapshot, row)}))
    if hash_of(snapshot, row) != row["content_hash"]:
        zh = f"第 {row['number']} 版的内容与提出时记录的哈希不一致（{kind.label}:{row.pk}）。"
        en = f"The content of version {row['number']} differs from the hash recorded with it ({kind.label}:{row.pk})."
        found.append(Caution(Words(zh, en)))
    return found


def value_of(row: Row | None, name: str, otherwise: Any = "") -> Any:
    """A column of a row that may be missing."""
    return otherwise if row is None else row[name]
