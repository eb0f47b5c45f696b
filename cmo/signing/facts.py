"""Reading signatures back: who signed, and whether the record still is what was signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model

from cmo.trail.actions import subject_key

from .actions import record_hash
from .models import Acceptance, Signature
from .statement import VERSION


@dataclass(frozen=True, slots=True)
class SignatureState:
    """One signature and whether it still stands: ``void`` when the record differs from what was signed.

    The properties are what the ``signature-block`` component prints.
    """

    signature: Signature
    void: bool

    @property
    def valid(self) -> bool:
        return not self.void

    @property
    def name(self) -> str:
        return self.signature.signer_name

    @property
    def post(self) -> str:
        return acting_as(self.signature)[0]

    @property
    def side(self) -> str:
        return acting_as(self.signature)[1]

    @property
    def organisation(self) -> str:
        return self.signature.organisation

    @property
    def meaning(self) -> str:
        return self.signature.get_meaning_display()

    @property
    def method(self) -> str:
        return self.signature.get_method_display()

    @property
    def at(self) -> datetime:
        return self.signature.signed_at

    @property
    def hash(self) -> str:
        return self.signature.record_hash

    @property
    def url(self) -> str:
        return self.signature.get_absolute_url()


def signatures_under(records: Iterable[Any]) -> dict[str, list[SignatureState]]:
    """All signatures under each record (by its key), oldest first; one query for any number of records."""
    hashes = {subject_key(r): record_hash(r) for r in records}
    found: dict[str, list[SignatureState]] = {key: [] for key in hashes}
    for row in Signature.objects.filter(record_key__in=hashes).order_by("id"):
        found[row.record_key].append(SignatureState(row, row.record_hash != hashes[row.record_key]))
    return found


def state_of(signature: Signature) -> SignatureState:
    """The signature's state now; a record that no longer exists makes it void."""
    model_label, _, pk = signature.record_key.partition(":")
    try:
        row = apps.get_model(model_label)._default_manager.filter(pk=pk).first()
    except LookupError:
        row = None
    return SignatureState(signature, row is None or record_hash(row) != signature.record_hash)


def kind_of_record(signature: Signature) -> str:
    """What kind of record it is, in the active language, without its content."""
    try:
        return str(apps.get_model(signature.record_key.partition(":")[0])._meta.verbose_name)
    except LookupError:
        return signature.record_key.partition(":")[0]


def acceptance_of(user_id: int) -> Acceptance | None:
    """The acceptance of the current statement by this person, if given."""
    return Acceptance.objects.filter(user_id=user_id, statement_version=VERSION).first()


def acting_as(signature: Signature) -> tuple[str, str]:
    """Post and side in the active language; the stored key where nobody knows a word for it.

    The words belong to the app above, which is reached through the user model, not imported.
    """
    posts: Any = get_user_model()._meta.get_field("posts").related_model
    words = {name: dict(posts._meta.get_field(name).flatchoices) for name in ("role", "side")}
    return str(words["role"].get(signature.post, signature.post)), str(
        words["side"].get(signature.side, signature.side)
    )
