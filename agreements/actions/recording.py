"""What every action of this app writes alike: who recorded a row, and numbers nobody can count."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from cmo.clock import day_of
from cmo.trail.actor import Actor


def recorded(by: Actor, at: datetime) -> dict[str, Any]:
    """The three columns of ``RecordedBy``."""
    return {"recorded_by_id": by.user_id, "recorded_by_name": by.name, "recorded_at": at}


def new_number(prefix: str, at: datetime) -> str:
    """``ET2026-004217``: random within the year, so that nobody counts other people's records."""
    return f"{prefix}{day_of(at).year}-{secrets.randbelow(10**6):06d}"
