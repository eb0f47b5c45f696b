"""The sentences of this app's findings, in both languages, with basis, citation, who can resolve it and how.

Rules name a code and its facts; the sentence stands here once. Placeholders such as ``{number}`` are filled from the
facts given.
"""

from __future__ import annotations

from typing import Any

from cmo.errors import Finding, collected

from .agreement import AGREEMENT
from .hold import HOLD
from .matrix import MATRIX
from .negotiation import NEGOTIATION
from .obligations import OBLIGATIONS
from .opening import OPENING
from .returned import RETURNED
from .review import REVIEW
from .signing import SIGNING
from .state import STATE
from .supervision import SUPERVISION
from .template import TEMPLATE
from .validity import VALIDITY
from .word_template import WORD_TEMPLATE

SENTENCES = collected(
    OPENING,
    SUPERVISION,
    STATE,
    AGREEMENT,
    MATRIX,
    SIGNING,
    HOLD,
    TEMPLATE,
    VALIDITY,
    OBLIGATIONS,
    REVIEW,
    NEGOTIATION,
    RETURNED,
    WORD_TEMPLATE,
)


def finding(code: str, **facts: Any) -> Finding:
    """The finding with this code; ``facts`` (JSON-ready values) fill its placeholders and are kept with it."""
    return SENTENCES[code].finding(code, **facts)
