"""Who acts: a frozen value, so that trail and signing need no model above them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Actor:
    """The person acting, as printed on the trail: identity, post and legal entity at that moment.

    ``user_id`` and ``organisation_id`` are ``None`` for the system itself. ``post`` is a role key
    (``quality_manager`` …), ``side`` is ``registrant``, ``contractor``, ``outside`` or ``system``.
    """

    user_id: int | None
    name: str
    post: str = ""
    side: str = ""
    organisation_id: int | None = None
    organisation: str = ""

    def as_data(self) -> dict[str, Any]:
        """JSON-ready form for canonical records."""
        return {
            "user": self.user_id,
            "name": self.name,
            "post": self.post,
            "side": self.side,
            "organisation_id": self.organisation_id,
            "organisation": self.organisation,
        }


#: The product itself: loaders, lapses, scheduled work.
SYSTEM = Actor(user_id=None, name="system", post="system", side="system")
