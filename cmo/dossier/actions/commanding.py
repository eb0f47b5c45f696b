"""What an operator exports by command: on a stream of its own for each pair, so that the pair's chain, to which the dossier is
bound, does not grow by it. Each file has its hash as the subject of its entry and is found by it again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from cmo.trail.actions import record
from cmo.trail.actor import SYSTEM

from ..json_out import pin_data
from ..sheets import Dossier

VERB = "dossier.exported_by_command"
#: Kind of the streams, before the key of the pair.
STREAM = "dossier-command"


@transaction.atomic
def record_command(*, dossier: Dossier, language: str, files: Iterable[tuple[str, int, str]], at: datetime) -> None:
    """Note what the command is about to put into its place; ``files``: name, size in bytes and SHA-256 of the ZIP and of each
    document in it."""
    pin = pin_data(dossier.pin)
    label = f"{dossier.pin.pair_number} · {dossier.pin.as_of}"
    for name, size, sha256 in files:
        data = {**pin, "language": language, "name": name, "size": size, "sha256": sha256}
        stream = f"{STREAM}:{dossier.pin.pair_id}"
        record(VERB, by=SYSTEM, at=at, subject=subject_of(sha256), stream=stream, data=data, label=f"{label} · {name}")


def subject_of(sha256: str) -> str:
    """Under what the entry of a file with this hash is found."""
    return f"dossier.file:{sha256}"
