"""Which Word templates a text can go out in, and those an organisation keeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..models import WordTemplate


def kept_by(organisation_ids: Iterable[int]) -> Any:
    """Every version that these organisations keep, newest first, without the files themselves."""
    rows = WordTemplate.objects.filter(organisation_id__in=sorted(organisation_ids)).defer("content")
    return rows.select_related("end").order_by("organisation_id", "name", "-version")


def offered_by(organisation_ids: Iterable[int]) -> list[WordTemplate]:
    """The latest version of each template that was not withdrawn, without the files themselves."""
    found: dict[tuple[int, str], WordTemplate] = {}
    for row in kept_by(organisation_ids).filter(end__isnull=True):
        found.setdefault((row.organisation_id, row.name), row)
    return list(found.values())
