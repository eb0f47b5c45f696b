"""The texts that decisions rested on, each tied to the entry of the pair's chain that keeps its hash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cmo.trail.canonical import sha256
from cmo.trail.models import Entry

from .collecting.shown import left_out_keys
from .sheets import Frozen, Pin
from .snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Kind:
    """Texts of one table. ``verbs``: what the entry says that keeps their hashes; ``names``: the member of its data that
    names the row, empty where the row is the entry's subject; ``texts``: column → member with the hash of its text."""

    label: str
    verbs: tuple[str, ...]
    names: str
    texts: tuple[tuple[str, str], ...]


_JUDGED = (("facts", "facts_sha256"), ("findings", "findings_sha256"))
KINDS = (
    Kind(
        "agreements.agreementrevision", ("agreement.offered", "agreement.paper_confirmed"), "", (("body", "body_hash"),)
    ),
    Kind("agreements.entrustment", ("entrustment.opened",), "", _JUDGED),
    Kind("agreements.agreementreview", ("review.offered",), "", (("body", "body_hash"),)),
    Kind("audits.auditreport", ("audit.reported",), "report", (("body", "body_sha256"),)),
    Kind("releases.lotexception", ("lot.exception_requested",), "exception", (("waived", "waived_sha256"),)),
    Kind("releases.productionrelease", ("lot.production_released", "lot.production_rejected"), "decision", _JUDGED),
    Kind("releases.marketrelease", ("lot.released_to_market", "lot.market_rejected"), "decision", _JUDGED),
)
#: Where an entry keeps hashes: its number, the label of its subject, and the members of its data.
Kept = tuple[int, str, frozenset[str]]


def frozen_texts(snapshot: Snapshot, pin: Pin) -> tuple[tuple[Frozen, ...], tuple[str, ...]]:
    """The frozen texts of what the dossier shows, and the keys of rows for which the chain holds no hash up to the pin."""
    entries, outside = _entries(pin), left_out_keys(snapshot, pin)
    found: list[Frozen] = []
    without: list[str] = []
    for kind in KINDS:
        for row in snapshot.rows(kind.label):
            if row.key in outside:
                continue
            kept = entries.get((kind.label, row.pk))
            if kept is None or not kept[2].issuperset(member for _column, member in kind.texts):
                without.append(row.key)
                continue
            seq, label, _members = kept
            for column, member in kind.texts:
                key = f"{row.key}.{column}"
                found.append(Frozen(key, label, row[column], sha256(row[column]), seq, f"data.{member}"))
    return tuple(found), tuple(key for key in without if not _on_paper(snapshot, key))


def _entries(pin: Pin) -> dict[tuple[str, int], Kept]:
    """By table and key of the row: the first entry that keeps its hashes; one query."""
    kinds = {verb: kind for kind in KINDS for verb in kind.verbs}
    rows = Entry.objects.filter(stream=pin.stream, seq__lte=pin.seq, verb__in=sorted(kinds)).order_by("seq")
    found: dict[tuple[str, int], Kept] = {}
    for entry in rows.only("payload").iterator(chunk_size=500):
        content = entry.content
        kind = kinds[content["verb"]]
        for pk in _named(content, kind):
            found.setdefault((kind.label, pk), (content["seq"], content["label"], frozenset(content["data"])))
    return found


def _named(content: dict, kind: Kind) -> Iterator[int]:
    """The key of the row that an entry speaks of."""
    label, _, pk = content["subject"].partition(":")
    if kind.names:
        yield content["data"][kind.names]
    elif label == kind.label:
        yield int(pk)


def _on_paper(snapshot: Snapshot, key: str) -> bool:
    """Whether it is an agreement signed on paper: until somebody confirms it, no entry keeps the hash of its text."""
    label, _, pk = key.partition(":")
    return label == "agreements.agreementrevision" and bool(
        snapshot.of("agreements.paperagreement", "revision_id", int(pk))
    )
