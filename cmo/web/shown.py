"""What an answer shows to a reader from outside: noted on the request by whoever keeps the log, empty for everybody else.

Pages that load their record with ``get_visible_or_404`` and lists of ``RecordTable`` need nothing more; a view that finds its
record otherwise says so with ``shows``, and a file that the product makes bears ``mark_of(request)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest


def read_from_outside(request: HttpRequest) -> bool:
    """Whether the answer goes to an outsider, so that what it shows is kept and marked."""
    return getattr(request, "reading", None) is not None


def shows(request: HttpRequest, *records: Any) -> None:
    """Note that the answer is about these records; nothing happens for people of the pair."""
    if read_from_outside(request):
        request.reading.see(*records)  # type: ignore[attr-defined]


def list_rows(request: HttpRequest, rows: Iterable[Any]) -> None:
    """Note that the answer lists these rows; they are looked at only for an outsider."""
    if read_from_outside(request):
        request.reading.list_rows(rows)  # type: ignore[attr-defined]


def mark_of(request: HttpRequest) -> str:
    """What a file made for this reader bears; empty for people of the pair."""
    return request.reading.mark if read_from_outside(request) else ""  # type: ignore[attr-defined]
