"""What stands against making or revoking a personal calendar feed."""

from __future__ import annotations

from django.conf import settings

from cmo.errors import Finding

from ..wording import finding

#: More open feeds than programs and devices of one person are a sign of addresses given away.
MOST = 10


def blockers_to_make(label: str, language: str, open_feeds: int) -> list[Finding]:
    """Every reason against a further feed."""
    found = []
    if not label.strip():
        found.append(finding("feed_label_needed"))
    if language not in dict(settings.LANGUAGES):
        found.append(finding("feed_language_unknown", language=language))
    if open_feeds >= MOST:
        found.append(finding("feed_too_many", most=MOST))
    return found


def blockers_to_revoke(ended: bool) -> list[Finding]:
    """A feed is revoked once."""
    return [finding("feed_revoked_already")] if ended else []
