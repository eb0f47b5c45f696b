"""The shape of one worded finding, and the keys of the posts that resolve it."""

from __future__ import annotations

from dataclasses import dataclass

from cmo.errors import Basis, Severity

QUALITY_R = "registrant:quality_manager"
QUALITY_C = "contractor:quality_manager"
QUALITY_BOTH = "registrant:quality_manager, contractor:quality_manager"
SIGNATORY_BOTH = "registrant:signatory, contractor:signatory"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finding before its facts are known."""

    zh: str
    en: str
    basis: Basis = "law"
    citation: str = ""
    severity: Severity = "blocks"
    who: str = ""
    todo_zh: str = ""
    todo_en: str = ""
