"""Of which entries of the chain an outsider's limited copy holds the hash alone: whatever lies outside its scope.

The parties' own people may read the whole chain, so that their copies hold all of it, whatever their scope.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from .collecting.trail import within
from .sheets import Attached, Frozen, Pin
from .snapshot import Snapshot

_ATTACHED = frozenset({"evidence.attached", "evidence.replaced"})


def withheld(
    snapshot: Snapshot, pin: Pin, marked_for: str, texts: Iterable[Frozen], files: Iterable[Attached]
) -> frozenset[int]:
    """Numbers of the entries without their text; what frozen texts and enclosed files rest on is never withheld."""
    if not marked_for or pin.scope[0] == "whole":
        return frozenset()
    every = [(entry, json.loads(entry.payload)) for entry in snapshot.entries if entry.seq <= pin.seq]
    enclosed = {file.file_id for file in files}
    shown = {entry.seq for entry, _content in within(snapshot, pin, every)} | {one.seq for one in texts}
    shown |= {e.seq for e, said in every if said["verb"] in _ATTACHED and said["data"].get("file") in enclosed}
    return frozenset(entry.seq for entry, _content in every) - shown
