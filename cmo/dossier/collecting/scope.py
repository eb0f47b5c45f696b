"""What a dossier is limited to, as the cover says it: the names of records and not their keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cmo.paper.words import Words, same

from ..scoping import period
from ..sheets import WHOLE, Pin
from ..snapshot import Row, Snapshot
from .confirmed import device_name, one_line
from .reach import named, reach
from .saying import bilingual


def scope_in_words(snapshot: Snapshot, pin: Pin) -> Words:
    """``批次 SJ2601A（髋关节假体 国械注准…）``. :raises Refused: what the scope names is not of this pair."""
    reach(snapshot, pin)
    kind, key = pin.scope
    return _KINDS[kind](snapshot, key)


def _period(_snapshot: Snapshot, key: str) -> Words:
    first, last = period(key)
    return Words(f"期间：{first} 至 {last}（含当日）", f"period: {first} to {last}, both days included")


def _device(snapshot: Snapshot, key: str) -> Words:
    found = named(snapshot.rows("catalogue.deviceversion"), "number_printed", key, "device_id")
    ids = sorted({row["device_id"] for row in found})
    return _said("产品", "device", (one_line(device_name(snapshot, pk)) for pk in ids))


def _lot(snapshot: Snapshot, key: str) -> Words:
    return _said(
        "批次", "lot", (_one_lot(snapshot, row) for row in named(snapshot.rows("releases.lot"), "number", key))
    )


def _one_lot(snapshot: Snapshot, lot: Row) -> Words:
    name = one_line(device_name(snapshot, lot["device_id"]))
    return Words(f"{lot['number']}（{name.zh}）", f"{lot['number']} ({name.en})")


def _agreement(snapshot: Snapshot, key: str) -> Words:
    rows = named(snapshot.rows("agreements.agreement"), "number", key)
    return _said("质量协议", "quality agreement", (_one_agreement(row) for row in rows))


def _one_agreement(row: Row) -> Words:
    title = bilingual(row, "title")
    return Words(f"{row['number']} {title.zh}", f"{row['number']} {title.en}")


def _said(zh: str, en: str, found: Iterable[Words]) -> Words:
    every = list(found) or [same("—")]
    return Words(f"{zh}：{'；'.join(one.zh for one in every)}", f"{en}: {'; '.join(one.en for one in every)}")


_KINDS: dict[str, Callable[[Snapshot, str], Words]] = {
    "whole": lambda _snapshot, _key: WHOLE,
    "period": _period,
    "device": _device,
    "lot": _lot,
    "agreement": _agreement,
}
