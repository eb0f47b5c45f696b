"""The status badge for Python code (table cells); the same markup as ``<c-status-badge>``."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from cmo.web import icons, words


def badge(tone: str, word: str) -> SafeString:
    """Colour, icon and word of a status.

    :raises ValueError: for a tone that does not exist.
    """
    return format_html(
        '<span class="badge-status tone-{}">{}<span>{}</span></span>', tone, icons.icon(words.tone_icon(tone)), word
    )
