"""Where the bytes of tests lie on this machine, to look at them and to damage them."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def place_of(name: str) -> Path:
    """The file of this name in the storage's folder."""
    return Path(settings.MEDIA_ROOT) / name
