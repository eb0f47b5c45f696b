"""Icons as inline SVG: no icon font, no request per icon, and they print.

The files are Tabler icons, vendored unmodified. Only the names below may be used, so that the vendored set
(``scripts/vendor.py``) and the templates cannot drift apart: an unknown name raises at once.
"""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

#: Every icon a template may ask for.
NAMES = frozenset(
    {
        "adjustments-horizontal",
        "alert-circle",
        "alert-triangle",
        "arrow-left",
        "arrow-right",
        "arrows-sort",
        "arrows-left-right",
        "ban",
        "bell",
        "book-2",
        "building-factory-2",
        "building-community",
        "calendar",
        "calendar-due",
        "calendar-event",
        "check",
        "chevron-down",
        "chevron-left",
        "chevron-right",
        "chevron-up",
        "circle",
        "circle-check",
        "circle-dashed",
        "circle-dot",
        "circle-minus",
        "circle-x",
        "clock",
        "columns-3",
        "copy",
        "device-desktop",
        "download",
        "edit",
        "external-link",
        "eye",
        "file-certificate",
        "file-description",
        "file-text",
        "files",
        "filter",
        "fingerprint",
        "flag",
        "hash",
        "help-circle",
        "history",
        "home",
        "hourglass",
        "id-badge-2",
        "inbox",
        "info-circle",
        "key",
        "language",
        "link",
        "list-check",
        "list-tree",
        "lock",
        "lock-open",
        "login",
        "logout",
        "menu-2",
        "message-question",
        "minus",
        "moon",
        "package",
        "packages",
        "paperclip",
        "pencil",
        "player-pause",
        "player-play",
        "plus",
        "printer",
        "progress",
        "qrcode",
        "question-mark",
        "refresh",
        "report-search",
        "rubber-stamp",
        "scale",
        "scan",
        "search",
        "send",
        "settings",
        "share",
        "shield-check",
        "shield-lock",
        "shield-x",
        "signature",
        "sitemap",
        "sort-ascending",
        "sort-descending",
        "sun",
        "table-export",
        "timeline",
        "trash",
        "truck-delivery",
        "upload",
        "user",
        "user-check",
        "user-off",
        "users",
        "world",
        "writing-sign",
        "x",
    }
)

_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_BACKGROUND = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def folder() -> Path:
    """Where the vendored SVG files lie."""
    return Path(settings.BASE_DIR) / "static" / "vendor" / "tabler-icons"


@cache
def _shapes(name: str) -> str:
    if name not in NAMES:
        raise ValueError(f"Unknown icon {name!r}: add it to cmo.web.icons.NAMES and vendor it.")
    drawn = _INNER.search((folder() / f"{name}.svg").read_text(encoding="utf-8"))
    if drawn is None:
        raise ValueError(f"The icon file {name}.svg holds no <svg> element.")
    return " ".join(_BACKGROUND.sub("", drawn.group(1)).split())


def icon(name: str, label: str = "", extra: str = "") -> SafeString:
    """One icon as inline SVG; decorative unless it gets a ``label``.

    :raises ValueError: for a name that is not in :data:`NAMES`.
    """
    shapes = mark_safe(_shapes(name))  # noqa: S308 - text of a vendored file
    spoken = (
        format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true" focusable="false"')
    )
    return format_html(
        '<svg class="icon icon-{} {}" viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" {}>{}</svg>',
        name,
        extra,
        spoken,
        shapes,
    )
