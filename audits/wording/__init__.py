"""Words of audits: severities, and the sentences of every finding of this app in both languages.

Rules name a code and its facts; the sentence stands here once. Placeholders such as ``{number}`` are filled from the
facts given.
"""

from __future__ import annotations

from typing import Any

from cmo.errors import Finding, collected

from .capa import CAPA
from .checklist import CHECKLIST
from .conduct import CONDUCT
from .planning import PLANNING
from .programme import PROGRAMME
from .reporting import REPORTING
from .severities import SEVERITY_TONES, SEVERITY_WORDS

__all__ = ["SENTENCES", "SEVERITY_TONES", "SEVERITY_WORDS", "finding"]

SENTENCES = collected(PLANNING, CONDUCT, REPORTING, CAPA, CHECKLIST, PROGRAMME)


def finding(code: str, **facts: Any) -> Finding:
    """The finding with this code; ``facts`` (JSON-ready values) fill its placeholders and are kept with it."""
    return SENTENCES[code].finding(code, **facts)
