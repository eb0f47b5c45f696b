"""Until when an agreement covers each of its entrustments, by certificate, licence and term as they were at the pin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from agreements.facts.coverage import own_last_day
from cmo.paper.words import Words

from ..sheets import Pin, Section, Tone
from ..snapshot import Row, Snapshot
from . import names
from .agreement_text import cap
from .concluded import Revision, state_of
from .saying import plain, table
from .signatures import instance
from .versions import DEVICE, LICENCE, current, versions_of

TITLE = Words("本档案时点的覆盖情况", "Coverage at the moment of this dossier")
NOTHING = Words("未覆盖任何委托生产事项。", "No entrustment is covered.")
_COLUMNS = (
    ("entrustment", Words("委托生产事项", "Entrustment"), 16.0),
    ("device", Words("产品", "Device"), 26.0),
    ("site", Words("生产场地", "Site"), 18.0),
    ("last_day", Words("覆盖截止日", "Covered until"), 13.0),
    ("capped_by", Words("截止日取决于", "Limited by"), 14.0),
    ("covered", Words("当日是否覆盖", "Covered on that day"), 13.0),
)
_NEVER = Words("无：缺少已确认的注册证或者委托方认可的许可证", "none: no confirmed certificate or no accepted licence")
_ENDED = Words("协议终止或者被取代", "end or replacement of the agreement")
_RUN_OUT = Words("所覆盖事项均已到期，不再有效", "everything it covered has run out: in force no longer")


@dataclass(frozen=True, slots=True)
class _Licence:
    """A confirmed version of a licence, as far as its cap on an agreement goes."""

    licence_id: int
    accepted: bool
    site_ids: list[int]
    last_day: date | None
    deemed_renewed: bool


def covering(snapshot: Snapshot, pin: Pin, shown: Revision, key: str) -> Section:
    """Each entrustment that the shown revision covers."""
    rows = [_cells(snapshot, pin, shown, row) for row in _covered(snapshot, shown)]
    return Section(f"{key}.coverage", TITLE, (table("covered", _COLUMNS, rows, empty=NOTHING),), len(rows))


def state_at(snapshot: Snapshot, pin: Pin, one: Revision) -> tuple[Words, Tone]:
    """Where a revision stands at the pin; when every cover has run out it counts for nothing, whatever its term."""
    ends = [_own_last_day(snapshot, one, row)[0] for row in _covered(snapshot, one)]
    if one.in_force_on(pin.as_of) and ends and max(ends) < pin.as_of:
        return _RUN_OUT, "bad"
    return state_of(one, pin.as_of)


def _covered(snapshot: Snapshot, one: Revision) -> list[Row]:
    found = snapshot.of("agreements.revisioncoverage", "revision_id", one.row.pk)
    rows = [row for cover in found if (row := snapshot.one("agreements.entrustment", cover["entrustment_id"]))]
    return sorted(rows, key=lambda row: row["number"])


def _own_last_day(snapshot: Snapshot, one: Revision, entrusted: Row) -> tuple[date, str]:
    certificate = current(snapshot, DEVICE, entrusted["device_id"])
    model: Any = instance(snapshot, certificate) if certificate else None
    return own_last_day(one.row["ends_on"], model, _licences(snapshot), entrusted["site_id"])


def _cells(snapshot: Snapshot, pin: Pin, shown: Revision, row: Row) -> tuple[Words, ...]:
    last_day, capped_by = _own_last_day(snapshot, shown, row)
    return (
        names.entrustment(snapshot, row.pk),
        names.device(snapshot, row["device_id"]),
        names.site(snapshot, row["site_id"]),
        _NEVER if last_day == date.min else plain(min(last_day, shown.last_day)),
        cap(capped_by) if last_day <= shown.last_day else _ENDED,
        plain(shown.in_force_on(pin.as_of) and pin.as_of <= last_day),
    )


def _licences(snapshot: Snapshot) -> list[_Licence]:
    """Confirmed versions, oldest first: of each licence the latest accepted one counts."""
    return [
        _Licence(row.pk, _is_accepted(snapshot, one), one["site_ids"], one["last_day"], one["deemed_renewed"])
        for row in snapshot.rows("parties.licence")
        for one in versions_of(snapshot, LICENCE, row.pk)
    ]


def _is_accepted(snapshot: Snapshot, version: Row) -> bool:
    return bool(snapshot.of("parties.licenceacceptance", "version_id", version.pk))
