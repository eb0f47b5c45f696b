"""Which file a device sent before under a key, and the files of one item as its page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cmo.evidence import store
from cmo.evidence.models import File

from ..models import SentFile


@dataclass(frozen=True, slots=True)
class FileSaid:
    """A file as the device sent it. ``title``: what it proves; ``taken_at``: when it was taken, by the device's clock."""

    client_key: UUID
    upload: Any
    title: str
    taken_at: datetime


def sent_before(client_key: UUID) -> File | None:
    """The file that came under this key, if one did."""
    row = SentFile.objects.filter(client_key=client_key).select_related("file").first()
    return row.file if row else None


def same_file(kept: File, said: FileSaid, subject: str, person_id: int | None) -> bool:
    """Whether a kept file is the one that is sent again: by the same person to the same item, with the same bytes."""
    if (kept.subject, kept.uploaded_by_id, kept.size) != (subject, person_id, said.upload.size):
        return False
    said.upload.seek(0)
    return store.hash_of(said.upload.file) == kept.sha256
