"""The sentences of this app's findings, in both languages, with basis, citation, who can resolve it and how.

Rules name a code and its facts; the sentence stands here once. Placeholders such as ``{number}`` are filled from the
facts given.
"""

from __future__ import annotations

from typing import Any

from cmo.errors import Finding

from .agreement import AGREEMENT
from .hold import HOLD
from .matrix import MATRIX
from .obligations import OBLIGATIONS
from .opening import OPENING
from .sentence import Sentence
from .signing import SIGNING
from .state import STATE
from .supervision import SUPERVISION
from .template import TEMPLATE
from .validity import VALIDITY

SENTENCES: dict[str, Sentence] = {}
for _group in (OPENING, SUPERVISION, STATE, AGREEMENT, MATRIX, SIGNING, HOLD, TEMPLATE, VALIDITY, OBLIGATIONS):
    for _code, _sentence in _group.items():
        if _code in SENTENCES:
            raise ValueError(f"finding {_code!r} is worded twice")
        SENTENCES[_code] = _sentence


def finding(code: str, **facts: Any) -> Finding:
    """The finding with this code; ``facts`` (JSON-ready values) fill its placeholders and are kept with it."""
    s = SENTENCES[code]
    return Finding(
        code=code,
        severity=s.severity,
        basis=s.basis,
        zh=s.zh.format(**facts),
        en=s.en.format(**facts),
        citation=s.citation,
        facts=facts,
        who=s.who,
        todo_zh=s.todo_zh.format(**facts),
        todo_en=s.todo_en.format(**facts),
    )
