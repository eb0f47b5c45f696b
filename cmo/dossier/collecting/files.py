"""Which stored files belong to a dossier, and whether each still lies whole in the storage.

A dossier is the same for whoever takes it, so that it encloses what both sides may read: files of the pair, its
agreements, lots and findings, and of the contractor's licences. What one side keeps to itself, such as the registrant's
technical documents and each side's written authorisations, is not enclosed.
"""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

from cmo.evidence import store

from ..sheets import Attached, Pin
from ..snapshot import Row, Snapshot
from .shown import left_out_keys

#: Kinds of record whose files both sides may read → the section that speaks of them.
SECTIONS: dict[str, str] = {
    "parties.pair": "parties",
    "parties.licence": "licences",
    "agreements.preparation": "preparing",
    "agreements.entrustment": "entrustments",
    "agreements.agreementrevision": "agreements",
    "agreements.obligationrecord": "agreements",
    "agreements.pairduty": "reviews",
    "agreements.posting": "supervision",
    "agreements.supplierapproval": "supervision",
    "audits.auditfinding": "audits",
    "audits.capaplan": "audits",
    "audits.capacompletion": "audits",
    "releases.lot": "lots",
    "releases.lotdocument": "lots",
    "releases.deviation": "lots",
    "releases.deviationclosure": "lots",
}

#: A file's row → ``whole``, ``missing`` or ``altered``.
Look = Callable[[Row], str]

_known: WeakKeyDictionary[Snapshot, tuple[Pin, tuple[Attached, ...]]] = WeakKeyDictionary()


def hashed(row: Row) -> str:
    """How the bytes in the storage compare with what was recorded."""
    return store.state_of(row["sha256"])


def measured(row: Row) -> str:
    """Whether a file of the recorded size lies in the storage; its bytes are not read."""
    size = store.size_of(row["sha256"])
    if size is None:
        return "missing"
    return "whole" if size == row["size"] else "altered"


def attached(snapshot: Snapshot, pin: Pin, look: Look = hashed) -> tuple[Attached, ...]:
    """The files both sides may read, standing and replaced, in the order in which they came in; each is looked at once, as
    whoever asks first of this snapshot wants it.

    A limited dossier holds those of the records that it shows.
    """
    known = _known.get(snapshot)
    if known is None or known[0] != pin:
        outside = left_out_keys(snapshot, pin)
        rows = (row for row in snapshot.rows("evidence.file") if _section(row) and row["subject"] not in outside)
        known = _known[snapshot] = pin, tuple(_attached(row, look) for row in rows)
    return known[1]


def elsewhere(snapshot: Snapshot, pin: Pin) -> int:
    """How many files both sides may read hang on records that the scope leaves out."""
    outside = left_out_keys(snapshot, pin)
    return sum(1 for row in snapshot.rows("evidence.file") if _section(row) and row["subject"] in outside)


def own(snapshot: Snapshot) -> int:
    """How many files hang on records of the dossier that one side keeps to itself."""
    return sum(1 for row in snapshot.rows("evidence.file") if not _section(row))


def replaced(snapshot: Snapshot) -> frozenset[int]:
    """Keys of the files for which a better version came in up to the moment of the dossier."""
    return frozenset(row["replaces_id"] for row in snapshot.rows("evidence.file") if row["replaces_id"])


def _section(row: Row) -> str:
    return SECTIONS.get(row["subject"].partition(":")[0], "")


def _attached(row: Row, look: Look) -> Attached:
    return Attached(
        file_id=row.pk,
        subject=row["subject"],
        title=row["title"],
        name=row["name"],
        content_type=row["content_type"],
        size=row["size"],
        sha256=row["sha256"],
        state=look(row),
        section=_section(row),
    )
