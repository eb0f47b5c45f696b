"""The sentences of this app's findings, in both languages, with basis, citation, who can resolve it and how."""

from __future__ import annotations

from typing import Any

from cmo.errors import Finding, collected

from .feeds import FEEDS
from .reminding import REMINDING
from .reports import REPORTS

SENTENCES = collected(REPORTS, REMINDING, FEEDS)


def finding(code: str, **facts: Any) -> Finding:
    """The finding with this code; ``facts`` (JSON-ready values) fill its placeholders and are kept with it."""
    return SENTENCES[code].finding(code, **facts)
