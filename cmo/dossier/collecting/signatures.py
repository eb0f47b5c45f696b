"""Signatures under a row: who signed what, when and how, and whether the record still is what was signed.

The record is built again from the row of the snapshot, with the rows that it rests on, by the model's own definition.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import apps
from django.db.models import ForeignKey, Model

from cmo.paper.words import Words, same
from cmo.signing.actions import record_hash

from ..sheets import Block, Caution
from ..snapshot import Row, Snapshot
from .saying import choice, joined, moment, numbered, table

POST = "parties.post"
SIGNATURE = "signing.signature"
HEADING = Words("电子签名", "Electronic signatures")
NOT_SIGNED = Words("截至本档案时点无电子签名。", "No electronic signature at the moment of this dossier.")
STANDS = Words("一致，签名有效", "equal: the signature stands")
VOID = Words("不一致，签名无效", "differs: the signature is void")
_COLUMNS = (
    ("signer", Words("签署人", "Signed by"), 16.0),
    ("post", Words("岗位、单位", "Post, organisation"), 20.0),
    ("meaning", Words("签署含义", "Meaning"), 16.0),
    ("signed_at", Words("签署时间", "Signed at"), 13.0),
    ("method", Words("验证方式", "Method"), 9.0),
    ("hash", Words("记录哈希（SHA-256）", "Record hash (SHA-256)"), 16.0),
    ("now", Words("与现记录", "Against the record"), 10.0),
)


def instance(snapshot: Snapshot, row: Row) -> Model:
    """The row as an object of its model, with the rows that it names and the snapshot holds; asks no database."""
    model = apps.get_model(row.label)
    found = model(**row.values)
    for field in model._meta.get_fields():
        if not isinstance(field, ForeignKey):
            continue
        related = field.remote_field.model._meta.label_lower
        named = row[field.attname]
        if named is not None and related != row.label and snapshot.holds(related):
            other = snapshot.one(related, named)
            if other is not None:
                field.set_cached_value(found, instance(snapshot, other))
    return found


def hash_of(snapshot: Snapshot, row: Row) -> str:
    """The hash of a row's record as the snapshot holds it."""
    return record_hash(instance(snapshot, row))  # type: ignore[arg-type]


def signatures_of(snapshot: Snapshot, row: Row) -> tuple[Row, ...]:
    """Signatures under a row, oldest first."""
    return snapshot.of(SIGNATURE, "record_key", row.key)


def standing(snapshot: Snapshot, row: Row) -> tuple[Row, ...]:
    """Those whose hash is still the record's."""
    found = signatures_of(snapshot, row)
    expected = hash_of(snapshot, row) if found else ""
    return tuple(one for one in found if one["record_hash"] == expected)


def signature_blocks(snapshot: Snapshot, row: Row, key: str, heading: Words = HEADING) -> tuple[Block, ...]:
    """The table of signatures under a row, and a caution for each that is void."""
    found = signatures_of(snapshot, row)
    stands = {one.pk for one in standing(snapshot, row)}
    rows = [_cells(one, one.pk in stands) for one in found]
    shown: list[Block] = [table(key, _COLUMNS, rows, heading, NOT_SIGNED)]
    return (*shown, *voids(found, stands))


def voids(found: Sequence[Row], stands: set[int]) -> tuple[Block, ...]:
    """A caution for each signature whose record is no longer what was signed."""
    return tuple(_caution(one) for one in found if one.pk not in stands)


def _caution(row: Row) -> Caution:
    who, what = row["signer_name"], row["record_label"]
    zh = f"{who} 对“{what}”的签名与现记录不一致，签名无效。"
    return Caution(Words(zh, f"The record “{what}” is no longer what {who} signed: the signature is void."))


def _cells(row: Row, stands: bool) -> tuple[Words, ...]:
    post, side = choice(POST, "role", row["post"]), choice(POST, "side", row["side"])
    return (
        joined([same(row["signer_name"]), numbered(row.pk)]),
        joined([post, side, same(row["organisation"])]),
        choice(SIGNATURE, "meaning", row["meaning"]),
        same(moment(row["signed_at"])),
        choice(SIGNATURE, "method", row["method"]),
        same(row["record_hash"]),
        STANDS if stands else VOID,
    )
