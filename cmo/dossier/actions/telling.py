"""The entry on a person's stream that every verb of an export writes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cmo.trail.actions import record
from cmo.trail.actor import Actor

from ..models import Export


def tell(verb: str, export: Export, *, by: Actor, at: datetime, to: int | None = None, **more: Any) -> None:
    """Record the verb with what identifies the export; ``to``: whose stream, where it is not the actor's."""
    data = {
        "pair": export.pair_id,
        "pair_number": export.pair.number,
        "scope": [export.scope_kind, export.scope_key],
        "language": export.language,
        "as_of": export.as_of.isoformat(),
        **_pin(export),
        **({"sha256": export.sha256, "size": export.size} if export.sha256 else {}),
        **more,
    }
    record(verb, by=by, at=at, subject=export, stream=f"user:{to or by.user_id}", data=data)


def _pin(export: Export) -> dict[str, Any]:
    """What the export is bound to, from the moment its rows were read."""
    if export.instant is None:
        return {}
    instant = export.instant.astimezone(UTC).isoformat(timespec="microseconds")
    return {"instant": instant, "seq": export.seq, "head": export.head, "product_version": export.product_version}
