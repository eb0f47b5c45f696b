"""Text as it is compared in searches."""

import unicodedata

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")


def folded(text: str) -> str:
    """The text with width, case, typographic dashes and control characters evened out."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES)
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in plain)
